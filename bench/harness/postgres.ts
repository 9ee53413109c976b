import { connectTo, type PostgresServer as Server, startPostgres, urlOf } from '@archipel/relay/services';
import type { Client } from 'pg';
import { treeCpuMs } from './process-usage.ts';
import { pinned } from './server-process.ts';

const DATABASE = 'postgres';
const LOG_FILES = 20;

/** PostgreSQL in a cluster of the bench's own with default settings, so that what its processes use is known. */
export class PostgresServer {
  readonly #server: Server;
  #watcher: Client;

  private constructor(server: Server, watcher: Client) {
    this.#server = server;
    this.#watcher = watcher;
  }

  /** `core`: the one that it is bound to, if any. */
  static async start(core: number | undefined): Promise<PostgresServer> {
    const server = await startPostgres((command) => pinned(core, command));
    const postgres = new PostgresServer(server, await watch(server));
    await postgres.#makeLog();
    return postgres;
  }

  get url(): string {
    return urlOf(this.#server, DATABASE);
  }

  /** Of all its processes. */
  cpuMs(): number {
    return treeCpuMs(this.#server.pid);
  }

  /** Length of the write-ahead log so far. */
  walBytes(): Promise<number> {
    return this.#number(`select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as value`);
  }

  /** How often the write-ahead log was synced; sessions tell it when they end, and now and then before. */
  walSyncs(): Promise<number> {
    return this.#number('select wal_sync as value from pg_stat_wal');
  }

  /** Everything that lies in the log only is written to its place. */
  async checkpoint(): Promise<void> {
    await this.#watcher.query('checkpoint');
  }

  /** Nothing is in its memory afterwards; the kernel's cache stays. */
  async restart(): Promise<void> {
    await this.#watcher.end();
    await this.#server.restart('in order');
    this.#watcher = await watch(this.#server);
  }

  /** Leaves nothing behind. */
  async stop(): Promise<void> {
    await this.#watcher.end();
    await this.#server.stop();
  }

  /**
   * A new cluster fills each file of its log with 16 MB of zeros before it uses it; one that has run for a while uses old ones again.
   * Made to be old here, or the zeros would be most of what appends seem to write.
   */
  async #makeLog(): Promise<void> {
    for (let file = 0; file < LOG_FILES; file++) {
      await this.#watcher.query(`select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()`);
    }
    await this.checkpoint();
  }

  async #number(query: string): Promise<number> {
    const answer = await this.#watcher.query<{ value: string }>(query);
    return Number(answer.rows[0]?.value);
  }
}

async function watch(server: Server): Promise<Client> {
  const client = await connectTo(server, DATABASE);
  client.on('error', () => undefined);
  return client;
}
