import { expect, test } from 'vitest';
import { doubts } from './doubts.ts';

test('what makes a row doubtful is said in words, and nothing else', () => {
  expect(doubts({ generatorCpuPercent: 60, deliveredPercent: 99.5 })).toBe('');
  expect(doubts({ generatorCpuPercent: 95, lostPercent: 1 })).toBe('GENERATOR SATURATED, 1 % never arrived');
  expect(doubts({ serverCpuPercent: 95, elsewhereCpuPercent: 30 })).toBe('cannot keep up, machine was busy');
});
