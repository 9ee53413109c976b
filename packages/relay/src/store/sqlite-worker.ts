/** The thread that owns the database: one message per group of appends, one per other call, answered in order. */
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { SqliteFile } from './sqlite-file.ts';
import type { MovingCall, WorkerAnswer, WorkerOptions, WorkerRequest } from './sqlite-messages.ts';
import type { StoreFailure } from './store.ts';

const IDLE_MS = 2000;
const ROOM_CHECK_MS = 500;
const RECENT_COMMIT_MS = 30_000;

/** As node:fs names them, for example when the folder is gone. */
const SYSTEM_ERROR = /^E[A-Z]+$/;

const port = parentPort as NonNullable<typeof parentPort>;
const options = workerData as WorkerOptions;
let file: SqliteFile | undefined;
let lastCommitMs = 0;
let roomCheckedMs = 0;
let hasRoom = true;
let idleTimer: NodeJS.Timeout | undefined;
let purging = false;
/** Retention is judged by the time of the last sweep; 0: only what is to go at once. */
let purgeSeconds = 0;
/** Calls of `end` and `eraseHistory` that are answered when the purge of their document is done. */
const awaitingPurge = new Map<number, { id: number; value: string }[]>();

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

function answer(message: WorkerAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

class NoRoomError extends Error {}

/** Expected failures of disk and file; undefined for a bug. After an I/O error the file is opened anew before anything is believed. */
function failureOf(error: unknown): StoreFailure | undefined {
  if (error instanceof NoRoomError) return 'disk_full';
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOSPC') return 'disk_full';
  if (typeof code === 'string' && SYSTEM_ERROR.test(code)) return 'unavailable';
  if (!(error instanceof Sqlite.SqliteError)) return undefined;
  if (error.code === 'SQLITE_FULL') return 'disk_full';
  reopen();
  return 'unavailable';
}

function reopen(): void {
  try {
    file?.close();
    file = undefined;
    file = new SqliteFile(options);
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    answer({ op: 'trouble', message: error.message });
  }
}

function opened(): SqliteFile {
  if (file === undefined) reopen();
  if (file === undefined) throw new Sqlite.SqliteError('the store does not open', 'SQLITE_CANTOPEN');
  return file;
}

/** Refuses before the disk is full: the log and the removal of documents need room too. */
function checkRoom(): void {
  const now = Date.now();
  if (now - roomCheckedMs >= ROOM_CHECK_MS) {
    roomCheckedMs = now;
    hasRoom = opened().sizes().freeBytes >= options.minFreeBytes;
  }
  if (!hasRoom) throw new NoRoomError('no room on the disk');
}

function wrote(): void {
  lastCommitMs = Date.now();
  if (idleTimer === undefined) idleTimer = setTimeout(whenIdle, IDLE_MS);
  else idleTimer.refresh();
}

/** Gives the disk back what was removed, a little at a time, and empties the write-ahead log. */
function whenIdle(): void {
  idleTimer = undefined;
  const isMore = attempt(() => file?.vacuum());
  attempt(() => file?.settle());
  if (isMore === true) idleTimer = setTimeout(whenIdle, IDLE_MS);
}

/** Runs background work whose failure only means: later. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (failureOf(error) === undefined) throw error;
    answer({ op: 'trouble', message: (error as Error).message });
    return undefined;
  }
}

function purgeSoon(): void {
  if (purging) return;
  purging = true;
  setImmediate(purgeStep);
}

function purgeStep(): void {
  purging = false;
  const done = attempt(() => opened().purge(purgeSeconds));
  if (done === undefined) return answerAllPurges();
  wrote();
  if (done !== 'more') {
    for (const { id, value } of awaitingPurge.get(done) ?? []) answer({ op: 'result', id, value });
    awaitingPurge.delete(done);
  }
  purgeSoon();
}

/** Nothing is due any more, or it failed: whoever still waits is told so. */
function answerAllPurges(): void {
  for (const waiting of awaitingPurge.values()) {
    for (const { id } of waiting) answer({ op: 'result', id, error: 'unavailable' });
  }
  awaitingPurge.clear();
}

function answerAfterPurge(num: number, id: number, value: string): void {
  const waiting = awaitingPurge.get(num);
  if (waiting === undefined) awaitingPurge.set(num, [{ id, value }]);
  else waiting.push({ id, value });
  purgeSoon();
}

type Call = Extract<WorkerRequest, { op: 'call' }>;

/** The value of a call; undefined when it is answered later. */
function perform(request: Call): { value: unknown; transfer?: ArrayBuffer[] } | undefined {
  const db = opened();
  const { id, call } = request;
  switch (call.method) {
    case 'load': {
      const value = db.load(call.docId, call.pageBytes);
      return typeof value === 'string' ? { value } : { value, transfer: [value.page.data.buffer as ArrayBuffer] };
    }
    case 'read': {
      const value = db.read(call.num, call.after, call.maxBytes, call.maxRecords);
      return { value, transfer: [value.data.buffer as ArrayBuffer] };
    }
    case 'heads':
      return { value: db.heads(call.docIds) };
    case 'readCheckpoint':
      return { value: db.readCheckpoint(call.num) };
    case 'create':
      checkRoom();
      return { value: db.create(call.docId, call.header, call.expiry) };
    case 'putHeader':
      checkRoom();
      return { value: db.putHeader(call.num, call.current, call.next, call.expiry) };
    case 'putCheckpoint':
      checkRoom();
      return { value: db.putCheckpoint(call.num, call.checkpoint, call.purgeAt, call.maySkip) };
    case 'eraseHistory':
      db.eraseHistory(call.num, call.positions);
      if (db.readCheckpoint(call.num) === undefined) return { value: 'done' };
      answerAfterPurge(call.num, id, 'done');
      return undefined;
    case 'removeRecords':
      db.removeRecords(call.num, call.positions);
      return { value: 'done' };
    case 'end':
      db.end(call.num, call.ending, nowSeconds());
      answerAfterPurge(call.num, id, 'ended');
      return undefined;
    case 'dueHistory':
      return { value: db.dueHistory(call.nowSeconds, call.skip, call.limit) };
    case 'deferHistory':
      return { value: db.deferHistory(call.due, call.untilSeconds) };
    case 'sweep':
      return { value: sweep(db, call.nowSeconds, call.limit) };
    case 'status':
      return { value: status(db) };
    default:
      return { value: move(db, call) };
  }
}

function move({ moving }: SqliteFile, call: MovingCall): unknown {
  switch (call.method) {
    case 'list':
      return moving.list(call.after, call.limit);
    case 'count':
      return moving.count();
    case 'describe':
      return moving.describe(call.docId, call.skip);
    case 'import':
      checkRoom();
      return moving.import(call.piece) ? 'taken' : 'unavailable';
    case 'clear':
      moving.clear();
      return 'cleared';
    case 'standing':
      return moving.standing();
    case 'setStanding':
      return moving.setStanding(call.standing, call.changes);
  }
}

function sweep(db: SqliteFile, now: number, limit: number): { expired: number; more: boolean } {
  const expired = db.expired(now, limit);
  for (const num of expired) db.end(num, 'expired', now);
  const forgotten = db.forgetTombstones(now, limit);
  purgeSeconds = now;
  purgeSoon();
  return { expired: expired.length, more: expired.length === limit || forgotten === limit };
}

function status(db: SqliteFile): { writable: boolean; bytes: number; freeBytes: number } {
  const sizes = db.sizes();
  let writable = sizes.freeBytes >= options.minFreeBytes;
  if (writable && Date.now() - lastCommitMs > RECENT_COMMIT_MS) {
    writable = attempt(() => db.probe(nowSeconds())) === 'written';
    if (writable) wrote();
  }
  return { writable, ...sizes };
}

function commit(request: Extract<WorkerRequest, { op: 'commit' }>): void {
  try {
    checkRoom();
    const first = opened().commit(request.meta, request.data);
    wrote();
    answer({ op: 'committed', first });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    answer({ op: 'committed', error: failure, message: (error as Error).message });
  }
}

function receive(request: WorkerRequest): void {
  if (request.op === 'commit') return commit(request);
  if (request.op === 'close') {
    clearTimeout(idleTimer);
    attempt(() => file?.vacuum());
    file?.close();
    answer({ op: 'closed' });
    port.close();
    return;
  }
  try {
    const done = perform(request);
    if (done !== undefined) answer({ op: 'result', id: request.id, value: done.value }, done.transfer);
    if (WRITES.has(request.call.method)) wrote();
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    answer({ op: 'result', id: request.id, error: failure, message: (error as Error).message });
  }
}

const WRITES: ReadonlySet<string> = new Set([
  'create',
  'putHeader',
  'putCheckpoint',
  'eraseHistory',
  'removeRecords',
  'end',
  'import',
  'clear',
]);

try {
  file = new SqliteFile(options);
  port.on('message', receive);
  answer({ op: 'ready' });
  purgeSoon();
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  answer({ op: 'failed', code: code ?? (error as Error).constructor.name, message });
}
