import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Counters, type Engine, ownCounters, type Reading } from './engine.ts';
import { Groups } from './groups.ts';

/** Two ways to lay records on the disk, of which docs/adr/0001-store-layout.md chose one. */
export type Layout = 'clustered' | 'arrival';

interface Statements {
  insert: Sqlite.Statement<unknown[]>;
  read: Sqlite.Statement<unknown[]>;
}

const TABLES: Record<Layout, string> = {
  clustered: `create table record (doc integer not null, n integer not null, body blob not null,
    primary key (doc, n)) without rowid`,
  arrival: `create table record (n integer primary key, doc integer not null, body blob not null);
    create index record_doc on record (doc)`,
};

/** As the embedded store has it (packages/relay, sqlite-file.ts). */
const PRAGMAS = [
  'locking_mode = EXCLUSIVE',
  'auto_vacuum = INCREMENTAL',
  'journal_mode = WAL',
  'synchronous = FULL',
  'secure_delete = ON',
  'cache_size = -4096',
  'journal_size_limit = 0',
];

interface Entry {
  document: number;
  body: Uint8Array;
}

/** SQLite without a store around it: one table, one thread, which waits for the disk itself. */
export class RawSqlite implements Engine {
  readonly #path: string;
  readonly #layout: Layout;
  readonly #groups = new Groups<Entry>((entries) => this.#commit(entries));
  /** The last number: of each document where records are clustered by it, of all (as document 0) otherwise. */
  readonly #numbers: Uint32Array;
  #db!: Sqlite.Database;
  #sql!: Statements;

  constructor(folder: string, layout: Layout, documents: number) {
    this.#path = join(folder, 'raw.sqlite');
    this.#layout = layout;
    this.#numbers = new Uint32Array(layout === 'clustered' ? documents : 1);
    this.#open();
    this.#db.exec(TABLES[layout]);
    this.#prepare();
  }

  append(document: number, body: Uint8Array): Promise<undefined> {
    return this.#groups.add({ document, body });
  }

  counters(): Promise<Counters> {
    return Promise.resolve(ownCounters(dirname(this.#path), this.#groups));
  }

  merge(): Promise<void> {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    return Promise.resolve();
  }

  bytes(): Promise<number> {
    const pragma = (name: string) => this.#db.pragma(name, { simple: true }) as number;
    return Promise.resolve(pragma('page_count') * pragma('page_size'));
  }

  readonly reading: Reading = {
    restart: () => {
      this.#db.close();
      this.#open();
      this.#prepare();
      return Promise.resolve();
    },
    load: (document) => Promise.resolve(this.#sql.read.all(document, 0, Number.MAX_SAFE_INTEGER).length),
    pages: (document, records, timed) => {
      let count = 0;
      for (let after = 0, last = false; !last; ) {
        const started = performance.now();
        const page = this.#sql.read.all(document, after, records) as { n: number }[];
        timed(performance.now() - started);
        count += page.length;
        after = page.at(-1)?.n ?? after;
        last = page.length < records;
      }
      return Promise.resolve(count);
    },
  };

  close(): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }

  #open(): void {
    this.#db = new Sqlite(this.#path);
    for (const pragma of PRAGMAS) this.#db.pragma(pragma);
  }

  #prepare(): void {
    this.#sql = {
      insert: this.#db.prepare('insert into record (n, doc, body) values (?, ?, ?)'),
      read: this.#db.prepare('select n, body from record where doc = ? and n > ? order by n limit ?'),
    };
  }

  #commit(entries: readonly Entry[]): void {
    this.#db.exec('begin immediate');
    for (const { document, body } of entries) {
      const counter = this.#layout === 'clustered' ? document : 0;
      const number = (this.#numbers[counter] as number) + 1;
      this.#numbers[counter] = number;
      this.#sql.insert.run(number, document, body);
    }
    this.#db.exec('commit');
  }
}
