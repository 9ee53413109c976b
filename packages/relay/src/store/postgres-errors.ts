/** What PostgreSQL's errors mean: for the port while the store runs, for the host when it does not open. */
import { DatabaseError } from 'pg';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { StoreFailure } from './store.ts';
import { StoreOpenError } from './store-error.ts';

/** No connection, or none any more: what was under way may have happened or not. */
export class ConnectionLostError extends Error {}

const DISK_FULL = '53100';
const UNIQUE_VIOLATION = '23505';
/** Classes of SQLSTATE that no statement of ours is to blame for: connection, transaction state, rollback by the server, resources, locks, operator, system, internal. */
const UNAVAILABLE_CLASSES = new Set(['08', '25', '40', '53', '55', '57', '58', 'XX']);
/**
 * Also a right taken away, a prepared statement that the server or a pool before it does not know any more, and a write to documents that
 * have moved to another store.
 */
const UNAVAILABLE_CODES = new Set(['42501', '26000', '0A000', '23514']);
/** After these a new connection may do better. */
const STALE_CODES = new Set(['26000', '0A000', '25006', '42501']);
const LOG_INTERVAL_MS = 1000;

/** Nothing was written, because it is there already. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === UNIQUE_VIOLATION;
}

/** Whether the connection that gave this error is of no further use. */
export function endsConnection(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  const { severity, code = '' } = error;
  return severity === 'FATAL' || severity === 'PANIC' || code.startsWith('08') || STALE_CODES.has(code);
}

/** Undefined for a bug. */
function failureOf(error: unknown): StoreFailure | undefined {
  if (error instanceof ConnectionLostError) return 'unavailable';
  if (!(error instanceof DatabaseError)) return undefined;
  const { code = '' } = error;
  if (code === DISK_FULL) return 'disk_full';
  return UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || UNAVAILABLE_CODES.has(code) ? 'unavailable' : undefined;
}

/** Turns errors into the port's failures and logs them, once a second at most: a server that is down fails thousands of calls. */
export class Failures {
  readonly #clock: Clock;
  readonly #log: Log;
  #loggedMs = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Throws what is a bug. */
  of(error: unknown): StoreFailure {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    const now = this.#clock.now();
    if (now - this.#loggedMs < LOG_INTERVAL_MS) {
      this.#unlogged += 1;
      return failure;
    }
    const { message, code } = error as Error & { code?: string };
    this.#log.warn({ failure, code, reason: message, unlogged: this.#unlogged }, 'the database refused');
    this.#loggedMs = now;
    this.#unlogged = 0;
    return failure;
  }
}

/** Whether server or line are to blame, as for a database that is not there any more. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof DatabaseError || error instanceof ConnectionLostError;
}

/** Where the database is, without the password. */
export interface Address {
  host: string;
  port: number;
  database: string;
  user: string;
}

const SILENT_CODES = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const SILENT_MESSAGE = /timeout/i;

/** Why the store does not open; undefined when this is not an error of server or line. */
export function openErrorOf(error: unknown, address: Address): StoreOpenError | undefined {
  if (error instanceof DatabaseError) {
    const { code = 'unknown', message } = error;
    return new StoreOpenError(code, ofServer(code, message, address), { cause: error });
  }
  if (!(error instanceof ConnectionLostError)) return undefined;
  const { code = 'unknown', message } = (error.cause ?? error) as Error & { code?: string };
  return new StoreOpenError(code, ofLine(code, message, address), { cause: error });
}

function place({ host, port }: Address): string {
  return host.startsWith('/') ? host : `${host}:${port}`;
}

function ofLine(code: string, message: string, address: Address): string {
  const where = place(address);
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return `No PostgreSQL listens at ${where}. Is it running?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The database server ${address.host} is not known by name.`;
  if (SILENT_CODES.has(code) || SILENT_MESSAGE.test(message)) return `PostgreSQL at ${where} does not answer.`;
  if (message.startsWith('SASL')) {
    return `PostgreSQL at ${where} wants a password of ${address.user}, and the address of the database has none.`;
  }
  return `The database at ${where} does not open: ${message}.`;
}

function ofServer(code: string, message: string, address: Address): string {
  const where = place(address);
  const { user, database } = address;
  if (code === '28P01' || code === '28000') {
    return `PostgreSQL at ${where} does not let ${user} in: the password is wrong, or pg_hba.conf does not allow it.`;
  }
  if (code === '3D000') return `PostgreSQL at ${where} has no database ${database}. Make it: createdb ${database}`;
  if (code === '42501') {
    return `${user} may not make tables in the database ${database} at ${where}: it should own the database.`;
  }
  if (code === '53300') return `PostgreSQL at ${where} has no connection left (max_connections).`;
  if (code === '25006') return `PostgreSQL at ${where} is a copy that can only be read.`;
  return `The database ${database} at ${where} does not open: ${message}.`;
}
