import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeInboxPage, encodeInboxPage, fail, ok } from '@archipel/protocol';
import {
  decodeDelivery,
  type FileRequest,
  nobleHpke,
  printLink,
  sealItem,
  senderKeysOf,
} from '@archipel/protocol/secret';
import { describe, expect, it } from 'vitest';
import { type Fetch, uploadDrop } from '../src/drop/index.ts';
import {
  askForFiles,
  Collection,
  changeRequest,
  deleteItem,
  deliver,
  endRequest,
  fillInboxOf,
  newSeed,
  openOwnRequest,
  openRequest,
  ownInboxOf,
  permitsOf,
  sealDelivery,
  takeBack,
} from '../src/inbox/index.ts';
import { sourceFiles } from '../src/node/source-files.ts';
import { nodeSuite as suite } from '../src/node/suite.ts';
import { startRelay, temporaryFolder } from './support/relay.ts';

const REQUEST: FileRequest = {
  title: 'Photos of the feast',
  text: 'Yours, please',
  asksName: true,
  maxFiles: 9,
  maxBytes: 0,
};
const soon = (days: number): number => Math.floor(Date.now() / 1000) + days * 86_400;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20)));
const DROP = `1v.${'A'.repeat(27)}.${'B'.repeat(26)}A`;
const OWN = { drop: '', host: 'http://127.0.0.1:1' };

/** A request at a real host, its owner, and whoever got the link. */
async function asked(fetchBy: (real: Fetch) => Fetch = (real) => real) {
  const relay = await startRelay();
  const origin = `http://127.0.0.1:${relay.port}`;
  const deps = { suite, hpke: await nobleHpke(), origin, wait, fetch: fetchBy(fetch) };
  const terms = { closes: soon(1), expiry: soon(2), maxItems: 50 };
  const made = await askForFiles(deps, { request: REQUEST, ...terms });
  if (!made.ok) throw new Error(made.error);
  const own = await ownInboxOf(deps, printLink(made.value.own));
  const fill = await fillInboxOf(deps, printLink(made.value.fill));
  if (!own.ok || !fill.ok) throw new Error('own links refused');
  const request = await openRequest(deps, fill.value);
  if (!request.ok) throw new Error(request.error);
  const links = { own: printLink(made.value.own), fill: printLink(made.value.fill) };
  return { relay, deps, own: own.value, fill: fill.value, request: request.value, links };
}

type Asked = Awaited<ReturnType<typeof asked>>;

/** A drop of one small file for the request. */
async function drop({ deps, fill, relay }: Asked, seed: string) {
  const path = join(temporaryFolder(), 'a.txt');
  writeFileSync(path, 'one');
  const { files, close } = await sourceFiles([path], () => '');
  const journal = { load: async () => undefined, save: async () => undefined, clear: async () => undefined };
  const sending = { suite, fetch, wait, journal, streams: true, onProgress: () => undefined };
  const permit = await permitsOf(deps, fill, seed);
  const wish = { origin: `http://127.0.0.1:${relay.port}`, files, message: '', downloads: 0, expiry: soon(1), permit };
  const sent = await uploadDrop(sending, wish);
  await close();
  return sent;
}

async function send(all: Asked, name: string) {
  const { deps, fill, request } = all;
  const seed = newSeed(deps);
  await drop(all, seed);
  const sealed = await sealDelivery(deps, request, { name, files: 2, bytes: 10, link: DROP }, { seed, ...OWN });
  if (!sealed.ok) throw new Error(sealed.error);
  return { sealed: sealed.value, receipt: await deliver(deps, fill, sealed.value) };
}

