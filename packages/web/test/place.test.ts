import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type PlaceDeps, placeDocument } from '../src/network/place.ts';

const ID = 'a'.repeat(40);
const relay = { hostId: ID, url: 'https://b.example', name: 'B', country: 'FR', retentionDays: 30, legal: '' };

const none = async () => undefined;

/** What a tab keeps. */
function openTab(): void {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  onTestFinished(() => void vi.unstubAllGlobals());
}

/** A real server on this machine that answers as it pleases. */
async function hostThat(answer: RequestListener): Promise<PlaceDeps> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { request: fetch, directory: none, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const says = (status: number, body: unknown): Promise<PlaceDeps> =>
  hostThat((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

test('asks the host of the page for the wish and takes its answer', async () => {
  const bodies: string[] = [];
  const deps = await hostThat((request, response) => {
    request.on('data', (chunk) => bodies.push(String(chunk)));
    request.on('end', () =>
      response.end(JSON.stringify({ relays: [{ ...relay, voucher: 'AAEC' }], moved: true, receipt: 'once' })),
    );
  });
  expect(await placeDocument({ country: 'FR' }, deps)).toEqual({
    kind: 'placed',
    relays: [relay],
    voucher: 'AAEC',
    receipt: 'once',
    moved: true,
  });
  expect(JSON.parse(bodies.join(''))).toEqual({ service: 'docs', country: 'FR', forward: true });
});

test('says honestly that the network is full, with the place in the queue', async () => {
  const deps = await says(503, { error: 'full', retryAfterMs: 20_000, ticket: '3-x', ahead: 2 });
  expect(await placeDocument({}, deps)).toEqual({ kind: 'full', retryAfterMs: 20_000, ahead: 2, ticket: '3-x' });
  expect(await placeDocument({}, await says(404, { error: 'nobody' }))).toEqual({ kind: 'nobody' });
});

test('a page that is loaded again keeps its place in the queue, each queue for itself, and gives it up when it is placed', async () => {
  openTab();
  const asked: unknown[] = [];
  let answer: unknown = { error: 'full', retryAfterMs: 20_000, ticket: '3-x', ahead: 2 };
  const deps = await hostThat((request, response) => {
    request.on('data', (chunk) => asked.push(JSON.parse(String(chunk)).ticket));
    request.on('end', () => response.writeHead('error' in (answer as object) ? 503 : 200).end(JSON.stringify(answer)));
  });
  await placeDocument({}, deps);
  await placeDocument({ ttlSeconds: 86_400 }, deps);
  // Who is asked too often says nothing of the queue.
  answer = { error: 'rate_limited', retryAfterMs: 1000 };
  await placeDocument({}, deps);
  await placeDocument({ country: 'BE' }, deps);
  answer = { relays: [relay], moved: true };
  await placeDocument({}, deps);
  await placeDocument({}, deps);
  expect(asked).toEqual([undefined, '3-x', '3-x', undefined, '3-x', undefined]);
});

test('a host that knows no other takes it itself', async () => {
  const page = await hostThat((_request, response) => response.writeHead(404).end('<!doctype html>'));
  const alone = { kind: 'placed', relays: [], moved: false };
  expect(await placeDocument({}, page)).toEqual(alone);
  expect(await placeDocument({}, await says(404, { message: 'Not found' }))).toEqual(alone);
  expect(await placeDocument({}, await says(200, { relays: [], moved: false }))).toEqual(alone);
});

test.each([
  ['no list', {}],
  ['an address with a path', { relays: [{ ...relay, url: 'https://b.example/x' }] }],
  ['an address that runs', { relays: [{ ...relay, url: 'javascript:alert(1)' }] }],
  ['no id', { relays: [{ ...relay, hostId: 'x' }] }],
])('an answer with %s is none', async (_what, answer) => {
  expect(await placeDocument({}, await says(200, answer))).toEqual({ kind: 'unreachable' });
});

test('a host that is away is unreachable', async () => {
  const deps = { request: fetch, directory: none, origin: 'http://127.0.0.1:9' };
  expect(await placeDocument({}, deps)).toEqual({ kind: 'unreachable' });
});
