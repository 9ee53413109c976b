/** What a host knows of its blobs, in a SQLite file of its own: small rows that are written seldom, so on the thread that asks. */
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import type { BlobCopies } from './blob-copies.ts';
import { COPY_STEP, prepareCopies, SHARE_STEP, SqliteBlobCopies } from './blob-copies-sqlite.ts';
import type {
  BlobCreated,
  BlobEnding,
  BlobSpace,
  BlobState,
  BlobTotals,
  CountShift,
  DropBounds,
  LocalBlobStore,
  MovedBlob,
  NewBlob,
  StoredBlob,
} from './blobs.ts';
import { copySideFile, openSideFile, written } from './side-file.ts';

export const BLOBS_FILE = 'blobs.sqlite';
const ADVICE = 'put back a copy of it, or move it away: then this host keeps none of the files that it had';
const STEPS = [
  `create table blob (
     blob_id blob primary key, header blob not null, length integer not null, expiry integer not null,
     downloads integer not null, taken integer not null, state text not null, touched integer not null
   ) without rowid;
   create index blob_expiry on blob (expiry) where state in ('uploading', 'complete');
   create index blob_uploading on blob (touched) where state = 'uploading';
   create index blob_limited on blob (blob_id) where state = 'complete' and downloads > 0;
   create table ticket (
     blob_id blob not null, ticket blob not null, until integer not null, primary key (blob_id, ticket)
   ) without rowid;`,
  COPY_STEP,
  `alter table blob add column reached integer not null default 0;
   create table mark (id integer primary key check (id = 1), mark blob not null);`,
  `alter table blob add column inbox_id blob not null default x'';
   alter table blob add column sender blob not null default x'';
   create index blob_inbox on blob (inbox_id) where inbox_id <> x'';`,
  SHARE_STEP,
];

/** Throws StoreOpenError with a sentence when the file cannot be used. */
export function openBlobStore(folder: string): LocalBlobStore {
  return new SqliteBlobStore(folder);
}

function opened(folder: string) {
  const file = { path: join(folder, BLOBS_FILE), steps: STEPS, synchronous: 'full', advice: ADVICE } as const;
  const { db, sql } = openSideFile(file, prepare);
  db.pragma('secure_delete = on');
  return { db, sql };
}

type BytesIn = 'blobId' | 'header' | 'inboxId' | 'sender';
type Row = Omit<StoredBlob, BytesIn | 'counts'> & Record<BytesIn, Buffer> & { counts: 0 | 1 };

function blobOf(row: Row): StoredBlob {
  const counts = row.counts === 1;
  const [inboxId, sender] = [new Uint8Array(row.inboxId), new Uint8Array(row.sender)];
  return { ...row, blobId: new Uint8Array(row.blobId), header: new Uint8Array(row.header), counts, inboxId, sender };
}

class SqliteBlobStore implements LocalBlobStore {
  #folder: string;
  #db: Sqlite.Database;
  #sql: ReturnType<typeof prepare>;
  copies: BlobCopies;

  constructor(folder: string) {
    const { db, sql } = opened(folder);
    this.#folder = folder;
    this.#db = db;
    this.#sql = sql;
    this.copies = new SqliteBlobCopies(db, sql.copies);
  }

