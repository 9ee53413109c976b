/** The ways in which one file comes to rest on a disk: ours, a plain upload by tus, and the two parts of the work alone. */
import {
  closeSync,
  createReadStream,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { uploadDrop } from '@archipel/client/drop';
import { JsonFile, nodeSuite, sendingFetch, sourceFiles } from '@archipel/client/node';
import { CHUNK_BYTES } from '@archipel/protocol';
import { Stream, sealChunksInto, sealedSize } from '@archipel/protocol/secret';
import { ServerProcess } from '../harness/server-process.ts';

export interface Load {
  /** The file that is sent; it is in the memory of the system. */
  path: string;
  bytes: number;
  /** Empty; of this cell alone. */
  folder: string;
}

export interface Way {
  name: string;
  title: string;
  /** `answeredMs`: until the sender heard that all is there. `durableMs`: until all is on the disk. */
  run(load: Load): Promise<{ answeredMs: number; durableMs: number; serverCpuMs: number }>;
}

const OURS = fileURLToPath(new URL('../peers/archipel-server.ts', import.meta.url));
const TUS = fileURLToPath(new URL('./tus-server.ts', import.meta.url));
const WRITE_BYTES = 2 ** 20;
const BATCH_BYTES = 64 * CHUNK_BYTES;
const DAY_SECONDS = 86_400;

async function ours({ path, folder }: Load) {
  const server = await ServerProcess.start([OURS], join(folder, 'host'));
  const source = await sourceFiles([path], () => '');
  const cpuMs = server.cpuMs();
  const started = performance.now();
  const uploaded = await uploadDrop(
    {
      suite: nodeSuite,
      fetch: sendingFetch,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      journal: new JsonFile(join(folder, 'journal.json')),
      onProgress: () => undefined,
      streams: true,
    },
    {
      origin: `http://127.0.0.1:${server.port}`,
      files: source.files,
      message: '',
      downloads: 0,
      expiry: Math.floor(Date.now() / 1000) + DAY_SECONDS,
    },
  );
  const answeredMs = performance.now() - started;
  if (!uploaded.ok) throw new Error(uploaded.error);
  const serverCpuMs = server.cpuMs() - cpuMs;
  await source.close();
  await server.stop();
  // It answers only for what is on the disk (BLOB-5).
  return { answeredMs, durableMs: answeredMs, serverCpuMs };
}

/** One request for the whole file, as tus clients send it; the server answers before the disk has it, so the file is synced afterwards. */
async function plainTus({ path, bytes, folder }: Load) {
  const store = join(folder, 'tus');
  const server = await ServerProcess.start([TUS], store);
  const cpuMs = server.cpuMs();
  const started = performance.now();
  const tus = { 'tus-resumable': '1.0.0' };
  const created = await fetch(`http://127.0.0.1:${server.port}/files`, {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(bytes) },
  });
  const location = created.headers.get('location');
  if (location === null) throw new Error(`no upload: ${created.status}`);
  const headers = {
    ...tus,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': bytes,
  };
  const sending = request(new URL(location, created.url), { method: 'PATCH', headers });
  const answer = new Promise<number>((resolve, reject) => {
    sending.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
  });
  await pipeline(createReadStream(path, { highWaterMark: WRITE_BYTES }), sending);
  if ((await answer) !== 204) throw new Error(`refused: ${await answer}`);
  const answeredMs = performance.now() - started;
  for (const name of readdirSync(store)) {
    const file = openSync(join(store, name), 'r+');
    fsyncSync(file);
    closeSync(file);
  }
  const durableMs = performance.now() - started;
  const serverCpuMs = server.cpuMs() - cpuMs;
  await server.stop();
  return { answeredMs, durableMs, serverCpuMs };
}

async function sealing({ path, bytes }: Load) {
  const file = openSync(path, 'r');
  const plain = new Uint8Array(BATCH_BYTES);
  const sealed = new Uint8Array(sealedSize(BATCH_BYTES));
  const stream = await Stream.derive(nodeSuite, nodeSuite.random(32), nodeSuite.random(24), new Uint8Array(0));
  const started = performance.now();
  for (let at = 0; at < bytes; at += BATCH_BYTES) {
    const count = readSync(file, plain, 0, BATCH_BYTES, at);
    await sealChunksInto(stream, at / CHUNK_BYTES, plain.subarray(0, count), at + BATCH_BYTES > bytes, sealed);
  }
  const answeredMs = performance.now() - started;
  closeSync(file);
  return { answeredMs, durableMs: answeredMs, serverCpuMs: Number.NaN };
}

async function disk({ path, bytes, folder }: Load) {
  const [from, to] = [openSync(path, 'r'), openSync(join(folder, 'copy'), 'w')];
  const buffer = new Uint8Array(WRITE_BYTES);
  const started = performance.now();
  for (let at = 0; at < bytes; at += WRITE_BYTES) writeSync(to, buffer, 0, readSync(from, buffer, 0, WRITE_BYTES, at));
  const answeredMs = performance.now() - started;
  fdatasyncSync(to);
  const durableMs = performance.now() - started;
  closeSync(from);
  closeSync(to);
  return { answeredMs, durableMs, serverCpuMs: Number.NaN };
}

export const WAYS: readonly Way[] = [
  { name: 'archipel', title: 'sealed, to our relay', run: ours },
  { name: 'tus', title: 'plain, to @tus/server', run: plainTus },
  { name: 'sealing', title: 'sealing alone', run: sealing },
  { name: 'disk', title: 'disk alone', run: disk },
];
