/** Inboxes in a SQLite file of their own: the rows are small, and the primitive sees to it that they are written together and seldom. */
import { join } from 'node:path';
import { type Bytes, type InboxPage, type ItemState, MAX_PAGE_ITEMS, type PageItem } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import {
  type Added,
  type InboxStore,
  InboxStoreError,
  type InboxTotals,
  type MovedInbox,
  type MovedItem,
  type NewInbox,
  type NewItem,
  ROW_BYTES,
  type StoredInbox,
  type StoredItem,
} from './inboxes.ts';
import { openSideFile, transact } from './side-file.ts';
import type { Ending } from './store.ts';

export const INBOXES_FILE = 'inboxes.sqlite';
const ADVICE = 'put back a copy of it, or move it away: then this host has none of the inboxes that it had';
const STEPS = [
  `create table inbox (
     inbox_id blob primary key, header blob not null, expiry integer not null, state text not null, ended integer not null,
     last integer not null, change integer not null, bytes integer not null
   ) without rowid;
   create index inbox_expiry on inbox (expiry) where state = 'open';
   create table item (
     inbox_id blob not null, number integer not null, change integer not null, time integer not null, state text not null,
     hash blob not null, body blob not null, primary key (inbox_id, number)
   );
   create unique index item_hash on item (inbox_id, hash);
   create unique index item_change on item (inbox_id, change);`,
];

/** Throws StoreOpenError with a sentence when the file cannot be used. */
export function openInboxStore(folder: string): InboxStore {
  return new SqliteInboxStore(folder);
}

type InboxRow = { inboxId: Buffer; header: Buffer; expiry: number; state: StoredInbox['state']; last: number };
type ItemRow = { number: number; change: number; time: number; state: ItemState; hash: Buffer; body: Buffer };

class SqliteInboxStore implements InboxStore {
  readonly #db: Sqlite.Database;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(folder: string) {
    const file = { path: join(folder, INBOXES_FILE), steps: STEPS, synchronous: 'full', advice: ADVICE } as const;
    const { db, sql } = openSideFile(file, prepare);
    db.pragma('secure_delete = on');
    this.#db = db;
    this.#sql = sql;
  }

  async find(inboxId: Bytes): Promise<StoredInbox | undefined> {
    const row = this.#sql.find.get(inboxId) as InboxRow | undefined;
    return row && { ...row, inboxId: new Uint8Array(row.inboxId), header: new Uint8Array(row.header) };
  }

  async create({ inboxId, header, expiry }: NewInbox): Promise<boolean> {
    return this.#write(() => this.#sql.create.run(inboxId, header, expiry, header.length + ROW_BYTES).changes === 1);
  }

  async putHeader(current: Bytes, { inboxId, header, expiry }: NewInbox): Promise<boolean> {
    return this.#write(() => this.#sql.putHeader.run({ inboxId, header, expiry, current }).changes === 1);
  }

  async add(items: readonly NewItem[]): Promise<Added[]> {
    return this.#write(() => items.map((item) => this.#add(item)));
  }

  #add({ inboxId, hash, body, time, maxItems, maxBytes }: NewItem): Added {
    const known = this.#sql.findItem.get(inboxId, hash) as ItemRow | undefined;
    if (known !== undefined) return { number: known.number, time: known.time };
    const size = body.length + ROW_BYTES;
    const next = this.#sql.count.get({ inboxId, size, maxItems, maxBytes }) as
      | { last: number; change: number }
      | undefined;
    if (next === undefined) return this.#sql.isOpen.get(inboxId) === undefined ? 'gone' : 'full';
    this.#sql.add.run(inboxId, next.last, next.change, time, hash, body);
    return { number: next.last, time };
  }

  async findItem(inboxId: Bytes, hash: Bytes): Promise<StoredItem | undefined> {
    const row = this.#sql.findItem.get(inboxId, hash) as ItemRow | undefined;
    return row && { number: row.number, state: row.state, body: new Uint8Array(row.body) };
  }

  async read(inboxId: Bytes, after: number, maxBytes: number): Promise<InboxPage | undefined> {
    const inbox = this.#sql.isOpen.get(inboxId) as { last: number } | undefined;
    if (inbox === undefined) return undefined;
    const items: PageItem[] = [];
    let room = maxBytes;
    for (const row of this.#sql.read.iterate(inboxId, after) as IterableIterator<ItemRow>) {
      room -= row.body.length + ROW_BYTES;
      if (items.length > 0 && (room < 0 || items.length === MAX_PAGE_ITEMS))
        return { last: inbox.last, more: true, items };
      const { number, change, time, state } = row;
      items.push({ number, change, time, state, hash: new Uint8Array(row.hash), bytes: new Uint8Array(row.body) });
    }
    return { last: inbox.last, more: false, items };
  }

  async remove(inboxId: Bytes, number: number, state: Exclude<ItemState, 'here'>): Promise<boolean> {
    return this.#write(() => {
      const row = this.#sql.here.get(inboxId, number) as { size: number } | undefined;
      if (row === undefined) return false;
      const { change } = this.#sql.lessen.get(row.size, inboxId) as { change: number };
      this.#sql.remove.run(state, change, inboxId, number);
      return true;
    });
  }

  async end(inboxId: Bytes, ending: Ending, nowSeconds: number): Promise<void> {
    this.#write(() => {
      if (this.#sql.end.run(ending, nowSeconds, inboxId).changes === 1) this.#sql.dropItems.run(inboxId);
    });
  }

  async due(nowSeconds: number, limit: number): Promise<Bytes[]> {
    const rows = this.#sql.due.all(nowSeconds, limit) as { inboxId: Buffer }[];
    return rows.map(({ inboxId }) => new Uint8Array(inboxId));
  }

  async totals(): Promise<InboxTotals> {
    return this.#sql.totals.get() as InboxTotals;
  }

  async sharedKey(fresh: Bytes): Promise<Bytes> {
    return fresh;
  }

  async forget(endedBefore: number): Promise<void> {
    this.#write(() => this.#sql.forget.run(endedBefore));
  }

  async list(after: Bytes | undefined, limit: number): Promise<MovedInbox[]> {
    const rows = this.#sql.list.all(after ?? new Uint8Array(0), limit) as (MovedInbox & InboxRow)[];
    return rows.map((row) => {
      return { ...row, inboxId: new Uint8Array(row.inboxId), header: new Uint8Array(row.header) };
    });
  }

  async items(inboxId: Bytes, after: number, maxBytes: number): Promise<MovedItem[]> {
    const items: MovedItem[] = [];
    let room = maxBytes;
    for (const row of this.#sql.read.iterate(inboxId, after) as IterableIterator<ItemRow>) {
      room -= row.body.length + ROW_BYTES;
      if (items.length > 0 && room < 0) break;
      const { number, change, time, state } = row;
      items.push({ number, change, time, state, hash: new Uint8Array(row.hash), body: new Uint8Array(row.body) });
    }
    return items;
  }

  async import({ inboxId, ...inbox }: MovedInbox, items: readonly MovedItem[]): Promise<void> {
    this.#write(() => {
      this.#sql.import.run({ inboxId, ...inbox });
      if (inbox.state !== 'open') this.#sql.dropItems.run(inboxId);
      for (const item of items) this.#sql.importItem.run({ inboxId, ...item });
    });
  }

  async erase(inboxId: Bytes): Promise<void> {
    this.#write(() => {
      this.#sql.erase.run(inboxId);
      this.#sql.dropItems.run(inboxId);
    });
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #write<T>(work: () => T): T {
    return transact(this.#db, work, (cause) => new InboxStoreError('disk_full', { cause }));
  }
}

