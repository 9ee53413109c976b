import { seededRandom } from '@archipel/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseHost } from '../src/choose.ts';
import { factsOf, loadOf, MEAN_UNITS, SERVICE, TestNetwork, WISH } from './support/network.ts';

function choose(network: TestNetwork, random: () => number, units = MEAN_UNITS): string | undefined {
  const { book, clock } = network;
  return chooseHost(book.pool(WISH), { nowMs: clock.now(), random, units, tried: [] })?.facts.id;
}

/** How often each host is chosen of `times`. */
function tally(network: TestNetwork, times: number): Record<string, number> {
  const { next } = seededRandom(7);
  const counts: Record<string, number> = {};
  for (let count = 0; count < times; count++) {
    const id = choose(network, next) ?? 'none';
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

describe('rule 2, two weighted choices', () => {
  test('of two, the less full by its weight is taken', () => {
    const network = new TestNetwork();
    network.host('large', { capacityUnits: 300, committedUnits: 90 });
    network.host('small', { capacityUnits: 100, committedUnits: 20 });
    expect(tally(network, 50)).toEqual({ small: 50 });
  });

  test('a host of ten times the capacity is drawn about ten times as often', () => {
    const network = new TestNetwork();
    for (let count = 0; count < 50; count++) {
      network.host(`small${count}`, { capacityUnits: 100 });
      network.host(`large${count}`, { capacityUnits: 1000 });
    }
    const counts = tally(network, 5000);
    const large = Object.entries(counts).reduce((sum, [id, count]) => sum + (id.startsWith('large') ? count : 0), 0);
    expect(large / 5000).toBeGreaterThan(0.88);
    expect(large / 5000).toBeLessThan(0.94);
  });

  test('a boast gets nobody beyond what was earned (rule 5)', () => {
    const network = new TestNetwork();
    network.host('boast', { capacityUnits: 100_000, committedUnits: 97 }, { confirmedUnits: { [SERVICE]: 40 } });
    network.host('honest', { capacityUnits: 200, committedUnits: 160 - 3 * MEAN_UNITS });
    expect(tally(network, 50)).toEqual({ honest: 50 });
  });

  test('within what it has earned a host that could earn more gets its chance (rule 5)', () => {
    const network = new TestNetwork();
    network.host('newcomer', { capacityUnits: 1000, committedUnits: 5 }, { confirmedUnits: {} });
    network.host('old', { capacityUnits: 1000, committedUnits: 100 });
    expect(tally(network, 50)).toEqual({ newcomer: 50 });
  });

  test('when nobody has room in what was earned, what was earned weighs (rule 5)', () => {
    const network = new TestNetwork();
    network.host('boast', { capacityUnits: 1000, committedUnits: 300 }, { confirmedUnits: { [SERVICE]: 100 } });
    network.host('honest', { capacityUnits: 500, committedUnits: 300 }, { confirmedUnits: { [SERVICE]: 120 } });
    expect(tally(network, 50)).toEqual({ honest: 50 });
  });
});

describe('rule 1, room', () => {
  test('who has no room for three sessions is left out, unless nobody has it', () => {
    const network = new TestNetwork();
    network.host('tight', { committedUnits: 70 });
    expect(tally(network, 20)).toEqual({ tight: 20 });
    network.host('roomy', { committedUnits: 60 });
    expect(tally(network, 20)).toEqual({ roomy: 20 });
  });

  test('a large session goes where it fits', () => {
    const network = new TestNetwork();
    network.host('empty', { capacityUnits: 100 });
    network.host('large', { capacityUnits: 1000, committedUnits: 500 });
    expect(choose(network, network.random, 90)).toBe('large');
    expect(choose(network, network.random, 900)).toBeUndefined();
  });

  test('who drains, does not accept, has no room, is old or excluded is never chosen', () => {
    const anyHost = fc.record({
      committedUnits: fc.integer({ min: 0, max: 100 }),
      accepting: fc.boolean(),
      draining: fc.boolean(),
      ageMs: fc.constantFrom(0, 100_000, 400_000),
      isExcluded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyHost, { maxLength: 12 }), fc.integer(), (hosts, seed) => {
        const network = new TestNetwork(seed);
        for (const [index, { ageMs, isExcluded, ...load }] of hosts.entries()) {
          network.book.putHost(factsOf(`h${index}`));
          network.load(`h${index}`, load, ageMs);
          const candidate = network.book.candidate(`h${index}`, SERVICE);
          if (isExcluded && candidate) network.book.exclude(candidate, 1000);
        }
        const usable = hosts.flatMap(({ committedUnits, accepting, draining, ageMs, isExcluded }, index) => {
          const fits = committedUnits + MEAN_UNITS <= 80;
          return fits && accepting && !draining && ageMs < 300_000 && !isExcluded ? [`h${index}`] : [];
        });
        const chosen = choose(network, network.random);
        if (usable.length === 0) expect(chosen).toBeUndefined();
        else expect(usable).toContain(chosen);
      }),
    );
  });

  test('our own assignments fill a host until the next report', () => {
    const network = new TestNetwork();
    network.host('a', loadOf());
    const candidate = network.book.candidate('a', SERVICE);
    const nowMs = network.clock.now();
    let placed = 0;
    while (choose(network, network.random) === 'a') {
      candidate?.own.add(MEAN_UNITS, nowMs);
      placed += 1;
    }
    expect(placed).toBe(20);
  });
});
