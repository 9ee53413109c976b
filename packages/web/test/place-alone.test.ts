import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Bytes,
  compare,
  DIRECTORY,
  hostIdOf,
  type ListedHost,
  LOAD,
  shareCode,
  shortHostId,
  signFact,
  toHex,
  weightCode,
} from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { expect, onTestFinished, test } from 'vitest';
import { placeDocument } from '../src/network/place.ts';

const AWAY = 'http://127.0.0.1:9';
const now = (): number => Math.floor(Date.now() / 1000);
let seeds = 0;

interface Host {
  listed: ListedHost;
  id: string;
  url: string;
  asked: string[];
}

/** A host that tells its load and takes documents, unless `answer` says otherwise. */
async function host(options: { country?: string; answer?: object; status?: number; id?: string } = {}): Promise<Host> {
  const signer = await webSuite.signer(new Uint8Array(32).fill(++seeds));
  const hostId = hostIdOf(signer.publicKey);
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url?.split('/').at(-1) ?? '');
    if (request.url?.endsWith('/load')) {
      const docs = { service: 'docs', capacity: 100, present: 1, committed: 1, accepting: true, draining: false };
      response.end(await signFact(LOAD, { timeMs: Date.now(), services: [docs] }, signer));
      return;
    }
    const relay = { hostId: options.id ?? toHex(hostId), url, name: 'H', country: 'FR', retentionDays: 0, legal: '' };
    response.writeHead(options.status ?? 200);
    response.end(JSON.stringify(options.answer ?? { relays: [relay], moved: false }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const listed: ListedHost = {
    id: shortHostId(hostId),
    url,
    country: options.country ?? 'FR',
    vouched: true,
    newcomer: false,
    foreign: false,
    age: 1,
    profile: { languages: [], welcome: [], softwareVersion: '' },
    services: [{ service: 'docs', weight: weightCode(50), share: shareCode(0.1) }],
  };
  return { listed, id: toHex(hostId), url, asked };
}

async function directoryOf(hosts: Host[], issued = now()): Promise<Bytes> {
  const sorted = hosts.map(({ listed }) => listed).sort((a, b) => compare(a.id, b.id));
  const signer = await webSuite.signer(new Uint8Array(32).fill(255));
  return signFact(DIRECTORY, { portal: 'P', issued, expires: issued + 86_400, hosts: sorted }, signer);
}

const place = (bytes: Bytes, wish = {}, origin = AWAY) =>
  placeDocument(wish, { request: fetch, origin, directory: async () => bytes });

test('while the portal is away a host of the kept directory takes the document', async () => {
  const one = await host();
  const placed = await place(await directoryOf([one]));
  expect(placed).toMatchObject({ kind: 'placed', moved: true, relays: [{ hostId: one.id, url: one.url }] });
  expect(one.asked).toEqual(['load', 'place']);
});

test('the wish for a country or a host holds there too', async () => {
  const [french, belgian] = [await host(), await host({ country: 'BE' })];
  const directory = await directoryOf([french, belgian]);
  expect(await place(directory, { country: 'BE' })).toMatchObject({ relays: [{ url: belgian.url }] });
  expect(await place(directory, { host: french.id })).toMatchObject({ relays: [{ url: french.url }] });
  expect(await place(directory, { country: 'CH' })).toEqual({ kind: 'nobody' });
});

test('a host that speaks in the name of another is passed over', async () => {
  const [liar, honest] = [await host({ id: 'f'.repeat(40) }), await host()];
  for (let times = 0; times < 8; times++) {
    expect(await place(await directoryOf([liar, honest]))).toMatchObject({ relays: [{ url: honest.url }] });
  }
  expect(liar.asked).toContain('place');
});

test('all full is said as it is, and the queue of the host that answers counts', async () => {
  const full = await host({ status: 503, answer: { error: 'full', retryAfterMs: 7000, ahead: 3, ticket: 't' } });
  const directory = await directoryOf([full]);
  expect(await place(directory)).toMatchObject({ kind: 'full' });
  expect(await place(directory, {}, full.url)).toEqual({ kind: 'full', retryAfterMs: 7000, ahead: 3, ticket: 't' });
});

test('[FACT-5] a directory that is over, or was tampered with, leads nowhere', async () => {
  const one = await host();
  expect(await place(await directoryOf([one], now() - 90_000))).toEqual({ kind: 'unreachable' });
  const forged = await directoryOf([one]);
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  expect(await place(forged)).toEqual({ kind: 'unreachable' });
  expect(one.asked).toEqual([]);
});
