import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bytes, CHUNK_BYTES, concat, KIND_BLOB, letGo } from '@archipel/protocol';
import { chunksOf, keysFromLink, openChunks } from '@archipel/protocol/secret';
import { makeConfig, random, startServer } from '@archipel/relay';
import { expect, it, onTestFinished } from 'vitest';
import {
  BlobLine,
  type Fetch,
  newTicket,
  OwnThread,
  openDrop,
  openTaking,
  takeBody,
  takeTicket,
  uploadDrop,
} from '../src/drop/index.ts';
import { nodeSuite } from '../src/node.ts';

const SIZES = [100, CHUNK_BYTES, 0, 3 * CHUNK_BYTES + 1, 2 * CHUNK_BYTES - 101];
const TOTAL = SIZES.reduce((sum, size) => sum + size);
/** What it was given to open is gone afterwards, as when it went to another thread. */
class HandingOver extends OwnThread {
  override readonly open: OwnThread['open'] = (stream, first, sealed, isLast) => {
    const own = sealed.slice();
    letGo(sealed);
    return openChunks(stream, first, own, isLast);
  };
}
const deps = { suite: nodeSuite, wait: async () => undefined, sealer: new HandingOver() };

/** A drop of several files on a real host; `read` gives a range of its body. */
async function sent() {
  const data = mkdtempSync(join(tmpdir(), 'archipel-range-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, logLevel: 'silent', data }));
  onTestFinished(() => server.stop());
  const origin = `http://127.0.0.1:${server.port}`;
  const contents = SIZES.map((size) => random(size));
  const files = contents.map((bytes, index) => ({
    name: `${index}`,
    type: '',
    size: bytes.length,
    modified: 0,
    identity: async () => `${index}`,
    read: async (offset: number, target: Bytes) => {
      target.set(bytes.subarray(offset, offset + target.length));
      return true;
    },
  }));
  const journal = { load: async () => undefined, save: async () => undefined, clear: async () => undefined };
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const up = { ...deps, fetch, journal, onProgress: () => undefined, streams: true };
  const uploaded = await uploadDrop(up, { origin, files, message: '', expiry, downloads: 0 });
  if (!uploaded.ok) throw new Error(uploaded.error);
  const keys = await keysFromLink(nodeSuite, uploaded.value.view, 0, KIND_BLOB);
  if (!keys.ok) throw new Error(keys.error);
  const asked: string[] = [];
  const watched: Fetch = (input, init) => {
    const range = new Headers(init?.headers).get('range');
    if (range !== null) asked.push(range);
    return fetch(input, init);
  };
  const line = new BlobLine(origin, keys.value, watched);
  const offer = await openDrop(deps, keys.value, line);
  const ticket = await takeTicket(deps, line, newTicket(deps.suite));
  if (!offer.ok || !ticket.ok) throw new Error('not taken');
  const taking = { offer: offer.value, ticket: ticket.value };
  const stream = await openTaking(deps, keys.value, line, taking);
  if (!stream.ok) throw new Error(stream.error);
  const read = async (have: number, until?: number) => {
    const parts: Bytes[] = [];
    const write = async (bytes: Bytes) => void parts.push(bytes);
    const done = await takeBody(deps, keys.value, line, { ...taking, have, until, stream: stream.value, write });
    return done.ok ? concat(...parts) : done.error;
  };
  return { body: concat(...contents), read, asked, data, offer: offer.value };
}

it('[STREAM-3] any part of a body is taken alone, and no more chunks than it lies in', async () => {
  const { body, read, asked, offer } = await sent();
  const edges = [0, 1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 100, 3 * CHUNK_BYTES, TOTAL - 1, TOTAL];
  for (const have of edges) {
    for (const until of edges.filter((edge) => edge > have)) {
      asked.length = 0;
      expect(Buffer.compare(body.subarray(have, until), (await read(have, until)) as Bytes), `${have}-${until}`).toBe(
        0,
      );
      const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(asked.join())?.map(Number) ?? [];
      // What ends with the body is read to the chunk that says so, which is empty here.
      const end = until === TOTAL ? chunksOf(TOTAL) : Math.ceil(until / CHUNK_BYTES);
      const chunks = end - Math.floor(have / CHUNK_BYTES);
      const whole = Math.min(chunks * (CHUNK_BYTES + 16), offer.header.length - from);
      expect(to + 1 - from, `${have}-${until}`).toBe(whole);
    }
  }
  expect(Buffer.compare(body, (await read(0)) as Bytes)).toBe(0);
});

it('[STREAM-3] a part that was changed on the disk is not given out; others still are', async () => {
  const { body, read, data, offer } = await sent();
  const folder = readdirSync(data, { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).length === offer.header.length,
  );
  if (folder === undefined) throw new Error('no piece');
  const path = join(folder.parentPath, folder.name);
  const piece = readFileSync(path);
  const at = offer.header.manifest + 56 + 2 * (CHUNK_BYTES + 16) + 5;
  piece[at] = (piece[at] as number) ^ 1;
  writeFileSync(path, piece);
  expect(await read(2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1)).toBe('stream_forged');
  expect(await read(CHUNK_BYTES, 3 * CHUNK_BYTES)).toBe('stream_forged');
  expect(Buffer.compare(body.subarray(0, CHUNK_BYTES), (await read(0, CHUNK_BYTES)) as Bytes)).toBe(0);
});
