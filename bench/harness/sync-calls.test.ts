import { expect, test } from 'vitest';
import { parseSyncCalls } from './sync-calls.ts';

test('calls are read from strace lines, also when another thread speaks in between; failed ones are left out', () => {
  const log = [
    '10 100.000000 fdatasync(21) = 0 <0.002000>',
    '10 101.000000 fdatasync(21 <unfinished ...>',
    '11 101.001000 fsync(22) = -1 EIO (Input/output error) <0.000100>',
    '10 101.005000 <... fdatasync resumed>) = 0 <0.005000>',
    '10 102.000000 +++ killed by SIGKILL +++',
  ].join('\n');
  expect(parseSyncCalls(log)).toEqual([
    { startMs: 100_000, endMs: 100_002 },
    { startMs: 101_000, endMs: 101_005 },
  ]);
});
