// Who keeps the copies, of hosts of different sizes.
import type { WatchedHost } from '@archipel/directory/portal';
import { seededRandom, VirtualClock } from '@archipel/testkit/host';
import { describe, expect, it } from 'vitest';
import { Copies, type CopyAnswer } from '../../src/network/copies.ts';

function hostOf(origin: string, capacity: number, draining = false): WatchedHost {
  const services = [{ service: 'docs', accepting: false, draining, capacity, present: capacity, committed: capacity }];
  return { id: origin, origin, load: { fact: { services } } } as unknown as WatchedHost;
}

function copiesOf(hosts: readonly WatchedHost[], answers: (host: WatchedHost) => CopyAnswer = () => 'granted') {
  const clock = new VirtualClock();
  const random = seededRandom(7);
  const asked: string[] = [];
  const copies = new Copies({
    clock,
    random: () => random.next(),
    hosts: () => hosts,
    ask: async (host) => {
      asked.push(host.origin);
      return answers(host);
    },
  });
  const choose = async (count: number): Promise<Map<string | undefined, number>> => {
    const chosen = new Map<string | undefined, number>();
    for (let i = 0; i < count; i++) {
      const origin = (await copies.choose())?.origin;
      chosen.set(origin, (chosen.get(origin) ?? 0) + 1);
    }
    return chosen;
  };
  return { clock, asked, copies, choose };
}

describe('the host of a copy', () => {
  it('is drawn for each document, by what it can carry: a small one gets its part and no more', async () => {
    const { choose, asked } = copiesOf([hostOf('small', 10), hostOf('middle', 90), hostOf('large', 300)]);
    const chosen = await choose(4000);
    for (const [origin, share] of [
      ['small', 100],
      ['middle', 900],
      ['large', 3000],
    ] as const) {
      expect(chosen.get(origin) ?? 0).toBeGreaterThan(share * 0.8);
      expect(chosen.get(origin) ?? 0).toBeLessThan(share * 1.2);
    }
    // Within a minute each is asked once, also when many come at once.
    expect(asked.sort()).toEqual(['large', 'middle', 'small']);
  });

  it('is asked once by all who come at the same moment, and again after a minute', async () => {
    const { clock, copies, asked } = copiesOf([hostOf('one', 10)]);
    await Promise.all(Array.from({ length: 20 }, () => copies.choose()));
    expect(asked).toEqual(['one']);
    await clock.advance(61_000);
    await copies.choose();
    expect(asked).toEqual(['one', 'one']);
  });

  it('is another one when the first has had what was agreed, which is asked again after a minute', async () => {
    let isFull = true;
    const hosts = [hostOf('large', 1000), hostOf('small', 1)];
    const { clock, asked, choose } = copiesOf(hosts, ({ origin }) =>
      origin === 'large' && isFull ? 'full' : 'granted',
    );
    expect(await choose(50)).toEqual(new Map([['small', 50]]));
    expect(asked.filter((origin) => origin === 'large')).toHaveLength(1);
    isFull = false;
    await clock.advance(61_000);
    expect((await choose(50)).get('large')).toBeGreaterThan(40);
  });

  it('that does not answer is left alone for five seconds, and no third one is asked by somebody who waits', async () => {
    const hosts = ['a', 'b', 'c'].map((origin) => hostOf(origin, 10));
    const { clock, asked, copies } = copiesOf(hosts, () => 'error');
    expect(await copies.choose()).toBeUndefined();
    expect(asked).toHaveLength(2);
    expect(await copies.choose()).toBeUndefined();
    expect(new Set(asked).size).toBe(3);
    expect(await copies.choose()).toBeUndefined();
    expect(asked).toHaveLength(3);
    await clock.advance(5001);
    expect(await copies.choose()).toBeUndefined();
    expect(asked).toHaveLength(5);
  });

  it('is none that is about to leave', async () => {
    expect(await copiesOf([hostOf('leaving', 10, true)]).choose(3)).toEqual(new Map([[undefined, 3]]));
  });
});
