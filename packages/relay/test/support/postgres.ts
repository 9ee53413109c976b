/** A real PostgreSQL for tests: the one that runs on this machine, or else one that is started for the test file. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Client } from 'pg';
import { afterAll } from 'vitest';
import type { Address } from './postgres-server.ts';
import { connectTo, startPostgres, urlOf } from './postgres-server.ts';

const DEFAULT_PORT = 5432;
/** The server writes out all it has before it drops a database. */
const DROP_MS = 60_000;

export interface TestDatabase {
  /** Of a database that is empty at first. */
  url: string;
  /** For other addresses of the same server. */
  port: number;
  name: string;
  user: string;
  /** Runs SQL in the database, beside the store. */
  query<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A connection of its own, which the caller closes. */
  connect(): Promise<Client>;
}

/** To be awaited at the top of a test file; the database goes when the file is done. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = (await findServer()) ?? (await startPostgres());
  const name = `archipel_test_${randomBytes(6).toString('hex')}`;
  const admin = await connectTo(server, 'postgres');
  await admin.query(`create database ${name}`);
  const client = await connectTo(server, name);
  afterAll(async () => {
    await client.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
    await server.stop();
  }, DROP_MS);
  return {
    url: urlOf(server, name),
    port: server.port,
    name,
    user: server.user,
    query: async (text, values) => (await client.query(text, values)).rows,
    connect: () => connectTo(server, name),
  };
}

interface Server extends Address {
  stop(): Promise<void>;
}

/** The one that a Debian package starts, for whoever may make databases there. */
async function findServer(): Promise<Server | undefined> {
  for (const user of ['postgres', userInfo().username]) {
    try {
      const client = await connectTo({ port: DEFAULT_PORT, user }, 'postgres');
      const { rows } = await client.query('select rolcreatedb or rolsuper as may from pg_roles where rolname = $1', [
        user,
      ]);
      await client.end();
      if (rows[0]?.may === true) return { port: DEFAULT_PORT, user, stop: async () => undefined };
    } catch (error) {
      // None listens, or it wants a password: another way is tried.
      if ((error as { code?: string }).code === undefined) throw error;
    }
  }
  return undefined;
}
