/** The embedded store: SQLite in a thread of its own, group commit (whatever came in during the last commit goes into the next). */
import { Worker } from 'node:worker_threads';
import type { Bytes } from '@archipel/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import { folderSentence } from './data-folder.ts';
import type { MovableStore, OpenedBy } from './moving.ts';
import { admit } from './moving.ts';
import type { HeadRow, PackedDocument, PackedPage } from './sqlite-file.ts';
import type { WorkerAnswer, WorkerCall, WorkerOptions } from './sqlite-messages.ts';
import { MovingCalls } from './sqlite-moving-calls.ts';
import type { AppendEntry, RecordPage, Store, StoreFailure } from './store.ts';
import { StoreOpenError } from './store-error.ts';

const MAX_BATCH_BYTES = 8 * 1024 * 1024;
const RESTART_DELAY_MS = 1000;
/** One process alone has the folder, so nothing changes a document behind its back. */
const ONLY_VERSION = 0;
/** It handles one batch at a time: a large young generation would only keep memory. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 4 };

export interface SqliteStoreOptions extends WorkerOptions {
  /** At least this between the starts of two commits that have more than one record. */
  commitIntervalMs: number;
  clock: Clock;
  log: Log;
  /** Told of each commit. */
  observeCommit?: (seconds: number, records: number) => void;
}

interface Batch {
  entries: AppendEntry[];
  startedMs: number;
}

function sentenceFor(code: string, folder: string, message: string): string {
  if (code.startsWith('SQLITE_BUSY')) return `The data folder ${folder} is in use by another Archipel.`;
  if (code === 'NewerSchemaError') return `The data folder ${folder} was written by a newer Archipel (${message}).`;
  return folderSentence(code, folder) ?? `The store in ${folder} does not open: ${message}.`;
}

/** Bytes of their own: a view that crosses threads would take the whole buffer under it along. */
function own(bytes: Bytes): Bytes {
  return new Uint8Array(bytes);
}

function unpackPage({ positions, lengths, data, last }: PackedPage): RecordPage {
  let offset = 0;
  const records = Array.from(positions, (position, i) => {
    const body = data.subarray(offset, offset + (lengths[i] as number));
    offset += body.length;
    return { position, body };
  });
  return { records, last };
}

