import { describe, expect, test } from 'vitest';
import { freshness } from '../src/freshness.ts';
import { ROUTING } from '../src/limits.ts';
import { factsOf, MEAN_UNITS, SERVICE, TestNetwork, WISH } from './support/network.ts';

/** What the candidate weighs now. */
const weight = (network: TestNetwork, id: string): number | undefined =>
  network.book.candidate(id, SERVICE)?.earnedUnits(network.clock.now());

describe('rule 1, freshness', () => {
  test('a report counts fully for 90 s, half up to 300 s, then not at all', () => {
    expect([0, 90_000, 90_001, 300_000, 300_001, Number.POSITIVE_INFINITY].map(freshness)).toEqual([
      1, 1, 0.5, 0.5, 0, 0,
    ]);
  });

  test('the weight of a host falls with the age of its report', async () => {
    const network = new TestNetwork();
    network.host('a');
    expect(weight(network, 'a')).toBe(100);
    await network.clock.advance(100_000);
    expect(weight(network, 'a')).toBe(50);
    await network.clock.advance(300_000);
    expect(weight(network, 'a')).toBe(0);
    expect(await network.place()).toBe('full');
    network.load('a');
    expect(await network.place()).toBe('a');
  });

  test('a host that has never reported is not chosen', async () => {
    const network = new TestNetwork();
    network.book.putHost(factsOf('a'));
    expect(await network.place()).toBe('full');
  });
});

describe('rule 1, the filter', () => {
  test.each([
    ['service', { service: 'room' }, { services: ['room'] }],
    ['country', { ...WISH, country: 'BE' }, { country: 'BE' }],
    ['language', { ...WISH, language: 'nl' }, { languages: ['fr', 'nl'] }],
    ['policies', { ...WISH, policies: ['schools', 'public'] }, { policies: ['public', 'schools'] }],
    ['version', { ...WISH, minVersion: '1.10' }, { version: '1.10.1' }],
    ['host', { ...WISH, host: 'wanted' }, {}],
  ])('%s: only who offers it is chosen', async (_name, wish, facts) => {
    const network = new TestNetwork();
    for (let count = 0; count < 5; count++) network.host(`other${count}`);
    expect(await network.place(wish)).toBe('nobody');
    network.book.putHost(factsOf('wanted', facts));
    const { clock, book } = network;
    book.putLoad({
      host: 'wanted',
      atMs: clock.now(),
      classes: {
        [wish.service]: { capacityUnits: 100, presentUnits: 0, committedUnits: 0, accepting: true, draining: false },
      },
    });
    expect(await network.place(wish)).toBe('wanted');
  });

  test('a stranger of less than two weeks is not chosen until an operator vouches for it (rule 6)', async () => {
    const network = new TestNetwork();
    const knownSinceMs = network.clock.now() - ROUTING.newcomerMs + 1000;
    network.host('a', {}, { vouched: false, knownSinceMs });
    expect(await network.place()).toBe('full');
    network.book.putHost(factsOf('a', { vouched: true, knownSinceMs }));
    expect(await network.place()).toBe('a');
  });
});

describe('reports', () => {
  test('one that is not newer, of an unknown host, out of the future or without sense tells nothing', async () => {
    const network = new TestNetwork();
    network.host('a', { committedUnits: 10 });
    expect(network.load('a', { committedUnits: 20 })).toBe(false);
    expect(network.load('a', { committedUnits: 20 }, 5000)).toBe(false);
    expect(network.load('b')).toBe(false);
    expect(network.load('a', { committedUnits: 20 }, -ROUTING.clockSkewMaxMs - 1)).toBe(false);
    await network.clock.advance(1);
    expect(network.load('a', { committedUnits: Number.NaN })).toBe(false);
    expect(network.load('a', { capacityUnits: -1 })).toBe(false);
    expect(network.book.candidate('a', SERVICE)?.carriedUnits).toBe(10);
  });

  test('what we assigned since the report counts, until a report made later contains it', async () => {
    const network = new TestNetwork();
    network.host('a', { committedUnits: 10 });
    await network.place();
    await network.place();
    const candidate = network.book.candidate('a', SERVICE);
    expect(candidate?.carriedUnits).toBe(10 + 2 * MEAN_UNITS);
    await network.clock.advance(10_000);
    await network.place();
    network.load('a', { committedUnits: 17 }, 5000);
    expect(candidate?.carriedUnits).toBe(17 + MEAN_UNITS);
  });

  test('a new manifest takes away nothing that was learnt', () => {
    const network = new TestNetwork();
    network.host('a', { committedUnits: 10 });
    network.book.putHost(factsOf('a', { country: 'BE' }));
    expect(network.book.candidate('a', SERVICE)?.carriedUnits).toBe(10);
    expect(network.book.pool({ ...WISH, country: 'BE' }).size).toBe(1);
    network.book.removeHost('a');
    expect(network.book.pool({ ...WISH, country: 'BE' }).size).toBe(0);
  });

  test('a wish keeps its list, and the one unused for longest goes', () => {
    const network = new TestNetwork();
    network.host('a');
    const pool = network.book.pool(WISH);
    for (let count = 0; count < ROUTING.poolsMax - 1; count++) network.book.pool({ ...WISH, host: `h${count}` });
    expect(network.book.pool({ policies: [], ...WISH })).toBe(pool);
    for (let count = 0; count < ROUTING.poolsMax; count++) network.book.pool({ ...WISH, host: `i${count}` });
    expect(network.book.pool(WISH)).not.toBe(pool);
  });
});
