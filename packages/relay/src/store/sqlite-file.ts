/** The database file of the embedded store, inside the worker thread: statements and transactions. */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { makeFolder } from './data-folder.ts';
import { ALIVE, DATABASE_FILE, DELETED, EXPIRED, IMPORTING, migrate } from './schema.ts';
import { SqliteMoving } from './sqlite-moving.ts';
import type { Statements } from './sqlite-statements.ts';
import { prepare } from './sqlite-statements.ts';
import type { DueHistory, Ending, Gone } from './store.ts';

const PAGE_BYTES = 4096;
const CACHE_KIB = 4096;
const LOCK_WAIT_MS = 1500;
/** Records removed per transaction, so that a commit never waits long behind a removal. */
const PURGE_BATCH = 500;
const VACUUM_PAGES = 256;
const DAY_SECONDS = 86_400;
const EVERYTHING = Number.MAX_SAFE_INTEGER;

export interface FileOptions {
  folder: string;
  maxBytes: number;
  tombstoneDays: number;
}
/** Records laid end to end, so that one buffer crosses between the threads. */
export interface PackedPage {
  positions: Float64Array;
  lengths: Uint32Array;
  data: Uint8Array;
  last: boolean;
}
export interface CheckpointRow {
  seq: number;
  body: Uint8Array;
  tailFrom: number;
  historyBytes: number;
}
export interface PackedDocument {
  num: number;
  header: Uint8Array;
  checkpoint: CheckpointRow | undefined;
  page: PackedPage;
}
export interface HeadRow {
  isAlive: boolean;
  /** Of the last record, 0 for none. */
  position: number;
}
interface DocumentRow {
  num: number;
  header: Uint8Array | null;
  state: number;
}

export class SqliteFile {
  readonly #options: FileOptions;
  readonly #db: Sqlite.Database;
  readonly #sql: Statements;
  /** The position of the next record. */
  readonly #seqs: { next: number };
  readonly moving: SqliteMoving;

  /** Throws the errors of SQLite and of the file system; the folder is made when missing. */
  constructor(options: FileOptions) {
    this.#options = options;
    makeFolder(options.folder);
    this.#db = new Sqlite(join(options.folder, DATABASE_FILE), { timeout: LOCK_WAIT_MS });
    try {
      this.#configure();
      migrate(this.#db);
      this.#sql = prepare(this.#db);
    } catch (error) {
      this.#db.close();
      throw error;
    }
    const highest = this.#sql.highestSeq.pluck().get() as number | null;
    this.#seqs = { next: Math.max((highest ?? 0) + 1, this.#sql.getMeta.pluck().get('next_seq') as number) };
    this.moving = new SqliteMoving({
      db: this.#db,
      transaction: (work) => this.#transaction(work),
      seqs: this.#seqs,
      keepNextSeq: () => this.#keepNextSeq(),
    });
  }

  /** The exclusive lock lasts as long as the process, however that ends: two processes never share a folder. */
  #configure(): void {
    this.#db.pragma('locking_mode = EXCLUSIVE');
    this.#db.pragma('auto_vacuum = INCREMENTAL');
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.pragma('secure_delete = ON');
    this.#db.pragma(`cache_size = -${CACHE_KIB}`);
    this.#db.pragma('journal_size_limit = 0');
    if (this.#options.maxBytes > 0) {
      this.#db.pragma(`max_page_count = ${Math.ceil(this.#options.maxBytes / PAGE_BYTES)}`);
    }
    // A lock is only taken by the first write.
    this.#db.exec('begin immediate; commit');
  }