describe('a request for files', () => {
  it('[ASK-1, INBOX-6] is read by whoever may fill; what they send is opened by the owner alone, live, once', async () => {
    const all = await asked();
    const { deps, own, request, fill } = all;
    expect(request.request).toEqual(REQUEST);
    const collection = new Collection(deps, own, decodeDelivery);
    expect(await collection.update()).toEqual(ok(false));
    const waiting = collection.update(true);
    const { sealed, receipt } = await send(all, 'Zoé');
    expect(receipt).toMatchObject({ ok: true, value: { number: 1 } });
    expect(await deliver(deps, fill, sealed)).toEqual(receipt);
    expect(await waiting).toEqual(ok(true));
    expect(collection.items).toMatchObject([
      { number: 1, state: 'here', content: { name: 'Zoé', files: 2, link: DROP } },
    ]);
    expect(await ownInboxOf(deps, all.links.fill)).toEqual(fail('link_broken'));
    expect(await fillInboxOf(deps, all.links.own)).toEqual(fail('link_broken'));
  });

  it('[INBOX-9] what is deleted or taken back is seen as that, and goes on counting', async () => {
    const all = await asked();
    const { deps, own, links } = all;
    await send(all, 'one');
    const { sealed } = await send(all, 'two');
    const collection = new Collection(deps, own, decodeDelivery);
    await collection.update();
    await deleteItem(deps, own, 1);
    const drop = `1o.${'A'.repeat(27)}.${'B'.repeat(26)}A`;
    // Its drop is nowhere, so the link to own is broken: nothing is taken back by halves.
    expect((await takeBack(deps, links.fill, { ...sealed, drop, host: deps.origin })).ok).toBe(false);
    expect(await collection.update()).toEqual(ok(true));
    expect(collection.items.map(({ state, content }) => [state, content?.name])).toEqual([
      ['deleted', undefined],
      ['here', 'two'],
    ]);
  });

  it('[INBOX-2, INBOX-7] is closed, opened again, kept longer, and ended', async () => {
    const all = await asked();
    const { deps, own } = all;
    const opened = await openOwnRequest(deps, own);
    if (!opened.ok) throw new Error(opened.error);
    const closed = await changeRequest(deps, opened.value, { closes: 1 });
    if (!closed.ok) throw new Error(closed.error);
    expect((await send(all, 'late')).receipt).toEqual(fail('closed'));
    expect(await changeRequest(deps, opened.value, { closes: soon(1) })).toEqual(fail('stale_header'));
    const again = await changeRequest(deps, closed.value, { closes: soon(3), expiry: soon(5) });
    expect(again).toMatchObject({ ok: true, value: { request: REQUEST, header: { seq: 3 } } });
    expect((await send(all, 'in time')).receipt).toMatchObject({ ok: true });
    expect(await endRequest(deps, own)).toEqual(ok(undefined));
    expect(await endRequest(deps, own)).toEqual(ok(undefined));
    expect(await openRequest(deps, all.fill)).toEqual(fail('deleted'));
  });

  it('[INBOX-4] shows what nobody can read as that', async () => {
    const all = await asked();
    const { deps, fill, own, request } = all;
    const seed = newSeed(deps);
    await drop(all, seed);
    const sender = await senderKeysOf(suite, deps.hpke, new Uint8Array(Buffer.from(seed, 'base64url')));
    const item = await sealItem(deps.hpke, fill.fill, request.header.inbox, sender, new Uint8Array([7]));
    if (!item.ok) throw new Error(item.error);
    await deliver(deps, fill, { item: Buffer.from(item.value).toString('base64url'), seed: '', ...OWN });
    const collection = new Collection(deps, own, decodeDelivery);
    await collection.update();
    expect(collection.items).toMatchObject([{ number: 1, state: 'here', content: undefined }]);
  });

  it('[INBOX-13] leaves nothing that can be read on the disk of the host', async () => {
    const all = await asked();
    await send(all, 'Zoé Dupont-Moretti');
    await all.relay.stop();
    const { folder } = all.relay;
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = Buffer.concat(kept.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
    expect(bytes.includes(Buffer.from(all.own.keys.docId))).toBe(true);
    const secrets = [all.links.own, all.links.fill, DROP].map((link) => link.split('.')[2] ?? '');
    const raw = secrets.map((secret) => Buffer.from(secret, 'base64url'));
    for (const text of [REQUEST.title, REQUEST.text, 'Zoé Dupont-Moretti', DROP, ...secrets]) {
      expect(bytes.includes(Buffer.from(text))).toBe(false);
    }
    for (const secret of raw) expect(bytes.includes(secret)).toBe(false);
  });
});

describe('a host that lies about an inbox', () => {
  /** Pages as the lie makes them, and the rest as it is. */
  function lying(change: (page: ReturnType<typeof pageOf>) => ReturnType<typeof pageOf>): (real: Fetch) => Fetch {
    return (real) => async (input, init) => {
      const answer = await real(input, init);
      if (!String(input).includes('/items?') || !answer.ok) return answer;
      const page = change(pageOf(new Uint8Array(await answer.arrayBuffer())));
      return new Response(encodeInboxPage(page) as Uint8Array<ArrayBuffer>);
    };
  }
  function pageOf(bytes: Uint8Array) {
    const page = decodeInboxPage(bytes);
    if (!page.ok) throw new Error(page.error);
    return page.value;
  }

  it.each([
    ['relay_dropped', 'hides an item', (page: ReturnType<typeof pageOf>) => ({ ...page, items: page.items.slice(1) })],
    [
      'relay_forged',
      'gives one in the place of another',
      ({ items, ...page }: ReturnType<typeof pageOf>) => ({
        ...page,
        items: items.map((item) => ({ ...item, bytes: (items[0] as (typeof items)[0]).bytes })),
      }),
    ],
    [
      'relay_forged',
      'makes one itself',
      ({ items, ...page }: ReturnType<typeof pageOf>) => ({
        ...page,
        items: items.map((item) => ({ ...item, bytes: item.bytes.with(70, (item.bytes[70] as number) ^ 1) })),
      }),
    ],
  ] as const)('[INBOX-3, INBOX-8] %s: it %s', async (error, _lie, change) => {
    const all = await asked(lying(change));
    await send(all, 'one');
    await send(all, 'two');
    expect(await new Collection(all.deps, all.own, decodeDelivery).update()).toEqual(fail(error));
  });

  it('[INBOX-8] relay_stale: it forgets what it had', async () => {
    let isForgetful = false;
    const all = await asked(lying((page) => (isForgetful ? { ...page, last: 1, items: [] } : page)));
    await send(all, 'one');
    await send(all, 'two');
    const collection = new Collection(all.deps, all.own, decodeDelivery);
    expect(await collection.update()).toEqual(ok(true));
    isForgetful = true;
    expect(await collection.update()).toEqual(fail('relay_stale'));
  });
});
