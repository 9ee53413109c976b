import { expect, test } from 'vitest';
import { Histogram, median, medians, percentile } from './stats.ts';

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([])).toBeNaN();
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.95)).toBe(95);
  expect(percentile([7], 0.5)).toBe(7);
});

test('medians are taken by name over the rounds that have the name', () => {
  expect(medians([{ a: 1, b: 5 }, { a: 3 }, { a: 2, b: 7 }])).toEqual({ a: 2, b: 6 });
});

test('a histogram gives the percentiles of its values to a hundredth of a millisecond', () => {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.add(ms + 0.123);
  expect(histogram.count).toBe(1000);
  expect(histogram.percentile(0.5)).toBe(500.12);
  expect(histogram.percentile(0.99)).toBe(990.12);
});
