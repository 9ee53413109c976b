import { rmSync, writeFileSync } from 'node:fs';
import {
  checkLoad,
  checkManifest,
  encodeBase64url,
  fingerprintOf,
  hostIdOf,
  MAX_LOAD_BYTES,
  reportsKeyOf,
} from '@archipel/protocol';
import { VirtualClock } from '@archipel/testkit/host';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../src/index.ts';
import { makeConfig, StartError, verify } from '../src/index.ts';
import { Announcements } from '../src/network/announcements.ts';
import { identityPath, loadIdentity } from '../src/network/identity.ts';
import { Room } from '../src/network/room.ts';
import { MemoryAdmissions } from '../src/store/admissions.ts';
import { Author, bytes } from './support/author.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';

const NETWORK = { url: 'https://pads.example.org', people: 200, languages: ['fr', 'en'] };
const ABOUT: Settings = {
  name: 'Les Îlots',
  operator: 'Association Les Îlots',
  contact: 'mailto:a@example.org',
  country: 'FR',
};
const DAY_SECONDS = 86_400;

async function get(port: number, name: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/.well-known/archipel/${name}`);
}

async function bytesOf(port: number, name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await get(port, name)).arrayBuffer());
}

const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const seconds = (): number => Math.floor(Date.now() / 1000);

describe('what a host tells other hosts', () => {
  it('[MAN-1] is a manifest of its settings, signed by the key of its folder', async () => {
    const network = {
      ...NETWORK,
      legal: 'https://example.org/terms',
      position: { latitude: 48.853, longitude: 2.349 },
    };
    const { server, folder } = await startRelay({ ...ABOUT, maxExpiryDays: 180, network });
    const { key, fact } = value(
      await checkManifest(await bytesOf(server.port, 'manifest'), { nowSeconds: seconds() }, verify),
    );
    expect(key).toEqual(loadIdentity(folder).publicKey);
    expect(server.fingerprint).toBe(fingerprintOf(hostIdOf(key)));
    expect(fact).toMatchObject({
      name: 'Les Îlots',
      organisation: 'Association Les Îlots',
      contact: 'mailto:a@example.org',
      country: 'FR',
      position: { latitude: 4885, longitude: 235 },
      url: 'https://pads.example.org',
      languages: ['en', 'fr'],
      welcome: ['everyone'],
      services: [{ service: 'docs', capacity: 200 }],
      retentionDays: 180,
      legalUrl: 'https://example.org/terms',
      software: 'archipel',
    });
  });

  it('[MAN-4, REP-5] names the key to which its people have reports sealed, and is as before without one', async () => {
    const key = bytes(32);
    const { server } = await startRelay({ ...ABOUT, network: NETWORK, reportsKey: encodeBase64url(key) });
    const signed = await checkManifest(await bytesOf(server.port, 'manifest'), { nowSeconds: seconds() }, verify);
    expect(reportsKeyOf(value(signed).fact)).toEqual(key);
    const said = await (await fetch(`http://127.0.0.1:${server.port}/report`)).json();
    expect(said).toEqual({ key: encodeBase64url(key) });
    const other = await startRelay({ ...ABOUT, network: NETWORK });
    const plain = await bytesOf(other.server.port, 'manifest');
    expect(value(await checkManifest(plain, { nowSeconds: seconds() }, verify)).fact.more).toBeUndefined();
  });

  it('[LOAD-1] is a load of who is connected now, small and fresh', async () => {
    const { server, client } = await startRelay({ network: NETWORK });
    const author = new Author();
    const writer = await client();
    await writer.create(author);
    await writer.open(author, 'edit');
    // Whoever only connects is nobody's guest yet.
    await client();
    const bytes = await bytesOf(server.port, 'load');
    expect(bytes.length).toBeLessThanOrEqual(MAX_LOAD_BYTES);
    const { fact } = value(await checkLoad(bytes, { nowMs: Date.now() }, verify));
    const load = { service: 'docs', capacity: 200, present: 1, committed: 1, accepting: true, draining: false };
    expect(fact.services).toEqual([load]);
  });

  it('may be read by the pages of others, and kept for a while', async () => {
    const { server } = await startRelay({ network: NETWORK });
    const { headers } = await get(server.port, 'manifest');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect((await get(server.port, 'load')).headers.get('cache-control')).toBe('public, max-age=10');
  });

  it('is nothing where the settings do not speak of other hosts: no key is made either', async () => {
    const { server } = await startRelay();
    expect((await get(server.port, 'manifest')).status).toBe(404);
    expect((await get(server.port, 'load')).status).toBe(404);
    expect(server.fingerprint).toBeUndefined();
  });

  it('is said under the same name after a restart, which the start prints', async () => {
    const folder = makeFolder();
    const { server } = await startRelay({ data: folder, network: NETWORK });
    const { fingerprint } = server;
    await server.stop();
    expect(fingerprint).toMatch(/^[A-Z2-9]{4}(-[A-Z2-9]{4}){4}$/);
    const again = await startRelay({ data: folder, network: NETWORK });
    expect(again.server.fingerprint).toBe(fingerprint);
  });

  it('is not begun with an identity that cannot be read, and the folder is free afterwards', async () => {
    const folder = makeFolder();

    writeFileSync(identityPath(folder), 'no key');
    await expect(startRelay({ data: folder, network: NETWORK })).rejects.toThrow(/is no key/);
    rmSync(identityPath(folder));
    expect((await startRelay({ data: folder, network: NETWORK })).server.fingerprint).toBeDefined();
  });
});

