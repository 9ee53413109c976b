/**
 * That this process has the store open, told by a lock that ends with its connection: shared by all processes of a host, exclusive for
 * the one that moves its documents or serves them without telling others. Whoever finds out that another one has it exclusively, after
 * its own connection broke, leaves the store alone until that one lets go.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { OpenedBy, Standing, StoreStanding } from './moving.ts';
import { standingError } from './moving.ts';
import { isRefusal } from './postgres-errors.ts';
import { CLOSE_TO_WRITES, OPEN_TO_WRITES, SET_STANDING, STANDING } from './postgres-moving-statements.ts';
import type { SessionOptions } from './postgres-session.ts';
import { Session } from './postgres-session.ts';
import type { Statement } from './postgres-statements.ts';

const RETRY_MS = 1000;
const KEY = "hashtextextended('archipel host ' || $1, 0)";

const SHARE: Statement = { name: 'share', text: `select pg_try_advisory_lock_shared(${KEY})` };
const CLAIM: Statement = { name: 'claim', text: `select pg_try_advisory_lock(${KEY})` };
const UNCLAIM: Statement = { name: 'unclaim', text: `select pg_advisory_unlock(${KEY})` };
const LEAVE: Statement = { name: 'leave', text: 'select pg_advisory_unlock_all()' };

const CLOSED_KINDS: ReadonlySet<Standing['kind']> = new Set(['leaving', 'left']);
const SERVING: Standing = { kind: 'serving', move: '', place: '', at: 0 };

type StandingRow = [store: string, kind: Standing['kind'], move: string, place: string, at: number, changes: number];

export interface PresenceOptions extends SessionOptions {
  by: OpenedBy;
  clock: Clock;
  log: Log;
}

export class Presence {
  readonly #options: PresenceOptions;
  /** Who moved documents here is their host afterwards. */
  #by: OpenedBy;
  #session: Session | undefined;
  #isClaimed = false;
  /** This process does not tell others of its changes, so it claims the store again after its connection broke. */
  #staysAlone = false;
  #isShut = false;
  #isClosed = false;
  #timer: Timer | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#by = options.by;
  }

  /** Another process has the store for itself, or its documents are elsewhere. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** Undefined: done; else a sentence for the host. Rejects when there is no connection. */
  async enter(): Promise<string | undefined> {
    const session = new Session(this.#options);
    await session.open();
    const error = await this.#refusal(session);
    if (error !== undefined || this.#isClosed) session.close();
    if (error !== undefined) return error;
    this.#session = session;
    session.whenLost = () => this.#lost();
    return undefined;
  }

  async #refusal(session: Session): Promise<string | undefined> {
    const where = `the database ${session.address.database} at ${session.address.host}:${session.address.port}`;
    const locks = this.#staysAlone ? [SHARE, CLAIM] : [SHARE];
    for (const lock of locks) {
      if (!(await this.#lock(session, lock))) {
        return `Another Archipel has ${where} for itself: it moves the documents, or it runs without a bus.`;
      }
    }
    this.#isClaimed = this.#staysAlone;
    if (this.#by === 'mover') return undefined;
    const standing = await standingOf(session);
    const error = standingError(standing, where);
    // A process that moved its documents ended before they had left.
    if (standing.kind === 'leaving') await write(session, SERVING, standing.changes);
    return error;
  }

  async claim(): Promise<'alone' | 'shared' | 'unavailable'> {
    if (this.#session === undefined) return 'unavailable';
    this.#isClaimed ||= await this.#lock(this.#session, CLAIM);
    return this.#isClaimed ? 'alone' : 'shared';
  }

  async unclaim(stayAlone: boolean): Promise<void> {
    this.#by = 'host';
    this.#staysAlone = stayAlone;
    if (stayAlone || !this.#isClaimed || this.#session === undefined) return;
    this.#isClaimed = false;
    await this.#lock(this.#session, UNCLAIM);
  }

  async standing(): Promise<StoreStanding | 'unavailable'> {
    return this.#session === undefined ? 'unavailable' : standingOf(this.#session);
  }

  /** On the connection that holds the claim: when that broke, another process may have come meanwhile. */
  async setStanding(standing: Standing, changes: number): Promise<'set' | 'conflict' | 'unavailable'> {
    const session = this.#session;
    if (session === undefined || (standing.kind !== 'serving' && !this.#isClaimed)) return 'unavailable';
    return write(session, standing, changes);
  }

  /** Afterwards others find the store free at once, not only when the server has noticed the end of the connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#options.clock.clearTimeout(this.#timer);
    const session = this.#session;
    try {
      await session?.run(LEAVE, []);
    } catch (error) {
      // With the connection the locks went.
      if (!isRefusal(error)) throw error;
    }
    session?.close();
  }

  async #lock(session: Session, statement: Statement): Promise<boolean> {
    const [[isMine] = [false]] = await session.run<[boolean]>(statement, [this.#options.schema]);
    return isMine;
  }

  #lost(): void {
    this.#session = undefined;
    this.#isClaimed = false;
    if (!this.#isClosed) void this.#enterAgain();
  }

  async #enterAgain(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      const error = await this.enter();
      if (error !== undefined && !this.#isShut) log.error({ reason: error }, 'the store is shut');
      this.#isShut = error !== undefined;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      log.warn({ reason: error.message }, 'the database does not know of this process at the moment');
    }
    if (this.#session === undefined && !this.#isClosed) {
      this.#timer = clock.setTimeout(() => void this.#enterAgain(), RETRY_MS);
    }
  }
}

async function standingOf(session: Session): Promise<StoreStanding> {
  const [row] = await session.run<StandingRow>(STANDING, []);
  if (row === undefined) throw new Error('the row of the table standing is missing');
  const [store, kind, move, place, at, changes] = row;
  return { store, kind, move, place, at, changes };
}

function write(session: Session, standing: Standing, changes: number): Promise<'set' | 'conflict'> {
  return session.transaction(async () => {
    const { kind, move, place, at } = standing;
    const before = await standingOf(session);
    if ((await session.run(SET_STANDING, [kind, move, place, at, changes])).length === 0) return 'conflict';
    const isClosed = CLOSED_KINDS.has(kind);
    if (isClosed !== CLOSED_KINDS.has(before.kind)) await session.execute(isClosed ? CLOSE_TO_WRITES : OPEN_TO_WRITES);
    return 'set';
  });
}
