import { expect, test } from 'vitest';
import { show, table } from './table.ts';

test('numbers are shown with as many digits as mean something', () => {
  expect([0, 0.01234, 1.26, 12.34, 1234.5, Number.NaN, undefined].map(show)).toEqual([
    '0',
    '0.012',
    '1.3',
    '12.3',
    '1,235',
    '-',
    '-',
  ]);
});

test('columns are as wide as their widest cell', () => {
  expect(
    table(
      ['', 'ms'],
      [
        ['bare', '1'],
        ['b', '1,000'],
      ],
    ),
  ).toBe('         ms\n----  -----\nbare      1\nb     1,000');
});
