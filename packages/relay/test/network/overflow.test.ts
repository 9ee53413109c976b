// Two real hosts on this machine: what one has no room for goes to the other, and lies about vouchers are refused.
import { mkdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { fromHex, hostIdOf, signFact, toHex, VOUCHER, type Voucher } from '@archipel/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeConfig, random, type Settings, startServer } from '../../src/index.ts';
import { type Identity, loadIdentity } from '../../src/network/identity.ts';
import { Author } from '../support/author.ts';
import { TestClient } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';
import { makeFolder } from '../support/relay.ts';

interface Party {
  data: string;
  port: number;
  url: string;
  id: string;
  identity: Identity;
}

async function party(): Promise<Party> {
  const data = makeFolder();
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const identity = loadIdentity(data);
  return { data, port, url: `http://127.0.0.1:${port}`, id: toHex(hostIdOf(identity.publicKey)), identity };
}

type Network = NonNullable<Settings['network']>;

async function start(of: Party, network: Partial<Network> = {}): Promise<{ stop(): Promise<void> }> {
  const { data, port, url } = of;
  const settings = { host: '127.0.0.1', port, data, logLevel: 'silent' as const };
  const server = await startServer(makeConfig({ ...settings, network: { url, people: 100, ...network } }));
  onTestFinished(() => server.stop());
  return server;
}

const knows = ({ id, url }: Party, more = {}): Partial<Network> => ({ peers: [{ id, url, ...more }] });

async function post(url: string, body: Uint8Array | object, headers: Record<string, string> = {}) {
  const isBytes = body instanceof Uint8Array;
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const answer = await fetch(`${url}/.well-known/archipel/${isBytes ? 'voucher' : 'place'}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: isBytes ? Buffer.from(body) : JSON.stringify(body),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, bytes, json: isJson ? JSON.parse(Buffer.from(bytes).toString()) : undefined };
}

function voucher(from: Party, to: Party, changes: Partial<Voucher> = {}): Promise<Uint8Array> {
  const issued = Math.floor(Date.now() / 1000) + (changes.issued ?? 0);
  const times = { issued, expires: issued + 300 };
  const rest = { service: 'docs', units: 4, maxBytes: 0, ttlSeconds: 0, nonce: random(16) };
  const audience = fromHex(to.id) as Uint8Array;
  return signFact(VOUCHER, { audience, ...rest, ...changes, ...times }, from.identity);
}

async function createAt(port: number, bytes: Uint8Array | undefined): Promise<string> {
  const client = await TestClient.connect(port);
  onTestFinished(() => client.close());
  const header = new Author().headerBytes;
  const request = client.request();
  client.send(0, bytes ? { type: 'createWith', request, voucher: bytes, header } : { type: 'create', request, header });
  const answer = await client.nextOf(['created', 'refused']);
  return answer.type === 'created' ? 'created' : answer.error;
}

it('a host that is full sends on to a peer that promised room; its voucher is used once', async () => {
  const [a, b] = [await party(), await party()];
  await start(b, { ...knows(a), capacity: '2 pads a day', welcome: ['peers'] });
  await start(a, { ...knows(b), capacity: '1 pad a day' });
  await expect.poll(() => fetch(`${a.url}/metrics`).then((page) => page.text())).toContain('archipel_peers_reached 1');
  const here = await post(a.url, { service: 'docs' });
  expect(here.json).toMatchObject({ moved: false, relays: [{ hostId: a.id, url: a.url }, { hostId: b.id }] });
  // The room is promised to who asked first: nobody else gets it.
  expect(await createAt(a.port, undefined)).toBe('full');
  expect(await createAt(a.port, new Uint8Array(Buffer.from(here.json.relays[0].voucher, 'base64url')))).toBe('created');

  const there = await post(a.url, { service: 'docs' });
  expect(there.json).toMatchObject({ moved: true, relays: [{ hostId: b.id, url: b.url }, { hostId: a.id }] });
  const bytes = new Uint8Array(Buffer.from(there.json.relays[0].voucher, 'base64url'));
  expect(await createAt(b.port, undefined)).toBe('not_welcome');
  expect(await createAt(b.port, bytes)).toBe('created');
  expect(await createAt(b.port, bytes)).toBe('voucher_used');

  expect((await post(a.url, { service: 'docs', forward: false })).status).toBe(503);
  expect((await post(a.url, { service: 'docs' })).status).toBe(200);
  const full = await post(a.url, { service: 'docs' });
  expect(full).toMatchObject({ status: 503, json: { error: 'full', ticket: expect.any(String), ahead: 0 } });
  expect((await post(a.url, { service: 'docs', country: 'BE' })).json).toEqual({ error: 'nobody' });
});

it('a wish that is none is refused in the words of all refusals, for pages of other hosts too', async () => {
  const a = await party();
  await start(a);
  const headers = { 'content-type': 'application/json' };
  for (const body of ['{"service":', '{}', '[]', '{"service":"docs","country":"france"}', ' '.repeat(5000)]) {
    const answer = await fetch(`${a.url}/.well-known/archipel/place`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toEqual({ error: 'bad_message' });
  }
});

describe('a voucher that', () => {
  it('is replayed is refused, also after a restart', async () => {
    const [a, b] = [await party(), await party()];
    const server = await start(b, knows(a));
    const bytes = await voucher(a, b);
    expect((await post(b.url, bytes)).status).toBe(200);
    expect(await post(b.url, bytes)).toMatchObject({ status: 409, json: { error: 'voucher_used' } });
    await server.stop();
    await start(b, knows(a));
    expect(await post(b.url, bytes)).toMatchObject({ status: 409, json: { error: 'voucher_used' } });
    expect(await createAt(b.port, bytes)).toBe('voucher_used');
  });

  it('is forged, for another host, expired, from the future, or of a stranger is refused', async () => {
    const [a, b, c] = [await party(), await party(), await party()];
    await start(b, knows(a));
    const forged = await voucher(a, b);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect((await post(b.url, forged)).json).toEqual({ error: 'bad_signature' });
    expect((await post(b.url, await voucher(a, c))).json).toEqual({ error: 'wrong_host' });
    expect((await post(b.url, await voucher(a, b, { issued: -400 }))).json).toEqual({ error: 'expired' });
    expect((await post(b.url, await voucher(a, b, { issued: 400 }))).json).toEqual({ error: 'from_future' });
    expect(await post(b.url, await voucher(c, b))).toMatchObject({ status: 403, json: { error: 'unknown_host' } });
    expect(await post(b.url, new Uint8Array(20))).toMatchObject({ status: 400 });
    expect((await post(b.url, new Uint8Array(5000))).json).toEqual({ error: 'bad_message' });
    expect(await createAt(b.port, forged)).toBe('bad_signature');
    expect(await createAt(b.port, await voucher(c, b))).toBe('unknown_host');
  });

  it('is one more than agreed for the day is refused, and a copy where none was agreed', async () => {
    const [a, b] = [await party(), await party()];
    await start(b, knows(a, { perDay: 1, copies: false }));
    const copy = await post(b.url, await voucher(a, b), { 'x-archipel-for': 'copy' });
    expect(copy).toMatchObject({ status: 403, json: { error: 'not_welcome' } });
    expect((await post(b.url, await voucher(a, b))).status).toBe(200);
    expect(await post(b.url, await voucher(a, b))).toMatchObject({ status: 429, json: { error: 'quota_reached' } });
  });

  it('asks for more than there is room for is refused, and what is promised counts', async () => {
    const [a, b] = [await party(), await party()];
    await start(b, { ...knows(a), people: 10 });
    expect((await post(b.url, await voucher(a, b, { units: 9 }))).json).toMatchObject({ error: 'full' });
    expect((await post(b.url, await voucher(a, b, { units: 8 }))).status).toBe(200);
    expect((await post(b.url, await voucher(a, b, { units: 1 }))).json).toMatchObject({ error: 'full' });
  });
});

describe('a peer that', () => {
  it.each<[string, RequestListener, string]>([
    ['answers nonsense', (_request, response) => response.end('x'.repeat(100)), 'unsupported_version'],
    ['answers 10 MB', (_request, response) => response.end(Buffer.alloc(10_000_000)), 'too_large'],
    [
      'leads to a private address',
      (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
      'refused_address',
    ],
  ])('%s is refused and counted, and this host serves on', async (_what, answer, reason) => {
    const [a, liar] = [await party(), await party()];
    const server = createServer(answer).listen(liar.port, '127.0.0.1');
    onTestFinished(() => void server.close());
    await start(a, knows(liar));
    const metrics = () => fetch(`${a.url}/metrics`).then((page) => page.text());
    await expect.poll(metrics).toContain(`archipel_peer_failures_total{reason="${reason}"} 1`);
    expect((await post(a.url, { service: 'docs' })).json.relays).toHaveLength(1);
  });

  it('never ends its answer holds nobody up, not even the end of this host', async () => {
    const [a, slow] = [await party(), await party()];
    const server = createServer((_request, response) => void response.write('x')).listen(slow.port, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const host = await start(a, knows(slow));
    expect((await post(a.url, { service: 'docs' })).json).toMatchObject({ moved: false });
    await host.stop();
  });

  it('is another host than the one agreed with is refused', async () => {
    const [a, b, c] = [await party(), await party(), await party()];
    await start(b);
    await start(a, knows({ ...b, id: c.id }));
    const metrics = () => fetch(`${a.url}/metrics`).then((page) => page.text());
    await expect.poll(metrics).toContain('archipel_peer_failures_total{reason="wrong_host"} 1');
  });
});