  moveTo(folder: string): void {
    if (folder === this.#folder) return;
    copySideFile(join(this.#folder, BLOBS_FILE), join(folder, BLOBS_FILE), '');
    const { db, sql } = opened(folder);
    this.#db.close();
    this.#folder = folder;
    this.#db = db;
    this.#sql = sql;
    this.copies = new SqliteBlobCopies(db, sql.copies);
  }

  find(blobId: Bytes): StoredBlob | undefined {
    const row = this.#sql.find.get(blobId) as Row | undefined;
    return row && blobOf(row);
  }

  create(blob: NewBlob, nowSeconds: number, { mostBytes, freeBytes }: BlobSpace, bounds?: DropBounds): BlobCreated {
    const { blobId, length, counts } = blob;
    const create = this.#db.transaction((): BlobCreated => {
      if (this.#sql.find.get(blobId) !== undefined) return 'known';
      const { bytes, missing } = this.#sql.totals.get() as BlobTotals;
      if (bytes + length > mostBytes || missing + length > freeBytes) return 'full';
      if (bounds !== undefined && this.#isOver(blob, bounds)) return 'over';
      this.#sql.create.run({ ...blob, counts: counts ? 1 : 0, nowSeconds });
      return 'created';
    });
    return written(() => create.immediate());
  }

  #isOver({ inboxId, length }: NewBlob, { mostBytes, mostDrops, mostUploads }: DropBounds): boolean {
    const { drops, uploads, bytes } = this.#sql.countDrops.get(inboxId) as {
      drops: number;
      uploads: number;
      bytes: number;
    };
    return bytes + length > mostBytes || drops >= mostDrops || uploads >= mostUploads;
  }

  hasDrop(inboxId: Bytes, sender: Bytes): boolean {
    return this.#sql.hasDrop.get(inboxId, sender) !== undefined;
  }

  dropsOf(inboxId: Bytes): StoredBlob[] {
    return (this.#sql.listDrops.all(inboxId) as Row[]).map(blobOf);
  }

  touch(blobId: Bytes, nowSeconds: number, reached: number): void {
    written(() => this.#sql.touch.run(nowSeconds, reached, blobId));
  }

  complete(blobId: Bytes): boolean {
    return written(() => this.#sql.complete.run(blobId)).changes === 1;
  }

  putHeader(current: Bytes, { blobId, header, expiry, downloads, seq }: NewBlob, shift?: CountShift): boolean {
    const put = this.#db.transaction(() => {
      if (this.#sql.putHeader.run(header, expiry, downloads, seq, blobId, current).changes === 0) return false;
      if (shift?.counts === true) this.#sql.countFromNow.run(shift.more, blobId);
      if (shift?.counts === false) this.#sql.countNoMore.run(blobId);
      return true;
    });
    return written(() => put.immediate());
  }

  take(blobId: Bytes, ticket: Bytes, until: number): boolean {
    return this.#takeBy(this.#sql.take, blobId, ticket, until);
  }

  takeShare(blobId: Bytes, ticket: Bytes, until: number): boolean {
    return this.#takeBy(this.#sql.takeShare, blobId, ticket, until);
  }

  #takeBy(statement: Sqlite.Statement, blobId: Bytes, ticket: Bytes, until: number): boolean {
    const take = this.#db.transaction(() => {
      if (this.#sql.knows.get(blobId, ticket) !== undefined) return true;
      if (statement.run(blobId).changes === 0) return false;
      this.#sql.addTicket.run(blobId, ticket, until);
      return true;
    });
    return written(() => take.immediate());
  }

  keepTicket(blobId: Bytes, ticket: Bytes, until: number): void {
    const keep = this.#db.transaction(() => {
      if (this.#sql.knows.get(blobId, ticket) !== undefined || this.#sql.takeElsewhere.run(blobId).changes === 0)
        return;
      this.#sql.addTicket.run(blobId, ticket, until);
    });
    written(() => keep.immediate());
  }

  holds(blobId: Bytes, ticket: Bytes, nowSeconds: number): boolean {
    return this.#sql.holds.get(blobId, ticket, nowSeconds) !== undefined;
  }

