/** One connection to PostgreSQL, with the settings that the store relies on. */
import type { QueryArrayConfig } from 'pg';
import { Client, DatabaseError, escapeIdentifier } from 'pg';
import type { Address } from './postgres-errors.ts';
import { ConnectionLostError, endsConnection } from './postgres-errors.ts';
import type { Statement } from './postgres-statements.ts';
import { resultTypes } from './postgres-wire.ts';

const KEEP_ALIVE_MS = 10_000;
/** The server gives up a statement by itself; a server that does not even do that is not there any more. */
const HUNG_FACTOR = 1.5;

export interface SessionOptions {
  url: string;
  schema: string;
  /** How long a statement may take, waiting for locks included. */
  statementMs: number;
  connectMs: number;
}

/**
 * What the store is built on, whatever the server's defaults: an answer means that the disk (and a synchronous copy, if there is one)
 * has it; a statement that waited for a row goes on with its newest version; and nothing waits for ever.
 */
const SETTINGS = `select
  set_config('synchronous_commit', case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('search_path', $1, false),
  set_config('statement_timeout', $2, false),
  set_config('lock_timeout', $2, false),
  set_config('idle_in_transaction_session_timeout', $2, false),
  set_config('bytea_output', 'hex', false),
  set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('enable_seqscan', 'off', false),
  set_config('enable_sort', 'off', false),
  set_config('jit', 'off', false)`;
// The last four: a statement names one document, so the plan is the same for all, and planning anew for each would cost as much as the
// statement; a plan that was made while a table was small must not walk through it, or sort a long history, when it is large; and no
// statement is long enough to be worth compiling, though PostgreSQL may think so.

/** Errors of the connection get a class of their own; what the server says, and bugs, stay as they are. */
function ownError(error: unknown): unknown {
  const isOurs = error instanceof DatabaseError || error instanceof TypeError || error instanceof RangeError;
  if (isOurs || !(error instanceof Error)) return error;
  return new ConnectionLostError(error.message, { cause: error });
}

export class Session {
  readonly #client: Client;
  readonly #options: SessionOptions;
  #isLost = false;
  /** Told once, when the connection is of no use any more. */
  whenLost: () => void = () => undefined;

  /** Throws when the URL is none. */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.#client = new Client({
      connectionString: options.url,
      connectionTimeoutMillis: options.connectMs,
      query_timeout: options.statementMs * HUNG_FACTOR,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      fallback_application_name: 'archipel',
      types: resultTypes,
    });
    // Without a listener an idle connection that breaks would end the process.
    this.#client.on('error', () => this.#lose());
    this.#client.on('end', () => this.#lose());
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get address(): Address {
    const { host, port, database = '', user = '' } = this.#client;
    return { host, port, database, user };
  }

  /** Rejects with ConnectionLostError, or with what the server says. */
  async open(): Promise<void> {
    const { schema, statementMs } = this.#options;
    try {
      await this.#client.connect();
      await this.#client.query(SETTINGS, [escapeIdentifier(schema), String(statementMs)]);
      if (this.#isLost) throw new ConnectionLostError('the connection ended as soon as it was there');
    } catch (error) {
      this.#lose();
      throw ownError(error);
    }
  }

  /** Runs a statement that was prepared on this connection, or prepares it. */
  run<Row extends unknown[]>({ name, text }: Statement, values: unknown[]): Promise<Row[]> {
    return this.#query<Row>({ name, text, values, rowMode: 'array' });
  }

  /** Runs any text; several statements are one transaction. */
  async execute(text: string): Promise<void> {
    await this.#query({ text, rowMode: 'array' });
  }

  /** Everything in `work`, or nothing. */
  async transaction<T>(work: () => Promise<T>, begin = 'begin'): Promise<T> {
    await this.execute(begin);
    try {
      const result = await work();
      await this.execute('commit');
      return result;
    } catch (error) {
      if (!this.#isLost) await this.execute('rollback');
      throw error;
    }
  }

  close(): void {
    this.#lose();
  }

  async #query<Row extends unknown[]>(query: QueryArrayConfig): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>(query)).rows;
    } catch (error) {
      if (endsConnection(error)) this.#lose();
      throw ownError(error);
    }
  }

  /** Says goodbye, or cuts the line when a statement hangs on it. */
  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    void this.#client.end();
    this.whenLost();
  }
}
