// A published page goes with its pad, never stays longer, and is found again wherever it was (protocol PAGE-13).
import 'fake-indexeddb/auto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Document, indexedDbStorage, memoryStorage } from '@archipel/client';
import { decodePage, encodeBase64url } from '@archipel/protocol';
import { pageKeysFrom, signPagePlace } from '@archipel/protocol/secret';
import { makeConfig, startServer } from '@archipel/relay';
import { freePort } from '@archipel/relay/services';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PageWords } from '../src/apps/pad/model/publication.ts';
import { makePublisher } from '../src/apps/pad/publish/publisher.ts';
import { ownerWishes } from '../src/apps/pad/session/owner-wishes.ts';

const DAY_SECONDS = 86_400;
const WORDS: PageWords = { title: 'Feast', description: '', authors: '', language: 'en', licence: 'cc0' };
const TEXT = { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Come all' }] }] };
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5)));
const noPictures = () => Promise.reject(new Error('there are none'));

async function startHost() {
  const data = mkdtempSync(join(tmpdir(), 'archipel-web-'));
  const port = await freePort();
  const config = makeConfig({ host: '127.0.0.1', port, data, logLevel: 'silent', maxExpiryDays: 365 });
  let server = await startServer(config);
  onTestFinished(async () => {
    await server.stop();
    rmSync(data, { recursive: true });
  });
  const origin = `http://127.0.0.1:${port}`;
  const again = async (): Promise<void> => {
    server = await startServer(config);
  };
  return { origin, relay: `ws://127.0.0.1:${port}/relay`, stop: () => server.stop(), again };
}

/** The owner of a document, by the front of `origin`. */
function ownerOf(document: Document, origin: string) {
  vi.stubGlobal('location', new URL(`${origin}/pad`));
  onTestFinished(() => void vi.unstubAllGlobals());
  const publisher = makePublisher({ document, pictures: noPictures, now: Date.now, wait });
  const pictures = noPictures as Parameters<typeof ownerWishes>[2];
  return {
    wishes: ownerWishes(document, Date.now, pictures, () => publisher),
    publish: async () => {
      expect(await (await publisher).publish(TEXT, WORDS)).toBe('done');
      return (await publisher).address;
    },
    publisher,
  };
}

async function newDocument(relay: string, storage = memoryStorage()): Promise<Document> {
  const client = createClient({ storage });
  onTestFinished(() => client.close());
  const expiry = Math.floor(Date.now() / 1000) + 30 * DAY_SECONDS;
  const document = await client.create({ relay, expiry });
  await document.synced();
  return document;
}

const statusOf = async (address: string): Promise<number> => (await fetch(address)).status;

async function expiryOf(address: string): Promise<number> {
  const page = decodePage(new Uint8Array(await (await fetch(`${address}/signed`)).arrayBuffer()));
  return page.ok ? (page.value.content?.expiry ?? -1) : -1;
}

it('who waits for a host that is gone can stop: nothing more is sent, and a later wish is done', async () => {
  const [kept, pages] = [await startHost(), await startHost()];
  const document = await newDocument(kept.relay);
  const { publisher } = await movedPage(document, pages.origin, kept.origin);
  await pages.stop();
  const asked = vi.spyOn(globalThis, 'fetch');
  onTestFinished(() => void asked.mockRestore());
  const stopping = new AbortController();
  const publishing = (await publisher).publish(TEXT, WORDS, stopping.signal);
  await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(1));
  stopping.abort();
  expect(await publishing).toBe('stopped');
  const before = asked.mock.calls.filter(([address]) => String(address).startsWith(pages.origin)).length;
  await pages.again();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const sent = asked.mock.calls.filter(([address]) => String(address).startsWith(pages.origin));
  expect(sent.slice(before).every(([, init]) => init?.signal?.aborted)).toBe(true);
  expect(await (await publisher).publish(TEXT, WORDS)).toBe('done');
});

