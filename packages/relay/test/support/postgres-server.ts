/** A PostgreSQL of a test's or a bench's own, from the programs of this machine, that can be broken and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port.ts';

const HOST = '127.0.0.1';
const CONNECT_MS = 3000;
const START_TRIES = 100;
const START_TRY_MS = 200;
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const MISSING = 'These tests need PostgreSQL, and there is none on this machine. Type: apt-get install postgresql';

export interface Address {
  port: number;
  user: string;
}

export interface PostgresServer extends Address {
  /** Its sessions are children of this process. */
  readonly pid: number;
  /**
   * Ends it and starts it again on the same port: as a power cut would, but for the kernel's memory, or in order, so that all it
   * knows is in its files.
   */
  restart(end?: 'cut' | 'in order'): Promise<void>;
  stop(): Promise<void>;
}

/** What is started in place of a command, for example the same bound to a core. */
export type Launch = (command: readonly string[]) => readonly [string, ...string[]];
export const asItIs: Launch = (command) => command as readonly [string, ...string[]];

export function urlOf({ port, user }: Address, database: string): string {
  return `postgres://${user}@${HOST}:${port}/${database}`;
}

export async function connectTo(server: Address, database: string): Promise<Client> {
  const client = new Client({ connectionString: urlOf(server, database), connectionTimeoutMillis: CONNECT_MS });
  await client.connect();
  return client;
}

/** An empty one on a free port, where everybody may do everything. */
export async function startPostgres(launch: Launch = asItIs): Promise<PostgresServer> {
  const programs = findPrograms();
  const account = accountOf();
  const folder = mkdtempSync(join(tmpdir(), 'archipel-postgres-'));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'],
    account,
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const server = { port: await freePort(), user: 'postgres' };
  const run = async (): Promise<ChildProcess> => {
    const options = ['-D', data, '-k', folder, '-h', HOST, '-p', String(server.port)];
    const [command, ...words] = launch([join(programs, 'postgres'), ...options]);
    const started = spawn(command, words, { ...account, cwd: folder, stdio: 'ignore' });
    for (let i = 0; !(await answers(server)); i++) {
      if (i === START_TRIES) throw new Error(`PostgreSQL in ${programs} does not start.`);
      await new Promise((resolve) => setTimeout(resolve, START_TRY_MS));
    }
    return started;
  };
  let child = await run();
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const killWithUs = (): void => {
    child.kill('SIGKILL');
    remove();
  };
  process.once('exit', killWithUs);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  };
  return {
    ...server,
    get pid() {
      return child.pid as number;
    },
    async restart(how = 'cut') {
      // What PostgreSQL calls an immediate shutdown, with a recovery at the next start; and a fast one, which writes a checkpoint.
      await end(how === 'cut' ? 'SIGQUIT' : 'SIGINT');
      child = await run();
    },
    async stop() {
      process.off('exit', killWithUs);
      await end('SIGINT');
      remove();
    },
  };
}

/** Debian keeps the programs of each version in a folder that is not in the path. */
function findPrograms(): string {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newestFirst = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_FOLDER, version, 'bin'));
  const folders = [...newestFirst, ...(process.env.PATH ?? '').split(delimiter)];
  const found = folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
  if (found === undefined) throw new Error(MISSING);
  return found;
}

/** PostgreSQL does not run as root: then it gets the account that came with it, or nobody's. */
function accountOf(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, name]).stdout.toString() || Number.NaN),
    );
    if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid };
  }
  throw new Error(`${MISSING} (as another user than root)`);
}

async function answers(server: Address): Promise<boolean> {
  try {
    await (await connectTo(server, 'postgres')).end();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === undefined) throw error;
    return false;
  }
}