function prepare(db: Sqlite.Database) {
  return {
    find: db.prepare('select inbox_id as inboxId, header, expiry, state, last from inbox where inbox_id = ?'),
    isOpen: db.prepare(`select last from inbox where inbox_id = ? and state = 'open'`),
    create: db.prepare(`insert into inbox values (?, ?, ?, 'open', 0, 0, 0, ?) on conflict do nothing`),
    putHeader: db.prepare(
      `update inbox set header = :header, expiry = :expiry, bytes = bytes + length(:header) - length(header)
       where inbox_id = :inboxId and header = :current and state = 'open'`,
    ),
    count: db.prepare(
      `update inbox set last = last + 1, change = change + 1, bytes = bytes + :size
       where inbox_id = :inboxId and state = 'open' and last < :maxItems and bytes + :size <= :maxBytes
       returning last, change`,
    ),
    add: db.prepare(`insert into item values (?, ?, ?, ?, 'here', ?, ?)`),
    findItem: db.prepare('select number, time, state, body from item where inbox_id = ? and hash = ?'),
    read: db.prepare('select * from item where inbox_id = ? and change > ? order by change'),
    here: db.prepare(`select length(body) as size from item where inbox_id = ? and number = ? and state = 'here'`),
    lessen: db.prepare('update inbox set change = change + 1, bytes = bytes - ? where inbox_id = ? returning change'),
    remove: db.prepare(`update item set state = ?, change = ?, body = x'' where inbox_id = ? and number = ?`),
    end: db.prepare(
      `update inbox set state = ?, ended = ?, header = x'', bytes = 0 where inbox_id = ? and state = 'open'`,
    ),
    dropItems: db.prepare('delete from item where inbox_id = ?'),
    due: db.prepare(
      `select inbox_id as inboxId from inbox where state = 'open' and expiry <= ? order by expiry limit ?`,
    ),
    totals: db.prepare(`select count(*) as inboxes, coalesce(sum(bytes), 0) as bytes from inbox where state = 'open'`),
    list: db.prepare(
      `select inbox_id as inboxId, header, expiry, state, ended, last, change, bytes
       from inbox where inbox_id > ? order by inbox_id limit ?`,
    ),
    import: db.prepare(
      'insert or replace into inbox values (:inboxId, :header, :expiry, :state, :ended, :last, :change, :bytes)',
    ),
    importItem: db.prepare(
      'insert or replace into item values (:inboxId, :number, :change, :time, :state, :hash, :body)',
    ),
    erase: db.prepare('delete from inbox where inbox_id = ?'),
    forget: db.prepare(`delete from inbox where state = 'expired' and ended < ?`),
  };
}