  end(blobId: Bytes, ending: BlobEnding, nowSeconds: number): boolean {
    const end = this.#db.transaction(() => {
      const { changes } = this.#sql.end.run(ending, nowSeconds, blobId);
      this.#sql.dropTickets.run(blobId);
      // Of one that was taken for the last time others are still to be told.
      if (ending !== 'spent') this.#sql.copies.dropAll.run(blobId);
      return changes === 1;
    });
    return written(() => end.immediate());
  }

  idleCopies(idleSince: number, limit: number): Bytes[] {
    const rows = this.#sql.idleCopies.all(idleSince, limit) as { blobId: Buffer }[];
    return rows.map(({ blobId }) => new Uint8Array(blobId));
  }

  abandon(blobId: Bytes): void {
    const abandon = this.#db.transaction(() => {
      if (this.#sql.abandon.run(blobId).changes > 0) this.#sql.copies.dropAll.run(blobId);
    });
    written(() => abandon.immediate());
  }

  page(after: Bytes | undefined, limit: number): StoredBlob[] {
    return (this.#sql.page.all(after ?? new Uint8Array(0), limit) as Row[]).map(blobOf);
  }

  due(nowSeconds: number, idleSince: number, limit: number): { blobId: Bytes; ending: BlobEnding }[] {
    const rows = this.#sql.due.all({ nowSeconds, idleSince, limit }) as { blobId: Buffer; ending: BlobEnding }[];
    return rows.map(({ blobId, ending }) => ({ blobId: new Uint8Array(blobId), ending }));
  }

  uploading(): StoredBlob[] {
    return (this.#sql.uploading.all() as Row[]).map(blobOf);
  }

  totals(): BlobTotals {
    return this.#sql.totals.get() as BlobTotals;
  }

  forget(endedBefore: number): void {
    written(() => this.#sql.forget.run(endedBefore));
  }

  alone(work: () => Promise<void>): Promise<void> {
    return work();
  }

  sharedKey(fresh: Bytes): Bytes {
    return fresh;
  }

  mark(fresh: Bytes | undefined): Bytes | undefined {
    if (fresh !== undefined) written(() => this.#sql.setMark.run(fresh));
    const mark = this.#sql.mark.pluck().get() as Buffer | undefined;
    return mark && new Uint8Array(mark);
  }

  putMark(mark: Bytes): void {
    written(() => this.#sql.putMark.run(mark));
  }

  list(after: Bytes | undefined, limit: number): MovedBlob[] {
    const rows = this.#sql.list.all(after ?? new Uint8Array(0), limit) as (Row &
      Pick<MovedBlob, 'touched' | 'reached'>)[];
    return rows.map((row) => {
      const tickets = this.#sql.ticketsOf.all(row.blobId) as { ticket: Buffer; until: number }[];
      const own = tickets.map(({ ticket, until }) => ({ ticket: new Uint8Array(ticket), until }));
      return { ...row, ...blobOf(row), tickets: own };
    });
  }

  import(blobs: readonly MovedBlob[]): void {
    const put = this.#db.transaction(() => {
      for (const { blobId, tickets, counts, ...blob } of blobs) {
        this.#erase(blobId);
        this.#sql.import.run({ ...blob, blobId, counts: counts ? 1 : 0 });
        for (const { ticket, until } of tickets) this.#sql.addTicket.run(blobId, ticket, until);
      }
    });
    written(() => put.immediate());
  }

  erase(blobIds: readonly Bytes[]): void {
    const erase = this.#db.transaction(() => {
      for (const blobId of blobIds) {
        this.#erase(blobId);
        this.#sql.copies.dropAll.run(blobId);
      }
    });
    written(() => erase.immediate());
  }

  #erase(blobId: Bytes): void {
    this.#sql.erase.run(blobId);
    this.#sql.dropTickets.run(blobId);
  }

  close(): void {
    this.#db.close();
  }
}

const ALIVE: readonly BlobState[] = ['uploading', 'complete'];
const IS_ALIVE = `state in (${ALIVE.map((state) => `'${state}'`).join(', ')})`;
const COLUMNS =
  'blob_id as blobId, header, length, expiry, downloads, taken, state, seq, counts, inbox_id as inboxId, sender';

