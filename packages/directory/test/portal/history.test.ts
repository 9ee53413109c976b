import { describe, expect, it } from 'vitest';
import { History } from '../../src/portal/history.ts';

const HOUR_MS = 3_600_000;
const START_MS = 500_000 * HOUR_MS;
const HOURS = 720;

describe('the history of a host', () => {
  it('keeps of each hour how often it answered and its fullest moment', () => {
    const history = new History(START_MS);
    history.note(START_MS, true, 0.25);
    history.note(START_MS + 60_000, true, 0.6);
    history.note(START_MS + 120_000, true, 0.1);
    history.note(START_MS + 180_000, false);
    history.note(START_MS + 2 * HOUR_MS, true, 0.35);
    const { fromMs, answered, fullest } = history.hours(START_MS + 2 * HOUR_MS);
    expect(fromMs).toBe(START_MS - (HOURS - 3) * HOUR_MS);
    expect(answered.slice(-3)).toEqual([0.75, null, 1]);
    expect(fullest.slice(-3)).toEqual([0.6, null, 0.35]);
    expect(answered.slice(0, -3).every((share) => share === null)).toBe(true);
  });

  it('of a day the fullest of its hours and the mean of its answers', () => {
    const history = new History(START_MS);
    history.note(START_MS, true, 0.2);
    history.note(START_MS + HOUR_MS, false);
    history.note(START_MS + 2 * HOUR_MS, true, 0.9);
    const { answered, fullest } = history.days(START_MS + 2 * HOUR_MS);
    expect([answered.length, fullest.length]).toEqual([30, 30]);
    expect(answered.at(-1)).toBeCloseTo(0.667);
    expect(fullest.at(-1)).toBe(0.9);
  });

  it('tells more than it can take up to a quarter above, takes no nonsense, and forgets after thirty days', () => {
    const history = new History(START_MS);
    history.note(START_MS, true, 40);
    for (const share of [Number.NaN, -1, undefined]) history.note(START_MS + HOUR_MS, true, share);
    expect(history.hours(START_MS + HOUR_MS).fullest.slice(-2)).toEqual([1.25, null]);
    expect(history.hours(START_MS + HOURS * HOUR_MS).fullest.every((share) => share === null)).toBe(true);
  });

  it('is the same after it was kept, two bytes an hour, also when some time went by', () => {
    const history = new History(START_MS);
    for (let hour = 0; hour < 50; hour++) history.note(START_MS + hour * HOUR_MS, hour % 3 > 0, (hour % 10) / 10);
    const laterMs = START_MS + 60 * HOUR_MS;
    const stored = history.stored();
    expect(JSON.stringify(stored).length).toBeLessThan(2100);
    expect(new History(laterMs, JSON.parse(JSON.stringify(stored))).hours(laterMs)).toEqual(history.hours(laterMs));
  });

  it.each([
    ['of another length', { hour: 1, answered: 'AAAA', fullest: 'AAAA' }],
    ['of no time', { ...new History(START_MS).stored(), hour: Number.NaN }],
  ])('begins anew from what was kept %s', (_what, stored) => {
    expect(new History(START_MS, stored).hours(START_MS)).toEqual(new History(START_MS).hours(START_MS));
  });
});
