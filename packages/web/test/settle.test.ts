import 'fake-indexeddb/auto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Document, memoryStorage } from '@archipel/client';
import { makeConfig, startServer } from '@archipel/relay';
import { freePort, type KnownHost, makeKnownHosts } from '@archipel/relay/services';
import { type Signal, signal } from '@preact/signals';
import { expect, onTestFinished, test, vi } from 'vitest';
import { padDocument } from '../src/apps/pad/session/pad-document.ts';
import { placeDocument } from '../src/network/place.ts';
import { sayServed } from '../src/network/served.ts';
import { createSettled, type Queue, type SettleDeps } from '../src/network/settle.ts';

const none = async () => undefined;
const fail = (why: string): never => {
  throw new Error(why);
};
/** Hosts tell each other every 15 s how full they are. */
const PATIENCE = { timeout: 60_000, interval: 100 };

interface Host {
  origin: string;
  relay: string;
}

const hostAt = (origin: string): Host => ({ origin, relay: `${origin.replace('http', 'ws')}/relay` });

/** A real host that knows no other. Above 80 % of six people nothing new is taken: when five are there. */
async function loneHost(): Promise<Host> {
  const data = mkdtempSync(join(tmpdir(), 'archipel-web-'));
  const port = await freePort();
  const host = hostAt(`http://127.0.0.1:${port}`);
  const network = { url: host.origin, people: 6 };
  const server = await startServer(makeConfig({ host: '127.0.0.1', port, data, logLevel: 'silent', network }));
  onTestFinished(async () => {
    await server.stop();
    rmSync(data, { recursive: true });
  });
  return host;
}

const metricsOf = ({ origin }: Pick<Host, 'origin'>) => fetch(`${origin}/metrics`).then((answer) => answer.text());

function newClient() {
  const client = createClient({ storage: memoryStorage() });
  onTestFinished(() => client.close());
  return client;
}

/** So many people have a document open there. Gives what lets the last of them leave. */
async function occupy({ relay }: Host, people: number): Promise<() => Promise<void>> {
  const first = newClient();
  const document = await first.create({ relay });
  await document.synced();
  let last = first;
  for (let present = 1; present < people; present++) {
    last = newClient();
    await (await last.open(document.links().view, { relay })).synced();
  }
  return () => last.close();
}

/** A page of this host, and the queue that it shows. */
function pageOf({ origin, relay }: Host): { deps: SettleDeps; queue: Signal<Queue | undefined> } {
  const queue = signal<Queue | undefined>(undefined);
  const deps: SettleDeps = {
    client: newClient(),
    relay,
    place: (wish) => placeDocument(wish, { request: fetch, origin, directory: none }),
    report: (receipt, healthy) => sayServed(receipt, healthy, { request: fetch, origin }),
    // The hosts' times are for people; who comes early changes no place.
    wait: () => new Promise((resolve) => setTimeout(resolve, 500)),
    tell: (now) => {
      queue.value = now;
    },
  };
  return { deps, queue };
}

function padOf(document: Document, queue: Signal<Queue | undefined>) {
  vi.stubGlobal('location', new URL('https://archipel.example.org/pad'));
  onTestFinished(() => void vi.unstubAllGlobals());
  const pad = padDocument(document, Date.now, queue);
  onTestFinished(pad.stop);
  return pad;
}

test('one full host that knows no other says so, keeps no queue, and takes the document when somebody leaves', async () => {
  const host = await loneHost();
  const leave = await occupy(host, 5);
  const { deps, queue } = pageOf(host);
  const document = await createSettled(deps, {}, 0);
  const pad = padOf(document, queue);
  document.ydoc.getText('pad').insert(0, 'written while there was no room');
  await expect.poll(() => pad.notices.value, PATIENCE).toEqual(['full']);
  await expect.poll(() => pad.queue.value, PATIENCE).toEqual({ place: undefined });
  expect(document.isCreated).toBe(false);
  // Who waits is not there: five people are, and no sixth.
  const metrics = () => metricsOf(host);
  await expect.poll(metrics, PATIENCE).toMatch(/^archipel_people 5$/m);
  await leave();
  await expect.poll(() => document.isCreated, PATIENCE).toBe(true);
  await document.flush();
  await expect.poll(() => pad.notices.value, PATIENCE).toEqual([]);
  expect(pad.queue.value).toBe(undefined);
  expect(pad.state.value).toBe('saved');
  await expect.poll(metrics, PATIENCE).toMatch(/^archipel_served_well_total 1$/m);
}, 120_000);

test('when all hosts are full each document has its place in the queue, and goes where there is room first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-web-'));
  const plan = async (name: string) => ({
    folder: join(folder, name),
    settings: { name, host: '127.0.0.1', port: await freePort(), network: { people: 6 } },
  });
  const [near, far] = makeKnownHosts([await plan('near'), await plan('far')]) as [KnownHost, KnownHost];
  onTestFinished(async () => {
    await Promise.all([near.kill(), far.kill()]);
    rmSync(folder, { recursive: true });
  });
  await Promise.all([near.start(), far.start()]);
  await expect.poll(() => metricsOf(near), PATIENCE).toContain('archipel_peers_reached 1');
  await occupy(hostAt(near.origin), 5);
  // Who is sent on is expected to bring three others along: one person is too many for that.
  const leave = await occupy(hostAt(far.origin), 1);
  const [first, second] = [pageOf(hostAt(near.origin)), pageOf(hostAt(near.origin))];
  const document = await createSettled(first.deps, {}, 0);
  const pad = padOf(document, first.queue);
  await expect.poll(() => pad.queue.value, PATIENCE).toEqual({ place: 1 });
  expect(pad.notices.value).toEqual(['full']);
  const other = await createSettled(second.deps, {}, 0);
  await expect.poll(() => second.queue.value, PATIENCE).toEqual({ place: 2 });
  await leave();
  // On a busy machine a promise of room may run out before it is used, and another one comes later.
  await expect.poll(() => document.isCreated, { ...PATIENCE, timeout: 180_000 }).toBe(true);
  expect(document.relays[0]?.url).toBe(far.origin);
  // Who sent it there hears that it was served.
  await expect.poll(() => metricsOf(near), PATIENCE).toMatch(/^archipel_served_well_total 1$/m);
  await expect.poll(() => pad.queue.value, PATIENCE).toBe(undefined);
  // The first one fills it again: the second is next, and waits.
  expect(other.isCreated).toBe(false);
  await expect.poll(() => second.queue.value, PATIENCE).toEqual({ place: 1 });
}, 300_000);

test('[VOU-4] a host that refuses what it promised is told of, once for each document that was sent there', async () => {
  const host = await loneHost();
  const words: [string, boolean][] = [];
  const { deps } = pageOf(host);
  const spoken: SettleDeps = { ...deps, report: (receipt, healthy) => void words.push([receipt, healthy]) };
  const first = await deps.place({});
  const used = first.kind === 'placed' ? first : fail(first.kind);
  await (await createSettled(spoken, {}, 0, { ...used, receipt: 'one' })).synced();
  // The same voucher again: whoever hands it on lies, and the document goes elsewhere.
  const again = await createSettled(spoken, {}, 0, { ...used, receipt: 'two' });
  await expect.poll(() => again.isCreated, PATIENCE).toBe(true);
  expect(words.slice(0, 2)).toEqual([
    ['one', true],
    ['two', false],
  ]);
  expect(words.slice(2)).toMatchObject([[expect.stringMatching(/^[A-Za-z0-9_-]{22}$/), true]]);
}, 120_000);
