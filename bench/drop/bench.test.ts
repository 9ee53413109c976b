import { expect, it } from 'vitest';
import { judge } from './bench.ts';

it('the gate is on what is on the disk, beside tus in the same run', () => {
  const rows = (ours: number) => ({ archipel: { durableMbPerSecond: ours }, tus: { durableMbPerSecond: 100 } });
  expect(judge(rows(80))).toMatchObject({ value: 0.8, pass: true });
  expect(judge(rows(79))).toMatchObject({ pass: false });
  expect(judge({ archipel: { durableMbPerSecond: 80 } })).toBeUndefined();
});
