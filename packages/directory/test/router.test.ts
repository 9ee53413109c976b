import { describe, expect, test } from 'vitest';
import { ROUTING } from '../src/limits.ts';
import { loadOf, SERVICE, TestNetwork, WISH } from './support/network.ts';

/** A network of hosts with room. */
function networkOf(...ids: string[]): TestNetwork {
  const network = new TestNetwork();
  for (const id of ids) network.host(id);
  return network;
}

const FULL = { kind: 'full' } as const;
const silence = (): Promise<never> => new Promise(() => {});

describe('rule 3, asking for the voucher', () => {
  test('the voucher of the host comes with the placement', async () => {
    const network = networkOf('a');
    expect(await network.router.place(WISH)).toMatchObject({ kind: 'placed', voucher: 'voucher of a', tries: 1 });
  });

  test('"full" is final: the next is asked, whatever the report said', async () => {
    const network = networkOf('a', 'b');
    network.answers.set('a', FULL);
    for (let count = 0; count < 10; count++) expect(await network.place()).toBe('b');
    expect(network.asked.filter((id) => id === 'a').length).toBeLessThanOrEqual(1);
  });

  test('who said "full" is asked again after 10 s, who made an error after 30 s', async () => {
    const network = networkOf('a');
    const untilAskedAgain = async (): Promise<number> => {
      const before = network.asked.length;
      for (let seconds = 1; seconds < 60; seconds++) {
        await network.clock.advance(1000);
        network.load('a');
        await network.router.place(WISH, { waits: false });
        if (network.asked.length > before) return seconds;
      }
      return 60;
    };
    network.answers.set('a', FULL);
    await network.place();
    expect(await untilAskedAgain()).toBe(10);
    network.answers.set('a', { kind: 'error' });
    expect(await untilAskedAgain()).toBe(10);
    expect(await untilAskedAgain()).toBe(30);
  });

  test('who does not take what is asked for is asked by the next one all the same', async () => {
    const network = networkOf('a');
    network.answers.set('a', { kind: 'unfit' });
    expect(await network.router.place(WISH, { waits: false })).toMatchObject({ reason: 'full', tries: 1 });
    network.answers.delete('a');
    expect(await network.place()).toBe('a');
  });

  test('"full" for a large room does not keep the small ones away', async () => {
    const network = networkOf('a');
    network.answers.set('a', FULL);
    expect(await network.router.place(WISH, { units: 50, waits: false })).toMatchObject({ reason: 'full', tries: 1 });
    network.answers.delete('a');
    expect(await network.place()).toBe('a');
  });

  test('a host that does not answer is given up after 3 s', async () => {
    const network = networkOf('a', 'b');
    network.answers.set('a', silence());
    network.answers.set('b', silence());
    const placement = network.router.place(WISH);
    await network.clock.advance(ROUTING.askMs);
    expect(network.asked.length).toBe(2);
    await network.clock.advance(ROUTING.askMs);
    expect(await placement).toMatchObject({ kind: 'refused', reason: 'full', tries: 2 });
  });

  test('four hosts are asked and no more', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const network = networkOf(...ids);
    for (const id of ids) network.answers.set(id, FULL);
    expect(await network.router.place(WISH)).toMatchObject({ kind: 'refused', tries: ROUTING.triesMax });
    expect(new Set(network.asked).size).toBe(4);
  });

  test('what a host refused no longer counts as assigned to it', async () => {
    const network = networkOf('a');
    network.answers.set('a', FULL);
    await network.place();
    expect(network.book.candidate('a', SERVICE)?.carriedUnits).toBe(0);
  });

  test('many who ask at once are spread: what is being asked for counts already', async () => {
    const network = networkOf('a', 'b', 'c', 'd');
    await Promise.all(Array.from({ length: 40 }, () => network.place()));
    const counts = ['a', 'b', 'c', 'd'].map((id) => network.asked.filter((asked) => asked === id).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
  });
});

describe('rule 4, the honest refusal', () => {
  test('nobody offers it: there is nothing to wait for', async () => {
    const network = networkOf('a');
    const wish = { ...WISH, country: 'XX' };
    expect(await network.router.place(wish)).toEqual({ kind: 'refused', reason: 'nobody', tries: 0 });
  });

  test('all are full: a time to come back and a place, and who comes later stands behind', async () => {
    const network = new TestNetwork();
    network.host('a', { accepting: false });
    const first = await network.router.place(WISH);
    const second = await network.router.place(WISH);
    expect(first).toMatchObject({ reason: 'full', tries: 0, waiting: { ahead: 0, comeBackInMs: 10_000 } });
    expect(second).toMatchObject({ reason: 'full', waiting: { ahead: 1 } });
  });

  test('when a little room appears it goes to who has waited', async () => {
    const network = new TestNetwork();
    network.host('a', { accepting: false });
    const refusal = await network.router.place(WISH);
    const ticket = refusal.kind === 'refused' && refusal.reason === 'full' ? refusal.waiting?.ticket : undefined;
    expect(ticket).toBeDefined();
    await network.clock.advance(ROUTING.comeBackMinMs);
    network.load('a', { committedUnits: 76 });
    expect(await network.place()).toBe('full');
    expect(await network.place(WISH, ticket)).toBe('a');
  });

  test('with room for all nobody stands in line', async () => {
    const network = new TestNetwork();
    network.host('a', { accepting: false });
    await network.place();
    await network.clock.advance(1000);
    network.load('a');
    expect(await network.place()).toBe('a');
  });

  test('what cannot wait gets no place', async () => {
    const network = new TestNetwork();
    network.host('a', { accepting: false });
    expect(await network.router.place(WISH, { waits: false })).toEqual({ kind: 'refused', reason: 'full', tries: 0 });
    await network.clock.advance(1);
    network.load('a');
    expect(await network.place()).toBe('a');
  });
});

describe('rule 5, signals', () => {
  test('a host that serves badly is chosen less', async () => {
    const network = new TestNetwork();
    for (const id of ['a', 'b']) network.host(id, { committedUnits: 30 });
    for (let count = 0; count < 3; count++) network.book.putSignal('a', SERVICE, false);
    for (let count = 0; count < 5; count++) expect(await network.place()).toBe('b');
  });
});

describe('rule 7, a browser alone', () => {
  /** A browser with a directory of three hundred seconds ago and more, in which every host is empty. */
  async function browserOf(committed: Record<string, number | undefined>): Promise<TestNetwork> {
    const network = new TestNetwork(1, async ({ id }) => {
      const committedUnits = committed[id];
      if (committedUnits === undefined) return undefined;
      return { host: id, atMs: network.clock.now(), classes: { [SERVICE]: loadOf({ committedUnits }) } };
    });
    for (const id of Object.keys(committed)) network.host(id);
    await network.clock.advance(ROUTING.staleMs + 1000);
    return network;
  }

  test('it asks a few hosts how full they are, and takes the least full', async () => {
    const network = await browserOf({ a: 60, b: 20, c: 70 });
    expect(await network.place()).toBe('b');
  });

  test('who does not say how full it is is passed over', async () => {
    const network = await browserOf({ a: undefined, b: 60 });
    expect(await network.place()).toBe('b');
    expect(network.asked).toEqual(['b']);
  });

  test('with nobody there it says so', async () => {
    const network = await browserOf({ a: undefined, b: 79 });
    expect(await network.router.place(WISH)).toMatchObject({ kind: 'refused', reason: 'full', tries: 0 });
  });
});
