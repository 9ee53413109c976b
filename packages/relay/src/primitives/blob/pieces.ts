/**
 * The bytes of one blob, in files of 4 MiB in a folder of its own. `7` is a whole piece; `7-4096` is one of which 4096 bytes are on the disk,
 * whatever follows them in the file. Names change only after what they promise was synced, so after any crash the names say how far
 * the blob is (BLOB-5).
 *
 * Whoever writes has a tag by chance, and gives the piece that is open the name `7-4096.tag`. Another one that takes over, also in another
 * process, gives it its own: the one before finds the name gone, and ends there.
 */
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { letGo, BLOB_PIECE_BYTES as PIECE_BYTES } from '@archipel/protocol';

/** Pieces that are being synced while the next one is filled: the disk does several at once in nearly the time of one. */
const MAX_SYNCING = 3;
/** What is gathered before it is written. */
const WRITE_BYTES = 2 ** 20;
const READ_BYTES = 2 ** 18;
const NAME = /^(\d+)(?:-(\d+)(?:\.[0-9a-f]+)?)?$/;
const TAG_BYTES = 4;

interface Found {
  /** The first piece that is not whole. */
  next: number;
  /** Of that one: the name that promises most, if any promises something. */
  open: { name: string; bytes: number } | undefined;
  /** Names that promise nothing that is of use. */
  useless: string[];
}

async function look(folder: string): Promise<Found> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const whole = new Set<number>();
  const partial: { piece: number; name: string; bytes: number }[] = [];
  for (const name of names) {
    const [, piece, bytes] = NAME.exec(name) ?? [];
    if (piece === undefined) continue;
    if (bytes === undefined) whole.add(Number(piece));
    else partial.push({ piece: Number(piece), name, bytes: Number(bytes) });
  }
  let next = 0;
  while (whole.has(next)) next += 1;
  const able = partial.filter(({ piece, bytes }) => piece === next && bytes > 0);
  const [open] = able.sort((a, b) => b.bytes - a.bytes);
  return { next, open, useless: partial.filter((part) => part !== open).map(({ name }) => name) };
}

/** How many bytes of a blob of this length are on the disk. No folder: none. */
export async function readOffset(folder: string, length: number): Promise<number> {
  const { next, open } = await look(folder);
  return Math.min(next * PIECE_BYTES + (open?.bytes ?? 0), length);
}

/** What is open there is this writer's from now on, and what is of no use goes. Rejects with ENOENT when somebody else took it first. */
async function claim(folder: string, tag: string): Promise<void> {
  const { next, open, useless } = await look(folder);
  for (const name of useless) await rm(join(folder, name), { force: true });
  if (open !== undefined) await rename(join(folder, open.name), join(folder, openName(next, open.bytes, tag)));
}

const openName = (piece: number, bytes: number, tag: string): string => `${piece}-${bytes}.${tag}`;

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the folder, and its name durable. */
export async function makeBlobFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Its own name, and that of the folder it is in.
  await syncFolder(join(folder, '..'));
  await syncFolder(join(folder, '..', '..'));
}

/** Writes from an offset on; of several at one folder the last that began. */
export class PieceWriter {
  readonly #tag = randomBytes(TAG_BYTES).toString('hex');
  readonly #folder: string;
  readonly #length: number;
  /** On the disk. */
  #offset: number;
  /** Taken, perhaps not on the disk yet. */
  #position: number;
  #handle: FileHandle | undefined;
  /** Of the piece that is open: bytes that its name promises. */
  #promised: number;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  /** Pieces that have all their bytes, in order. */
  readonly #syncing: Syncing[] = [];
  #settling: Promise<void> = Promise.resolve();

  readonly #advanced: (offset: number) => void;

  /** `advanced` is called whenever more is on the disk. */
  constructor(folder: string, length: number, offset: number, advanced: (offset: number) => void = () => undefined) {
    this.#advanced = advanced;
    this.#folder = folder;
    this.#length = length;
    this.#offset = offset;
    this.#position = offset;
    this.#promised = offset % PIECE_BYTES;
  }

  get offset(): number {
    return this.#offset;
  }

  get isFull(): boolean {
    return this.#position === this.#length;
  }

