import { expect, it } from 'vitest';
import { Ahead } from './ahead.ts';

it('asks a little ahead, each thing once a round, and anew in the next', async () => {
  const asked: number[] = [];
  const ahead = new Ahead(5, 3, async (index) => {
    asked.push(index);
    return index * 10;
  });
  expect(await ahead.take(0)).toBe(0);
  expect(asked).toEqual([0, 1, 2]);
  for (const index of [1, 2, 3, 4]) expect(await ahead.take(index)).toBe(index * 10);
  expect(asked).toEqual([0, 1, 2, 3, 4]);
  await ahead.take(0);
  expect(asked).toEqual([0, 1, 2, 3, 4, 0, 1, 2]);
});
