/** Moving documents out of the embedded store and into it, inside the worker thread. */
import type { Database } from 'better-sqlite3';
import type { DocumentState, ImportPiece, MovedCheckpoint, Standing, StoreStanding } from './moving.ts';
import { purgesInOrder } from './moving.ts';
import { ALIVE, DELETED, EXPIRED, IMPORTING } from './schema.ts';

const CLEAR_BATCH = 2000;
const TABLES = ['record', 'checkpoint', 'purge', 'document'];
const KEYS: Readonly<Record<string, string>> = { record: 'seq', checkpoint: 'rowid', purge: 'doc', document: 'num' };

/** What the owner of the file lends. */
export interface FileParts {
  db: Database;
  transaction<T>(work: () => T): T;
  /** The position of the next record. */
  seqs: { next: number };
  keepNextSeq(): void;
}
/** The bodies laid end to end. */
export interface PackedPiece extends Omit<ImportPiece, 'records'> {
  lengths: Uint32Array;
  data: Uint8Array;
}
export interface PackedDescription {
  num: number;
  state: DocumentState;
  after: number | undefined;
}
interface DocumentRow {
  num: number;
  header: Uint8Array | null;
  expiry: number;
  state: number;
}
type CheckpointRow = Omit<MovedCheckpoint, 'before'> & { tailFrom: number };

const STATES = [
  [ALIVE, 'alive'],
  [DELETED, 'deleted'],
  [EXPIRED, 'expired'],
] as const;

function prepare(db: Database) {
  return {
    list: db.prepare(
      `select doc_id from document
       where substr(doc_id, 1, 8) >= substr(?, 1, 8) and doc_id > ? and state <> ${IMPORTING}
       order by substr(doc_id, 1, 8), doc_id limit ?`,
    ),
    count: db.prepare('select count(*) from document'),
    find: db.prepare(
      'select num, header, expiry, state from document where substr(doc_id, 1, 8) = substr(?, 1, 8) and doc_id = ?',
    ),
    countRecords: db.prepare('select count(*) from record where doc = ?'),
    countBefore: db.prepare('select count(*) from record where doc = ? and seq < ?'),
    nth: db.prepare('select seq from record where doc = ? order by seq limit 1 offset ?'),
    last: db.prepare('select coalesce(max(seq), 0) from record where doc = ?'),
    checkpoints: db.prepare(
      `select seq, tail_from as tailFrom, history_bytes as historyBytes, body from checkpoint where doc = ? order by seq`,
    ),
    purges: db.prepare('select before_seq as beforeSeq, due from purge where doc = ?'),

    insertDocument: db.prepare(`insert into document (doc_id, expiry, state) values (?, 0, ${IMPORTING})`),
    hide: db.prepare(`update document set state = ${IMPORTING} where num = ?`),
    finish: db.prepare('update document set header = ?, expiry = ?, state = ? where num = ?'),
    insertRecord: db.prepare('insert into record (seq, doc, body) values (?, ?, ?)'),
    insertCheckpoint: db.prepare(
      'insert into checkpoint (doc, seq, tail_from, history_bytes, body) values (?, ?, ?, ?, ?)',
    ),
    insertPurge: db.prepare(
      `insert into purge (doc, before_seq, due) values (?, ?, ?)
       on conflict (doc, before_seq) do update set due = min(due, excluded.due)`,
    ),
    deleteRecords: db.prepare('delete from record where doc = ?'),
    deleteCheckpoints: db.prepare('delete from checkpoint where doc = ?'),
    deletePurges: db.prepare('delete from purge where doc = ?'),
    deleteDocument: db.prepare('delete from document where num = ?'),

    standing: db.prepare("select value from meta where name = 'standing'"),
    setStanding: db.prepare("update meta set value = ? where name = 'standing'"),
  };
}

