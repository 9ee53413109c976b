/** A few connections for the whole process; whoever finds none free waits in line. */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { ConnectionLostError } from './postgres-errors.ts';
import type { SessionOptions } from './postgres-session.ts';
import { Session } from './postgres-session.ts';
import type { Statement } from './postgres-statements.ts';

const RETRY_MS = 1000;

export interface PoolOptions extends SessionOptions {
  /** Connections at most. */
  size: number;
  clock: Clock;
  log: Log;
}

interface Waiter {
  resolve(session: Session): void;
  reject(error: unknown): void;
}

/**
 * node-postgres has a pool too, but one in which those who wait do so until a time limit even when the server is known to be down,
 * and fail when the server has no connection left though others of the pool work.
 */
export class SessionPool {
  readonly #options: PoolOptions;
  readonly #idle: Session[] = [];
  readonly #waiting: Waiter[] = [];
  /** Connected, in use or idle. */
  readonly #live = new Set<Session>();
  #opening = 0;
  #nextTryMs = 0;
  #isClosed = false;
  #whenQuiet: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Rejects with ConnectionLostError when no connection can be had, else as `work` does. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#acquire();
    try {
      return await work(session);
    } finally {
      this.#release(session);
    }
  }

  run<Row extends unknown[]>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return this.use((session) => session.run<Row>(statement, values));
  }

  /** What is under way ends first; what comes after is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#opening > 0 || this.#waiting.length > 0 || this.#idle.length < this.#live.size) {
      await new Promise<void>((resolve) => {
        this.#whenQuiet = resolve;
      });
    }
    for (const session of [...this.#live]) session.close();
  }

  #acquire(): Promise<Session> {
    if (this.#isClosed) return Promise.reject(new ConnectionLostError('the store is closed'));
    const session = this.#idle.pop();
    if (session !== undefined) return Promise.resolve(session);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#openMore();
    });
  }

  #release(session: Session): void {
    if (!session.isLost) this.#handOut(session);
    else this.#openMore();
    this.#whenQuiet?.();
  }

  #handOut(session: Session): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#idle.push(session);
    else waiter.resolve(session);
  }

  /** One connection for each that waits, as far as there is room. */
  #openMore(): void {
    const { size, clock } = this.#options;
    const mayTry = this.#live.size === 0 || clock.now() >= this.#nextTryMs;
    while (mayTry && this.#opening < this.#waiting.length && this.#live.size + this.#opening < size) void this.#open();
  }

  async #open(): Promise<void> {
    this.#opening += 1;
    try {
      const session = new Session(this.#options);
      await session.open();
      this.#opening -= 1;
      this.#live.add(session);
      session.whenLost = () => this.#lost(session);
      this.#handOut(session);
    } catch (error) {
      this.#opening -= 1;
      this.#openingFailed(error as Error);
    }
    this.#whenQuiet?.();
  }

  /** With no other connection, those who wait would wait for nothing; with others, they wait for those, and for a new one later. */
  #openingFailed(error: Error): void {
    const { clock, log } = this.#options;
    this.#nextTryMs = clock.now() + RETRY_MS;
    if (this.#live.size > 0) {
      log.warn({ reason: error.message, connections: this.#live.size }, 'no further connection to the database');
      return;
    }
    const lost = new ConnectionLostError(error.message, { cause: error });
    for (const { reject } of this.#waiting.splice(0)) reject(lost);
  }

  #lost(session: Session): void {
    this.#live.delete(session);
    const index = this.#idle.indexOf(session);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#openMore();
  }
}
