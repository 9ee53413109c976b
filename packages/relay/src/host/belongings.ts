/** Files and inboxes go where the documents of a host go: most of it while people go on, the rest while they wait for a moment. */
import { existsSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES_FOLDER } from '../config.ts';
import { inboxDisk } from '../holdings.ts';
import type { Log } from '../log.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import { markOf } from '../primitives/blob/mark.ts';
import { movePieces } from '../primitives/blob/move-pieces.ts';
import type { Inboxes } from '../primitives/inbox/inboxes.ts';
import type { BlobStore } from '../store/blobs.ts';
import { BlobStoreError, isLocal } from '../store/blobs.ts';
import { BLOBS_FILE } from '../store/blobs-sqlite.ts';
import { type InboxStore, InboxStoreError } from '../store/inboxes.ts';
import { INBOXES_FILE } from '../store/inboxes-sqlite.ts';
import type { Carried, CarryReport, Luggage } from '../store/move.ts';
import { compareBlobs, moveBlobs } from '../store/move-blobs.ts';
import { answered, MoveError } from '../store/move-error.ts';
import { moveInboxes } from '../store/move-inboxes.ts';
import { openBlobs, openInboxes } from '../store/open.ts';
import type { StorePlace } from '../store/places.ts';
import { nameOf } from '../store/places.ts';
import { removeSideFile } from '../store/side-file.ts';

/** What a running host has open. */
export interface Holdings {
  blobs: Blobs | undefined;
  inboxes: Inboxes | undefined;
}

export interface BelongingsOptions {
  from: StorePlace;
  to: StorePlace;
  /** Of the bytes of files; undefined: there are none. */
  folder: string | undefined;
  /** The settings name that folder: it stays. */
  namesFiles: boolean;
  log: Log;
  /** Undefined: no host runs. */
  running: Holdings | undefined;
  /** Only counts what would go along: nothing is made. */
  isPlan?: boolean;
}

interface Side<S> {
  source: S;
  target: S;
}

export class Belongings implements Luggage {
  readonly #options: BelongingsOptions;
  #blobs: Side<BlobStore> | undefined;
  #inboxes: Side<InboxStore> | undefined;
  #isHalted = false;

  private constructor(options: BelongingsOptions) {
    this.#options = options;
  }

  /** The documents' stores are open: in a database that made the tables. Rejects with MoveError and StoreOpenError. */
  static async open(options: BelongingsOptions): Promise<Belongings> {
    const belongings = new Belongings(options);
    try {
      await belongings.#open();
      return belongings;
    } catch (error) {
      await belongings.close();
      throw errorOf(error, options.to);
    }
  }

  async #open(): Promise<void> {
    const { from, to, folder, log, running, isPlan = false } = this.#options;
    const has = (file: string): boolean => from.kind === 'postgres' || existsSync(join(from.folder, file));
    const blobs = running === undefined ? folder !== undefined && has(BLOBS_FILE) : running.blobs !== undefined;
    if (blobs) {
      const source = running?.blobs?.place.store ?? (await openBlobs(from, log));
      this.#blobs = { source, target: source };
      // A file goes to a folder as a whole, when nothing changes any more.
      if (!this.#isFileMove && !isPlan) this.#blobs.target = await openBlobs(to, log);
    }
    const inboxes = running === undefined ? has(INBOXES_FILE) : running.inboxes !== undefined;
    if (!inboxes) return;
    const source = running?.inboxes?.store ?? (await openInboxes(from, log));
    this.#inboxes = { source, target: source };
    if (!isPlan) this.#inboxes.target = await openInboxes(to, log);
  }

