import { type Bytes, equal, toHex } from '@archipel/protocol';
import type {
  AppendEntry,
  DocRef,
  Ending,
  Gone,
  RecordPage,
  Store,
  StoredCheckpoint,
  StoredDocument,
  StoreStatus,
} from '@archipel/relay';

interface DiskDocument {
  ref: DocRef;
  state: 'alive' | Ending;
  header: Bytes;
  expiry: number;
  records: { position: number; body: Bytes }[];
  checkpoints: { checkpoint: StoredCheckpoint; purgeAt: number }[];
}

/** What survives a crash: shared by the stores that are opened on it one after the other. */
export class Disk {
  readonly documents = new Map<string, DiskDocument>();
  nextPosition = 1;
  /** While true, every commit answers `disk_full` and changes nothing. */
  full = false;
}

/**
 * A store in memory whose commits take virtual time and whose process can die between any two of them. Like the embedded
 * store it commits whatever came in during the last commit, in order. It passes the store's contract suite.
 */
export class CrashableStore implements Store {
  readonly #disk: Disk;
  readonly #later: (run: () => void) => void;
  readonly #waiting = new Set<{ entry: AppendEntry; failed: boolean }>();
  #queue: (() => void)[] = [];
  #busy = false;
  #crashed = false;

  /** `later` runs a function after the time that a commit takes. */
  constructor(disk: Disk, later: (run: () => void) => void) {
    this.#disk = disk;
    this.#later = later;
  }

  /** The process dies: what was not committed is gone, and nobody hears of it. */
  crash(): void {
    this.#crashed = true;
    this.#queue = [];
  }

