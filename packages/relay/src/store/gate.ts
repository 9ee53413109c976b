/**
 * The store as one life of the relay sees it. While documents move to another store it notes which of them change, and it can be shut:
 * then nothing of that relay reaches the store any more, whatever it still has under way.
 */
import type { Bytes } from '@archipel/protocol';
import type { AppendEntry, AppendFailure, DocRef, Store } from './store.ts';

/** `grown`: it may have more records, another header or another checkpoint. `changed`: also fewer records. */
export type Change = 'grown' | 'changed';
export interface NotedChange {
  docId: Bytes;
  change: Change;
}

export class Gate implements Store {
  readonly #store: Store;
  #isShut = false;
  /** Changes that the store has not answered yet. */
  #writing = 0;
  #whenQuiet: (() => void) | undefined;
  #noted: Map<string, NotedChange> | undefined;
  #sweeping: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /** From now on changes are noted, those under way as well. */
  async note(): Promise<void> {
    this.#noted = new Map();
    await this.#sweeping;
  }

  /** How many documents changed since `takeNoted`. */
  get noted(): number {
    return this.#noted?.size ?? 0;
  }

  takeNoted(): NotedChange[] {
    const noted = [...(this.#noted?.values() ?? [])];
    this.#noted?.clear();
    return noted;
  }

  stopNoting(): void {
    this.#noted = undefined;
  }

  /** Resolves when nothing is under way any more; whatever comes is `unavailable`. */
  async shut(): Promise<void> {
    this.#isShut = true;
    if (this.#writing === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenQuiet = resolve;
    });
  }

  append(entry: AppendEntry): void {
    if (this.#isShut) return entry.settle('unavailable');
    this.begin(entry.ref.docId, 'grown');
    this.#store.append(new GatedAppend(this, entry));
  }

  load: Store['load'] = (docId, pageBytes) => this.#read(() => this.#store.load(docId, pageBytes));

  heads: Store['heads'] = (docIds) => this.#read(() => this.#store.heads(docIds));

  read: Store['read'] = (ref, after, maxBytes, maxRecords) =>
    this.#read(() => this.#store.read(ref, after, maxBytes, maxRecords));

  readCheckpoint: Store['readCheckpoint'] = (ref) => this.#read(() => this.#store.readCheckpoint(ref));

  create: Store['create'] = (docId, header, expiry) =>
    this.#write(docId, 'changed', () => this.#store.create(docId, header, expiry));

  putHeader: Store['putHeader'] = (ref, current, next, expiry) =>
    this.#write(ref.docId, 'grown', () => this.#store.putHeader(ref, current, next, expiry));

  putCheckpoint: Store['putCheckpoint'] = (ref, checkpoint, purgeAt, basis) =>
    this.#write(ref.docId, 'grown', () => this.#store.putCheckpoint(ref, checkpoint, purgeAt, basis));

  eraseHistory: Store['eraseHistory'] = (ref, positions) =>
    this.#write(ref.docId, 'changed', () => this.#store.eraseHistory(ref, positions));

  removeRecords: Store['removeRecords'] = (ref, positions) =>
    this.#write(ref.docId, 'changed', () => this.#store.removeRecords(ref, positions));

  end: Store['end'] = (ref, ending) => this.#write(ref.docId, 'changed', () => this.#store.end(ref, ending));

  /** It does not say which documents it changes: while they move, what is due waits for the other store. */
  sweep: Store['sweep'] = (nowSeconds, limit) => {
    if (this.#noted !== undefined && !this.#isShut) return Promise.resolve({ expired: 0, more: false });
    const swept = this.#write(undefined, 'changed', () => this.#store.sweep(nowSeconds, limit));
    this.#sweeping = swept;
    return swept;
  };

  dueHistory: Store['dueHistory'] = (nowSeconds, skip, limit) =>
    this.#read(() => this.#store.dueHistory(nowSeconds, skip, limit));

  deferHistory: Store['deferHistory'] = (due, untilSeconds) =>
    this.#write(due.docId, 'changed', () => this.#store.deferHistory(due, untilSeconds));

  status: Store['status'] = () => this.#store.status();

  /** Whoever opened the store closes it. */
  close(): Promise<void> {
    return this.shut();
  }

  #read<T>(ask: () => Promise<T>): Promise<T | 'unavailable'> {
    return this.#isShut ? Promise.resolve('unavailable') : ask();
  }

  async #write<T>(docId: Bytes | undefined, change: Change, ask: () => Promise<T>): Promise<T | 'unavailable'> {
    if (this.#isShut) return 'unavailable';
    this.begin(docId, change);
    try {
      return await ask();
    } finally {
      this.ended(docId, change);
    }
  }

  begin(docId: Bytes | undefined, change: Change): void {
    this.#writing += 1;
    if (this.#noted !== undefined) this.#note(docId, change);
  }

  /** Noted again: between its begin and its end the document may have been copied without it. */
  ended(docId: Bytes | undefined, change: Change): void {
    this.#writing -= 1;
    if (this.#noted !== undefined) this.#note(docId, change);
    if (this.#writing === 0) this.#whenQuiet?.();
  }

  #note(docId: Bytes | undefined, change: Change): void {
    if (docId === undefined) return;
    const key = Buffer.from(docId).toString('latin1');
    if (change === 'changed' || !this.#noted?.has(key)) this.#noted?.set(key, { docId: new Uint8Array(docId), change });
  }
}

/** Tells the gate when it is settled. */
class GatedAppend implements AppendEntry {
  readonly #gate: Gate;
  readonly #entry: AppendEntry;
  readonly ref: DocRef;
  readonly session: Bytes;
  readonly n: number;
  readonly body: Bytes;

  constructor(gate: Gate, entry: AppendEntry) {
    this.#gate = gate;
    this.#entry = entry;
    this.ref = entry.ref;
    this.session = entry.session;
    this.n = entry.n;
    this.body = entry.body;
  }

  /** Asked for when it is written. */
  get version(): number {
    return this.#entry.version;
  }

  settle(outcome: number | AppendFailure): void {
    this.#entry.settle(outcome);
    this.#gate.ended(this.ref.docId, 'grown');
  }
}