  /** Before anything is written. Rejects with the errors of the file system. */
  begin(): Promise<void> {
    return claim(this.#folder, this.#tag);
  }

  /** Takes at most what is missing; the bytes are its own from here on, and empty afterwards. Rejects with the errors of the file system. */
  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes.subarray(0, this.#length - this.#position);
    while (rest.length > 0) {
      const part = rest.subarray(0, PIECE_BYTES - (this.#position % PIECE_BYTES));
      this.#gathered.push(part);
      this.#gatheredBytes += part.length;
      this.#position += part.length;
      rest = rest.subarray(part.length);
      const isWhole = this.#position % PIECE_BYTES === 0;
      if (isWhole || this.#gatheredBytes >= WRITE_BYTES) await this.#flush();
      if (isWhole) await this.#closePiece();
    }
  }

  /** All that was taken is on the disk. */
  async finish(): Promise<void> {
    try {
      await this.#flush();
      await this.#closePiece();
      await this.#settling;
    } finally {
      await this.#handle?.close();
      this.#handle = undefined;
    }
  }

  /** After a failure: what was not synced is as if it had not come. */
  async abandon(): Promise<void> {
    await this.#settling.catch(() => undefined);
    await Promise.allSettled(this.#syncing.map(({ synced }) => synced));
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #flush(): Promise<void> {
    if (this.#gatheredBytes === 0) return;
    const start = this.#position - this.#gatheredBytes;
    const piece = Math.floor(start / PIECE_BYTES);
    this.#handle ??= await open(
      join(this.#folder, openName(piece, this.#promised, this.#tag)),
      this.#promised === 0 ? 'w' : 'r+',
      0o600,
    );
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    let at = start % PIECE_BYTES;
    for (let rest = gathered; rest.length > 0; ) {
      const { bytesWritten } = await this.#handle.writev(rest, at);
      at += bytesWritten;
      rest = after(rest, bytesWritten);
    }
    for (const bytes of gathered) letGo(bytes);
  }

  /** What is open gets the name that it deserves, while the next piece is begun. */
  async #closePiece(): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    const end = this.#position;
    const piece = Math.ceil(end / PIECE_BYTES) - 1;
    const bytes = end - piece * PIECE_BYTES;
    const isWhole = bytes === PIECE_BYTES || end === this.#length;
    const from = join(this.#folder, openName(piece, this.#promised, this.#tag));
    const to = join(this.#folder, isWhole ? `${piece}` : `${piece}-${bytes}`);
    this.#promised = isWhole ? 0 : bytes;
    const syncing: Syncing = { from, to, end, isSynced: false, synced: Promise.resolve() };
    syncing.synced = syncAndClose(handle).then(() => {
      syncing.isSynced = true;
    });
    this.#syncing.push(syncing);
    const isFirst = this.#syncing.length === 1;
    if (isFirst) this.#settling = this.#settling.then(() => this.#settle());
    // Whoever waits hears of a failure; nobody may wait yet.
    syncing.synced.catch(() => undefined);
    this.#settling.catch(() => undefined);
    while (this.#syncing.length > MAX_SYNCING) await Promise.race([this.#named(), this.#settling]);
  }

  /** Renames in order, several with one sync of the folder. */
  async #settle(): Promise<void> {
    for (let [first] = this.#syncing; first !== undefined; [first] = this.#syncing) {
      await first.synced;
      const ready = this.#syncing.findIndex(({ isSynced }) => !isSynced);
      const done = this.#syncing.slice(0, ready < 0 ? undefined : ready);
      for (const { from, to } of done) await rename(from, to);
      await syncFolder(this.#folder);
      this.#offset = (done.at(-1) as Syncing).end;
      this.#syncing.splice(0, done.length);
      this.#advanced(this.#offset);
      this.#whenNamed();
    }
  }

  #whenNamed: () => void = () => undefined;

  #named(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenNamed = resolve;
    });
  }
}

interface Syncing {
  from: string;
  to: string;
  /** Where in the blob it ends. */
  end: number;
  isSynced: boolean;
  synced: Promise<void>;
}

async function syncAndClose(handle: FileHandle): Promise<void> {
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** What is left of the buffers when so many bytes are gone. */
function after(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let gone = bytes;
  for (const buffer of buffers) {
    if (gone >= buffer.length) gone -= buffer.length;
    else {
      left.push(buffer.subarray(gone));
      gone = 0;
    }
  }
  return left;
}

/** Bytes from `start` up to `end`, which is not among them. Rejects with ENOENT when the blob is removed meanwhile. */
export async function* readPieces(folder: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const piece = Math.floor(at / PIECE_BYTES);
    const pieceEnd = Math.min(end, (piece + 1) * PIECE_BYTES);
    const handle = await open(join(folder, `${piece}`), 'r');
    try {
      while (at < pieceEnd) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, pieceEnd - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at - piece * PIECE_BYTES);
        if (bytesRead === 0) throw new Error('a piece is shorter than its name says');
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
}