  load(docId: Bytes, pageBytes: number): Promise<StoredDocument | Gone> {
    return this.#run(() => {
      const document = this.#disk.documents.get(toHex(docId));
      if (!document) return 'not_found';
      if (document.state !== 'alive') return document.state;
      const checkpoint = document.checkpoints.at(-1)?.checkpoint;
      const page = pageAfter(document, (checkpoint?.tailFrom ?? 1) - 1, pageBytes);
      return { ref: document.ref, header: document.header, checkpoint, page };
    });
  }

  create(docId: Bytes, header: Bytes, expiry: number): Promise<'created' | 'exists' | 'disk_full'> {
    return this.#run(() => {
      const key = toHex(docId);
      if (this.#disk.documents.has(key)) return 'exists';
      if (this.#disk.full) return 'disk_full';
      const ref = { docId: docId.slice(), num: this.#disk.documents.size + 1 };
      this.#disk.documents.set(key, {
        ref,
        state: 'alive',
        header: header.slice(),
        expiry,
        records: [],
        checkpoints: [],
      });
      return 'created';
    });
  }

  append(entry: AppendEntry): void {
    const body = entry.body.slice();
    const write = { entry, failed: false };
    this.#waiting.add(write);
    void this.#run(() => {
      this.#waiting.delete(write);
      const document = this.#document(entry.ref);
      if (this.#disk.full || write.failed || !document) {
        this.#failBehind(entry.ref);
        return entry.settle(document ? 'disk_full' : 'unavailable');
      }
      const position = this.#disk.nextPosition++;
      document.records.push({ position, body });
      entry.settle(position);
    });
  }

  read(ref: DocRef, after: number, maxBytes: number, maxRecords?: number): Promise<RecordPage> {
    return this.#run(() => {
      const document = this.#document(ref);
      return document ? pageAfter(document, after, maxBytes, maxRecords) : { records: [], last: true };
    });
  }

  readCheckpoint(ref: DocRef): Promise<StoredCheckpoint | undefined> {
    return this.#run(() => this.#document(ref)?.checkpoints.at(-1)?.checkpoint);
  }

  putHeader(ref: DocRef, current: Bytes, next: Bytes, expiry: number): Promise<'stored' | 'conflict' | 'disk_full'> {
    return this.#run(() => {
      const document = this.#document(ref);
      if (!document || toHex(document.header) !== toHex(current)) return 'conflict';
      if (this.#disk.full) return 'disk_full';
      Object.assign(document, { header: next.slice(), expiry });
      return 'stored';
    });
  }

  putCheckpoint(
    ref: DocRef,
    checkpoint: StoredCheckpoint,
    purgeAt: number,
  ): Promise<'stored' | 'conflict' | 'disk_full'> {
    return this.#run(() => {
      const document = this.#document(ref);
      const current = document?.checkpoints.at(-1)?.checkpoint.seq ?? 0;
      if (!document || checkpoint.seq !== current + 1) return 'conflict';
      if (this.#disk.full) return 'disk_full';
      const kept = { ...checkpoint, body: checkpoint.body.slice() };
      document.checkpoints = [...document.checkpoints.slice(-1), { checkpoint: kept, purgeAt }];
      return 'stored';
    });
  }

  eraseHistory(ref: DocRef, positions: number[]): Promise<'erased'> {
    return this.#run(() => {
      const document = this.#document(ref);
      if (document) {
        document.checkpoints = document.checkpoints.slice(-1);
        const tailFrom = document.checkpoints[0]?.checkpoint.tailFrom ?? 1;
        document.records = document.records.filter(
          ({ position }) => position >= tailFrom && !positions.includes(position),
        );
      }
      return 'erased';
    });
  }

  removeRecords(ref: DocRef, positions: number[]): Promise<'removed'> {
    return this.#run(() => {
      const document = this.#document(ref);
      if (document) document.records = document.records.filter(({ position }) => !positions.includes(position));
      return 'removed';
    });
  }

  end(ref: DocRef, ending: Ending): Promise<'ended'> {
    return this.#run(() => {
      const document = this.#disk.documents.get(toHex(ref.docId));
      if (document && document.state !== 'deleted') bury(document, ending);
      return 'ended';
    });
  }

  sweep(nowSeconds: number, limit: number): Promise<{ expired: number; more: boolean }> {
    return this.#run(() => {
      const due = [...this.#disk.documents.values()].filter(
        ({ state, expiry }) => state === 'alive' && expiry > 0 && expiry <= nowSeconds,
      );
      for (const document of due.slice(0, limit)) bury(document, 'expired');
      for (const document of this.#disk.documents.values()) purge(document, nowSeconds);
      return { expired: Math.min(due.length, limit), more: due.length > limit };
    });
  }

  status(): Promise<StoreStatus> {
    return this.#run(() => ({ writable: !this.#disk.full, bytes: 0, freeBytes: this.#disk.full ? 0 : 2 ** 40 }));
  }

  async close(): Promise<void> {
    await this.#run(() => undefined);
  }

  /** What waits behind a failed append of its document fails too, or the log would have a gap. */
  #failBehind(ref: DocRef): void {
    for (const write of this.#waiting) if (equal(write.entry.ref.docId, ref.docId)) write.failed = true;
  }

  #document(ref: DocRef): DiskDocument | undefined {
    const document = this.#disk.documents.get(toHex(ref.docId));
    return document?.state === 'alive' ? document : undefined;
  }

  #run<T>(operation: () => T): Promise<T> {
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

function pageAfter(
  document: DiskDocument,
  after: number,
  maxBytes: number,
  maxRecords = Number.POSITIVE_INFINITY,
): RecordPage {
  const following = document.records.filter(({ position }) => position > after);
  let bytes = 0;
  let count = 0;
  for (const { body } of following) {
    bytes += body.length;
    if (count > 0 && (bytes > maxBytes || count >= maxRecords)) break;
    count++;
  }
  return { records: following.slice(0, count), last: count === following.length };
}

function bury(document: DiskDocument, ending: Ending): void {
  Object.assign(document, { state: ending, header: new Uint8Array(0), records: [], checkpoints: [] });
}

function purge(document: DiskDocument, nowSeconds: number): void {
  for (const kept of document.checkpoints) {
    if (kept.purgeAt === 0 || kept.purgeAt > nowSeconds) continue;
    document.records = document.records.filter(({ position }) => position >= kept.checkpoint.tailFrom);
    kept.purgeAt = 0;
  }
}
