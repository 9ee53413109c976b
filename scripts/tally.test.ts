import { describe, expect, test } from 'vitest';
import { countTests, verdict } from './tally.ts';

const tally = { passed: 3, failed: 0, skipped: 0 };

describe('a stage of the gate', () => {
  test('counts what Vitest reports', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 4 };
    expect(countTests(report)).toEqual({ passed: 3, failed: 1, skipped: 6 });
  });

  test('does not take a report without numbers for an empty one', () => {
    expect(() => countTests({ numPassedTests: 3 })).toThrow('numFailedTests');
    expect(() => countTests(null)).toThrow('not an object');
  });

  test('passes when its tests pass', () => {
    expect(verdict({ code: 0, isTest: true, tally })).toBeUndefined();
    expect(verdict({ code: 0, isTest: false, tally: { passed: 0, failed: 0, skipped: 0 } })).toBeUndefined();
  });

  test.each([
    ['an exit code', { code: 1, isTest: true, tally }, 'ended with code 1'],
    ['an exit code of a stage without tests', { code: 2, isTest: false, tally }, 'ended with code 2'],
    ['a failed test', { code: 0, isTest: true, tally: { ...tally, failed: 2 } }, '2 failed'],
    ['a skipped test', { code: 0, isTest: true, tally: { ...tally, skipped: 1 } }, '1 skipped, and nothing may be'],
    ['no test at all', { code: 0, isTest: true, tally: { ...tally, passed: 0 } }, 'no test ran'],
  ])('fails on %s', (_, stage, reason) => {
    expect(verdict(stage)).toBe(reason);
  });
});
