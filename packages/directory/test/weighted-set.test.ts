import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WeightedSet } from '../src/weighted-set.ts';

/** Whole weights, so that sums are exact. */
const weights = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 70 });
const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 50 })), { maxLength: 30 });

/** The plain way: add up until the chance is reached. */
function drawPlainly(list: readonly number[], chance: number): number | undefined {
  const total = list.reduce((sum, weight) => sum + weight, 0);
  let left = chance * total;
  const found = list.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return total === 0 ? undefined : found;
}

test('draws what a plain sum would draw, after any changes', () => {
  fc.assert(
    fc.property(weights, changes, fc.double({ min: 0, max: 0.999999, noNaN: true }), (start, steps, chance) => {
      const plain = [...start];
      const set = new WeightedSet(start);
      for (const [place, weight] of steps) {
        const index = place % plain.length;
        plain[index] = weight;
        set.set(index, weight);
      }
      expect(set.draw(chance)).toBe(drawPlainly(plain, chance));
      expect(set.positive).toBe(plain.filter((weight) => weight > 0).length);
    }),
  );
});

test('draws nothing from nothing', () => {
  expect(new WeightedSet([]).draw(0)).toBeUndefined();
  expect(new WeightedSet([0, 0]).draw(0.5)).toBeUndefined();
});