  /** Inserts a batch in one transaction; `meta` holds document and length of each body in `data`. Returns the first position. */
  commit(meta: Float64Array, data: Uint8Array): number {
    const first = this.#seqs.next;
    this.#transaction(() => {
      let offset = 0;
      let seq = first;
      for (let i = 0; i < meta.length; i += 2) {
        const end = offset + (meta[i + 1] as number);
        this.#sql.insertRecord.run(seq++, meta[i] as number, data.subarray(offset, end));
        offset = end;
      }
    });
    this.#seqs.next = first + meta.length / 2;
    return first;
  }

  load(docId: Uint8Array, pageBytes: number): PackedDocument | Gone {
    const row = this.#sql.findDocument.get(docId, docId) as DocumentRow | undefined;
    if (row === undefined || row.state === IMPORTING) return 'not_found';
    if (row.state === DELETED) return 'deleted';
    if (row.state === EXPIRED || row.header === null) return 'expired';
    const checkpoint = this.readCheckpoint(row.num);
    const page = this.read(row.num, (checkpoint?.tailFrom ?? 1) - 1, pageBytes, EVERYTHING);
    return { num: row.num, header: row.header, checkpoint, page };
  }

  /** In the order of the ids. */
  heads(docIds: Uint8Array[]): HeadRow[] {
    return docIds.map((docId) => {
      const row = this.#sql.findDocument.get(docId, docId) as DocumentRow | undefined;
      if (row === undefined) return { isAlive: false, position: 0 };
      const position = this.#sql.lastRecord.pluck().get(row.num) as number | null;
      return { isAlive: row.state === ALIVE, position: position ?? 0 };
    });
  }

  read(num: number, after: number, maxBytes: number, maxRecords: number): PackedPage {
    const bodies: Uint8Array[] = [];
    const positions: number[] = [];
    let bytes = 0;
    let last = true;
    for (const row of this.#sql.readRecords.iterate(num, after)) {
      const { seq, body } = row as { seq: number; body: Uint8Array };
      if (bodies.length > 0 && (bytes + body.length > maxBytes || bodies.length >= maxRecords)) {
        last = false;
        break;
      }
      positions.push(seq);
      bodies.push(body);
      bytes += body.length;
    }
    const data = new Uint8Array(bytes);
    let offset = 0;
    for (const body of bodies) {
      data.set(body, offset);
      offset += body.length;
    }
    return {
      positions: Float64Array.from(positions),
      lengths: Uint32Array.from(bodies, (body) => body.length),
      data,
      last,
    };
  }

  readCheckpoint(num: number): CheckpointRow | undefined {
    return this.#sql.lastCheckpoint.get(num) as CheckpointRow | undefined;
  }

  create(docId: Uint8Array, header: Uint8Array, expiry: number): 'created' | 'exists' {
    if (this.#sql.findDocument.get(docId, docId) !== undefined) return 'exists';
    this.#transaction(() => this.#sql.insertDocument.run(docId, header, expiry, ALIVE));
    return 'created';
  }

  putHeader(num: number, current: Uint8Array, next: Uint8Array, expiry: number): 'done' | 'conflict' {
    return this.#transaction(() => this.#sql.updateHeader.run(next, expiry, num, current).changes) === 1
      ? 'done'
      : 'conflict';
  }

  putCheckpoint(num: number, checkpoint: CheckpointRow, purgeAt: number, maySkip: boolean): 'done' | 'conflict' {
    const { seq, tailFrom, historyBytes, body } = checkpoint;
    const current = this.readCheckpoint(num)?.seq ?? 0;
    if (maySkip ? seq <= current : seq !== current + 1) return 'conflict';
    this.#transaction(() => {
      this.#sql.insertCheckpoint.run(num, seq, tailFrom, historyBytes, body);
      this.#sql.deleteCheckpoints.run(num, current);
      if (purgeAt > 0) this.#sql.insertPurge.run(num, tailFrom, purgeAt);
    });
    return 'done';
  }

  /** What it does not remove at once it leaves to `purge`. */
  eraseHistory(num: number, positions: number[]): void {
    this.#transaction(() => {
      for (const seq of positions) this.#sql.deleteRecord.run(seq, num);
      const checkpoint = this.readCheckpoint(num);
      if (checkpoint !== undefined) {
        this.#sql.deleteCheckpoints.run(num, checkpoint.seq);
        this.#sql.insertPurge.run(num, checkpoint.tailFrom, 0);
      }
      this.#keepNextSeq();
    });
  }

  removeRecords(num: number, positions: number[]): void {
    this.#transaction(() => {
      for (const seq of positions) this.#sql.deleteRecord.run(seq, num);
      this.#keepNextSeq();
    });
  }

  /** Header and checkpoints go with this transaction, records by `purge`. `expiry` then means: forget the tombstone. */
  end(num: number, ending: Ending, nowSeconds: number): void {
    const forgetAt = ending === 'expired' ? nowSeconds + this.#options.tombstoneDays * DAY_SECONDS : 0;
    this.#transaction(() => {
      this.#sql.endDocument.run(ending === 'expired' ? EXPIRED : DELETED, forgetAt, num);
      this.#sql.deleteCheckpoints.run(num, EVERYTHING);
      this.#sql.deletePurges.run(num);
      this.#sql.insertPurge.run(num, EVERYTHING, 0);
    });
  }

  expired(nowSeconds: number, limit: number): number[] {
    return this.#sql.expiredDocuments.pluck().all(nowSeconds, limit) as number[];
  }

  forgetTombstones(nowSeconds: number, limit: number): number {
    return this.#transaction(() => this.#sql.forgetTombstones.run(nowSeconds, limit).changes);
  }

  dueHistory(nowSeconds: number, skip: number, limit: number): DueHistory[] {
    const rows = this.#sql.dueHistory.all(nowSeconds, limit, skip) as { docId: Buffer; before: number }[];
    return rows.map(({ docId, before }) => ({ docId: new Uint8Array(docId), before }));
  }

  deferHistory({ docId, before }: DueHistory, untilSeconds: number): 'done' {
    this.#transaction(() => this.#sql.deferPurge.run(untilSeconds, docId, before));
    return 'done';
  }

  /** Removes one batch of what is due; returns the document when its purge is done, `more` while there is any, else undefined. */
  purge(nowSeconds: number): number | 'more' | undefined {
    const due = this.#sql.nextPurge.get(nowSeconds) as { doc: number; beforeSeq: number } | undefined;
    if (due === undefined) return undefined;
    return this.#transaction(() => {
      const rows = this.#sql.purgeRecords.all(due.doc, due.beforeSeq, PURGE_BATCH) as { seq: number; bytes: number }[];
      let bytes = 0;
      for (const row of rows) {
        this.#sql.deleteRecord.run(row.seq, due.doc);
        bytes += row.bytes;
      }
      this.#sql.lessHistory.run(bytes, due.doc);
      this.#keepNextSeq();
      if (rows.length === PURGE_BATCH) return 'more';
      this.#sql.deletePurge.run(due.doc, due.beforeSeq);
      return due.doc;
    });
  }

  /** Gives freed pages back to the file system, a few at a time; true when there are more. */
  vacuum(): boolean {
    this.#db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    return (this.#db.pragma('freelist_count', { simple: true }) as number) > 0;
  }

  /** A write that reaches the disk: proof that the store works. */
  probe(nowSeconds: number): 'written' {
    this.#transaction(() => this.#sql.setMeta.run(nowSeconds, 'written'));
    return 'written';
  }

  /** The log is merged into the file, so that an idle store is as small as it can be. */
  settle(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  sizes(): { bytes: number; freeBytes: number } {
    const pages = this.#db.pragma('page_count', { simple: true }) as number;
    const disk = statfsSync(this.#options.folder);
    return { bytes: pages * PAGE_BYTES, freeBytes: disk.bavail * disk.bsize };
  }

  close(): void {
    this.#db.close();
  }

  /** Positions are never given twice, though SQLite would reuse the number of a removed last row. */
  #keepNextSeq(): void {
    this.#sql.setMeta.run(this.#seqs.next, 'next_seq');
  }

  #transaction<T>(work: () => T): T {
    this.#sql.begin.run();
    try {
      const result = work();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      // SQLite ends the transaction by itself when the disk is full.
      if (this.#db.inTransaction) this.#sql.rollback.run();
      throw error;
    }
  }
}
