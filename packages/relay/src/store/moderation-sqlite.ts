/** Reports and removals in a SQLite file of their own, which the host and its commands have open at once. */
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import type Sqlite from 'better-sqlite3';
import type { Moderation, NewReport, Removal, Report } from './moderation.ts';
import { openSideFile, written } from './side-file.ts';

export const MODERATION_FILE = 'moderation.sqlite';
const ADVICE = 'put back a copy of it, or move it away: then this host knows no more what it has taken down';
const STEPS = [
  `create table removal (
     doc_id blob not null, source text not null, category text not null, words text not null, time integer not null,
     is_due integer not null, primary key (doc_id, source)
   ) without rowid;
   create index removal_due on removal (doc_id) where is_due = 1;
   create index removal_source on removal (source);
   create table followed (source text primary key, issued integer not null) without rowid;
   create table report (
     id integer primary key autoincrement, time integer not null, doc_id blob not null, category text not null,
     words text not null, contact text not null, link text not null, is_open integer not null, note text not null
   );
   create index report_open on report (is_open);`,
  `alter table report add column sealed blob not null default x''`,
];

/** One that can go on in a copy of its file. */
export interface MovableModeration extends Moderation {
  /** Its file is in this folder from now on. Throws StoreOpenError, and stays where it is. */
  moveTo(folder: string): void;
}

/** Throws StoreOpenError with a sentence when the file cannot be used. */
export function openModeration(folder: string): MovableModeration {
  return new SqliteModeration(folder);
}

function opened(folder: string) {
  const path = join(folder, MODERATION_FILE);
  const file = openSideFile({ path, steps: STEPS, synchronous: 'full', advice: ADVICE }, prepare);
  // Links are in it, for as long as a report is open.
  file.db.pragma('secure_delete = on');
  return file;
}

type RemovalRow = Omit<Removal, 'docId'> & { docId: Buffer };
type ReportRow = Omit<Report, 'docId' | 'isOpen' | 'sealed'> & { docId: Buffer; isOpen: number; sealed: Buffer };

function reportOf(row: ReportRow): Report {
  const bytes = { docId: new Uint8Array(row.docId), sealed: new Uint8Array(row.sealed) };
  return { ...row, ...bytes, isOpen: row.isOpen === 1 };
}

class SqliteModeration implements MovableModeration {
  #db: Sqlite.Database;
  #sql: ReturnType<typeof prepare>;

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

  get version(): number {
    return this.#db.pragma('data_version', { simple: true }) as number;
  }

  removals(): Removal[] {
    return (this.#sql.removals.all() as RemovalRow[]).map((row) => ({ ...row, docId: new Uint8Array(row.docId) }));
  }

  remove({ docId, source, category, words, time }: Removal): void {
    written(() => this.#sql.remove.run({ docId, source, category, words, time }));
  }

  restore(docId: Bytes): boolean {
    return written(() => this.#sql.restore.run(docId)).changes === 1;
  }

  due(limit: number): Bytes[] {
    return (this.#sql.due.pluck().all(limit) as Buffer[]).map((docId) => new Uint8Array(docId));
  }

  isDue(docId: Bytes): boolean {
    return this.#sql.isDue.get(docId) !== undefined;
  }

  done(docId: Bytes): void {
    written(() => this.#sql.done.run(docId));
  }

  issuedBy(source: string): number {
    return (this.#sql.issued.pluck().get(source) as number | undefined) ?? 0;
  }

  follow(source: string, issued: number, removed: readonly Omit<Removal, 'source' | 'words'>[]): void {
    const ids = new Set(removed.map(({ docId }) => Buffer.from(docId).toString('hex')));
    const follow = this.#db.transaction(() => {
      this.#sql.setIssued.run(source, issued);
      for (const docId of this.#sql.ofSource.pluck().all(source) as Buffer[]) {
        if (!ids.has(docId.toString('hex'))) this.#sql.drop.run(docId, source);
      }
      for (const { docId, category, time } of removed) {
        this.#sql.add.run({ docId, source, category, words: '', time });
      }
    });
    written(() => follow.immediate());
  }

  followOnly(sources: readonly string[]): void {
    const kept = JSON.stringify(sources);
    const change = this.#db.transaction(() => {
      this.#sql.dropOthers.run(kept);
      this.#sql.forgetOthers.run(kept);
    });
    written(() => change.immediate());
  }

  addReport(
    { docId, category, words, contact, link, sealed }: NewReport,
    nowSeconds: number,
    most: number,
  ): number | false {
    const add = this.#db.transaction(() => {
      if (this.openReports >= most) return false;
      this.#sql.dropClosed.run(most - 1);
      return Number(this.#sql.addReport.run(nowSeconds, docId, category, words, contact, link, sealed).lastInsertRowid);
    });
    return written(() => add.immediate());
  }

  report(id: number): Report | undefined {
    const row = this.#sql.report.get(id) as ReportRow | undefined;
    return row && reportOf(row);
  }

  reports(all: boolean): Report[] {
    return (this.#sql.reports.all(all ? 0 : 1) as ReportRow[]).map(reportOf);
  }

  get openReports(): number {
    return this.#sql.openReports.pluck().get() as number;
  }

  closeReport(id: number, note: string): boolean {
    return written(() => this.#sql.closeReport.run(note, id)).changes === 1;
  }

  close(): void {
    this.#db.close();
  }
}

const REMOVAL = 'doc_id as docId, source, category, words, time';
const REPORT = 'id, time, doc_id as docId, category, words, contact, link, is_open as isOpen, note, sealed';
const INSERT = 'insert into removal values (:docId, :source, :category, :words, :time, 1)';

function prepare(db: Sqlite.Database) {
  return {
    removals: db.prepare(`select ${REMOVAL} from removal order by source desc`),
    remove: db.prepare(
      `${INSERT} on conflict do update set category = :category, words = :words, time = :time, is_due = 1`,
    ),
    add: db.prepare(`${INSERT} on conflict do nothing`),
    restore: db.prepare(`delete from removal where doc_id = ? and source = ''`),
    due: db.prepare('select distinct doc_id from removal where is_due = 1 limit ?'),
    isDue: db.prepare('select 1 from removal where doc_id = ? and is_due = 1'),
    done: db.prepare('update removal set is_due = 0 where doc_id = ? and is_due = 1'),
    issued: db.prepare('select issued from followed where source = ?'),
    setIssued: db.prepare('insert or replace into followed values (?, ?)'),
    ofSource: db.prepare('select doc_id from removal where source = ?'),
    drop: db.prepare('delete from removal where doc_id = ? and source = ?'),
    dropOthers: db.prepare(`delete from removal where source <> '' and source not in (select value from json_each(?))`),
    forgetOthers: db.prepare('delete from followed where source not in (select value from json_each(?))'),
    addReport: db.prepare(`insert into report values (null, ?, ?, ?, ?, ?, ?, 1, '', ?)`),
    // The oldest closed ones make room.
    dropClosed: db.prepare(
      `delete from report where is_open = 0 and id in
         (select id from report order by is_open desc, id desc limit -1 offset ?)`,
    ),
    report: db.prepare(`select ${REPORT} from report where id = ?`),
    reports: db.prepare(`select ${REPORT} from report where is_open >= ? order by id`),
    openReports: db.prepare('select count(*) from report where is_open = 1'),
    closeReport: db.prepare(
      `update report set is_open = 0, note = ?, contact = '', link = '', sealed = x'' where id = ? and is_open = 1`,
    ),
  };
}
