// Hosts that lie about themselves to one that watches them: real connections, and a clock of the test.
import { Router } from '@archipel/directory';
import { Prober } from '@archipel/directory/probe';
import { drip, ok, rawPeer, redirect, startHost, type TestHost } from '@archipel/directory/services';
import type { Bytes } from '@archipel/protocol';
import { VirtualClock } from '@archipel/testkit/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verify } from '../../src/index.ts';
import { RelayMetrics } from '../../src/metrics.ts';
import { Peers } from '../../src/network/peers.ts';

const ROUND_MS = 30_000;
/** As seldom as one is asked that does not answer. */
const AWAY_MS = 301_000;
const MANIFEST_MS = 601_000;
const SOON_MS = 1500;
const TEN_MB = 'x'.repeat(10_000_000);
const DOCUMENTS = { service: 'docs' };

/** Watches hosts; time goes on by `round`, which ends when all have answered or were given up. */
class World {
  readonly clock = new VirtualClock(Date.now());
  readonly metrics = new RelayMetrics();
  #asked = 0;
  #peers: Peers | undefined;

  /** Who answers at an address is another question: `url` may be anybody's. */
  async watch(...hosts: Pick<TestHost, 'id' | 'url'>[]): Promise<Peers> {
    const { clock, metrics } = this;
    // After each question the next one is planned.
    const setTimeout = (run: () => void, ms: number) => {
      this.#asked += 1;
      return clock.setTimeout(run, ms);
    };
    const prober = new Prober({
      version: '1.2.3',
      aboutUrl: 'http://127.0.0.1/about',
      allowLoopback: ['127.0.0.1'],
      limits: { headersMs: SOON_MS, bodyMs: SOON_MS, totalMs: 2 * SOON_MS },
    });
    const peers = hosts.map(({ id, url }) => ({ id, url, copies: true, perDay: 1000, follow: false }));
    const timers = { now: clock.now, setTimeout, clearTimeout: clock.clearTimeout };
    this.#peers = new Peers({ peers, prober, verify, clock: timers, random: () => 0.99, metrics });
    onTestFinished(() => this.#peers?.stop());
    await this.#answered(hosts.length);
    return this.#peers;
  }

  /** Of one host, or of more that are asked at the same time. */
  async round(ms = ROUND_MS, hosts = 1): Promise<void> {
    this.#asked = 0;
    await this.clock.advance(ms);
    await this.#answered(hosts);
  }

  async #answered(count: number): Promise<void> {
    await expect.poll(() => this.#asked, { timeout: 5000, interval: 5 }).toBeGreaterThanOrEqual(count);
  }

  /** Where somebody is sent, and everybody there says yes. */
  async sent(): Promise<string | undefined> {
    const { clock } = this;
    const { book } = this.#peers as Peers;
    const router = new Router({
      clock,
      random: Math.random,
      book,
      ask: () => Promise.resolve({ kind: 'granted' as const, voucher: 1 }),
    });
    const placement = await router.place(DOCUMENTS);
    return placement.kind === 'placed' ? placement.host.id : undefined;
  }
}

describe('a watched host that', () => {
  it('tells the truth is sent people, and nobody more once it says that it is full or leaves', async () => {
    const world = new World();
    const host = await startHost(world.clock.now);
    await world.watch(host);
    expect(await world.sent()).toBe(host.id);
    host.load = { accepting: false };
    await world.round();
    expect(await world.sent()).toBeUndefined();
    host.load = { accepting: false, draining: true };
    await world.round();
    expect(await world.sent()).toBeUndefined();
    host.load = {};
    await world.round();
    expect(await world.sent()).toBe(host.id);
  });

  it('plays an old load again changes nothing, and is sent nobody when it goes on', async () => {
    const world = new World();
    const host = await startHost(world.clock.now);
    const peers = await world.watch(host);
    const empty = await host.signLoad();
    host.load = { accepting: false };
    await world.round();
    const told = peers.host(host.id)?.load;
    host.instead = (what) => (what === 'load' ? empty : Promise.resolve(host.signManifest()));
    await world.round();
    expect(await world.sent()).toBeUndefined();
    expect(peers.host(host.id)?.load).toEqual(told);
    for (let i = 0; i < 3; i++) await world.round(AWAY_MS);
    expect(await world.sent()).toBeUndefined();
    expect(world.metrics.peerFailures.get('expired')).toBeGreaterThan(0);
  });

  it('signs a load of the future is refused', async () => {
    const world = new World();
    const host = await startHost(world.clock.now);
    host.instead = (what) => (what === 'load' ? host.signLoad(world.clock.now() + 3_600_000) : host.signManifest());
    await world.watch(host);
    expect(await world.sent()).toBeUndefined();
    expect([...world.metrics.peerFailures]).toEqual([['from_future', 1]]);
  });

  it('takes the load of another host for its own is refused', async () => {
    const world = new World();
    const [host, other] = [await startHost(world.clock.now), await startHost(world.clock.now)];
    host.instead = (what) => (what === 'load' ? other.signLoad() : host.signManifest());
    await world.watch(host);
    expect(await world.sent()).toBeUndefined();
    expect([...world.metrics.peerFailures]).toEqual([['wrong_host', 1]]);
  });

  it('shows a manifest older than its last one is refused: the newer one counts', async () => {
    const world = new World();
    const host = await startHost(world.clock.now);
    const old = await host.signManifest({ country: 'BE' });
    await world.clock.advance(5000);
    const peers = await world.watch(host);
    host.instead = (what) => Promise.resolve(what === 'load' ? host.signLoad() : old);
    await world.round(MANIFEST_MS);
    await world.round();
    await expect.poll(() => world.metrics.peerFailures.get('stale_fact')).toBeGreaterThan(0);
    expect(peers.host(host.id)?.manifest?.fact.country).toBe('FR');
  });

  it('shows a manifest that has expired, of another key, forged, or for another address is refused', async () => {
    const world = new World();
    const [host, other] = [await startHost(world.clock.now), await startHost(world.clock.now)];
    const longAgo = Math.floor(world.clock.now() / 1000) - 10 * 86_400;
    const cases: [string, () => Promise<Bytes>][] = [
      ['expired', () => host.signManifest({ issued: longAgo, expires: longAgo + 86_400 })],
      ['wrong_host', () => host.signManifest({}, other.signer)],
      [
        'bad_signature',
        async () => (await host.signManifest()).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte)),
      ],
      ['other_address', () => host.signManifest({ url: 'https://elsewhere.example.org' })],
    ];
    let lie = 0;
    host.instead = (what) => (what === 'manifest' ? cases[lie]?.[1]() : host.signLoad());
    await world.watch(host);
    for (const [name] of cases) {
      expect([...world.metrics.peerFailures.keys()].at(-1)).toBe(name);
      lie += 1;
      if (lie < cases.length) await world.round();
    }
    expect(await world.sent()).toBeUndefined();
    host.instead = undefined;
    await world.round();
    expect(await world.sent()).toBe(host.id);
  });