  get #isFileMove(): boolean {
    const { from, to } = this.#options;
    return from.kind === 'sqlite' && to.kind === 'sqlite';
  }

  /** Where the bytes of files are afterwards. */
  get #toFolder(): string {
    const { to, folder = '', namesFiles } = this.#options;
    return namesFiles || to.kind === 'postgres' ? folder : join(to.folder, FILES_FOLDER);
  }

  /** Before anything is begun. `serves`: the target is no old copy of anything. Rejects with MoveError. */
  async check(serves: boolean): Promise<void> {
    const { to, isPlan = false } = this.#options;
    await this.#attempt(async () => {
      if (serves && !isPlan) {
        const [blobs, inboxes] = [await this.#targetBlobs(), await this.#inboxes?.target.totals()];
        if (blobs > 0)
          throw new MoveError(`There are files in ${nameOf(to)} already: they move to an empty store only.`);
        if ((inboxes?.inboxes ?? 0) > 0)
          throw new MoveError(`There are inboxes in ${nameOf(to)} already: they move to an empty store only.`);
      }
      await this.#checkRoom();
    });
  }

  async #targetBlobs(): Promise<number> {
    const { to, log } = this.#options;
    if (this.#blobs === undefined) return 0;
    if (!this.#isFileMove) return (await this.#blobs.target.totals()).blobs;
    if (to.kind !== 'sqlite' || !existsSync(join(to.folder, BLOBS_FILE))) return 0;
    const there = await openBlobs(to, log);
    const { blobs } = await there.totals();
    await there.close();
    return blobs;
  }

  /** On the same disk nothing is copied. */
  async #checkRoom(): Promise<void> {
    const { folder, to } = this.#options;
    if (this.#blobs === undefined || folder === undefined || this.#toFolder === folder || to.kind !== 'sqlite') return;
    const [here, there] = [await statfs(folder), await statfs(existing(to.folder))];
    const { bytes, missing } = await this.#blobs.source.totals();
    const isSame = here.type === there.type && here.blocks === there.blocks;
    if (isSame || there.bavail * there.bsize >= bytes - missing) return;
    throw new MoveError(
      `The files of this host do not fit on the disk of ${to.folder}. The setting files lets them stay where they are.`,
    );
  }

  /** The folder of the bytes of files, when it stays. */
  get filesStay(): string | undefined {
    const { folder } = this.#options;
    return this.#blobs !== undefined && this.#toFolder === folder ? folder : undefined;
  }

  /** What goes along. */
  async count(): Promise<Carried> {
    const blobs = await this.#blobs?.source.totals();
    const inboxes = await this.#inboxes?.source.totals();
    return { drops: blobs?.blobs ?? 0, dropBytes: blobs?.bytes ?? 0, inboxes: inboxes?.inboxes ?? 0 };
  }

  async copy(report: CarryReport, signal: AbortSignal): Promise<void> {
    const total = await this.count();
    await this.#attempt(() => this.#carry(false, total, report, signal));
  }

  async finish(report: CarryReport, signal: AbortSignal): Promise<Carried> {
    const { running, to } = this.#options;
    this.#isHalted = true;
    await Promise.all([running?.blobs?.halt(), running?.inboxes?.halt()]);
    const total = await this.count();
    await this.#attempt(async () => {
      await this.#carry(true, total, report, signal);
      if (signal.aborted || this.#blobs === undefined) return;
      const { source, target } = this.#blobs;
      if (!this.#isFileMove) {
        await compareBlobs(source, target);
        const { folder = '', namesFiles } = this.#options;
        if (namesFiles || to.kind === 'postgres') await target.putMark(await markOf(folder));
      } else if (isLocal(source) && to.kind === 'sqlite') source.moveTo(to.folder);
    });
    return total;
  }

  async #carry(quiet: boolean, total: Carried, report: CarryReport, signal: AbortSignal): Promise<void> {
    const { folder } = this.#options;
    if (this.#inboxes !== undefined) {
      await moveInboxes(this.#inboxes.source, this.#inboxes.target, quiet, signal);
    }
    if (this.#blobs === undefined || folder === undefined) return;
    const { source, target } = this.#blobs;
    if (source !== target) await moveBlobs(source, target, signal);
    if (this.#toFolder === folder) return;
    let bytes = 0;
    const moved = (more: number): void => {
      bytes += more;
      if (!quiet) report(bytes, total);
    };
    await movePieces({ store: source, from: folder, to: this.#toFolder, quiet, signal, moved });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw errorOf(error, this.#options.to);
    }
  }

  /** The move is done: whoever waited goes on there. */
  async keep(): Promise<void> {
    const { to, running } = this.#options;
    if (this.#blobs !== undefined) {
      const { source, target } = this.#blobs;
      await running?.blobs?.goOn({ store: target, folder: this.#toFolder });
      if (source !== target) await source.close();
      if (running === undefined) await target.close();
    }
    if (this.#inboxes !== undefined) {
      const { source, target } = this.#inboxes;
      await running?.inboxes?.goOn({ store: target, freeBytes: inboxDisk(to), isShared: to.kind === 'postgres' });
      await source.close();
      if (running === undefined) await target.close();
    }
    this.#blobs = undefined;
    this.#inboxes = undefined;
  }

  /** The documents stay: so does all else, and what was carried goes. */
  async undo(): Promise<void> {
    const { from, folder } = this.#options;
    const { running } = this.#options;
    if (this.#blobs !== undefined && this.#isFileMove) {
      if (isLocal(this.#blobs.source) && from.kind === 'sqlite') this.#blobs.source.moveTo(from.folder);
    }
    await this.#clear();
    if (this.#isHalted) {
      if (this.#blobs !== undefined && folder !== undefined)
        await running?.blobs?.goOn({ store: this.#blobs.source, folder });
      const isShared = from.kind === 'postgres';
      if (this.#inboxes !== undefined)
        await running?.inboxes?.goOn({ store: this.#inboxes.source, freeBytes: inboxDisk(from), isShared });
    }
    await this.close();
  }

  /** A database that does not answer is cleared by the next move. */
  async #clear(): Promise<void> {
    const { to, folder } = this.#options;
    const [blobs, inboxes] = [this.#blobs, this.#inboxes];
    try {
      if (blobs !== undefined && blobs.source !== blobs.target) await eraseBlobs(blobs.target);
      if (inboxes !== undefined) await eraseInboxes(inboxes.target);
    } catch (error) {
      if (!(error instanceof BlobStoreError || error instanceof InboxStoreError)) throw error;
    }
    if (blobs !== undefined && folder !== undefined && this.#toFolder !== folder)
      rmSync(this.#toFolder, { recursive: true, force: true });
    if (to.kind === 'sqlite' && blobs !== undefined && this.#isFileMove) removeSideFile(join(to.folder, BLOBS_FILE));
  }

  /** What a running host goes on with stays open. */
  async close(): Promise<void> {
    const { running } = this.#options;
    for (const side of [this.#blobs, this.#inboxes]) {
      if (side === undefined) continue;
      if (side.source !== side.target) await side.target.close();
      if (running === undefined) await side.source.close();
    }
    this.#blobs = undefined;
    this.#inboxes = undefined;
  }
}

async function eraseBlobs(store: BlobStore): Promise<void> {
  for (;;) {
    const ids = (await store.list(undefined, 200)).map(({ blobId }) => blobId);
    if (ids.length === 0) return;
    await store.erase(ids);
  }
}

async function eraseInboxes(store: InboxStore): Promise<void> {
  for (;;) {
    const inboxes = await store.list(undefined, 200);
    if (inboxes.length === 0) return;
    for (const { inboxId } of inboxes) await store.erase(inboxId);
  }
}

/** The nearest folder that is there. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(join(folder, '..'));
}

function errorOf(error: unknown, to: StorePlace): unknown {
  if (error instanceof BlobStoreError || error instanceof InboxStoreError) return failedAt(error.failure, to);
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !/^(E[A-Z]+|SQLITE_.*)$/.test(code)) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') return failedAt('disk_full', to);
  return new MoveError(`The files and inboxes of this host cannot be carried to ${nameOf(to)} (${code}).`);
}

function failedAt(failure: 'disk_full' | 'unavailable', to: StorePlace): unknown {
  try {
    return answered(failure, nameOf(to));
  } catch (error) {
    return error;
  }
}