function prepare(db: Sqlite.Database) {
  return {
    find: db.prepare(`select ${COLUMNS} from blob where blob_id = ?`),
    create: db.prepare(
      `insert into blob values
         (:blobId, :header, :length, :expiry, :downloads, 0, 'uploading', :nowSeconds, :counts, :seq, 0, :inboxId, :sender, 0, 0, 0)`,
    ),
    countDrops: db.prepare(
      `select count(*) as drops, coalesce(sum(state = 'uploading'), 0) as uploads, coalesce(sum(length), 0) as bytes
       from blob where inbox_id = ? and inbox_id <> x'' and ${IS_ALIVE}`,
    ),
    listDrops: db.prepare(
      `select ${COLUMNS} from blob where inbox_id = ? and inbox_id <> x'' and ${IS_ALIVE} order by blob_id`,
    ),
    hasDrop: db.prepare(
      `select 1 from blob where inbox_id = ? and inbox_id <> x'' and sender = ? and state = 'complete'`,
    ),
    touch: db.prepare(`update blob set touched = ?, reached = ? where blob_id = ? and state = 'uploading'`),
    complete: db.prepare(`update blob set state = 'complete' where blob_id = ? and state = 'uploading'`),
    putHeader: db.prepare(
      `update blob set header = ?, expiry = ?, downloads = ?, seq = ? where blob_id = ? and header = ? and ${IS_ALIVE}`,
    ),
    take: db.prepare(
      `update blob set taken = taken + 1
       where blob_id = ? and state = 'complete' and (downloads = 0 or (counts = 1 and taken + lent + lost < downloads))`,
    ),
    takeShare: db.prepare(
      `update blob set taken = taken + 1, share = share - 1
       where blob_id = ? and state = 'complete' and downloads > 0 and counts = 0 and share > 0`,
    ),
    // Of what is held for used already, and of what was lent, each is one less.
    takeElsewhere: db.prepare(
      `update blob set taken = taken + 1,
         lost = lost - (counts = 1 and downloads > 0 and lost > 0),
         lent = lent - (counts = 1 and downloads > 0 and lost = 0 and lent > 0)
       where blob_id = ? and ${IS_ALIVE}`,
    ),
    countFromNow: db.prepare(
      `update blob set counts = 1, share = 0, lost = max(0, downloads - taken - share - ?) where blob_id = ? and counts = 0`,
    ),
    countNoMore: db.prepare('update blob set counts = 0, share = 0, lent = 0, lost = 0 where blob_id = ?'),
    knows: db.prepare('select 1 from ticket where blob_id = ? and ticket = ?'),
    addTicket: db.prepare('insert into ticket values (?, ?, ?)'),
    holds: db.prepare('select 1 from ticket where blob_id = ? and ticket = ? and until > ?'),
    dropTickets: db.prepare('delete from ticket where blob_id = ?'),
    end: db.prepare(
      `update blob set state = ?, touched = ?, header = x'', inbox_id = x'', sender = x'' where blob_id = ? and ${IS_ALIVE}`,
    ),
    due: db.prepare(
      `select blob_id as blobId, 'expired' as ending from blob where ${IS_ALIVE} and expiry <= :nowSeconds
       union select blob_id, 'expired' from blob where state = 'uploading' and counts = 1 and touched < :idleSince
       union select blob_id, 'spent' from blob b
         where state = 'complete' and counts = 1 and downloads > 0 and taken + lost >= downloads and expiry > :nowSeconds
         and not exists (select 1 from ticket t where t.blob_id = b.blob_id and t.until > :nowSeconds)
       limit :limit`,
    ),
    idleCopies: db.prepare(
      `select blob_id as blobId from blob where state = 'uploading' and counts = 0 and touched < ? limit ?`,
    ),
    abandon: db.prepare(`delete from blob where blob_id = ? and state = 'uploading' and counts = 0`),
    page: db.prepare(`select ${COLUMNS} from blob where blob_id > ? and ${IS_ALIVE} order by blob_id limit ?`),
    uploading: db.prepare(`select ${COLUMNS} from blob where state = 'uploading'`),
    totals: db.prepare(
      `select count(*) as blobs, coalesce(sum(length), 0) as bytes,
         coalesce(sum(case state when 'uploading' then max(0, length - reached) else 0 end), 0) as missing
       from blob where ${IS_ALIVE}`,
    ),
    // What others may give counts as taken: another store knows nothing of them.
    list: db.prepare(
      `select ${COLUMNS.replace('taken', 'taken + lent + lost as taken')}, touched, reached
       from blob where blob_id > ? order by blob_id limit ?`,
    ),
    ticketsOf: db.prepare('select ticket, until from ticket where blob_id = ? order by ticket'),
    import: db.prepare(
      `insert into blob values
         (:blobId, :header, :length, :expiry, :downloads, :taken, :state, :touched, :counts, :seq, :reached, :inboxId, :sender, 0, 0, 0)`,
    ),
    erase: db.prepare('delete from blob where blob_id = ?'),
    copies: prepareCopies(db),
    mark: db.prepare('select mark from mark'),
    putMark: db.prepare('insert or replace into mark values (1, ?)'),
    setMark: db.prepare('insert into mark values (1, ?) on conflict do nothing'),
    forget: db.prepare(`delete from blob where not ${IS_ALIVE} and state <> 'deleted' and touched < ?`),
  };
}
