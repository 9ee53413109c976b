/** What other hosts have of the blobs of this one, in the file of the blobs: so that both change at once. */
import type { Bytes } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import type { BlobCopies, BlobCopy, CountParts, HeldTicket } from './blob-copies.ts';
import { written } from './side-file.ts';

export const COPY_STEP = `
  alter table blob add column counts integer not null default 1;
  alter table blob add column seq integer not null default 1;
  create table copy (
    host text not null, blob_id blob not null, has integer not null, seq integer not null, counting text not null,
    brought integer not null, since integer not null, primary key (host, blob_id)
  ) without rowid;
  create index copy_blob on copy (blob_id);
  create index copy_brought on copy (host, since) where brought = 1;
  create index copy_giving on copy (host) where counting = 'giving';`;

export const SHARE_STEP = `
  alter table blob add column share integer not null default 0;
  alter table blob add column lent integer not null default 0;
  alter table blob add column lost integer not null default 0;
  alter table copy add column lent integer not null default 0;
  alter table copy add column counter integer not null default 0;`;

type Row = Omit<BlobCopy, 'blobId' | 'isCounter'> & { blobId: Buffer; counter: 0 | 1 };
type Id = { blobId: Buffer };

const copyOf = ({ blobId, counter, ...row }: Row): BlobCopy => {
  return { ...row, blobId: new Uint8Array(blobId), isCounter: counter === 1 };
};
const idsOf = (rows: unknown[]): Bytes[] => (rows as Id[]).map(({ blobId }) => new Uint8Array(blobId));
const FIRST = new Uint8Array(0);

export class SqliteBlobCopies implements BlobCopies {
  readonly #db: Sqlite.Database;
  readonly #sql: ReturnType<typeof prepareCopies>;

  constructor(db: Sqlite.Database, sql: ReturnType<typeof prepareCopies>) {
    this.#db = db;
    this.#sql = sql;
  }

