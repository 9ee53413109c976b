/** The store of several processes: PostgreSQL from version 14 on. docs/adr says how its tables lie and why. */
import type { Bytes } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MovableStore, OpenedBy } from './moving.ts';
import { Appends } from './postgres-appends.ts';
import { create, end, eraseHistory, forgetTime, putCheckpoint, putHeader, removeRecords } from './postgres-changes.ts';
import type { Address } from './postgres-errors.ts';
import { Failures, openErrorOf } from './postgres-errors.ts';
import { clear, count, describe, importPiece, list } from './postgres-moving.ts';
import { SessionPool } from './postgres-pool.ts';
import { Presence } from './postgres-presence.ts';
import { Purges } from './postgres-purges.ts';
import { heads, load, read, readCheckpoint } from './postgres-reads.ts';
import { hasSchema, migrate } from './postgres-schema.ts';
import type { SessionOptions } from './postgres-session.ts';
import { Session } from './postgres-session.ts';
import { PROVE_WRITABLE, SIZE } from './postgres-statements.ts';
import type { AppendEntry, Store, StoreFailure, StoreStatus } from './store.ts';
import { StoreOpenError } from './store-error.ts';

export const DEFAULT_SCHEMA = 'archipel';
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const DEFAULT_POOL_SIZE = 8;
export const DEFAULT_STATEMENT_MS = 10_000;
export const DEFAULT_CONNECT_MS = 5000;
/** A step of the migration may work through whole tables, or wait for another process that does. */
const MIGRATION_MS = 10 * 60_000;
const OLDEST_VERSION = 140_000;
const RECENT_COMMIT_MS = 30_000;
const URL_EXAMPLE = 'postgres://user:password@host:5432/database';

export interface PostgresStoreOptions {
  /** postgres://user:password@host:port/database, with what else node-postgres understands, for example `?sslmode=verify-full`. */
  url: string;
  /** Of its tables, so that they are among themselves; made when missing. */
  schema?: string;
  /** Connections at most. */
  poolSize?: number;
  /** A statement that takes longer, for example because another process holds the document, fails. */
  statementMs?: number;
  connectMs?: number;
  tombstoneDays: number;
  clock: Clock;
  log: Log;
  /** Told of each commit. */
  observeCommit?: (seconds: number, records: number) => void;
}

class PostgresStore implements MovableStore {
  readonly #pool: SessionPool;
  readonly #presence: Presence;
  readonly #options: PostgresStoreOptions;
  readonly #failures: Failures;
  readonly #purges: Purges;
  readonly #appends: Appends;
  #committedMs = Number.NEGATIVE_INFINITY;