describe('settings about other hosts', () => {
  it.each([
    ['an address without https', { ...NETWORK, url: 'http://pads.example.org' }, /network\.url/],
    ['an address with a path', { ...NETWORK, url: 'https://pads.example.org/' }, /network\.url/],
    ['nobody', { ...NETWORK, people: 0 }, /network\.people/],
    ['a setting that there is not', { ...NETWORK, peolpe: 1 }, /network\.peolpe/],
    ['a place off the earth', { ...NETWORK, position: { latitude: 91, longitude: 0 } }, /network\.position\.latitude/],
  ])('with %s are refused by name', (_what, network, sentence) => {
    expect(() => makeConfig({ network } as Settings)).toThrow(StartError);
    expect(() => makeConfig({ network } as Settings)).toThrow(sentence);
  });

  it('do not go with several processes yet', () => {
    const settings = { network: NETWORK, store: 'postgres://a@127.0.0.1/a', bus: 'nats://127.0.0.1:4222' };
    expect(() => makeConfig(settings)).toThrow(/network does not go with store and bus/);
  });

  it('that no manifest can hold are refused at the start', async () => {
    await expect(startRelay({ name: 'two\nlines', network: NETWORK })).rejects.toThrow(/cannot be told to others/);
    await expect(startRelay({ network: { ...NETWORK, languages: ['French'] } })).rejects.toThrow(/French/);
  });
});

describe('announcements', () => {
  async function begin(
    people: () => number,
    isWritable = true,
  ): Promise<{ clock: VirtualClock; announcements: Announcements }> {
    const config = makeConfig({ network: { ...NETWORK, people: 10 } });
    const { network } = config;
    if (network === undefined) throw new Error('no network');
    const clock = new VirtualClock();
    const identity = loadIdentity(makeFolder());
    const room = new Room({
      network,
      admissions: new MemoryAdmissions(),
      clock,
      present: people,
      isDraining: () => false,
    });
    const deps = { config, network, identity, clock, room, isWritable: async () => isWritable };
    return { clock, announcements: await Announcements.begin(deps) };
  }

  async function loadOf(announcements: Announcements, clock: VirtualClock) {
    const { fact } = value(await checkLoad(await announcements.load(), { nowMs: clock.now() }, verify));
    return { timeMs: fact.timeMs, ...fact.services[0] };
  }

  it('are signed anew when they are old, and only then', async () => {
    const { clock, announcements } = await begin(() => 1);
    const [manifest, load] = [await announcements.manifest(), await announcements.load()];
    await clock.advance(10_000);
    expect([await announcements.manifest(), await announcements.load()]).toEqual([manifest, load]);
    await clock.advance(10_000);
    const { timeMs } = await loadOf(announcements, clock);
    expect(timeMs).toBe(clock.now());
    expect(await announcements.manifest()).toEqual(manifest);
    await clock.advance(DAY_SECONDS * 1000);
    expect(await announcements.manifest()).not.toEqual(manifest);
  });

  it('say that no more is taken near the capacity, or when nothing can be stored', async () => {
    let people = 7;
    const { clock, announcements } = await begin(() => people);
    expect(await loadOf(announcements, clock)).toMatchObject({ present: 7, accepting: true });
    people = 8;
    await clock.advance(20_000);
    expect(await loadOf(announcements, clock)).toMatchObject({ present: 8, accepting: false });
    const full = await begin(() => 0, false);
    expect(await loadOf(full.announcements, full.clock)).toMatchObject({ accepting: false });
  });
});

it('the start prints by which name other hosts know this one', async () => {
  const folder = makeFolder();

  const file = `${folder}/archipel.json`;
  writeFileSync(file, JSON.stringify({ network: NETWORK, data: `${folder}/data` }));
  const host = await startProcess({ ARCHIPEL_CONFIG: file });
  await expect.poll(host.output).toMatch(/Other hosts know this one by [A-Z2-9]{4}(-[A-Z2-9]{4}){4}\n/);
});
