import { expect, test } from 'vitest';
import { loads } from './loads.ts';
import { saturated, scaleTable } from './report.ts';

const END = { 'end.offeredPerSecond': 1000, 'end.generatorCpuPercent': 40, 'end.generatorLagP95Ms': 2 };

test('what gave way is named by its share of the core', () => {
  const shares = { 'end.relaysCpuPercent': 30, 'end.postgresCpuPercent': 60, 'end.natsCpuPercent': 5 };
  expect(saturated({ ...END, ...shares })).toBe("servers' core: PostgreSQL 60 % + relays 30 % + NATS 5 %");
  expect(saturated({ ...END, 'end.relaysCpuPercent': 20, 'end.natsCpuPercent': 0 })).toBe(
    'no core (relays 20 %): waiting',
  );
  expect(saturated({ ...END, ...shares, 'end.generatorCpuPercent': 95 })).toBe('generator');
  expect(saturated({ ...END, ...shares, 'end.generatorLagP95Ms': 80 })).toBe('generator (late)');
  expect(saturated({ perSecond: 5 })).toBe('nothing: highest step');
});

test('a generator that was busy in the step that did not hold is told of, columns of nothing are not', () => {
  const held = { perSecond: 800, p95Ms: 12, natsCpuMsPer1000: 0 };
  const shown = scaleTable(loads[0] as (typeof loads)[0], {
    embedded: { ...held, ...END, 'end.generatorCpuPercent': 95 },
  });
  expect(shown).toContain('GENERATOR SATURATED');
  expect(shown).toContain('800');
  expect(shown).not.toContain('NATS  ');
});

test('where no step held, the figures are those of the first, and that is said', () => {
  const shown = scaleTable(loads[1] as (typeof loads)[1], {
    'shared-1': { perSecond: 0, 'end.offeredPerSecond': 500, 'end.relaysCpuMsPer1000': 321 },
  });
  expect(shown).toContain('321');
  expect(shown).toContain('no step held: figures of the first');
});
