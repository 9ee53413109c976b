import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { difference, moveCaret, oneLine, readTitle, TITLE_MAX_LENGTH, titleText, writeTitle } from './title.ts';

function connected(): [Y.Doc, Y.Doc] {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  a.on('update', (update, origin) => origin !== 'other' && Y.applyUpdate(b, update, 'other'));
  return [a, b];
}

describe('the title', () => {
  it('is one line without control characters, and empty when it is only space', () => {
    const ydoc = new Y.Doc();
    writeTitle(ydoc, '  Réunion\ndu\t3 mai ');
    expect(readTitle(ydoc)).toBe('Réunion du 3 mai');
    writeTitle(ydoc, '   ');
    expect(readTitle(ydoc)).toBe('');
  });

  it('is cut to its limit and never in the middle of a sign', () => {
    expect(oneLine('a'.repeat(500))).toHaveLength(TITLE_MAX_LENGTH);
    expect(oneLine(`${'a'.repeat(TITLE_MAX_LENGTH - 1)}🏝️`)).toBe('a'.repeat(TITLE_MAX_LENGTH - 1));
  });

  it('keeps the words of two people who change it at once', () => {
    const [a, b] = connected();
    writeTitle(a, 'Assembly of May');
    writeTitle(b, 'General assembly of May');
    writeTitle(a, 'Assembly of June');
    Y.applyUpdate(a, Y.encodeStateAsUpdate(b), 'other');
    expect(readTitle(a)).toBe(readTitle(b));
    expect(readTitle(a)).toContain('General');
    expect(readTitle(a)).toContain('June');
  });

  it('changes only what differs', () => {
    const ydoc = new Y.Doc();
    writeTitle(ydoc, 'abc');
    let changes = 0;
    titleText(ydoc).observe((event) => {
      changes += 1;
      expect(event.delta).toEqual([{ retain: 1 }, { insert: 'X' }]);
    });
    writeTitle(ydoc, 'aXbc');
    writeTitle(ydoc, 'aXbc');
    expect(changes).toBe(1);
  });
});

describe('a difference', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 12 });

  it('turns one text into the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { start, removed, inserted } = difference(before, after);
        expect(before.slice(0, start) + inserted + before.slice(start + removed)).toBe(after);
      }),
    );
  });

  it('keeps a caret inside the text, and at its end when it was there', () => {
    fc.assert(
      fc.property(text, text, fc.nat(12), (before, after, at) => {
        const moved = moveCaret(before, after, Math.min(at, before.length));
        expect(moved).toBeGreaterThanOrEqual(0);
        expect(moved).toBeLessThanOrEqual(after.length);
      }),
    );
    expect(moveCaret('abc', 'Xabc', 2)).toBe(3);
    expect(moveCaret('abc', 'abcX', 2)).toBe(2);
    expect(moveCaret('abc', 'aX', 3)).toBe(2);
  });
});
