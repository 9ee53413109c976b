/** A small SQLite file of a host beside its documents: asked on the thread that needs it, since its rows are small and few. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { syncFolder } from '../sync-folder.ts';
import { NotWrittenError } from './admissions.ts';
import { makeFolder } from './data-folder.ts';
import { StoreOpenError } from './store-error.ts';

const LOCK_WAIT_MS = 1500;
const OK = 'ok';
const NOT_WRITABLE = /^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_PERM)/;
/** No room, no right to write, or a disk that fails. */
const DISK_ERRORS = /^SQLITE_(FULL|IOERR|READONLY|BUSY|CANTOPEN)/;
const DAMAGED = /^SQLITE_(NOTADB|CORRUPT|ERROR)/;

export interface SideFile {
  path: string;
  /** What makes its tables, one step for each version. */
  steps: readonly string[];
  synchronous: 'full' | 'normal';
  /** What to do when it is damaged, and what goes with it: the end of a sentence. */
  advice: string;
}

class DamagedError extends Error {
  readonly code = 'SQLITE_CORRUPT';
}
class NewerError extends Error {
  readonly code = 'NewerSchemaError';
}

/** With its statements. Throws StoreOpenError with a sentence when it cannot be used; what is there stays as it is then. */
export function openSideFile<S>(file: SideFile, prepare: (db: Sqlite.Database) => S): { db: Sqlite.Database; sql: S } {
  try {
    makeFolder(dirname(file.path));
    return opened(file, prepare);
  } catch (error) {
    throw failed(file, error as NodeJS.ErrnoException);
  }
}

function failed(file: SideFile, error: NodeJS.ErrnoException): StoreOpenError {
  const { code = 'unknown' } = error;
  return new StoreOpenError(code, sentenceFor(code, file), { cause: error });
}

function sentenceFor(code: string, { path, advice }: SideFile): string {
  const reason = (): string => {
    if (NOT_WRITABLE.test(code)) return 'this user may not write to it';
    if (code === 'NewerSchemaError') return 'a newer Archipel wrote it';
    if (code.startsWith('SQLITE_BUSY')) return 'another program uses it';
    if (DAMAGED.test(code)) return `it is damaged, or is another file; ${advice}`;
    return 'it is not there to be opened, or the disk fails';
  };
  return `${path} cannot be used (${code}): ${reason()}.`;
}

function opened<S>({ path, steps, synchronous }: SideFile, prepare: (db: Sqlite.Database) => S) {
  const db = new Sqlite(path, { timeout: LOCK_WAIT_MS });
  try {
    check(db, steps.length);
    db.pragma('journal_mode = wal');
    db.pragma(`synchronous = ${synchronous}`);
    // Whether it may be written to is else only said by the first write.
    db.exec(`begin immediate; pragma user_version = ${versionOf(db)}; rollback`);
    for (let step = versionOf(db); step < steps.length; step++) {
      db.transaction(() => {
        db.exec(steps[step] as string);
        db.pragma(`user_version = ${step + 1}`);
      }).immediate();
    }
    return { db, sql: prepare(db) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function check(db: Sqlite.Database, known: number): void {
  const found = db.pragma('quick_check(1)', { simple: true });
  if (found !== OK) throw new DamagedError(String(found));
  const isEmpty = db.prepare('select 1 from sqlite_master').get() === undefined;
  if (versionOf(db) === 0 && !isEmpty) throw new DamagedError('it has tables of another program');
  if (versionOf(db) > known) throw new NewerError(`version ${versionOf(db)} is newer than ${known}`);
}

function versionOf(db: Sqlite.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** Does `work`; throws NotWrittenError when the disk does not take it. */
export function written<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!DISK_ERRORS.test(code)) throw error;
    throw new NotWrittenError(code, { cause: error });
  }
}

/** The same, all of it or nothing; throws what `refused` makes when the disk does not take it. */
export function transact<T>(db: Sqlite.Database, work: () => T, refused: (cause: NotWrittenError) => Error): T {
  try {
    return written(() => db.transaction(work).immediate());
  } catch (error) {
    throw error instanceof NotWrittenError ? refused(error) : error;
  }
}

/**
 * A copy in another place, on the disk when it returns; in place of what is there. Nobody may have that open. `change`: what else
 * is done to the copy. Throws the errors of SQLite and of the file system.
 */
export function copySideFile(from: string, to: string, change: string): void {
  const temporary = `${to}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  try {
    withFile(from, (db) => db.prepare('vacuum into ?').run(temporary));
    if (change !== '') changeSideFile(temporary, change);
    sync(temporary);
    removeSideFile(to);
    renameSync(temporary, to);
    syncFolder(dirname(to));
  } finally {
    removeSideFile(temporary);
  }
}

/** On the disk when it returns. */
export function changeSideFile(path: string, change: string): void {
  withFile(path, (db) => {
    db.pragma('synchronous = full');
    db.exec(change);
  });
}

/** With what SQLite keeps beside it: a log that is left behind would be taken for that of a new file. */
export function removeSideFile(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', '']) rmSync(`${path}${suffix}`, { force: true });
}

function withFile(path: string, work: (db: Sqlite.Database) => void): void {
  if (!existsSync(path)) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
  const db = new Sqlite(path, { timeout: LOCK_WAIT_MS });
  try {
    work(db);
  } finally {
    db.close();
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
