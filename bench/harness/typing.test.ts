import { expect, test } from 'vitest';
import { keysIn } from '../peers/yjs-wire.ts';
import { seededRandom, shuffled } from './random.ts';
import { typedUpdates, typingSchedule } from './typing.ts';

test('the same seed gives the same schedule, in order of time and at the rate asked for', () => {
  const schedule = typingSchedule(10, 5, 60_000, seededRandom(4));
  expect(schedule).toEqual(typingSchedule(10, 5, 60_000, seededRandom(4)));
  expect(schedule).toEqual([...schedule].sort((a, b) => a.atMs - b.atMs));
  expect(Math.abs(schedule.length - 3000)).toBeLessThan(90);
});

test('key n of a writer is clock n of its Yjs updates', () => {
  const updates = typedUpdates(7, 'abc');
  expect(updates.flatMap(keysIn)).toEqual([0, 1, 2].map((from) => ({ writer: 7, from, to: from + 1 })));
});

test('shuffling keeps every number', () => {
  expect(shuffled(50, seededRandom(1)).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});
