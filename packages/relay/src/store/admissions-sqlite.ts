/** What a host has taken and promised, in a small file of its own: it is asked before each document is created. */
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import type { Admissions, Promised, RoomPromise } from './admissions.ts';
import { openSideFile, written } from './side-file.ts';

export const ADMISSIONS_FILE = 'network.db';
const ADVICE =
  'put back a copy of it, or move it away: then what this host took today and promised counts from nothing again';
const STEPS = [
  `create table tally (day integer not null, kind text not null, count integer not null, primary key (day, kind))
    without rowid;
  create table nonce (issuer blob not null, nonce blob not null, until integer not null, primary key (issuer, nonce))
    without rowid;
  create table promise (nonce blob primary key, units integer not null, until integer not null) without rowid;`,
];

type Statements = ReturnType<typeof prepare>;

/** Admissions that can go on in a copy of their file. */
export interface MovableAdmissions extends Admissions {
  /** Their file is in this folder from now on. Throws StoreOpenError, and stay where they are. */
  moveTo(folder: string): void;
}

/** Throws StoreOpenError with a sentence when the file cannot be used. */
export function openAdmissions(folder: string): MovableAdmissions {
  return new SqliteAdmissions(folder);
}

/**
 * Nobody waits for the disk: it outlives the process, and a power cut takes at most the last seconds, in which this host takes nothing
 * anyway because it starts.
 */
const opened = (folder: string) =>
  openSideFile({ path: join(folder, ADMISSIONS_FILE), steps: STEPS, synchronous: 'normal', advice: ADVICE }, prepare);

class SqliteAdmissions implements MovableAdmissions {
  #db: Sqlite.Database;
  #sql: Statements;

  constructor(folder: string) {
    const { db, sql } = opened(folder);
    this.#db = db;
    this.#sql = sql;
  }

  moveTo(folder: string): void {
    const { db, sql } = opened(folder);
    this.#db.close();
    this.#db = db;
    this.#sql = sql;
  }

  count(day: number, kind: string): number {
    return (this.#sql.count.pluck().get(day, kind) as number | undefined) ?? 0;
  }

  add(day: number, kind: string, by: number): void {
    written(() => this.#sql.add.run({ day, kind, by }));
  }

  useNonce(issuer: Bytes, nonce: Bytes, until: number): boolean {
    return written(() => this.#sql.useNonce.run(issuer, nonce, until)).changes === 1;
  }

  giveBackNonce(issuer: Bytes, nonce: Bytes): void {
    written(() => this.#sql.giveBackNonce.run(issuer, nonce));
  }

  promise({ nonce, units, until }: RoomPromise): void {
    written(() => this.#sql.promise.run(nonce, units, until));
  }

  takePromise(nonce: Bytes, nowSeconds: number): RoomPromise | undefined {
    const row = written(() => this.#sql.takePromise.get(nonce, nowSeconds)) as
      | Pick<RoomPromise, 'units' | 'until'>
      | undefined;
    return row && { nonce, units: row.units, until: row.until };
  }

  promised(nowSeconds: number): Promised {
    return this.#sql.promised.get(nowSeconds) as Promised;
  }

  forget(day: number, nowSeconds: number): void {
    const { forgetDays, forgetNonces, forgetPromises } = this.#sql;
    const forgetAll = this.#db.transaction(() => {
      forgetDays.run(day);
      forgetNonces.run(nowSeconds);
      forgetPromises.run(nowSeconds);
    });
    written(forgetAll);
  }

  close(): void {
    this.#db.close();
  }
}

function prepare(db: Sqlite.Database) {
  return {
    count: db.prepare('select count from tally where day = ? and kind = ?'),
    add: db.prepare(
      `insert into tally (day, kind, count) values (:day, :kind, max(0, :by))
       on conflict (day, kind) do update set count = max(0, count + :by)`,
    ),
    useNonce: db.prepare('insert into nonce (issuer, nonce, until) values (?, ?, ?) on conflict do nothing'),
    giveBackNonce: db.prepare('delete from nonce where issuer = ? and nonce = ?'),
    promise: db.prepare('insert into promise (nonce, units, until) values (?, ?, ?)'),
    takePromise: db.prepare('delete from promise where nonce = ? and until > ? returning units, until'),
    promised: db.prepare('select count(*) as documents, coalesce(sum(units), 0) as units from promise where until > ?'),
    forgetDays: db.prepare('delete from tally where day < ?'),
    forgetNonces: db.prepare('delete from nonce where until <= ?'),
    forgetPromises: db.prepare('delete from promise where until <= ?'),
  };
}
