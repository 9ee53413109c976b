import { expect, test } from 'vitest';
import { applyUpdate, Doc } from 'yjs';
import { readPaper, replayedUpdates } from './trace.ts';
import { TEXT } from './typing.ts';

test('a trace becomes one Yjs update per group of edits, and they rebuild its text', () => {
  const trace = {
    startContent: '',
    endContent: 'help',
    txns: [
      { patches: [[0, 0, 'hello'] as [number, number, string]] },
      { patches: [[3, 2, 'p'] as [number, number, string]] },
    ],
  };
  expect(replayedUpdates(trace, 9, 2).updates).toHaveLength(1);
  const { updates, content } = replayedUpdates(trace, 9, 1);
  const document = new Doc();
  for (const update of updates) applyUpdate(document, update);
  expect(updates).toHaveLength(2);
  expect(document.getText(TEXT).toString()).toBe(content);
  expect(content).toBe(trace.endContent);
});

test('the recorded paper is there, whole and within the basic plane', () => {
  const { txns, endContent } = readPaper();
  expect(txns).toHaveLength(259_778);
  expect([...endContent]).toHaveLength(endContent.length);
});
