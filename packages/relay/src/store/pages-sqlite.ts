/** Published pages in a SQLite file of their own: what is public is apart from what is sealed. */
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import {
  type MovedPage,
  type NewPage,
  PAGE_ROW_BYTES,
  type PageStore,
  PageStoreError,
  type PageTotals,
  type StoredPage,
} from './pages.ts';
import { openSideFile, transact } from './side-file.ts';
import type { Ending } from './store.ts';

export const PAGES_FILE = 'pages.sqlite';
const ADVICE = 'put back a copy of it, or move it away: then this host has none of the pages that it had';
const STEPS = [
  `create table page (
     page_id blob primary key, seq integer not null, time integer not null, expiry integer not null, ended integer not null,
     state text not null, hash blob not null, body blob not null
   );
   create index page_expiry on page (expiry) where state = 'open' and expiry > 0;`,
];

/** Throws StoreOpenError with a sentence when the file cannot be used. */
export function openPageStore(folder: string): PageStore {
  return new SqlitePageStore(folder);
}

type PageRow = Omit<StoredPage, 'hash'> & { hash: Buffer };

class SqlitePageStore implements PageStore {
  readonly #db: Sqlite.Database;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(folder: string) {
    const file = { path: join(folder, PAGES_FILE), steps: STEPS, synchronous: 'full', advice: ADVICE } as const;
    const { db, sql } = openSideFile(file, prepare);
    db.pragma('secure_delete = on');
    this.#db = db;
    this.#sql = sql;
  }

  async find(pageId: Bytes): Promise<StoredPage | undefined> {
    const row = this.#sql.find.get(pageId) as PageRow | undefined;
    return row && { ...row, hash: new Uint8Array(row.hash) };
  }

  async read(pageId: Bytes): Promise<Bytes | undefined> {
    const row = this.#sql.read.get(pageId) as { body: Buffer } | undefined;
    return row && new Uint8Array(row.body);
  }

  async put({ pageId, seq, time, expiry, hash, body }: NewPage): Promise<boolean> {
    const state = body === undefined ? 'deleted' : 'open';
    const row = { pageId, seq, time, expiry, hash, state, ended: body === undefined ? time : 0 };
    return this.#write(() => this.#sql.put.run({ ...row, body: body ?? new Uint8Array(0) }).changes === 1);
  }

  async end(pageId: Bytes, ending: Ending, nowSeconds: number): Promise<void> {
    this.#write(() => this.#sql.end.run(ending, nowSeconds, pageId));
  }

  async due(nowSeconds: number, limit: number): Promise<Bytes[]> {
    const rows = this.#sql.due.all(nowSeconds, limit) as { pageId: Buffer }[];
    return rows.map(({ pageId }) => new Uint8Array(pageId));
  }

  async totals(): Promise<PageTotals> {
    return this.#sql.totals.get() as PageTotals;
  }

  async forget(endedBefore: number): Promise<void> {
    this.#write(() => this.#sql.forget.run(endedBefore));
  }

  async list(after: Bytes | undefined, limit: number): Promise<MovedPage[]> {
    const rows = this.#sql.list.all(after ?? new Uint8Array(0), limit) as (MovedPage & {
      pageId: Buffer;
      hash: Buffer;
    })[];
    return rows.map((row) => ({ ...row, pageId: new Uint8Array(row.pageId), hash: new Uint8Array(row.hash) }));
  }

  async import(page: MovedPage, body: Bytes): Promise<void> {
    this.#write(() => this.#sql.import.run({ ...page, body }));
  }

  async erase(pageId: Bytes): Promise<void> {
    this.#write(() => this.#sql.erase.run(pageId));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #write<T>(work: () => T): T {
    return transact(this.#db, work, (cause) => new PageStoreError('disk_full', { cause }));
  }
}

function prepare(db: Sqlite.Database) {
  return {
    find: db.prepare('select seq, time, expiry, state, hash from page where page_id = ?'),
    read: db.prepare(`select body from page where page_id = ? and state = 'open'`),
    put: db.prepare(
      `insert into page values (:pageId, :seq, :time, :expiry, :ended, :state, :hash, :body)
       on conflict (page_id) do update set seq = excluded.seq, time = excluded.time, expiry = excluded.expiry,
         ended = excluded.ended, state = excluded.state, hash = excluded.hash, body = excluded.body
       where excluded.seq > page.seq`,
    ),
    end: db.prepare(`update page set state = ?, ended = ?, body = x'' where page_id = ? and state = 'open'`),
    due: db.prepare(
      `select page_id as pageId from page where state = 'open' and expiry > 0 and expiry <= ? order by expiry limit ?`,
    ),
    totals: db.prepare(
      `select count(*) as pages, coalesce(sum(length(body) + ${PAGE_ROW_BYTES}), 0) as bytes from page where state = 'open'`,
    ),
    list: db.prepare(
      `select page_id as pageId, seq, time, expiry, ended, state, hash from page where page_id > ? order by page_id limit ?`,
    ),
    import: db.prepare(
      'insert or replace into page values (:pageId, :seq, :time, :expiry, :ended, :state, :hash, :body)',
    ),
    erase: db.prepare('delete from page where page_id = ?'),
    forget: db.prepare(`delete from page where state = 'expired' and ended < ?`),
  };
}
