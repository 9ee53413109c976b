import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { chatLines, clearChat, MAX_LINES, readChat, say } from './chat.ts';
import { addThread, answer, commentMap, MAX_ANSWERS, readThreads, removeThread, setResolved } from './comments.ts';
import { MESSAGE_MAX_LENGTH } from './messages.ts';
import type { Talk } from './talk.ts';

const ada = { name: 'Ada', colour: 2 };
const ben = { name: 'Ben', colour: 5 };
const passage = { start: Uint8Array.of(1), end: Uint8Array.of(2), quote: 'some words' };

/** A pad that was opened to remarks, or was not. */
function talk(canRemark = true): Talk {
  return { ydoc: new Y.Doc(), remarks: new Y.Doc(), mayRemark: { peek: () => canRemark } };
}

/** Both have what the other has. */
function meet(a: Talk, b: Talk): void {
  for (const part of ['ydoc', 'remarks'] as const) {
    Y.applyUpdate(b[part], Y.encodeStateAsUpdate(a[part]));
    Y.applyUpdate(a[part], Y.encodeStateAsUpdate(b[part]));
  }
}

const texts = (where: Talk): string[][] => readThreads(where).map(({ messages }) => messages.map(({ text }) => text));
const bytes = (ydoc: Y.Doc): number => Y.encodeStateAsUpdate(ydoc).length;

describe('comments', () => {
  it('two people answer at once and settle: both have both answers, in the same order', () => {
    const [first, second] = [talk(), talk()];
    const id = addThread(first, passage, { ...ada, text: 'Is this so?', at: 1 }) ?? '';
    meet(first, second);
    expect(answer(first, id, { ...ada, text: 'I mean it', at: 3 })).toBe(true);
    expect(answer(second, id, { ...ben, text: 'It is', at: 2 })).toBe(true);
    setResolved(second, id, true);
    meet(first, second);
    expect(readThreads(first)).toEqual(readThreads(second));
    const [thread] = readThreads(first);
    expect(thread).toMatchObject({ ...passage, isResolved: true });
    expect(thread?.messages.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'Ada: Is this so?',
      'Ben: It is',
      'Ada: I mean it',
    ]);
    removeThread(first, id);
    expect(readThreads(first)).toEqual([]);
    expect(answer(first, id, { ...ben, text: 'Too late', at: 4 })).toBe(false);
  });

  it('leaves out what another program put there that is none, and what turns text around', () => {
    const where = talk();
    const id = addThread(where, passage, { name: 'x', colour: 1, text: ' two\nlines\u202e ', at: 1 }) ?? '';
    const map = commentMap(where.remarks);
    map.set('text', 'no thread');
    map.set('bare', new Y.Map([['start', 'not bytes']]));
    map.set('silent', new Y.Map<unknown>(Object.entries(passage)));
    (map.get(id) as Y.Map<unknown>).set('m:bad', { text: 5 });
    (map.get(id) as Y.Map<unknown>).set('m:odd', { text: 'ok', colour: 99, at: 'never', name: 7 });
    expect(
      readThreads(where).map(({ messages }) => messages.map(({ text, name, colour, at }) => [text, name, colour, at])),
    ).toEqual([
      [
        ['ok', '', 0, 0],
        ['two\nlines', 'x', 1, 1],
      ],
    ]);
  });

  it('takes nothing empty, nothing too long, and no more answers than there is room for', () => {
    const where = talk();
    expect(addThread(where, passage, { ...ada, text: ' \n ', at: 1 })).toBeUndefined();
    const id = addThread(where, passage, { ...ada, text: 'x'.repeat(MESSAGE_MAX_LENGTH + 5), at: 1 }) ?? '';
    expect(readThreads(where)[0]?.messages[0]?.text.length).toBe(MESSAGE_MAX_LENGTH);
    let taken = 0;
    while (answer(where, id, { ...ben, text: 'again', at: 2 })) taken += 1;
    expect(taken).toBeLessThan(MAX_ANSWERS);
    expect(taken).toBeGreaterThan(MAX_ANSWERS - 10);
  });

  it('lie in the document of remarks: that of the text is as it was', () => {
    const where = talk();
    const before = bytes(where.ydoc);
    const id = addThread(where, passage, { ...ada, text: 'Is this so?', at: 1 }) ?? '';
    answer(where, id, { ...ben, text: 'It is', at: 2 });
    setResolved(where, id, true);
    say(where, { ...ada, text: 'Hello', at: 3 });
    removeThread(where, id);
    clearChat(where);
    expect(bytes(where.ydoc)).toBe(before);
    expect([readThreads(where), readChat(where)]).toEqual([[], []]);
  });

  it('of a pad that nobody opened to remarks lie with its text, and are answered from the remarks once it is', () => {
    const old = talk(false);
    const id = addThread(old, passage, { ...ada, text: 'Before', at: 1 }) ?? '';
    answer(old, id, { ...ben, text: 'Then', at: 2 });
    say(old, { ...ada, text: 'an old line', at: 1 });
    expect(bytes(old.remarks)).toBe(2);
    const [first, second] = [talk(), talk()];
    meet(old, first);
    meet(first, second);
    const before = bytes(first.ydoc);
    expect(answer(first, id, { ...ada, text: 'one', at: 3 })).toBe(true);
    expect(answer(second, id, { ...ben, text: 'other', at: 4 })).toBe(true);
    setResolved(second, id, true);
    say(second, { ...ben, text: 'a new line', at: 5 });
    meet(first, second);
    for (const where of [first, second]) {
      expect(texts(where)).toEqual([['Before', 'Then', 'one', 'other']]);
      expect(readThreads(where)[0]?.isResolved).toBe(true);
      expect(readChat(where).map(({ text }) => text)).toEqual(['an old line', 'a new line']);
      expect(bytes(where.ydoc)).toBe(before);
    }
    removeThread(first, id);
    clearChat(first);
    meet(first, second);
    expect([texts(second), readChat(second)]).toEqual([[], []]);
  });
});

describe('the chat', () => {
  it('keeps the last lines of both, and nothing once it is erased', () => {
    const [first, second] = [talk(), talk()];
    for (let at = 0; at < MAX_LINES; at += 1) say(first, { ...ada, text: `line ${at}`, at });
    meet(first, second);
    expect(say(first, { ...ada, text: 'from Ada', at: 1000 })).toBe(true);
    expect(say(second, { ...ben, text: 'from Ben', at: 1001 })).toBe(true);
    expect(say(second, { ...ben, text: '  ', at: 1002 })).toBe(false);
    meet(first, second);
    expect(readChat(first)).toEqual(readChat(second));
    expect(chatLines(first.remarks).length).toBeLessThanOrEqual(MAX_LINES + 1);
    expect(
      readChat(first)
        .slice(-2)
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['from Ada', 'from Ben']);
    expect(readChat(first).some(({ text }) => text === 'line 0')).toBe(false);
    clearChat(second);
    meet(first, second);
    expect(readChat(first)).toEqual([]);
  });
});
