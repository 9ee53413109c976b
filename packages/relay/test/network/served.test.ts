// What people say of the hosts to which they were sent, and what liars can do with it.
import { AddressBook, ROUTING } from '@archipel/directory';
import { decodeFact, encodeBase64url, VOUCHER } from '@archipel/protocol';
import { VirtualClock } from '@archipel/testkit/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeConfig, random, startServer } from '../../src/index.ts';
import { Served } from '../../src/network/served.ts';
import { siteOf } from '../../src/ws/visitors.ts';
import { Author } from '../support/author.ts';
import { TestClient } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';
import { makeFolder } from '../support/relay.ts';

const HOST = 'a'.repeat(40);
const SERVICE = 'docs';
const PRESENT = 800;
const MINUTE_MS = 60_000;
const KEPT_MS = 10 * MINUTE_MS;

/** A host with many people, of whom it has confirmed none, and what is said of it. */
class World {
  readonly clock = new VirtualClock();
  readonly book = new AddressBook({ clock: this.clock });
  readonly served = new Served({
    clock: this.clock,
    random,
    note: (host, healthy) => this.book.putSignal(host, SERVICE, healthy),
  });

  constructor() {
    const nowMs = this.clock.now();
    const about = { country: 'FR', languages: [], policies: [], version: '1', services: [SERVICE] };
    this.book.putHost({ id: HOST, url: 'https://a.example', knownSinceMs: nowMs, vouched: true, ...about });
    this.#load();
  }

  #load(): void {
    const load = { capacityUnits: 10_000, presentUnits: PRESENT, committedUnits: PRESENT };
    const classes = { [SERVICE]: { ...load, accepting: true, draining: false } };
    this.book.putLoad({ host: HOST, atMs: this.clock.now(), classes });
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.#load();
  }

  say(healthy: boolean, site: string, receipt = this.served.receiptFor(HOST)) {
    return this.served.take(receipt, healthy, site);
  }

  get confirmed(): number {
    return this.book.candidate(HOST, SERVICE)?.earned.confirmedUnits ?? -1;
  }

  /** What it may carry. */
  get standing(): number {
    return this.book.candidate(HOST, SERVICE)?.standing(this.clock.now()) ?? -1;
  }
}

describe('VOU-4: what a host can carry', () => {
  it('is confirmed by people at many places, each doubling it, and is lost when many were not served', () => {
    const world = new World();
    for (let person = 0; person < 12; person++) world.say(true, `192.0.2.${person}`);
    expect(world.confirmed).toBe(PRESENT);
    expect(world.standing).toBe(ROUTING.earnedFactor * PRESENT);
    for (let person = 20; person < 30; person++) world.say(false, `192.0.2.${person}`);
    expect(world.standing).toBe(ROUTING.failureShare * PRESENT);
  });

  it('is not changed by who was never sent there: a receipt that nobody handed out counts nothing', () => {
    const world = new World();
    for (let i = 0; i < 1000; i++) {
      expect(world.say(i % 2 === 0, `192.0.2.${i % 250}`, encodeBase64url(random(16)))).toMatchObject({
        error: 'not_found',
      });
    }
    expect([world.confirmed, world.standing]).toEqual([0, ROUTING.newcomerMaxUnits]);
  });

  it('is not changed by who speaks twice, or too late', async () => {
    const world = new World();
    const receipt = world.served.receiptFor(HOST);
    expect(world.say(true, '192.0.2.1', receipt).ok).toBe(true);
    const once = world.confirmed;
    for (let i = 2; i < 100; i++) {
      expect(world.say(i % 2 === 0, `192.0.2.${i}`, receipt)).toMatchObject({ error: 'not_found' });
    }
    const old = world.served.receiptFor(HOST);
    await world.pass(KEPT_MS);
    expect(world.say(true, '192.0.2.200', old)).toMatchObject({ error: 'not_found' });
    expect(world.confirmed).toBe(once);
  });

  it('is changed by one step in ten minutes by who floods from one place, up or down', async () => {
    const world = new World();
    for (let i = 0; i < 500; i++) expect(world.say(true, '192.0.2.1').ok).toBe(true);
    expect(world.confirmed).toBe(2 * ROUTING.meanSessionUnits);
    for (let i = 0; i < 500; i++) world.say(false, '192.0.2.2');
    // One bad word is one bad line: it takes nothing away.
    expect([world.confirmed, world.standing]).toEqual([8, ROUTING.newcomerMaxUnits]);
    await world.pass(KEPT_MS - 1);
    world.say(true, '192.0.2.1');
    expect(world.confirmed).toBe(8);
    await world.pass(1);
    world.say(true, '192.0.2.1');
    expect(world.confirmed).toBe(16);
  });

  it('is told by houses: whoever has a whole IPv6 network speaks once', () => {
    expect(siteOf('192.0.2.7')).toBe('192.0.2.7');
    expect(siteOf('2001:db8:1:2::/64')).toBe('2001:db8:1::/48');
    const world = new World();
    for (let i = 0; i < 200; i++) world.say(false, siteOf(`2001:db8:1:${i.toString(16)}::/64`));
    expect(world.standing).toBe(ROUTING.newcomerMaxUnits);
  });

  it('costs no more memory however many are sent: the oldest are forgotten', () => {
    const world = new World();
    const first = world.served.receiptFor(HOST);
    const second = world.served.receiptFor(HOST);
    for (let i = 0; i < 49_999; i++) world.served.receiptFor('b'.repeat(40));
    expect(world.say(true, '192.0.2.1', first)).toMatchObject({ error: 'not_found' });
    expect(world.say(true, '192.0.2.1', second).ok).toBe(true);
  });
});