  it('boasts gets no more than the book allows while another has earned more', async () => {
    const world = new World();
    const [honest, boaster] = [await startHost(world.clock.now), await startHost(world.clock.now)];
    honest.load = { capacity: 1000, present: 200, committed: 200 };
    boaster.load = { capacity: 1_000_000, present: 0, committed: 0 };
    const peers = await world.watch(honest, boaster);
    for (let i = 0; i < 8; i++) {
      await world.round(ROUND_MS, 2);
      // People who were sent there say so (VOU-4).
      peers.book.putSignal(honest.id, 'docs', true);
    }
    const there = new Map<string | undefined, number>();
    for (let i = 0; i < 90; i++) {
      const id = await world.sent();
      there.set(id, (there.get(id) ?? 0) + 1);
    }
    // 100 people, 4 of each document.
    expect(there.get(boaster.id)).toBeLessThanOrEqual(25);
    expect((there.get(honest.id) ?? 0) + (there.get(boaster.id) ?? 0)).toBe(90);
  });
});

describe('a watched address that', () => {
  const id = 'ab'.repeat(20);

  it.each([
    [
      'drips its headers for ever',
      'timeout',
      {
        talk: (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n');
          drip(socket, 'X: y\r\n');
        },
      },
    ],
    [
      'drips its answer for ever',
      'timeout',
      {
        talk: (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          drip(socket, 'x');
        },
      },
    ],
    ['answers nothing', 'timeout', {}],
    ['answers 10 MB', 'too_large', { talk: (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${TEN_MB}`) }],
    [
      'says it will answer 10 MB',
      'too_large',
      { talk: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n') },
    ],
    [
      'leads into an inner network',
      'refused_address',
      { talk: (socket) => socket.end(redirect('http://192.168.1.1/')) },
    ],
    [
      'leads to the machine of a cloud',
      'refused_address',
      { talk: (socket) => socket.end(redirect('http://169.254.169.254/')) },
    ],
    [
      'leads to this machine by another name',
      'refused_address',
      { talk: (socket) => socket.end(redirect('http://[::1]:4280/')) },
    ],
    ['leads around in a circle', 'too_many_redirects', { talk: (socket) => socket.end(redirect('/')) }],
    ['closes at once', 'connection_lost', { greet: (socket) => socket.destroy() }],
    ['answers a page', 'unsupported_version', { talk: (socket) => socket.end(ok('<!doctype html><title>x</title>')) }],
    ['answers nothing at all', 'bad_message', { talk: (socket) => socket.end(ok('')) }],
  ] satisfies [string, string, Parameters<typeof rawPeer>[0]][])(
    '%s is given up, counted as %s, and not held',
    async (_what, reason, habits) => {
      const world = new World();
      const liar = await rawPeer(habits);
      await world.watch({ id, url: liar.url.replace(/\/$/, '') });
      expect([...world.metrics.peerFailures.keys()]).toEqual([reason]);
      expect(await world.sent()).toBeUndefined();
      await expect.poll(() => liar.open).toBe(0);
    },
  );
});
