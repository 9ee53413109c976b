import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type Bytes, checkDirectory, fromHex, hostIdOf, weightUnits } from '@archipel/protocol';
import { VirtualClock } from '@archipel/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hostsOfDirectory } from '../../src/index.ts';
import { type HostPage, type HostsPage, Portal, type PortalNote, type PortalSettings } from '../../src/portal/index.ts';
import { prober } from '../probe/peers.ts';
import { makeSigner, startHost, type TestHost, verify } from '../support/hosts.ts';

const LOAD_MS = 25_000;
const TEN_MINUTES_MS = 600_000;
const signer = makeSigner();

class World {
  readonly clock = new VirtualClock(Date.now());
  readonly folder = mkdtempSync(join(tmpdir(), 'archipel-portal-'));
  readonly notes: PortalNote[] = [];

  async portal(settings: Partial<PortalSettings>, limits = {}): Promise<Portal> {
    const portal = new Portal({
      clock: this.clock,
      random: () => 0,
      prober: prober({ limits: { headersMs: 300, bodyMs: 300, totalMs: 1000, ...limits } }),
      verify,
      signer,
      name: 'Portail des îlots',
      settings: { hosts: [], peers: [], thirdParty: [], chatonsInfos: [], ...settings },
      own: undefined,
      folder: this.folder,
      note: (code) => this.notes.push(code),
    });
    await portal.begin();
    onTestFinished(async () => {
      await portal.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
    await this.clock.advance(0);
    return portal;
  }

  host(name?: string): Promise<TestHost> {
    return startHost(this.clock.now, name);
  }

  /** All hosts are asked again; their answers come by the real network. */
  round(ms = LOAD_MS): Promise<void> {
    return this.clock.advance(ms);
  }
}

async function json<T>(portal: Portal, path: string): Promise<T | undefined> {
  const answer = await portal.answer(path, 'identity');
  return answer && (JSON.parse(new TextDecoder().decode(answer.body)) as T);
}

/** What the page says once it says it; the clock goes on so that it is made anew. */
function hosts(world: World, portal: Portal) {
  return expect.poll(async () => {
    await world.clock.advance(10_001);
    return (await json<HostsPage>(portal, '/hosts.json'))?.hosts.map(({ name, state, failure }) => [
      name,
      state,
      failure,
    ]);
  });
}

test('lists what hosts sign of themselves, how full they are, and how they fared', async () => {
  const world = new World();
  const host = await world.host();
  const portal = await world.portal({ hosts: [host.url] });
  await hosts(world, portal).toEqual([['Pads du Port', 'room', null]]);
  const page = await json<HostsPage>(portal, '/hosts.json');
  expect(page?.hosts[0]).toMatchObject({
    id: host.id,
    url: host.url,
    organisation: 'Les voisins du port',
    country: 'FR',
    retentionDays: 180,
    version: '0.1.0',
    services: [{ service: 'docs', capacity: 100, present: 10, committed: 20 }],
    vouched: true,
    waiting: false,
  });
  expect(page?.hosts[0]?.days.answered.at(-1)).toBe(1);
  expect(page?.hosts[0]?.days.fullest.at(-1)).toBe(0.2);
  expect(page?.hosts[0]?.days.answered.at(0)).toBeNull();
  const one = await json<HostPage>(portal, `/hosts/${host.id}.json`);
  expect(one?.hours.answered).toHaveLength(720);
  expect(await json(portal, `/hosts/${'0'.repeat(40)}.json`)).toBeUndefined();
});

test('[DIR-1] [DIR-3] the directory is signed by the portal and can be routed from', async () => {
  const world = new World();
  const host = await world.host();
  const portal = await world.portal({
    hosts: [host.url],
    thirdParty: [{ software: 'etherpad', url: 'https://pads.invalid/', country: 'FR' }],
  });
  await hosts(world, portal).toEqual([['Pads du Port', 'room', null]]);
  await world.round(60_000);
  const path = '/.well-known/archipel/directory';
  const plain = await portal.answer(path, 'identity');
  const checked = await checkDirectory(
    plain?.body as Bytes,
    { nowSeconds: Math.floor(world.clock.now() / 1000), host: hostIdOf(signer.publicKey) },
    verify,
  );
  expect(checked.ok && checked.value.fact.portal).toBe('Portail des îlots');
  const listed = checked.ok ? checked.value.fact.hosts : [];
  expect(listed.filter(({ foreign }) => foreign)).toMatchObject([{ url: 'https://pads.invalid', vouched: false }]);
  const [known, ...others] = checked.ok ? hostsOfDirectory(checked.value.fact) : [];
  expect(others).toEqual([]);
  expect(known?.facts).toMatchObject({ id: host.id.slice(0, 16), url: host.url, vouched: true });
  // A newcomer to us: it begins with little, whatever it declares (rule 6).
  expect(known?.report.classes.docs).toMatchObject({ accepting: true });
  expect(known?.report.classes.docs?.capacityUnits).toBeLessThan(100);
  expect(weightUnits(listed.find(({ foreign }) => !foreign)?.services[0]?.weight ?? 0)).toBeGreaterThan(10);
  const gzip = await portal.answer(path, 'gzip, deflate');
  const brotli = await portal.answer(path, 'gzip, br;q=0.5');
  expect(gunzipSync(gzip?.body ?? '')).toEqual(Buffer.from(plain?.body ?? ''));
  expect(brotliDecompressSync(brotli?.body ?? '')).toEqual(Buffer.from(plain?.body ?? ''));
  expect(brotli?.headers).toMatchObject({ 'content-encoding': 'br', 'access-control-allow-origin': '*' });
});

test('a host that stops answering is away, gets nobody, and is back when it answers', async () => {
  const world = new World();
  const host = await world.host();
  const portal = await world.portal({ hosts: [host.url] });
  await hosts(world, portal).toEqual([['Pads du Port', 'room', null]]);
  host.instead = (_what, response) => void response.writeHead(503).end();
  await hosts(world, portal).toEqual([['Pads du Port', 'away', 'error_status']]);
  const answer = await portal.answer('/.well-known/archipel/directory', '');
  const wish = { nowSeconds: Math.floor(world.clock.now() / 1000) };
  await world.round(60_000);
  const directory = await checkDirectory((answer?.body ?? new Uint8Array(0)) as Bytes, wish, verify);
  expect(directory.ok && directory.value.fact.hosts[0]?.services).toMatchObject([{ weight: 0 }]);
  host.instead = undefined;
  await world.round(TEN_MINUTES_MS);
  await hosts(world, portal).toEqual([['Pads du Port', 'room', null]]);
  const page = await json<HostsPage>(portal, '/hosts.json');
  expect(page?.hosts[0]?.days.answered.at(-1)).toBeLessThan(1);
});

describe('hosts that lie, or try to hold the portal up', () => {
  const other = makeSigner();
  const cases: [string, string, (host: TestHost, world: World) => TestHost['instead']][] = [
    [
      'a load of another key',
      'wrong_host',
      (host, { clock }) =>
        async (what) =>
          what === 'load' ? host.signLoad(clock.now(), other) : host.signManifest(),
    ],
    [
      'a manifest that takes the place of another host',
      'other_address',
      (host) => (what) => (what === 'load' ? host.signLoad() : host.signManifest({ url: 'http://127.0.0.1:1' })),
    ],
    [
      'a signature that does not fit',
      'bad_signature',
      (host) => async (what) => {
        const bytes = what === 'load' ? await host.signLoad() : await host.signManifest();
        bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
        return bytes;
      },
    ],
    [
      'an old load played again',
      'expired',
      (host, { clock }) =>
        (what) =>
          what === 'load' ? host.signLoad(clock.now() - 400_000) : host.signManifest(),
    ],
    [
      'a load from the future',
      'from_future',
      (host, { clock }) =>
        (what) =>
          what === 'load' ? host.signLoad(clock.now() + 400_000) : host.signManifest(),
    ],
    ['an answer of 10 MB', 'too_large', () => (_what, response) => void response.end(Buffer.alloc(10_000_000))],
    ['half an answer', 'timeout', () => (_what, response) => void response.writeHead(200).write('x')],
    ['nonsense', 'bad_message', () => async () => Uint8Array.from([1, 1, 7])],
    [
      'the way to the inside',
      'refused_address',
      () => (_what, response) => void response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    ],
  ];
  test.each(cases)('%s is %s, and others are watched on', async (_what, failure, lie) => {
    const world = new World();
    const [liar, honest] = [await world.host('Liar'), await world.host('Honest')];
    const portal = await world.portal({ hosts: [liar.url, honest.url] });
    await hosts(world, portal).toEqual([
      ['Liar', 'room', null],
      ['Honest', 'room', null],
    ]);
    liar.instead = lie(liar, world);
    await world.round(TEN_MINUTES_MS);
    await hosts(world, portal).toEqual([
      ['Liar', 'away', failure],
      ['Honest', 'room', null],
    ]);
  });

  test('[MAN-2] an older manifest is not taken back', async () => {
    const world = new World();
    const host = await world.host();
    const old = await host.signManifest({ name: 'Before' });
    await world.round(2000);
    const portal = await world.portal({ hosts: [host.url] });
    await hosts(world, portal).toEqual([['Pads du Port', 'room', null]]);
    host.instead = async (what) => (what === 'manifest' ? old : host.signLoad());
    await world.round(TEN_MINUTES_MS);
    await hosts(world, portal).toEqual([['Pads du Port', 'away', 'stale_fact']]);
  });
});

test('peers that hosts name are listed, and given nobody for two weeks', async () => {
  const world = new World();
  const [known, peer] = [await world.host('Known'), await world.host('Peer')];
  known.manifest = { peers: [{ hostId: fromHex(peer.id) as Bytes, url: peer.url }] };
  const portal = await world.portal({ hosts: [known.url] });
  await hosts(world, portal).toEqual([
    ['Known', 'room', null],
    ['Peer', 'room', null],
  ]);
  const page = await json<HostsPage>(portal, '/hosts.json');
  expect(page?.hosts.map(({ vouched, waiting }) => [vouched, waiting])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test('what was seen is there after a restart, and a broken file costs only that', async () => {
  const world = new World();
  const host = await world.host();
  const before = await world.portal({ hosts: [host.url] });
  await hosts(world, before).toEqual([['Pads du Port', 'room', null]]);
  await before.stop();
  host.close();
  const after = await world.portal({});
  const page = await json<HostsPage>(after, '/hosts.json');
  expect(page?.hosts).toMatchObject([{ id: host.id, name: 'Pads du Port', state: 'away', vouched: false }]);
  expect(page?.hosts[0]?.days.answered.at(-1)).toBeGreaterThan(0);
  await after.stop();
  const file = join(world.folder, 'portal.json');
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
  const broken = await world.portal({});
  expect((await json<HostsPage>(broken, '/hosts.json'))?.hosts).toEqual([]);
  expect(world.notes).toEqual(['portal_memory_unreadable']);
});

test('only people confirm what a host can carry, and what they confirmed is there after a restart', async () => {
  const world = new World();
  const host = await world.host();
  const before = await world.portal({ hosts: [host.url] });
  await hosts(world, before).toEqual([['Pads du Port', 'room', null]]);
  for (let i = 0; i < 5; i++) await world.round();
  // It has ten people, and answers whatever it is asked.
  expect(before.confirmedUnits(host.id)).toEqual({});
  for (let i = 0; i < 3; i++) before.served(host.id, 'docs', true);
  expect(before.confirmedUnits(host.id)).toEqual({ docs: 10 });
  before.served('f'.repeat(40), 'docs', true);
  before.served(host.id, 'rooms', true);
  await before.stop();
  const after = await world.portal({ hosts: [host.url] });
  expect(after.confirmedUnits(host.id)).toEqual({ docs: 10 });
  expect(after.confirmedUnits('f'.repeat(40))).toBeUndefined();
});

test('services of a file of ChatonsInfos are listed with what is known of them', async () => {
  const world = new World();
  const path = join(world.folder, 'pads.properties');
  writeFileSync(
    path,
    'file.class = Service\nservice.name = Pads\nservice.website = http://127.0.0.1:9/\nsoftware.name = Etherpad\nhost.country.code = FR\n',
  );
  const portal = await world.portal({ chatonsInfos: [path, `${path}.missing`] });
  await expect
    .poll(async () => {
      await world.clock.advance(10_001);
      return (await json<HostsPage>(portal, '/hosts.json'))?.services;
    })
    .toMatchObject([{ name: 'Pads', softwareName: 'Etherpad', country: 'FR', health: 'down', reason: 'unreachable' }]);
  expect(world.notes).toEqual(['portal_file_unreadable']);
});