  constructor(pool: SessionPool, presence: Presence, options: PostgresStoreOptions) {
    const { clock, log, observeCommit } = options;
    this.#pool = pool;
    this.#presence = presence;
    this.#options = options;
    this.#failures = new Failures(clock, log);
    this.#purges = new Purges(pool);
    this.#appends = new Appends({
      pool,
      failures: this.#failures,
      clock,
      committed: (seconds, records) => {
        this.#committedMs = clock.now();
        observeCommit?.(seconds, records);
      },
    });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | StoreFailure> {
    if (this.#presence.isShut) return 'unavailable';
    try {
      return await work();
    } catch (error) {
      return this.#failures.of(error);
    }
  }

  load(docId: Bytes, pageBytes: number): ReturnType<Store['load']> {
    return this.#attempt(() => load(this.#pool, docId, pageBytes));
  }

  heads(docIds: readonly Bytes[]): ReturnType<Store['heads']> {
    return this.#attempt(() => heads(this.#pool, docIds));
  }

  create: Store['create'] = (docId, header, expiry) => this.#attempt(() => create(this.#pool, docId, header, expiry));

  append(entry: AppendEntry): void {
    if (this.#presence.isShut) entry.settle('unavailable');
    else this.#appends.add(entry);
  }

  read: Store['read'] = ({ docId }, after, maxBytes, maxRecords = Number.MAX_SAFE_INTEGER) =>
    this.#attempt(() => read(this.#pool, docId, after, maxBytes, maxRecords));

  readCheckpoint: Store['readCheckpoint'] = ({ docId }) => this.#attempt(() => readCheckpoint(this.#pool, docId));

  putHeader: Store['putHeader'] = ({ docId }, current, next, expiry) =>
    this.#attempt(() => putHeader(this.#pool, docId, current, next, expiry));

  putCheckpoint: Store['putCheckpoint'] = ({ docId }, checkpoint, purgeAt, basis) =>
    this.#attempt(() => putCheckpoint(this.#pool, docId, checkpoint, purgeAt, basis));

  eraseHistory: Store['eraseHistory'] = ({ docId }, positions) =>
    this.#attempt(() => eraseHistory(this.#pool, this.#purges, docId, positions));

  removeRecords: Store['removeRecords'] = ({ docId }, positions) =>
    this.#attempt(() => removeRecords(this.#pool, docId, positions));

  end: Store['end'] = ({ docId }, ending) => {
    const forgetAt = forgetTime(Math.floor(this.#options.clock.now() / 1000), this.#options.tombstoneDays);
    return this.#attempt(() => end(this.#pool, this.#purges, docId, ending, forgetAt));
  };

  dueHistory: Store['dueHistory'] = (nowSeconds, skip, limit) =>
    this.#attempt(() => this.#purges.due(nowSeconds, skip, limit));

  deferHistory: Store['deferHistory'] = (due, untilSeconds) =>
    this.#attempt(() => this.#purges.defer(due, untilSeconds));

  sweep: Store['sweep'] = (nowSeconds, limit) => this.#attempt(() => this.#sweep(nowSeconds, limit));

  async #sweep(now: number, limit: number): Promise<{ expired: number; more: boolean }> {
    const { ended, met } = await this.#purges.expire(now, limit, forgetTime(now, this.#options.tombstoneDays));
    const forgotten = await this.#purges.forgetTombstones(now, limit);
    const purged = await this.#purges.purgeDue(now, limit);
    return { expired: ended, more: Math.max(met, forgotten, purged) === limit };
  }

  list: MovableStore['list'] = (after, limit) => this.#attempt(() => list(this.#pool, after, limit));

  count: MovableStore['count'] = () => this.#attempt(() => count(this.#pool));

  describe: MovableStore['describe'] = (docId, skip) => this.#attempt(() => describe(this.#pool, docId, skip));

  import: MovableStore['import'] = (piece) => this.#attempt(() => importPiece(this.#pool, piece));

  clear: MovableStore['clear'] = () => this.#attempt(() => clear(this.#pool));

  claim: MovableStore['claim'] = () => this.#attempt(() => this.#presence.claim());

  async unclaim(stayAlone = false): Promise<void> {
    // When there is no connection, there is no claim either.
    await this.#attempt(() => this.#presence.unclaim(stayAlone));
  }

  standing: MovableStore['standing'] = () => this.#attempt(() => this.#presence.standing());

  setStanding: MovableStore['setStanding'] = (standing, changes) =>
    this.#attempt(() => this.#presence.setStanding(standing, changes));

  async status(): Promise<StoreStatus> {
    const proof = await this.#attempt(() => this.#proveWritable());
    const size = await this.#attempt(() => this.#pool.run<[number]>(SIZE, []));
    const bytes = typeof size === 'string' ? 0 : (size[0]?.[0] ?? 0);
    return { writable: proof === 'written', bytes, freeBytes: undefined };
  }

  async #proveWritable(): Promise<'written'> {
    const now = this.#options.clock.now();
    if (now - this.#committedMs > RECENT_COMMIT_MS) {
      await this.#pool.run(PROVE_WRITABLE, [Math.floor(now / 1000)]);
      this.#committedMs = this.#options.clock.now();
    }
    return 'written';
  }

  /** What was appended before is committed and settled first. */
  async close(): Promise<void> {
    await this.#appends.quiet();
    await this.#pool.close();
    await this.#presence.close();
  }
}

/** Opens the store, and makes or renews its tables; rejects with StoreOpenError when it cannot be used, or serves nobody. */
export async function openPostgresStore(options: PostgresStoreOptions, by: OpenedBy = 'host'): Promise<MovableStore> {
  const { url, schema = DEFAULT_SCHEMA, clock, log } = options;
  const statementMs = options.statementMs ?? DEFAULT_STATEMENT_MS;
  const connectMs = options.connectMs ?? DEFAULT_CONNECT_MS;
  if (!SCHEMA_NAME.test(schema)) {
    throw new StoreOpenError('BadSchema', `${schema} is no name for the schema: small letters, digits and _ only.`);
  }
  const address = await prepare({ url, schema, statementMs: MIGRATION_MS, connectMs }, log);
  const common = { url, schema, statementMs, connectMs, clock, log };
  const presence = new Presence({ ...common, by });
  await enter(presence, address);
  return new PostgresStore(
    new SessionPool({ ...common, size: options.poolSize ?? DEFAULT_POOL_SIZE }),
    presence,
    options,
  );
}

async function enter(presence: Presence, address: Address): Promise<void> {
  const refusal = await presence.enter().catch((error: unknown) => {
    throw openErrorOf(error, address) ?? error;
  });
  if (refusal !== undefined) throw new StoreOpenError('NotServing', refusal);
}

/** Whether the database has tables of a store. Rejects with StoreOpenError when it cannot be used. */
export function isPostgresStore(url: string, schema = DEFAULT_SCHEMA): Promise<boolean> {
  const options = { url, schema, statementMs: DEFAULT_STATEMENT_MS, connectMs: DEFAULT_CONNECT_MS };
  return withSession(options, async (session) => {
    await examine(session, undefined);
    return hasSchema(session, schema);
  });
}

/** With a connection of its own, which may take its time. */
function prepare(options: SessionOptions, log: Log): Promise<Address> {
  return withSession(options, async (session) => {
    await examine(session, log);
    await migrate(session, options.schema);
    return session.address;
  });
}

async function withSession<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const session = makeSession(options);
  try {
    await session.open();
    return await work(session);
  } catch (error) {
    throw openErrorOf(error, session.address) ?? error;
  } finally {
    session.close();
  }
}

