/** The mark by which a folder of files is known: a disk that is not mounted, or the folder of another host, is not taken for it. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, toHex } from '@archipel/protocol';
import type { BlobStore } from '../../store/blobs.ts';
import { StoreOpenError } from '../../store/store-error.ts';
import { syncFolder } from './pieces.ts';

const MARK_FILE = 'mark';
const MARK_BYTES = 16;
/** Of processes that start together the first one writes it. */
const TRIES = 20;
const RETRY_MS = 100;

/** Rejects with StoreOpenError when the folder is not the one that belongs to the store; a new one belongs to it from now on. */
export async function checkMark(folder: string, store: Pick<BlobStore, 'mark'>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const there = await readMark(folder);
  if (there === undefined) return begin(folder, store);
  const known = await store.mark(undefined);
  if (known !== undefined && toHex(known) === there) return;
  throw new StoreOpenError(
    'OtherFiles',
    `The folder ${folder} has the files of another host, or of another database. Set files in archipel.json to the one that belongs to this host; an empty one does for a new host.`,
  );
}

async function begin(folder: string, store: Pick<BlobStore, 'mark'>): Promise<void> {
  const fresh = new Uint8Array(randomBytes(MARK_BYTES));
  const mark = toHex((await store.mark(fresh)) ?? fresh);
  if (mark === toHex(fresh)) return writeMark(folder, mark);
  for (let tries = 0; tries < TRIES; tries++) {
    if ((await readMark(folder)) === mark) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new StoreOpenError(
    'NoFiles',
    `The folder ${folder} is not the one that has the files of this host: its mark is missing. Is the disk mounted? If the files are lost for good, write ${mark} into ${join(folder, MARK_FILE)}, and the host starts without them.`,
  );
}

/** Of a folder that belongs to a host, whether it was marked or not. */
export async function markOf(folder: string): Promise<Bytes> {
  const there = await readMark(folder);
  const mark =
    there === undefined ? new Uint8Array(randomBytes(MARK_BYTES)) : new Uint8Array(Buffer.from(there, 'hex'));
  if (there === undefined) await writeMark(folder, toHex(mark));
  return mark;
}

async function readMark(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, MARK_FILE), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** On the disk when it resolves; nobody sees half of it. */
async function writeMark(folder: string, mark: string): Promise<void> {
  const temporary = join(folder, `${MARK_FILE}.${process.pid}.new`);
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.write(`${mark}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, MARK_FILE));
  await syncFolder(folder);
}
