import { expect, test } from 'vitest';
import { pageLine } from './page-line.ts';

test('[PAGE-3] a line of a page has no line ends, turns nothing around, and fits', () => {
  expect(pageLine('One\r\ntwo\u202e three', 50)).toBe('One two  three');
  expect(pageLine('ééé', 5)).toBe('éé');
  expect(pageLine('a👍🏽', 5)).toBe('a👍');
  expect(pageLine('', 5)).toBe('');
});