async function startHost() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = { host: '127.0.0.1', port, data: makeFolder(), logLevel: 'silent' as const };
  const server = await startServer(makeConfig({ ...settings, network: { url, people: 100 } }));
  onTestFinished(() => server.stop());
  const post = async (what: string, body: unknown) => {
    const answer = await fetch(`${url}/.well-known/archipel/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const words = async (): Promise<string[]> => {
    const page = await fetch(`${url}/metrics`).then((answer) => answer.text());
    return [...page.matchAll(/^archipel_served_\w+_total \d+$/gm)].map(([line]) => line);
  };
  return { port, post, words };
}

describe('VOU-4: a host that sends people', () => {
  it('hears once from each; a host that knows its vouchers cannot speak for them', async () => {
    const { port, post, words } = await startHost();
    const { json } = await post('place', { service: 'docs' });
    const { voucher } = json.relays[0];
    // Whoever issued the voucher knows all of it, and its number.
    const bytes = new Uint8Array(Buffer.from(voucher, 'base64url'));
    const fact = decodeFact(VOUCHER, bytes);
    const nonce = fact.ok ? encodeBase64url(fact.value.fact.nonce) : '';
    expect(await post('served', { receipt: nonce, healthy: true })).toMatchObject({ status: 404 });
    expect(await post('served', { receipt: voucher, healthy: true })).toMatchObject({ status: 400 });
    const client = await TestClient.connect(port);
    onTestFinished(() => client.close());
    client.send(0, { type: 'createWith', request: client.request(), voucher: bytes, header: new Author().headerBytes });
    expect(await client.nextOf(['created', 'refused'])).toMatchObject({ type: 'created' });
    const word = { receipt: json.receipt, healthy: true };
    expect(await post('served', word)).toMatchObject({ status: 204 });
    expect(await post('served', word)).toEqual({ status: 404, json: { error: 'not_found' } });
    expect(await words()).toEqual(['archipel_served_well_total 1', 'archipel_served_badly_total 0']);
  });

  it.each([
    ['no JSON', '{"receipt":'],
    ['nothing', '{}'],
    ['a list', '[]'],
    ['no word', '{"receipt":"AAAAAAAAAAAAAAAAAAAAAA"}'],
    ['a number', '{"receipt":"AAAAAAAAAAAAAAAAAAAAAA","healthy":1}'],
    ['a host', '{"receipt":"AAAAAAAAAAAAAAAAAAAAAA","healthy":true,"host":"me"}'],
    ['a short receipt', '{"receipt":"short","healthy":true}'],
    ['too much', ' '.repeat(5000)],
  ])('refuses a word that is none: %s', async (_what, body) => {
    const { post } = await startHost();
    expect(await post('served', body)).toEqual({ status: 400, json: { error: 'bad_message' } });
  });
});
