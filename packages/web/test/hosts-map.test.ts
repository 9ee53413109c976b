import { describe, expect, it } from 'vitest';
import { pointOf, viewOf, WORLD } from '../src/hosts/chart.ts';
import { availability, matches } from '../src/hosts/words.ts';

const isIn = ({ x, y }: { x: number; y: number }, view: typeof WORLD | ReturnType<typeof viewOf>): boolean =>
  x >= view.x && y >= view.y && x <= view.x + view.width && y <= view.y + view.height;

describe('the map', () => {
  it('shows all hosts, near ones from near, and never more than the world', () => {
    const brest = pointOf([48.4, -4.5]);
    const hamburg = pointOf([53.6, 10]);
    const near = viewOf([brest, hamburg]);
    expect(near.width).toBeLessThan(500);
    expect([brest, hamburg].every((point) => isIn(point, near))).toBe(true);
    const auckland = pointOf([-36.8, 174.8]);
    const far = viewOf([brest, auckland]);
    expect([brest, auckland].every((point) => isIn(point, far))).toBe(true);
    expect(far.x).toBeGreaterThanOrEqual(0);
    expect(far.x + far.width).toBeLessThanOrEqual(WORLD.width);
    expect(viewOf([])).toEqual(WORLD);
  });
});

describe('the list', () => {
  it('finds words in any order, without accents and capitals', () => {
    expect(matches('ILE  etherpad', ['Île de Sein', 'Etherpad'])).toBe(true);
    expect(matches('ile jitsi', ['Île de Sein', 'Etherpad'])).toBe(false);
    expect(matches('', ['x'])).toBe(true);
  });

  it('counts only the times that somebody looked', () => {
    expect(availability({ fromMs: 0, answered: [null, 1, 0.5], fullest: [] })).toBe(0.75);
    expect(availability({ fromMs: 0, answered: [null], fullest: [] })).toBe(null);
  });
});
