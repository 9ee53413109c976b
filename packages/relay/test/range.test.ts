import { expect, it } from 'vitest';
import { parseRange } from '../src/http/range.ts';

it.each([
  [undefined, undefined],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=5-', { start: 5, end: 10 }],
  ['bytes=5-99', { start: 5, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-99', { start: 0, end: 10 }],
  ['bytes = 2 - 4', { start: 2, end: 5 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  // What means nothing, and what may be answered as a whole.
  ['bytes=4-2', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,3-4', undefined],
  ['chunks=0-1', undefined],
  ['bytes=0x1-2', undefined],
  ['bytes=0-99999999999999999999', undefined],
])('[BLOB-6] %s of ten bytes', (header, expected) => {
  expect(parseRange(header, 10)).toEqual(expected);
});
