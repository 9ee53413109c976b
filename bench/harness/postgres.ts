import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { endWithUs, freePort, listening } from './children.ts';
import { type Cluster, makeCluster } from './postgres-cluster.ts';
import { treeCpuMs } from './process-usage.ts';
import { pinned } from './server-process.ts';

/** Taken when no cluster of our own can be made; another one is named by ARCHIPEL_BENCH_POSTGRES. */
const RUNNING = 'postgres://postgres@127.0.0.1:5432/postgres';
const START_ATTEMPTS = 100;
const LOG_FILES = 20;

/**
 * PostgreSQL with a database for this bench alone: in a cluster of our own with default settings, so that what its
 * processes use is known; else in a server that runs already, and then only what it says of itself is known.
 */
export class PostgresServer {
  readonly #cluster: Cluster | undefined;
  readonly #core: number | undefined;
  readonly #database = `archipel_bench_${process.pid}`;
  #server = RUNNING;
  #child: ChildProcess | undefined;
  #watcher: pg.Client | undefined;

  private constructor(cluster: Cluster | undefined, core: number | undefined) {
    this.#cluster = cluster;
    this.#core = core;
  }

  /** `core`: the core that a cluster of our own is bound to, if any. */
  static async start(core: number | undefined): Promise<PostgresServer> {
    const server = new PostgresServer(makeCluster(), core);
    await server.#launch();
    const client = await connected(server.#server);
    await client.query(`create database ${server.#database}`);
    await client.end();
    server.#watcher = await connected(server.url);
    await server.#makeLog();
    return server;
  }

  /** Whether the processes are ours, so that their CPU is known. */
  get isOwn(): boolean {
    return this.#cluster !== undefined;
  }

  /** The bench's own database. */
  get url(): string {
    return Object.assign(new URL(this.#server), { pathname: `/${this.#database}` }).href;
  }

  /** Of all its processes; NaN when they are not ours. */
  cpuMs(): number {
    return this.#child?.pid === undefined ? Number.NaN : treeCpuMs(this.#child.pid);
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
    await this.#watcher?.query('checkpoint');
  }

  /** Stops and starts the cluster, so that nothing is in its memory; the kernel's cache stays. A server of others is left alone. */
  async restart(): Promise<void> {
    if (this.#cluster === undefined) return;
    await this.#halt();
    await this.#launch();
    this.#watcher = await connected(this.url);
  }

  /** Leaves nothing behind. */
  async stop(): Promise<void> {
    if (this.#cluster !== undefined) {
      await this.#halt();
      this.#cluster.remove();
      return;
    }
    await this.#watcher?.end();
    const client = await connected(this.#server);
    await client.query(`drop database ${this.#database} with (force)`);
    await client.end();
  }

  /**
   * A new cluster fills each file of its log with 16 MB of zeros before it uses it; one that has run for a while uses old ones again.
   * Made to be old here, or the zeros would be most of what appends seem to write.
   */
  async #makeLog(): Promise<void> {
    if (!this.isOwn) return;
    for (let file = 0; file < LOG_FILES; file++) {
      await this.#watcher?.query(`select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()`);
    }
    await this.checkpoint();
  }

  async #launch(): Promise<void> {
    this.#server = process.env.ARCHIPEL_BENCH_POSTGRES ?? RUNNING;
    if (this.#cluster === undefined) return;
    const { program, folder, user } = this.#cluster;
    const port = await freePort();
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on'];
    const words = [program('postgres'), '-D', folder, ...settings.flatMap((setting) => ['-c', setting])];
    const [command, ...rest] = pinned(this.#core, words);
    const child = spawn(command, rest, { stdio: 'ignore', cwd: folder, ...user });
    endWithUs(child, this.#cluster.remove);
    await listening(child, port, 'postgres');
    this.#child = child;
    this.#server = `postgres://archipel@127.0.0.1:${port}/postgres`;
  }

  /** SIGINT is PostgreSQL's fast shutdown: it ends its sessions and writes a checkpoint. */
  async #halt(): Promise<void> {
    await this.#watcher?.end();
    this.#watcher = undefined;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  }

  async #number(query: string): Promise<number> {
    const answer = await this.#watcher?.query<{ value: string }>(query);
    return Number(answer?.rows[0]?.value);
  }
}

/** A server that has just opened its port may refuse for a moment, because it is still reading its log. */
async function connected(url: string): Promise<pg.Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      client.on('error', () => undefined);
      return client;
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
