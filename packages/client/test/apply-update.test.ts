import type { Bytes } from '@archipel/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate } from '../src/apply-update.ts';

interface Edit {
  author: number;
  /** Where, as a share of the text's length. */
  at: number;
  isDeletion: boolean;
}

/** Each author sees all edits before their own. The updates, and the text in the end. */
function write(edits: readonly Edit[], authors: number): { updates: Bytes[]; text: string } {
  const updates: Bytes[] = [];
  const docs = Array.from({ length: authors }, (_, index) => {
    const doc = new Y.Doc();
    doc.clientID = index + 1;
    return doc;
  });
  for (const doc of docs) {
    doc.on('update', (update: Bytes, origin: unknown) => {
      if (origin === 'other') return;
      updates.push(update);
      for (const other of docs) if (other !== doc) Y.applyUpdate(other, update, 'other');
    });
  }
  for (const [index, { author, at, isDeletion }] of edits.entries()) {
    const text = (docs[author % authors] as Y.Doc).getText('t');
    const position = Math.floor(at * (text.length + 1));
    if (isDeletion && position < text.length) text.delete(position, 1);
    else text.insert(position, `${index} `);
  }
  return { updates, text: docs[0]?.getText('t').toString() ?? '' };
}

const append = (author: number): Edit => ({ author, at: 0.999, isDeletion: false });

it('takes in what waited behind a gap in the edits of somebody else, which Yjs leaves waiting', () => {
  // The second author builds on the second edit of the first, and the first then on that.
  const { updates, text } = write([append(0), append(0), append(1), append(0), append(0)], 2);
  const order = [4, 2, 0, 1, 3].map((index) => updates[index] as Bytes);
  const [ours, theirs] = [new Y.Doc(), new Y.Doc()];
  for (const update of order) {
    applyUpdate(ours, update, 'record');
    Y.applyUpdate(theirs, update, 'record');
  }
  expect(ours.getText('t').toString()).toBe(text);
  expect(ours.store.pendingStructs).toBeNull();
  // When this fails, Yjs has been mended, and `applyUpdate` can be Yjs' own.
  expect(theirs.getText('t').toString()).not.toBe(text);
});

const anEdit = fc.record({
  author: fc.nat(3),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  isDeletion: fc.boolean(),
});

it('any order, with repetitions, one by one or in one transaction, gives the same text', () => {
  fc.assert(
    fc.property(
      fc.array(anEdit, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 2, max: 4 }),
      fc.infiniteStream(fc.nat(1_000_000)),
      fc.boolean(),
      (edits, authors, keys, isTogether) => {
        const { updates, text } = write(edits, authors);
        const shuffled = [...updates, ...updates.slice(0, 5)]
          .map((update) => ({ update, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key);
        const doc = new Y.Doc();
        const applyAll = (): void => {
          for (const { update } of shuffled) applyUpdate(doc, update, 'record');
        };
        if (isTogether) doc.transact(applyAll, 'record');
        else applyAll();
        expect(doc.getText('t').toString()).toBe(text);
        expect(doc.store.pendingStructs).toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});
