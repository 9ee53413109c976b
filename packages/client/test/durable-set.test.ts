import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { DurableSet, markOf, subtractRanges } from '../src/durable-set.ts';

const RUNS = { numRuns: 200 };

/** Random edits of two people who see each other's work at random moments. */
const steps = fc.array(
  fc.record({ who: fc.integer({ min: 0, max: 1 }), at: fc.nat(30), remove: fc.boolean(), sync: fc.boolean() }),
  { minLength: 1, maxLength: 30 },
);

function play(moves: { who: number; at: number; remove: boolean; sync: boolean }[]): {
  docs: Y.Doc[];
  updates: Uint8Array[];
} {
  const docs = [new Y.Doc(), new Y.Doc()];
  const updates: Uint8Array[] = [];
  for (const doc of docs) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'sync') updates.push(update);
    });
  }
  for (const { who, at, remove, sync } of moves) {
    const doc = docs[who] ?? new Y.Doc();
    const other = docs[1 - who] ?? new Y.Doc();
    const text = doc.getText('t');
    const position = Math.min(at, text.length);
    if (remove && text.length > 0) text.delete(Math.min(at, text.length - 1), 1);
    else text.insert(position, 'ab');
    if (sync) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)), 'sync');
  }
  return { docs, updates };
}

const textOf = (doc: Y.Doc): string => doc.getText('t').toString();

describe('durable set', () => {
  it('LIVE-4: what is durable and the difference make the whole document', () => {
    fc.assert(
      fc.property(steps, fc.nat(30), (moves, cut) => {
        const { docs, updates } = play(moves);
        const doc = new Y.Doc();
        for (const { store } of docs) expect(store).toBeDefined();
        for (const each of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(each));
        const durable = new DurableSet();
        const stored = new Y.Doc();
        for (const update of updates.slice(0, cut)) {
          durable.add(update);
          Y.applyUpdate(stored, update);
        }
        const difference = durable.difference(doc);
        if (difference !== undefined) {
          Y.applyUpdate(stored, difference);
          durable.add(difference);
        }
        expect(textOf(stored)).toBe(textOf(doc));
        expect(durable.lacks(markOf(doc))).toBe(false);
        expect(durable.difference(doc)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('LIVE-4: nothing is lacking exactly when the stored document is the same', () => {
    fc.assert(
      fc.property(steps, fc.nat(30), (moves, cut) => {
        const { docs, updates } = play(moves);
        const [doc = new Y.Doc()] = docs;
        for (const other of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
        const durable = new DurableSet();
        for (const update of updates.slice(0, cut)) durable.add(update);
        const isWhole = cut >= updates.length;
        if (isWhole) expect(durable.lacks(markOf(doc))).toBe(false);
        expect(durable.lacks(markOf(doc))).toBe(durable.difference(doc) !== undefined);
      }),
      RUNS,
    );
  });

  it('LIVE-4: an update is enough by itself when all it is built on is durable', () => {
    const anna = new Y.Doc();
    const ben = new Y.Doc();
    anna.getText('t').insert(0, 'Anna');
    const first = Y.encodeStateAsUpdate(anna);
    Y.applyUpdate(ben, first);
    const before = Y.encodeStateVector(ben);
    ben.getText('t').insert(4, ' and Ben');
    const second = Y.encodeStateAsUpdate(ben, before);
    const durable = new DurableSet();
    expect(durable.needsMore(second)).toBe(true);
    durable.add(first);
    expect(durable.needsMore(second)).toBe(false);
  });

  it('LIVE-4: a type in which somebody writes is built on too', () => {
    const anna = new Y.Doc();
    const ben = new Y.Doc();
    anna.getMap('m').set('list', new Y.Array());
    Y.applyUpdate(ben, Y.encodeStateAsUpdate(anna));
    const before = Y.encodeStateVector(ben);
    (ben.getMap('m').get('list') as Y.Array<number>).push([1]);
    expect(new DurableSet().needsMore(Y.encodeStateAsUpdate(ben, before))).toBe(true);
  });

  it('LIVE-4: our own edits whose forerunners are in no record need them', () => {
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'first');
    const before = Y.encodeStateVector(doc);
    doc.getText('t').insert(0, 'second');
    expect(new DurableSet().needsMore(Y.encodeStateAsUpdate(doc, before))).toBe(true);
  });

  it('does not say again what was deleted long ago', () => {
    const doc = new Y.Doc();
    const text = doc.getText('t');
    for (let index = 0; index < 500; index++) text.insert(index, 'xy');
    for (let index = 0; index < 250; index++) text.delete(index * 3, 1);
    const durable = new DurableSet();
    durable.add(Y.encodeStateAsUpdate(doc));
    text.insert(0, 'new');
    const difference = durable.difference(doc);
    expect(difference?.length).toBeLessThan(60);
    const copy = new Y.Doc();
    Y.applyUpdate(copy, difference ?? new Uint8Array());
  });

  it('survives being written down', () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const { docs, updates } = play(moves);
        const durable = new DurableSet();
        for (const update of updates) durable.add(update);
        const again = DurableSet.fromValue(durable.toValue());
        expect(again.toValue()).toEqual(durable.toValue());
        for (const doc of docs) expect(again.lacks(markOf(doc))).toBe(durable.lacks(markOf(doc)));
      }),
      RUNS,
    );
  });

  it('subtracts ranges as sets of numbers', () => {
    const ranges = fc
      .uniqueArray(fc.nat(40), { maxLength: 20 })
      .map((numbers) => numbers.sort((a, b) => a - b).map((start) => ({ start, end: start + 1 })));
    const numbersOf = (list: { start: number; end: number }[]): number[] =>
      list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index));
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const rest = subtractRanges(new Map([[1, a]]), new Map([[1, b]])).get(1) ?? [];
        const without = new Set(numbersOf(b));
        expect(numbersOf(rest)).toEqual(numbersOf(a).filter((number) => !without.has(number)));
      }),
    );
  });
});