describe('[PAGE-13] when its pad is deleted', () => {
  it('a published page goes before it; a pad without a page asks for none', async () => {
    const { origin, relay } = await startHost();
    const document = await newDocument(relay);
    const { wishes, publish } = ownerOf(document, origin);
    const address = await publish();
    expect(await statusOf(address)).toBe(200);
    expect(await wishes.remove()).toBe('done');
    expect(await statusOf(address)).toBe(410);

    const bare = await newDocument(relay);
    const asked = vi.spyOn(globalThis, 'fetch');
    onTestFinished(() => void asked.mockRestore());
    expect(await ownerOf(bare, origin).wishes.remove()).toBe('done');
    expect(asked).not.toHaveBeenCalled();
  });

  it('it goes from a host where the pad is not any more; while it cannot, nothing is deleted, unless its owner leaves it there', async () => {
    const [kept, pages] = [await startHost(), await startHost()];
    const document = await newDocument(kept.relay);
    const { wishes, publisher } = await movedPage(document, pages.origin, kept.origin);
    await pages.stop();
    expect(await wishes.remove()).toBe('page_offline');
    await document.flush();
    await pages.again();
    const { address } = await publisher;
    expect(await statusOf(address)).toBe(200);
    expect(await wishes.remove()).toBe('done');
    expect(await statusOf(address)).toBe(410);
    await pages.stop();
    const other = await newDocument(kept.relay);
    await pages.again();
    const left = await movedPage(other, pages.origin, kept.origin);
    expect(await left.wishes.remove(true)).toBe('done');
    expect(await statusOf((await left.publisher).address)).toBe(200);
  });

  it('it goes also when another browser of the owner published something later', async () => {
    const { origin, relay } = await startHost();
    const document = await newDocument(relay);
    const { wishes, publish, publisher } = ownerOf(document, origin);
    const address = await publish();
    const ahead = await makePublisher({ document, pictures: noPictures, now: () => Date.now() + 3_600_000, wait });
    const before = (await publisher).publication;
    expect(await ahead.publish(TEXT, { ...WORDS, title: 'Later' })).toBe('done');
    document.ydoc.getMap('page').set('now', { ...before, words: { ...before?.words } });
    expect(await wishes.remove()).toBe('done');
    expect(await statusOf(address)).toBe(410);
  });

  it('one whose answer was lost in a crash is found again', async () => {
    const { origin, relay } = await startHost();
    const storage = indexedDbStorage();
    const document = await newDocument(relay, storage);
    const { own = '' } = document.links();
    const real = globalThis.fetch;
    let address = '';
    const lost = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const answer = await real(input, init);
      if (init?.method !== 'PUT') return answer;
      address = String(input);
      return new Promise<Response>(() => undefined);
    });
    onTestFinished(() => void lost.mockRestore());
    void ownerOf(document, origin).publish();
    await expect.poll(() => address, { timeout: 30_000 }).not.toBe('');
    lost.mockRestore();
    expect(await statusOf(address)).toBe(200);

    // The page is gone from one moment to the next: what is on the disk is what is left.
    const next = createClient({ storage: indexedDbStorage() });
    onTestFinished(() => next.close());
    const again = await next.open(own, { relay });
    await again.synced();
    expect(again.ydoc.getMap('page').has('now')).toBe(false);
    expect(await ownerOf(again, origin).wishes.remove()).toBe('done');
    expect(await statusOf(address)).toBe(410);
  });

  it('no host is asked that only somebody else who writes there wrote down', async () => {
    const { origin, relay } = await startHost();
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method}`);
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const evil = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const document = await newDocument(relay);
    const address = await ownerOf(document, origin).publish();
    const map = document.ydoc.getMap('page');
    map.set(`at ${evil}`, encodeBase64url(new Uint8Array(64)));
    map.set(`at ${evil}/`, map.get(`at ${origin}`));
    map.set('now', { ...(map.get('now') as object), origin: evil });
    const { wishes, publisher } = ownerOf(document, origin);
    expect((await publisher).address).toBe(address);
    expect(await wishes.remove()).toBe('done');
    expect(await statusOf(address)).toBe(410);
    expect(asked).toEqual([]);
  });
});

/** Published at `pages`, where the pad was once, while it is kept elsewhere now. */
async function movedPage(document: Document, pages: string, kept: string) {
  const { publisher } = ownerOf(document, pages);
  const keys = pageKeysFrom(await document.pageSigner());
  const map = document.ydoc.getMap('page');
  map.set(`at ${pages}`, encodeBase64url(await signPagePlace(keys, pages)));
  map.set('now', { seq: 0, time: 0, origin: pages, digest: '' });
  expect(await (await publisher).publish(TEXT, WORDS)).toBe('done');
  const owner = ownerOf(document, kept);
  expect(new URL((await owner.publisher).address).origin).toBe(pages);
  return owner;
}

describe('[PAGE-13] when its pad is kept until another day', () => {
  it('the page is kept as long, never longer, and says the same', async () => {
    const { origin, relay } = await startHost();
    const document = await newDocument(relay);
    const { wishes, publish, publisher } = ownerOf(document, origin);
    const address = await publish();
    const said = await (await fetch(address)).text();
    for (const days of [60, 7]) {
      expect(await wishes.setKeep(days)).toBe('done');
      expect(await expiryOf(address)).toBe(document.header?.expiry);
      expect(await (await fetch(address)).text()).toBe(said);
      expect(await (await publisher).publish(TEXT, WORDS)).toBe('done');
    }
  });

  it('it is the page that is shortened first, and the document that is kept longer first', async () => {
    const [kept, pages] = [await startHost(), await startHost()];
    const document = await newDocument(kept.relay);
    const { wishes, publisher } = await movedPage(document, pages.origin, kept.origin);
    const { address } = await publisher;
    const first = document.header?.expiry;
    await pages.stop();
    expect(await wishes.setKeep(7)).toBe('page_offline');
    expect(document.header?.expiry).toBe(first);
    expect(await wishes.setKeep(60)).toBe('page_late');
    expect(document.header?.expiry).toBeGreaterThan(first ?? 0);
    await pages.again();
    expect(await expiryOf(address)).toBe(first);
    expect(await wishes.setKeep(90)).toBe('done');
    expect(await expiryOf(address)).toBe(document.header?.expiry);
  });

  it('what was taken back is not published again', async () => {
    const { origin, relay } = await startHost();
    const document = await newDocument(relay);
    const { wishes, publish, publisher } = ownerOf(document, origin);
    const address = await publish();
    expect(await (await publisher).takeBack()).toBe('done');
    expect(await wishes.setKeep(60)).toBe('done');
    expect(await statusOf(address)).toBe(410);
    expect((await publisher).publication?.words).toBe(undefined);
  });
});
