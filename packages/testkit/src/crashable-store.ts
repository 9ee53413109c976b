import { type Bytes, equal } from '@archipel/protocol';
import type { AppendEntry, AppendFailure, DocRef, Store, StoreFailure } from '@archipel/relay';
import type { Disk } from './disk.ts';

/** The line to a shared disk breaks while something is asked: before it was done, or after. */
export type Break = 'before' | 'after' | undefined;

interface Waiting {
  entry: AppendEntry;
  body: Bytes;
  failed: AppendFailure | undefined;
}

/**
 * A store in memory whose commits take virtual time and whose process can die between any two of them. On a disk of its own it commits
 * like the embedded store whatever came in during the last commit, in order. On a shared one, as with a database, each question is
 * answered on its own some time after it was done, and the process may die in between. It passes the store's contract suite.
 */
export class CrashableStore implements Store {
  readonly #disk: Disk;
  readonly #later: (run: () => void) => void;
  readonly #breaks: () => Break;
  readonly #waiting = new Set<Waiting>();
  #queue: (() => void)[] = [];
  #busy = false;
  #appends: Waiting[] = [];
  #isAppending = false;
  #crashed = false;

  /** `later` runs a function after the time that a commit takes; `breaks` is asked for everything on a shared disk. */
  constructor(disk: Disk, later: (run: () => void) => void, breaks: () => Break = () => undefined) {
    this.#disk = disk;
    this.#later = later;
    this.#breaks = breaks;
  }

  /** The process dies: what was not committed is gone, and nobody hears of it. */
  crash(): void {
    this.#crashed = true;
    this.#queue = [];
    this.#appends = [];
  }

  load: Store['load'] = (docId, pageBytes) => this.#run(() => this.#disk.load(docId, pageBytes));

  heads: Store['heads'] = (docIds) => this.#run(() => this.#disk.heads(docIds));

  create: Store['create'] = (docId, header, expiry) => this.#run(() => this.#disk.create(docId, header, expiry));

  read: Store['read'] = (ref, after, maxBytes, maxRecords) =>
    this.#run(() => this.#disk.read(ref, after, maxBytes, maxRecords));

  readCheckpoint: Store['readCheckpoint'] = (ref) => this.#run(() => this.#disk.readCheckpoint(ref));

  putHeader: Store['putHeader'] = (ref, current, next, expiry) =>
    this.#run(() => this.#disk.putHeader(ref, current, next, expiry));

  putCheckpoint: Store['putCheckpoint'] = (ref, checkpoint, purgeAt, basis) =>
    this.#run(() => this.#disk.putCheckpoint(ref, checkpoint, purgeAt, basis));

  eraseHistory: Store['eraseHistory'] = (ref, positions) => this.#run(() => this.#disk.eraseHistory(ref, positions));

  removeRecords: Store['removeRecords'] = (ref, positions) => this.#run(() => this.#disk.removeRecords(ref, positions));

  end: Store['end'] = (ref, ending) => this.#run(() => this.#disk.end(ref, ending));

  dueHistory: Store['dueHistory'] = (nowSeconds, skip, limit) =>
    this.#run(() => this.#disk.dueHistory(nowSeconds, skip, limit));

  deferHistory: Store['deferHistory'] = (due, untilSeconds) =>
    this.#run(() => this.#disk.deferHistory(due, untilSeconds));

  sweep: Store['sweep'] = (nowSeconds, limit) => this.#run(() => this.#disk.sweep(nowSeconds, limit));

  async status(): ReturnType<Store['status']> {
    const status = await this.#run(() => this.#disk.status());
    return typeof status === 'string' ? { writable: false, bytes: 0, freeBytes: 0 } : status;
  }

  append(entry: AppendEntry): void {
    const write = { entry, body: entry.body.slice(), failed: undefined };
    if (this.#disk.isShared) {
      this.#appends.push(write);
      this.#commitAppends();
      return;
    }
    this.#waiting.add(write);
    void this.#queued(() => {
      this.#waiting.delete(write);
      const outcome = write.failed ?? this.#write(write, entry.version);
      if (typeof outcome === 'string') this.#failBehind(entry.ref, outcome);
      entry.settle(outcome);
    });
  }

  async close(): Promise<void> {
    await this.#run(() => undefined);
    while (this.#isAppending && !this.#crashed) await this.#run(() => undefined);
  }

  #write({ entry, body }: Waiting, version: number): number | AppendFailure {
    const { ref, session, n } = entry;
    return this.#disk.append({ ref, version, session, n, body });
  }

  /** What waits behind a failed append of its document fails too, or the log would have a gap. */
  #failBehind(ref: DocRef, failure: AppendFailure): void {
    for (const write of this.#waiting) if (equal(write.entry.ref.docId, ref.docId)) write.failed = failure;
  }

  #run<T>(operation: () => T): Promise<T | StoreFailure> {
    return this.#disk.isShared ? this.#asked(operation) : this.#queued(operation);
  }

  #asked<T>(operation: () => T): Promise<T | StoreFailure> {
    const breaks = this.#breaks();
    return new Promise((resolve) => {
      this.#whileAlive(() => {
        const value = breaks === 'before' ? 'unavailable' : operation();
        this.#whileAlive(() => resolve(breaks === undefined ? value : 'unavailable'));
      });
    });
  }

  #whileAlive(run: () => void): void {
    this.#later(() => {
      if (!this.#crashed) run();
    });
  }

  /** All that came in during the last commit goes into the next one; the version is asked for when it leaves for the disk. */
  #commitAppends(): void {
    if (this.#isAppending || this.#crashed || this.#appends.length === 0) return;
    this.#isAppending = true;
    const batch = this.#appends;
    this.#appends = [];
    const versions = batch.map(({ entry }) => entry.version);
    const breaks = this.#breaks();
    this.#whileAlive(() => {
      const outcomes = breaks === 'before' ? [] : this.#writeAll(batch, versions);
      this.#whileAlive(() => {
        this.#isAppending = false;
        this.#settle(batch, breaks === undefined ? outcomes : []);
        this.#commitAppends();
      });
    });
  }

  #writeAll(batch: Waiting[], versions: number[]): (number | AppendFailure)[] {
    const failed = new Map<string, AppendFailure>();
    return batch.map((write, i) => {
      const key = String(write.entry.ref.docId);
      const outcome = failed.get(key) ?? this.#write(write, versions[i] as number);
      if (typeof outcome === 'string') failed.set(key, outcome);
      return outcome;
    });
  }

  /** Without an outcome: nobody knows what was written. */
  #settle(batch: Waiting[], outcomes: (number | AppendFailure)[]): void {
    const failed = new Map<string, AppendFailure>();
    for (const [i, { entry }] of batch.entries()) {
      const outcome = outcomes[i] ?? 'unavailable';
      if (typeof outcome === 'string') failed.set(String(entry.ref.docId), outcome);
      entry.settle(outcome);
    }
    const behind = this.#appends;
    this.#appends = behind.filter(({ entry }) => !failed.has(String(entry.ref.docId)));
    for (const { entry } of behind) {
      const failure = failed.get(String(entry.ref.docId));
      if (failure !== undefined) entry.settle(failure);
    }
  }

  #queued<T>(operation: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#queue.push(() => resolve(operation()));
      this.#commitNext();
    });
  }

  #commitNext(): void {
    if (this.#busy || this.#crashed || this.#queue.length === 0) return;
    this.#busy = true;
    const batch = this.#queue;
    this.#queue = [];
    this.#later(() => {
      this.#busy = false;
      if (this.#crashed) return;
      for (const operation of batch) operation();
      this.#commitNext();
    });
  }
}