/** What stands in a URL that is none may be a password, so the sentence does not repeat it. */
function makeSession(options: SessionOptions): Session {
  if (!/^(postgres|postgresql|socket):/.test(options.url)) {
    throw new StoreOpenError('BadUrl', `The address of the database is no URL like ${URL_EXAMPLE}.`);
  }
  try {
    return new Session(options);
  } catch (error) {
    throw badUrl(error);
  }
}

/** For example a certificate that is not where the address says. */
function badUrl(error: unknown): StoreOpenError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const isFile = /^E[A-Z]+$/.test(code);
  const sentence = `The address of the database does not read${isFile ? `: ${message}` : ` like ${URL_EXAMPLE}`}.`;
  return new StoreOpenError('BadUrl', sentence, { cause: error });
}

async function examine(session: Session, log: Log | undefined): Promise<void> {
  const [row] = await session.run<[version: number, isCopy: boolean, fsync: string]>(
    {
      name: 'examine',
      text: "select current_setting('server_version_num')::integer, pg_is_in_recovery(), current_setting('fsync')",
    },
    [],
  );
  const [version = 0, isCopy = false, fsync = 'on'] = row ?? [];
  const at = placeOf(session.address);
  if (version < OLDEST_VERSION) {
    throw new StoreOpenError('OldServer', `PostgreSQL at ${at} is older than version 14.`);
  }
  if (isCopy) throw new StoreOpenError('ReadOnly', `PostgreSQL at ${at} is a copy that can only be read.`);
  if (fsync !== 'on')
    log?.warn({}, 'PostgreSQL runs with fsync off: what it acknowledges may be lost when the power fails');
}

function placeOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