  add(blobId: Bytes, host: string, isBrought: boolean, nowSeconds: number): void {
    written(() => this.#sql.add.run(host, blobId, isBrought ? 1 : 0, nowSeconds));
  }

  put(blobId: Bytes, host: string, has: number, seq: number): void {
    written(() => this.#sql.put.run(has, seq, host, blobId));
  }

  drop(blobId: Bytes, host: string): void {
    written(() => this.#sql.drop.run(host, blobId));
  }

  find(blobId: Bytes, host: string): BlobCopy | undefined {
    const row = this.#sql.find.get(host, blobId) as Row | undefined;
    return row && copyOf(row);
  }

  of(blobId: Bytes): BlobCopy[] {
    return (this.#sql.of.all(blobId) as Row[]).map(copyOf);
  }

  behind(host: string, after: Bytes | undefined, limit: number): Bytes[] {
    return idsOf(this.#sql.behind.all(host, after ?? FIRST, limit));
  }

  with(host: string, after: Bytes | undefined, limit: number): Bytes[] {
    return idsOf(this.#sql.with.all(host, after ?? FIRST, limit));
  }

  alone(after: Bytes | undefined, limit: number): Bytes[] {
    return idsOf(this.#sql.alone.all(after ?? FIRST, limit));
  }

  broughtSince(host: string, seconds: number): number {
    return (this.#sql.brought.get(host, seconds) as { n: number }).n;
  }

  giveCount(blobId: Bytes, host: string): boolean {
    const give = this.#db.transaction(() => {
      if (this.#sql.countLess.run(blobId).changes === 0) return false;
      this.#sql.setCounter.run(host, blobId);
      this.#sql.counting.run('giving', host, blobId);
      return true;
    });
    return written(() => give.immediate());
  }

  countGiven(blobId: Bytes, host: string): void {
    written(() => this.#sql.given.run(host, blobId));
  }

  receiveCount(blobId: Bytes, host: string, taken: number): void {
    const receive = this.#db.transaction(() => {
      if (this.#sql.received.run(host, blobId).changes > 0) this.#sql.countHere.run(taken, blobId);
    });
    written(() => receive.immediate());
  }

  lend(blobId: Bytes, host: string, have: number): number | undefined {
    const lend = this.#db.transaction(() => {
      const row = this.#sql.free.get(blobId) as { free: number } | undefined;
      const copy = this.find(blobId, host);
      if (row === undefined || copy === undefined) return undefined;
      const more = Math.max(0, Math.floor((Math.max(0, row.free) + have) / 2) - have);
      if (more > 0) {
        this.#sql.lend.run(more, blobId);
        this.#sql.lentTo.run(copy.lent + more, host, blobId);
      }
      return copy.lent + more;
    });
    return written(() => lend.immediate());
  }

  borrow(blobId: Bytes, host: string, lent: number): void {
    const borrow = this.#db.transaction(() => {
      const copy = this.find(blobId, host);
      if (copy === undefined) return;
      if (!copy.isCounter) this.#sql.setCounter.run(host, blobId);
      if (lent <= copy.lent || this.#sql.borrow.run(lent - copy.lent, blobId).changes === 0) return;
      this.#sql.lentTo.run(lent, host, blobId);
    });
    written(() => borrow.immediate());
  }

  partsOf(blobId: Bytes): CountParts {
    return (this.#sql.parts.get(blobId) as CountParts | undefined) ?? { share: 0, lent: 0, lost: 0 };
  }

  lendable(host: string, after: Bytes | undefined, limit: number): Bytes[] {
    return idsOf(this.#sql.lendable.all(host, after ?? FIRST, limit));
  }

  giving(host: string): Bytes[] {
    return idsOf(this.#sql.giving.all(host));
  }

  spent(host: string): Bytes[] {
    return idsOf(this.#sql.spent.all(host));
  }

  tickets(host: string, nowSeconds: number, limit: number): HeldTicket[] {
    const rows = this.#sql.tickets.all(host, nowSeconds, limit) as (Id & { ticket: Buffer; until: number })[];
    return rows.map(({ blobId, ticket, until }) => {
      return { blobId: new Uint8Array(blobId), ticket: new Uint8Array(ticket), until };
    });
  }
}

export function prepareCopies(db: Sqlite.Database) {
  const columns = 'blob_id as blobId, host, has, seq, counting, lent, counter';
  const alive = `b.state in ('uploading', 'complete')`;
  return {
    add: db.prepare(`insert into copy values (?, ?, 0, 0, 'none', ?, ?, 0, 0) on conflict do nothing`),
    put: db.prepare('update copy set has = ?, seq = ? where host = ? and blob_id = ?'),
    drop: db.prepare('delete from copy where host = ? and blob_id = ?'),
    dropAll: db.prepare('delete from copy where blob_id = ?'),
    find: db.prepare(`select ${columns} from copy where host = ? and blob_id = ?`),
    of: db.prepare(`select ${columns} from copy where blob_id = ? order by host`),
    behind: db.prepare(
      `select c.blob_id as blobId from copy c join blob b using (blob_id)
       where c.host = ? and c.blob_id > ? and ${alive} and c.has >= 0 and (c.has < b.length or c.seq <> b.seq)
       order by c.blob_id limit ?`,
    ),
    with: db.prepare(
      `select c.blob_id as blobId from copy c join blob b using (blob_id)
       where c.host = ? and c.blob_id > ? and ${alive} order by c.blob_id limit ?`,
    ),
    alone: db.prepare(
      `select blob_id as blobId from blob b where blob_id > ? and ${alive}
       and not exists (select 1 from copy c where c.blob_id = b.blob_id and c.has >= 0) order by blob_id limit ?`,
    ),
    brought: db.prepare('select count(*) as n from copy where host = ? and brought = 1 and since >= ?'),
    countLess: db.prepare('update blob set counts = 0 where blob_id = ? and counts = 1'),
    // What was lent to this host is told as taken.
    countHere: db.prepare(
      `update blob set counts = 1, taken = max(taken, ? - share), share = 0, lent = 0, lost = 0
       where blob_id = ? and counts = 0`,
    ),
    free: db.prepare(
      `select downloads - taken - lent - lost as free from blob
       where blob_id = ? and counts = 1 and downloads > 0 and state = 'complete'`,
    ),
    lend: db.prepare('update blob set lent = lent + ? where blob_id = ?'),
    borrow: db.prepare('update blob set share = share + ? where blob_id = ? and counts = 0'),
    lentTo: db.prepare('update copy set lent = ? where host = ? and blob_id = ?'),
    setCounter: db.prepare('update copy set counter = host = ? where blob_id = ?'),
    parts: db.prepare('select share, lent, lost from blob where blob_id = ?'),
    lendable: db.prepare(
      `select c.blob_id as blobId from copy c join blob b using (blob_id)
       where c.host = ? and c.blob_id > ? and b.state = 'complete' and b.counts = 1 and b.downloads > 0
       and c.has = b.length order by c.blob_id limit ?`,
    ),
    counting: db.prepare('update copy set counting = ? where host = ? and blob_id = ?'),
    given: db.prepare(`update copy set counting = 'given' where host = ? and blob_id = ? and counting = 'giving'`),
    received: db.prepare(
      `update copy set counting = 'received' where host = ? and blob_id = ? and counting <> 'received'`,
    ),
    giving: db.prepare(`select blob_id as blobId from copy where host = ? and counting = 'giving'`),
    spent: db.prepare(
      `select c.blob_id as blobId from copy c join blob b using (blob_id) where c.host = ? and b.state = 'spent'`,
    ),
    tickets: db.prepare(
      `select t.blob_id as blobId, t.ticket, t.until from ticket t join copy c using (blob_id)
       where c.host = ? and t.until > ? order by t.until desc limit ?`,
    ),
  };
}
