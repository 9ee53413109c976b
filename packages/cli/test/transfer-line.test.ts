import { expect, it } from 'vitest';
import { TransferLine } from '../src/transfer-line.ts';
import { testTerminal } from './support/terminal.ts';

const MB = 1e6;

it('tells amount, speed and time left in one line that is replaced', () => {
  const replaced: string[] = [];
  let now = 0;
  const line = new TransferLine(testTerminal({ replaced }), 'Sending', () => now);
  for (const [ms, bytes] of [
    [1000, 0],
    [3000, 10 * MB],
    [3050, 11 * MB],
    [5000, 40 * MB],
  ] as const) {
    now = ms;
    line.show(bytes, 40 * MB);
  }
  expect(replaced).toEqual([
    'Sending [....................] 0 B of 40.0 MB',
    'Sending [#####...............] 10.0 MB of 40.0 MB, 5.0 MB/s, 6.0 s left',
    'Sending [####################] 40.0 MB of 40.0 MB, 10.0 MB/s',
  ]);
});

it('the speed is that of the last seconds', () => {
  const replaced: string[] = [];
  let now = 0;
  const line = new TransferLine(testTerminal({ replaced }), 'Sending', () => now);
  for (let second = 0; second <= 60; second++) {
    now = second * 1000;
    line.show(second < 30 ? 100 * MB * second : 3000 * MB + MB * (second - 30), 10_000 * MB);
  }
  expect(replaced.at(-1)).toMatch(/, 1\.0 MB\/s, /);
});

it('where lines follow each other one comes now and then, and the last in any case', () => {
  const terminal = testTerminal();
  let now = 10_000;
  const line = new TransferLine(terminal, 'Receiving', () => now);
  for (let i = 0; i <= 100; i++) {
    now += 100;
    line.show(i, 100);
  }
  expect(terminal.said.length).toBeLessThan(5);
  expect(terminal.said.at(-1)).toContain('100 B of 100 B');
  const empty = testTerminal();
  new TransferLine(empty, 'Sending', () => now).show(0, 0);
  expect(empty.said).toEqual(['Sending [####################] 0 B of 0 B']);
});
