/** The ledger in a SQLite file of its own, beside the documents: small rows that are written seldom, so on the thread that asks. */
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import type { Ledger, PendingOrder, Share } from '../replication/ledger.ts';
import { openSideFile } from './side-file.ts';

export const LEDGER_FILE = 'replicas.sqlite';
/** Positions are those of one store: in another, every document is compared with the other hosts again. */
export const FORGET_POSITIONS = 'update share set pushed = 0';
const ADVICE =
  'put back a copy of it, or move it away: then this host knows again which documents others keep when people open them';
const STEPS = [
  `create table share (
     host text not null, doc_id blob not null, pushed integer not null, taken integer not null, since integer not null,
     primary key (host, doc_id)
   ) without rowid;
   create index share_doc on share (doc_id);
   create index share_taken on share (host, since) where taken = 1;
   create table pending_order (
     host text not null, doc_id blob not null, body blob not null, primary key (host, doc_id, body)
   ) without rowid;
   create table meta (name text primary key, value integer not null) without rowid;
   insert into meta values ('draining', 0);`,
];

type Row = { doc_id: Buffer; pushed: number };

/** A ledger that can go on in a copy of its file. */
export interface MovableLedger extends Ledger {
  /** Its file is in this folder from now on. Throws StoreOpenError, and stays where it is. */
  moveTo(folder: string): void;
}

/** Throws StoreOpenError with a sentence when the file cannot be used. */
export function openSqliteLedger(folder: string): MovableLedger {
  return new SqliteLedger(folder);
}

const opened = (folder: string) =>
  openSideFile({ path: join(folder, LEDGER_FILE), steps: STEPS, synchronous: 'full', advice: ADVICE }, prepare);

class SqliteLedger implements MovableLedger {
  #db: Sqlite.Database;
  #sql: ReturnType<typeof prepare>;
  /** What was pushed since, by host and document: written together. */
  readonly #waiting = new Map<string, { docId: Bytes; host: string; position: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    const { db, sql } = opened(folder);
    this.#db = db;
    this.#sql = sql;
  }

  moveTo(folder: string): void {
    const { db, sql } = opened(folder);
    // Positions of the store before.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
    this.#db.close();
    this.#db = db;
    this.#sql = sql;
  }

  add(docId: Bytes, hosts: readonly string[], taken: boolean, nowSeconds: number): void {
    this.#together(() => {
      for (const host of hosts) this.#sql.add.run(host, docId, taken ? 1 : 0, nowSeconds);
    });
  }

  pushed(docId: Bytes, host: string, position: number): void {
    this.#waiting.set(nameOf(docId, host), { docId, host, position });
    this.#timer ??= setTimeout(() => this.#write(), WRITE_MS).unref();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#together(() => {
      for (const { docId, host, position } of this.#waiting.values()) this.#sql.pushed.run(position, host, docId);
    });
    this.#waiting.clear();
  }

  hostsOf(docId: Bytes): string[] {
    return (this.#sql.hosts.all(docId) as { host: string }[]).map(({ host }) => host);
  }

  pushedTo(docId: Bytes, host: string): number | undefined {
    const waiting = this.#waiting.get(nameOf(docId, host));
    if (waiting !== undefined) return waiting.position;
    return (this.#sql.one.get(host, docId) as { pushed: number } | undefined)?.pushed;
  }

  page(host: string, after: Bytes | undefined, limit: number): Share[] {
    this.#write();
    const rows = this.#sql.page.all(host, after ?? Buffer.alloc(0), limit) as Row[];
    return rows.map(({ doc_id, pushed }) => ({ docId: new Uint8Array(doc_id), pushed }));
  }

  takenSince(host: string, seconds: number): number {
    return (this.#sql.taken.get(host, seconds) as { n: number }).n;
  }

  forget(docId: Bytes): void {
    for (const [name, { docId: known }] of this.#waiting) if (equal(known, docId)) this.#waiting.delete(name);
    this.#sql.forget.run(docId);
  }

  addOrder(docId: Bytes, hosts: readonly string[], order: Bytes): void {
    this.#together(() => {
      for (const host of hosts) this.#sql.addOrder.run(host, docId, order);
    });
  }

  orders(host: string): PendingOrder[] {
    const rows = this.#sql.orders.all(host) as { doc_id: Buffer; body: Buffer }[];
    return rows.map(({ doc_id, body }) => ({ docId: new Uint8Array(doc_id), order: new Uint8Array(body) }));
  }

  dropOrder(docId: Bytes, host: string): void {
    this.#sql.dropOrder.run(host, docId);
  }

  get isDraining(): boolean {
    return (this.#sql.meta.get() as { value: number }).value === 1;
  }

  set isDraining(value: boolean) {
    this.#sql.setMeta.run(value ? 1 : 0);
  }

  close(): void {
    this.#write();
    this.#db.close();
  }

  #together(work: () => void): void {
    this.#db.transaction(work).immediate();
  }
}

const WRITE_MS = 1000;

function nameOf(docId: Bytes, host: string): string {
  return `${host} ${Buffer.from(docId).toString('hex')}`;
}

function prepare(db: Sqlite.Database) {
  return {
    add: db.prepare('insert into share values (?, ?, 0, ?, ?) on conflict do nothing'),
    pushed: db.prepare('update share set pushed = ? where host = ? and doc_id = ?'),
    hosts: db.prepare('select host from share where doc_id = ? order by host'),
    one: db.prepare('select pushed from share where host = ? and doc_id = ?'),
    page: db.prepare('select doc_id, pushed from share where host = ? and doc_id > ? order by doc_id limit ?'),
    taken: db.prepare('select count(*) as n from share where host = ? and taken = 1 and since >= ?'),
    forget: db.prepare('delete from share where doc_id = ?'),
    addOrder: db.prepare('insert into pending_order values (?, ?, ?) on conflict do nothing'),
    orders: db.prepare('select doc_id, body from pending_order where host = ?'),
    dropOrder: db.prepare('delete from pending_order where host = ? and doc_id = ?'),
    meta: db.prepare(`select value from meta where name = 'draining'`),
    setMeta: db.prepare(`update meta set value = ? where name = 'draining'`),
  };
}
