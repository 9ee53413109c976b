import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document, Storage } from '@archipel/client';
import { createClient, memoryStorage } from '@archipel/client';
import { dropOf, openDrop } from '@archipel/client/drop';
import { encodeBase64url } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { makeConfig, startServer } from '@archipel/relay';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { PictureRef } from '../src/apps/pad/model/pictures.ts';
import { DocumentPictures } from '../src/apps/pad/session/pictures.ts';

const PNG = Uint8Array.from([
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  ...Array.from({ length: 40_000 }, (_, n) => n % 251),
]);
const patience = { timeout: 15_000, interval: 20 };

async function host(limits: Record<string, number> = {}) {
  const data = mkdtempSync(join(tmpdir(), 'archipel-pictures-'));
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, data, logLevel: 'silent', limits }));
  onTestFinished(async () => {
    await server.stop();
    rmSync(data, { recursive: true });
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const relay = `ws://127.0.0.1:${server.port}/relay`;
  const open = async (link?: string): Promise<{ document: Document; storage: Storage }> => {
    const storage = memoryStorage();
    const client = createClient({ storage });
    onTestFinished(() => client.close());
    const document = await (link === undefined ? client.create({ relay }) : client.open(link, { relay }));
    await document.synced();
    return { document, storage };
  };
  return { origin, open };
}

function picturesOf(
  origin: string,
  { document, storage }: { document: Document; storage: Storage },
  maxDays: number | undefined = 30,
) {
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  return new DocumentPictures({ document, storage, origin, maxDays: () => maxDays, now: Date.now, wait });
}

const arrived = async (pictures: DocumentPictures, ref: PictureRef) =>
  vi.waitFor(() => expect(pictures.state(ref).value.url).toMatch(/^blob:/), patience);

async function atHost(origin: string, link: string) {
  const drop = await dropOf(webSuite, link, origin);
  if (!drop.ok) return drop;
  return openDrop({ suite: webSuite, wait: async () => undefined }, drop.value.keys, drop.value.line);
}

it('ATT-1 a picture of who writes is taken by who reads, byte for byte, and goes with the document', async () => {
  const { origin, open } = await host();
  const ada = await open();
  const [adas, bens] = [picturesOf(origin, ada), picturesOf(origin, await open(ada.document.links().view))];
  const ref = await adas.add(new Blob([PNG]));
  await arrived(bens, ref);
  const taken = await bens.take(ref);
  expect(taken?.type).toBe('image/png');
  expect(new Uint8Array((await taken?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(PNG);
  await adas.remove([ref]);
  expect(await atHost(origin, ref.link)).toMatchObject({ ok: false, error: 'deleted' });
});

it('a picture that could not be sent waits in the browser and leaves with a later visit', async () => {
  const { origin, open } = await host();
  const ada = await open();
  const away = picturesOf('http://127.0.0.1:9', ada);
  const ref = await away.add(new Blob([PNG]));
  expect(away.state(ref).value.url).toMatch(/^blob:/);
  // The same browser, another visit: the host answers. Its link names the host that did not.
  const id = `picture-unsent.${ref.id}`;
  expect(await ada.storage.get(encodeBase64url(ada.document.docId), id)).toBeDefined();
  const later = picturesOf(origin, ada);
  const second = await later.add(new Blob([PNG]));
  await vi.waitFor(async () => expect(await atHost(origin, second.link)).toMatchObject({ ok: true }), patience);
  const lists = async () => ada.storage.list(encodeBase64url(ada.document.docId), 'picture-unsent.');
  await vi.waitFor(async () => expect((await lists()).map(({ key }) => key)).toEqual([id]), patience);
});

it('ATT-2 a link in the document that leads to a host the document does not name is not followed', async () => {
  const { origin, open } = await host();
  const other = await host();
  const ada = await open();
  const theirs = picturesOf(other.origin, await other.open());
  const ref = await theirs.add(new Blob([PNG]));
  await vi.waitFor(async () => expect(await atHost(other.origin, ref.link)).toMatchObject({ ok: true }), patience);
  const pictures = picturesOf(origin, ada);
  await vi.waitFor(() => expect(pictures.state(ref).value.trouble).toBe('broken'), patience);
});

it('says why a picture stays with its author: a host without files, one that has no room', async () => {
  const { origin, open } = await host({ blobsMaxBytes: 0 });
  const pictures = picturesOf(origin, await open());
  const ref = await pictures.add(new Blob([PNG]));
  await vi.waitFor(() => expect(pictures.state(ref).value.trouble).toBe('no_files'), patience);
  expect(pictures.state(ref).value.url).toMatch(/^blob:/);
  const small = await host({ blobsMaxBytes: 10_000 });
  const full = picturesOf(small.origin, await small.open());
  const refused = await full.add(new Blob([PNG]));
  await vi.waitFor(() => expect(full.state(refused).value.trouble).toMatch(/no_room|too_large/), patience);
});

it('shows nothing that is no picture, whatever the document says of it', async () => {
  const { origin, open } = await host();
  const ada = await open();
  const adas = picturesOf(origin, ada);
  const ref = await adas.add(new Blob(['<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>']));
  await vi.waitFor(async () => expect(await atHost(origin, ref.link)).toMatchObject({ ok: true }), patience);
  const bens = picturesOf(origin, await open(ada.document.links().view));
  await vi.waitFor(() => expect(bens.state(ref).value.trouble).toBe('broken'), patience);
  expect(await bens.take(ref)).toBe(undefined);
  for (const link of ['', 'x', '1v.AAAA']) {
    const state = bens.state({ id: `broken ${link}`, link });
    await vi.waitFor(() => expect(state.value.trouble).toBe('broken'), patience);
  }
});

it('ATT-3 a picture is kept longer by who may write, before half of its time is over, and never beyond the document', async () => {
  const { origin, open } = await host();
  const ada = await open();
  const short = picturesOf(origin, ada, 2);
  const ref = await short.add(new Blob([PNG]));
  await vi.waitFor(async () => expect(await atHost(origin, ref.link)).toMatchObject({ ok: true }), patience);
  const expiry = async () => {
    const offer = await atHost(origin, ref.link);
    return offer.ok ? (offer.value.header.expiry - Date.now() / 1000) / 86_400 : 0;
  };
  await short.keepLonger([ref]);
  expect(await expiry()).toBeCloseTo(2, 1);
  // Another browser, a host that now keeps files for ten days: 2 of 10 is less than half.
  const editor = await open(ada.document.links().edit);
  await picturesOf(origin, editor, 10).keepLonger([ref]);
  expect(await expiry()).toBeCloseTo(10, 1);
  await ada.document.setExpiry(Math.floor(Date.now() / 1000) + 25 * 86_400);
  const later = await open(ada.document.links().edit);
  await picturesOf(origin, later, 30).keepLonger([ref]);
  expect(await expiry()).toBeCloseTo(25, 1);
});
