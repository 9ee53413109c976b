import { expect, test } from 'vitest';
import { judge } from './gates.ts';

test('a gate compares with its peer, and one without numbers gives no verdict', () => {
  const results = {
    'hot-document-200': {
      archipel: { cpuMsPer1000: 9, p95Ms: 5 },
      'bare-ws': { cpuMsPer1000: 10 },
      hocuspocus: { p95Ms: 4 },
    },
    durability: { archipel: { keysAcknowledgedLost: 0, acknowledgedOnDiskPercent: 99 } },
  };
  expect(judge(results, 'archipel').map(({ gate, pass }) => [gate, pass])).toEqual([
    ['hot-document-200 cpuMsPer1000 <= 1x bare-ws', true],
    ['hot-document-200 p95Ms <= 1.2x hocuspocus', false],
    ['durability keysAcknowledgedLost <= 0', true],
    ['durability acknowledgedOnDiskPercent >= 100', false],
  ]);
});