export class SqliteMoving {
  readonly #file: FileParts;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(file: FileParts) {
    this.#file = file;
    this.#sql = prepare(file.db);
    if (this.standing().kind === 'filling') this.#relax();
  }

  list(after: Uint8Array, limit: number): Uint8Array[] {
    return this.#sql.list.pluck().all(after, after, limit) as Uint8Array[];
  }

  count(): number {
    return this.#sql.count.pluck().get() as number;
  }

  describe(docId: Uint8Array, skip: number): PackedDescription | 'not_found' {
    const row = this.#find(docId);
    const state = STATES.find(([number]) => number === row?.state)?.[1];
    if (row === undefined || state === undefined) return 'not_found';
    const { num, header, expiry } = row;
    if (state !== 'alive' || header === null) {
      return {
        num,
        after: skip === 0 ? 0 : undefined,
        state: tombstone(state === 'alive' ? 'expired' : state, expiry),
      };
    }
    const before = (seq: number): number => this.#sql.countBefore.pluck().get(num, seq) as number;
    const checkpoints = (this.#sql.checkpoints.all(num) as CheckpointRow[]).map(({ tailFrom, ...checkpoint }) => {
      return { ...checkpoint, before: before(tailFrom) };
    });
    const purges = (this.#sql.purges.all(num) as { beforeSeq: number; due: number }[]).map(({ beforeSeq, due }) => {
      return { before: before(beforeSeq), due };
    });
    const records = this.#sql.countRecords.pluck().get(num) as number;
    const after = skip === 0 ? 0 : (this.#sql.nth.pluck().get(num, skip - 1) as number | undefined);
    return { num, after, state: { state, header, expiry, records, checkpoints, purges: purgesInOrder(purges) } };
  }

  /** False when there is nothing to add to. */
  import(piece: PackedPiece): boolean {
    const { seqs } = this.#file;
    const first = seqs.next;
    const isTaken = this.#file.transaction(() => {
      const num = this.#begin(piece);
      if (num === undefined) return false;
      let offset = 0;
      for (let i = 0; i < piece.lengths.length; i++) {
        const end = offset + (piece.lengths[i] as number);
        this.#sql.insertRecord.run(first + i, num, piece.data.subarray(offset, end));
        offset = end;
      }
      if (piece.state !== undefined) this.#finish(num, piece.state);
      return true;
    });
    if (isTaken) seqs.next = first + piece.lengths.length;
    return isTaken;
  }

  /** The document's row, without anything that is to come. */
  #begin({ docId, begins }: PackedPiece): number | undefined {
    const row = this.#find(docId);
    if (begins === 'on') return row?.state === IMPORTING ? row.num : undefined;
    if (row !== undefined) {
      this.#sql.deleteCheckpoints.run(row.num);
      this.#sql.deletePurges.run(row.num);
    }
    if (begins === 'extend') {
      if (row !== undefined) this.#sql.hide.run(row.num);
      return row?.num;
    }
    if (row !== undefined) {
      this.#sql.deleteRecords.run(row.num);
      this.#sql.deleteDocument.run(row.num);
      this.#file.keepNextSeq();
    }
    return Number(this.#sql.insertDocument.run(docId).lastInsertRowid);
  }

  #finish(num: number, { state, header, expiry, checkpoints, purges }: DocumentState): void {
    const position = (before: number): number =>
      (this.#sql.nth.pluck().get(num, before) as number | undefined) ?? (this.#sql.last.pluck().get(num) as number) + 1;
    for (const { seq, before, historyBytes, body } of checkpoints) {
      this.#sql.insertCheckpoint.run(num, seq, position(before), historyBytes, body);
    }
    for (const { before, due } of purges) this.#sql.insertPurge.run(num, position(before), due);
    const number = STATES.find(([, name]) => name === state)?.[0];
    this.#sql.finish.run(state === 'alive' ? header : null, expiry, number, num);
  }

  /** In batches, so that the log stays small; what is removed is overwritten, as ever. */
  clear(): void {
    for (const table of TABLES) {
      const key = KEYS[table];
      const some = this.#file.db.prepare(
        `delete from ${table} where ${key} in (select ${key} from ${table} order by ${key} limit ${CLEAR_BATCH})`,
      );
      while (this.#file.transaction(() => this.#clearSome(some)) > 0);
    }
  }

  #clearSome(some: { run(): { changes: number } }): number {
    this.#file.keepNextSeq();
    return some.run().changes;
  }

  standing(): StoreStanding {
    return JSON.parse(this.#sql.standing.pluck().get() as string) as StoreStanding;
  }

  setStanding({ kind, move, place, at }: Standing, changes: number): 'set' | 'conflict' {
    const before = this.standing();
    if (before.changes !== changes) return 'conflict';
    const next: StoreStanding = { store: before.store, kind, move, place, at, changes: changes + 1 };
    this.#file.db.pragma('synchronous = FULL');
    this.#file.transaction(() => this.#sql.setStanding.run(JSON.stringify(next)));
    if (kind === 'filling') this.#relax();
    return 'set';
  }

  /** While it is filled a commit need not wait for the disk: the one that ends the filling does, and takes all before it along. */
  #relax(): void {
    this.#file.db.pragma('synchronous = NORMAL');
  }

  #find(docId: Uint8Array): DocumentRow | undefined {
    return this.#sql.find.get(docId, docId) as DocumentRow | undefined;
  }
}

function tombstone(state: 'deleted' | 'expired', expiry: number): DocumentState {
  return { state, header: new Uint8Array(0), expiry, records: 0, checkpoints: [], purges: [] };
}
