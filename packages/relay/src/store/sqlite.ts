/** The embedded store: SQLite in a thread of its own, group commit (whatever came in during the last commit goes into the next). */
import { Worker } from 'node:worker_threads';
import type { Bytes } from '@archipel/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { PackedDocument, PackedPage } from './sqlite-file.ts';
import type { WorkerAnswer, WorkerCall, WorkerOptions } from './sqlite-messages.ts';
import type { AppendEntry, RecordPage, Store, StoreFailure } from './store.ts';

const MAX_BATCH_BYTES = 8 * 1024 * 1024;
const RESTART_DELAY_MS = 1000;
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

/** Why a store did not open: a sentence for the host. */
export class StoreOpenError extends Error {
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

interface Batch {
  entries: AppendEntry[];
  startedMs: number;
}

function sentenceFor(code: string, folder: string, message: string): string {
  if (code.startsWith('SQLITE_BUSY')) return `The data folder ${folder} is in use by another Archipel.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'SQLITE_READONLY') {
    return `The data folder ${folder} is not writable.`;
  }
  if (code.startsWith('SQLITE_CANTOPEN') || ['ENOTDIR', 'EEXIST', 'ENOENT'].includes(code)) {
    return `The data folder ${folder} cannot be opened: it is not a folder that this user may write to.`;
  }
  if (code === 'NewerSchemaError') return `The data folder ${folder} was written by a newer Archipel (${message}).`;
  return `The store in ${folder} does not open: ${message}.`;
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

class SqliteStore implements Store {
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
    return { ref: { docId: own(docId), num }, header, checkpoint, page: unpackPage(page) };
  }

  create: Store['create'] = (docId, header, expiry) =>
    this.#call({ method: 'create', docId: own(docId), header: own(header), expiry });

  read: Store['read'] = async ({ num }, after, maxBytes, maxRecords = Number.MAX_SAFE_INTEGER) => {
    const page = await this.#call<PackedPage>({ method: 'read', num, after, maxBytes, maxRecords });
    return typeof page === 'string' ? page : unpackPage(page);
  };

  readCheckpoint: Store['readCheckpoint'] = ({ num }) => this.#call({ method: 'readCheckpoint', num });

  putHeader: Store['putHeader'] = ({ num }, current, next, expiry) =>
    this.#call({ method: 'putHeader', num, current: own(current), next: own(next), expiry });

  putCheckpoint: Store['putCheckpoint'] = ({ num }, checkpoint, purgeAt) =>
    this.#call({
      method: 'putCheckpoint',
      num,
      checkpoint: { ...checkpoint, body: own(checkpoint.body) },
      purgeAt,
    });

  eraseHistory: Store['eraseHistory'] = ({ num }, positions) => this.#call({ method: 'eraseHistory', num, positions });

  removeRecords: Store['removeRecords'] = ({ num }, positions) =>
    this.#call({ method: 'removeRecords', num, positions });

  end: Store['end'] = ({ num }, ending) => this.#call({ method: 'end', num, ending });

  sweep: Store['sweep'] = (nowSeconds, limit) => this.#call({ method: 'sweep', nowSeconds, limit });

  async status(): ReturnType<Store['status']> {
    const status = await this.#call<Awaited<ReturnType<Store['status']>>>({ method: 'status' });
    return typeof status === 'string' ? { writable: false, bytes: 0, freeBytes: 0 } : status;
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

/** Opens or makes the store in a folder; rejects with StoreOpenError when it cannot be used. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const store = new SqliteStore(options);
  await store.start();
  return store;
}
