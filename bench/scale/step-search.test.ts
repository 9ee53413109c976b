import { expect, test } from 'vitest';
import { StepSearch } from './step-search.ts';

const OPTIONS = { first: 100, factor: 1.5, steps: 4, attempts: 2 };

test('steps go up until there are no more', () => {
  const search = new StepSearch(OPTIONS);
  const offered: number[] = [];
  for (let { rate } = search; rate !== undefined; rate = search.rate) {
    offered.push(rate);
    search.held();
  }
  expect(offered).toEqual([100, 150, 225, 338]);
});

test('a step that fails is tried once more, and one that then holds counts', () => {
  const search = new StepSearch(OPTIONS);
  search.held();
  search.failed();
  expect(search.rate).toBe(150);
  search.held();
  expect(search.rate).toBe(225);
  search.failed();
  search.failed();
  expect(search.rate).toBeUndefined();
});

test('servers that are in disorder are not asked again', () => {
  const search = new StepSearch(OPTIONS);
  search.abandon();
  expect(search.rate).toBeUndefined();
});
