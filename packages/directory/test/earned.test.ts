import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Earned } from '../src/earned.ts';
import { ROUTING } from '../src/limits.ts';
import { isAdmitted, startUnits } from '../src/newcomer.ts';
import { factsOf } from './support/network.ts';

const MEAN = 4;
const CAPACITY = 10_000;

/** One healthy signal of a host that carries `units`. */
const healthy = (earned: Earned, units: number, nowMs = 0): boolean => earned.signal(true, units, MEAN, nowMs);
const failing = (earned: Earned, units: number, nowMs = 0): boolean => earned.signal(false, units, MEAN, nowMs);
const limit = (earned: Earned, nowMs = 0): number => earned.limitUnits(CAPACITY, MEAN, nowMs);

describe('rule 6, newcomers', () => {
  test('a host waits two weeks, or an operator vouches for it', () => {
    const stranger = factsOf('a', { vouched: false, knownSinceMs: 1000 });
    expect(isAdmitted(stranger, 1000 + ROUTING.newcomerMs - 1)).toBe(false);
    expect(isAdmitted(stranger, 1000 + ROUTING.newcomerMs)).toBe(true);
    expect(isAdmitted({ ...stranger, vouched: true }, 1000)).toBe(true);
  });

  test('it starts with 1 %, and never with less than three sessions', () => {
    expect(limit(new Earned())).toBe(100);
    expect(startUnits(100, MEAN)).toBe(12);
  });
});

describe('rule 5, earned capacity', () => {
  test('a host may carry 2.5 times what clients confirmed, and one signal at most doubles that', () => {
    const earned = new Earned(100);
    expect(limit(earned)).toBe(250);
    healthy(earned, 150);
    expect(earned.confirmedUnits).toBe(150);
    healthy(earned, 1000);
    expect(earned.confirmedUnits).toBe(300);
    expect(limit(earned)).toBe(750);
  });

  test('a healthy signal under little load takes nothing away', () => {
    const earned = new Earned(100);
    healthy(earned, 1);
    expect(earned.confirmedUnits).toBe(100);
  });

  test('after a failure it carries 0.6 of what it failed under, for 15 minutes, then earns again', () => {
    const earned = new Earned(1000);
    expect(failing(earned, 500)).toBe(false);
    expect(failing(earned, 500)).toBe(true);
    expect(limit(earned)).toBe(300);
    healthy(earned, 300, ROUTING.failureMs - 1);
    expect(limit(earned, ROUTING.failureMs - 1)).toBe(300);
    healthy(earned, 300, ROUTING.failureMs);
    expect(limit(earned, ROUTING.failureMs)).toBe(600);
  });

  test('what two people in a hundred see is their own line, not the host', () => {
    const earned = new Earned(1000);
    for (let count = 0; count < 98; count++) healthy(earned, 500);
    expect([failing(earned, 500), failing(earned, 500)]).toEqual([false, false]);
    expect(limit(earned)).toBe(2500);
  });

  test('signals of half a minute ago are forgotten', () => {
    const earned = new Earned(1000);
    failing(earned, 500);
    expect(failing(earned, 500, ROUTING.signalWindowMs + 1)).toBe(false);
  });

  test('whatever is signalled: never more than declared, and confirmed at most what was carried', () => {
    const signals = fc.array(fc.record({ healthy: fc.boolean(), carried: fc.nat(20_000), gapMs: fc.nat(600_000) }));
    fc.assert(
      fc.property(signals, (list) => {
        const earned = new Earned();
        let nowMs = 0;
        let mostCarried = 0;
        for (const { healthy: isHealthy, carried, gapMs } of list) {
          nowMs += gapMs;
          const before = earned.confirmedUnits;
          earned.signal(isHealthy, carried, MEAN, nowMs);
          mostCarried = Math.max(mostCarried, carried);
          expect(earned.confirmedUnits).toBeLessThanOrEqual(Math.max(2 * before, 2 * MEAN));
          expect(earned.confirmedUnits).toBeLessThanOrEqual(mostCarried);
          expect(limit(earned, nowMs)).toBeLessThanOrEqual(CAPACITY);
        }
      }),
    );
  });
});