class SqliteStore implements MovableStore {
  readonly #options: SqliteStoreOptions;
  readonly #workerUrl: URL;
  #worker: Worker | undefined;
  #closing: (() => void) | undefined;
  #nextId = 1;
  readonly #calls = new Map<number, (value: unknown) => void>();
  #queue: AppendEntry[] = [];
  #committing: Batch | undefined;
  #lastStartMs = 0;
  #timer: Timer | undefined;
  readonly #moving = new MovingCalls((call) => this.#call(call));

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    this.#workerUrl = new URL('./sqlite-thread.mjs', import.meta.url);
  }

  /** Rejects with StoreOpenError. */
  start(): Promise<void> {
    const { clock: _clock, log: _log, observeCommit: _observe, ...workerData } = this.#options;
    const worker = new Worker(this.#workerUrl, { workerData, name: 'archipel-store', resourceLimits: WORKER_LIMITS });
    return new Promise((resolve, reject) => {
      worker.once('message', (answer: WorkerAnswer) => {
        if (answer.op === 'failed') {
          void worker.terminate();
          reject(new StoreOpenError(answer.code, sentenceFor(answer.code, workerData.folder, answer.message)));
          return;
        }
        this.#worker = worker;
        worker.on('message', (next: WorkerAnswer) => this.#receive(next));
        worker.on('error', (error) =>
          this.#options.log.error({ error: error.message }, 'the thread of the store failed'),
        );
        worker.on('exit', () => this.#exited());
        resolve();
      });
      worker.once('error', reject);
    });
  }

  append(entry: AppendEntry): void {
    this.#queue.push(entry);
    if (this.#committing === undefined && this.#timer === undefined) this.#commitWhenDue();
  }

  /** Alone, an append is committed at once; when several come together, commits keep their distance. */
  #commitWhenDue(): void {
    const { clock, commitIntervalMs } = this.#options;
    const wait = this.#lastStartMs + commitIntervalMs - clock.now();
    if (wait <= 0) this.#commit();
    else {
      this.#timer = clock.setTimeout(() => {
        this.#timer = undefined;
        this.#commit();
      }, wait);
    }
  }

  #commit(): void {
    const worker = this.#worker;
    if (worker === undefined) return this.#failAll([], 'unavailable');
    const entries = this.#takeBatch();
    let bytes = 0;
    for (const { body } of entries) bytes += body.length;
    const data = new Uint8Array(bytes);
    const meta = new Float64Array(2 * entries.length);
    let offset = 0;
    for (let i = 0; i < entries.length; i++) {
      const { ref, body } = entries[i] as AppendEntry;
      data.set(body, offset);
      offset += body.length;
      meta[2 * i] = ref.num;
      meta[2 * i + 1] = body.length;
    }
    this.#lastStartMs = this.#options.clock.now();
    this.#committing = { entries, startedMs: this.#lastStartMs };
    worker.postMessage({ op: 'commit', meta, data }, [meta.buffer, data.buffer]);
  }

  #takeBatch(): AppendEntry[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && (count === 0 || bytes < MAX_BATCH_BYTES)) {
      bytes += (this.#queue[count++] as AppendEntry).body.length;
    }
    if (count === this.#queue.length) {
      const all = this.#queue;
      this.#queue = [];
      return all;
    }
    return this.#queue.splice(0, count);
  }

  #receive(answer: WorkerAnswer): void {
    switch (answer.op) {
      case 'committed':
        return this.#committed(answer);
      case 'result': {
        const settle = this.#calls.get(answer.id);
        this.#calls.delete(answer.id);
        if ('error' in answer) {
          this.#options.log.warn({ failure: answer.error, reason: answer.message }, 'the store refused');
          settle?.(answer.error);
        } else settle?.(answer.value);
        return;
      }
      case 'trouble':
        return this.#options.log.error({ reason: answer.message }, 'the store has trouble');
      case 'closed':
        return this.#closing?.();
    }
  }

  #committed(answer: Extract<WorkerAnswer, { op: 'committed' }>): void {
    const batch = this.#committing as Batch;
    this.#committing = undefined;
    if ('error' in answer) {
      this.#options.log.warn({ failure: answer.error, reason: answer.message }, 'a commit failed');
      return this.#failAll(batch.entries, answer.error);
    }
    const { clock, observeCommit } = this.#options;
    observeCommit?.((clock.now() - batch.startedMs) / 1000, batch.entries.length);
    let position = answer.first;
    for (const entry of batch.entries) entry.settle(position++);
    if (this.#queue.length > 0 && this.#committing === undefined && this.#timer === undefined) this.#commitWhenDue();
  }

  /** What waits behind a failed append may build on it, so it fails as well. */
  #failAll(entries: AppendEntry[], failure: StoreFailure): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const entry of entries) entry.settle(failure);
    for (const entry of waiting) entry.settle(failure);
  }

  #exited(): void {
    this.#worker = undefined;
    const batch = this.#committing;
    this.#committing = undefined;
    this.#failAll(batch?.entries ?? [], 'unavailable');
    for (const settle of this.#calls.values()) settle('unavailable');
    this.#calls.clear();
    if (this.#closing !== undefined) return this.#closing();
    this.#options.clock.setTimeout(() => this.#restart(), RESTART_DELAY_MS);
  }

  #restart(): void {
    this.start().catch((error: Error) => {
      this.#options.log.error({ reason: error.message }, 'the store does not open');
      this.#options.clock.setTimeout(() => this.#restart(), RESTART_DELAY_MS);
    });
  }

  #call<T>(call: WorkerCall): Promise<T | StoreFailure> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve('unavailable');
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#calls.set(id, resolve as (value: unknown) => void);
      worker.postMessage({ op: 'call', id, call });
    });
  }

  async load(docId: Bytes, pageBytes: number): ReturnType<Store['load']> {
    const stored = await this.#call<PackedDocument | 'not_found'>({
      method: 'load',
      docId: own(docId),
      pageBytes,
    });
    if (typeof stored === 'string') return stored;
    const { num, header, checkpoint, page } = stored;
    return { ref: { docId: own(docId), num }, version: ONLY_VERSION, header, checkpoint, page: unpackPage(page) };
  }

  async heads(docIds: readonly Bytes[]): ReturnType<Store['heads']> {
    const rows = await this.#call<HeadRow[]>({ method: 'heads', docIds: docIds.map(own) });
    if (typeof rows === 'string') return rows;
    return rows.map(({ isAlive, position }, i) => {
      return { docId: docIds[i] as Bytes, version: isAlive ? ONLY_VERSION : undefined, position };
    });
  }

  create: Store['create'] = (docId, header, expiry) =>
    this.#call({ method: 'create', docId: own(docId), header: own(header), expiry });

  read: Store['read'] = async ({ num }, after, maxBytes, maxRecords = Number.MAX_SAFE_INTEGER) => {
    const page = await this.#call<PackedPage>({ method: 'read', num, after, maxBytes, maxRecords });
    return typeof page === 'string' ? page : unpackPage(page);
  };

  readCheckpoint: Store['readCheckpoint'] = ({ num }) => this.#call({ method: 'readCheckpoint', num });

  putHeader: Store['putHeader'] = ({ num }, current, next, expiry) =>
    this.#change({ method: 'putHeader', num, current: own(current), next: own(next), expiry });

  /** Nobody else writes, so what the checkpoint was judged by has not changed. */
  putCheckpoint: Store['putCheckpoint'] = ({ num }, checkpoint, purgeAt, { maySkip = false }) => {
    const copy = { ...checkpoint, body: own(checkpoint.body) };
    return this.#change({ method: 'putCheckpoint', num, checkpoint: copy, purgeAt, maySkip });
  };

  eraseHistory: Store['eraseHistory'] = ({ num }, positions) =>
    this.#change<never>({ method: 'eraseHistory', num, positions });

  removeRecords: Store['removeRecords'] = ({ num }, positions) =>
    this.#change<never>({ method: 'removeRecords', num, positions });

  async #change<Refusal extends 'conflict' = never>(call: WorkerCall): Promise<number | Refusal | StoreFailure> {
    const outcome = await this.#call<'done' | Refusal>(call);
    return outcome === 'done' ? ONLY_VERSION : outcome;
  }

  end: Store['end'] = ({ num }, ending) => this.#call({ method: 'end', num, ending });

  dueHistory: Store['dueHistory'] = (nowSeconds, skip, limit) =>
    this.#call({ method: 'dueHistory', nowSeconds, skip, limit });

  deferHistory: Store['deferHistory'] = (due, untilSeconds) =>
    this.#call({ method: 'deferHistory', due, untilSeconds });

  sweep: Store['sweep'] = (nowSeconds, limit) => this.#call({ method: 'sweep', nowSeconds, limit });

  readonly list = this.#moving.list;
  readonly count = this.#moving.count;
  readonly describe = this.#moving.describe;
  readonly import = this.#moving.import;
  readonly clear = this.#moving.clear;
  readonly standing = this.#moving.standing;
  readonly setStanding = this.#moving.setStanding;

  /** Nobody else can have it open. */
  claim(): Promise<'alone'> {
    return Promise.resolve('alone');
  }

  unclaim(): Promise<void> {
    return Promise.resolve();
  }

  async status(): ReturnType<Store['status']> {
    const status = await this.#call<Awaited<ReturnType<Store['status']>>>({ method: 'status' });
    return typeof status === 'string' ? { writable: false, bytes: 0, freeBytes: undefined } : status;
  }

  /** What was appended before is committed and settled first. */
  async close(): Promise<void> {
    for (;;) {
      if (this.#timer !== undefined) {
        this.#options.clock.clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#commit();
      }
      if (this.#committing === undefined) break;
      // Answers come in order: when this one is here, so is that of the commit.
      await this.#call({ method: 'status' });
    }
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise<void>((resolve) => {
      this.#closing = resolve;
      worker.postMessage({ op: 'close' });
    });
    await worker.terminate();
  }
}

/** Opens or makes the store in a folder; rejects with StoreOpenError when it cannot be used, or serves nobody. */
export async function openSqliteStore(options: SqliteStoreOptions, by: OpenedBy = 'host'): Promise<MovableStore> {
  const store = new SqliteStore(options);
  await store.start();
  if (by === 'host') await admit(store, `the data folder ${options.folder}`);
  return store;
}
