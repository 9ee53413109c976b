/**
 * Carries the bytes of blobs to another folder: a whole piece never changes, so it is linked where both are on one disk, else copied, and
 * compared. What is there already is left alone, so it can be done again and again, also after a crash.
 */
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BLOB_PIECE_BYTES, type Bytes } from '@archipel/protocol';
import type { BlobStore, MovedBlob } from '../../store/blobs.ts';
import { MoveError } from '../../store/move-error.ts';
import { folderOf } from './context.ts';
import { makeBlobFolder, syncFolder } from './pieces.ts';
import { removeStrays } from './strays.ts';

const PAGE = 200;
const WHOLE = /^\d+$/;
const OPEN = /^(\d+-\d+)(?:\.[0-9a-f]+)?$/;
/** File systems that know no links, and folders on two disks. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']);

export interface PieceMove {
  store: BlobStore;
  from: string;
  to: string;
  /** Nobody writes any more: pieces that are open come too, and what is over goes. */
  quiet: boolean;
  signal: AbortSignal;
  /** So many more bytes are there. */
  moved(bytes: number): void;
}

/** Rejects with MoveError, and with the errors of the file system. */
export async function movePieces(move: PieceMove): Promise<void> {
  const { store, to, quiet, signal } = move;
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (let after: Bytes | undefined; !signal.aborted; ) {
    const blobs = await store.list(after, PAGE);
    for (const blob of blobs) if (!signal.aborted) await moveBlob(move, blob);
    after = blobs.at(-1)?.blobId;
    if (blobs.length < PAGE) break;
  }
  if (quiet && !signal.aborted) await removeStrays(to, store);
}

async function moveBlob({ from, to, quiet, moved }: PieceMove, { blobId, state }: MovedBlob): Promise<void> {
  if (state !== 'uploading' && state !== 'complete') return;
  const [here, there] = [folderOf(from, blobId), folderOf(to, blobId)];
  const names = await namesIn(here);
  if (names.length === 0) return;
  const known = new Set(await namesIn(there));
  if (known.size === 0) await makeBlobFolder(there);
  let hasNew = false;
  for (const name of names) {
    const wholeName = WHOLE.test(name);
    const toName = wholeName ? name : quiet ? OPEN.exec(name)?.[1] : undefined;
    if (toName === undefined) continue;
    known.delete(toName);
    if (wholeName && (await isThere(join(here, name), join(there, name)))) continue;
    const bytes = wholeName ? await movePiece(here, there, name) : await copyPiece(here, there, name, toName);
    moved(bytes);
    hasNew = true;
  }
  for (const name of quiet ? known : []) await rm(join(there, name), { force: true });
  if (hasNew) await syncFolder(there);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Under its own name a piece is only when all of it is on the disk. */
async function isThere(here: string, there: string): Promise<boolean> {
  const [one, other] = await Promise.allSettled([stat(here), stat(there)]);
  return one.status === 'fulfilled' && other.status === 'fulfilled' && one.value.size === other.value.size;
}

/** A blob that ended meanwhile has no piece any more. */
async function movePiece(here: string, there: string, name: string): Promise<number> {
  await rm(join(there, name), { force: true });
  try {
    await link(join(here, name), join(there, name));
    return (await stat(join(there, name))).size;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 0;
    if (!NO_LINK.has(code)) throw error;
  }
  return copyPiece(here, there, name, name);
}

async function copyPiece(here: string, there: string, name: string, toName: string): Promise<number> {
  const temporary = join(there, `${toName}.new`);
  try {
    await copyFile(join(here, name), temporary);
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await isEqual(join(here, name), temporary)))
      throw new MoveError('A piece of a file did not arrive as it was read.');
    await rename(temporary, join(there, toName));
    return (await stat(join(there, toName))).size;
  } catch (error) {
    await rm(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function isEqual(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([contentOf(one), contentOf(other)]);
  return a.equals(b);
}

/** At most a piece. */
async function contentOf(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: BLOB_PIECE_BYTES })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
