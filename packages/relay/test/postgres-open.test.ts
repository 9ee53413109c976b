import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Log } from '../src/index.ts';
import { silentLog, systemClock } from '../src/index.ts';
import type { PostgresStoreOptions } from '../src/store/postgres.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { Session } from '../src/store/postgres-session.ts';
import type { Store } from '../src/store/store.ts';
import { testDatabase } from './support/postgres.ts';
import { create, loaded } from './support/stores.ts';

const SHORT_MS = 1000;
const database = await testDatabase();
let schemas = 0;

function newSchema(): string {
  schemas += 1;
  return `s${schemas}`;
}

/** Of tables that are not there yet. */
function options(changes: Partial<PostgresStoreOptions> = {}): PostgresStoreOptions {
  return {
    url: database.url,
    schema: newSchema(),
    tombstoneDays: 365,
    clock: systemClock,
    log: silentLog,
    ...changes,
  };
}

async function openError(changes: Partial<PostgresStoreOptions>): Promise<string> {
  const opened = openPostgresStore(options(changes));
  return opened.then(
    () => 'it opened',
    (error: Error & { code?: string }) => `${error.name} ${error.message}`,
  );
}

describe('opening a store in PostgreSQL', () => {
  it('makes the tables once when several processes start together', async () => {
    const common = options();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(common)));
    const { ref } = await create(stores[0] as Store);
    expect((await loaded(stores[4] as Store, ref.docId)).ref.docId).toEqual(ref.docId);
    expect(await database.query(`select step from ${common.schema}.schema`)).toEqual([
      { step: 1 },
      { step: 2 },
      { step: 3 },
      { step: 4 },
      { step: 5 },
      { step: 6 },
    ]);
    for (const store of stores) await store.close();
  });

  it('refuses tables of a newer program', async () => {
    const common = options();
    await (await openPostgresStore(common)).close();
    await database.query(`insert into ${common.schema}.schema values (99)`);
    await expect(openPostgresStore(common)).rejects.toThrow(/written by a newer Archipel \(schema 99/);
  });

  it('does with a schema that somebody else made, and no right to make one', async () => {
    const [schema, role] = [newSchema(), `plain_${process.pid}`];
    await database.query(`create role ${role} login`);
    onTestFinished(async () => void (await database.query(`drop owned by ${role}; drop role ${role}`)));
    const url = `postgres://${role}:secret@127.0.0.1:${database.port}/${database.name}`;
    expect(await openError({ url, schema })).toMatch(/may not make tables in the database/);
    await database.query(`create schema ${schema} authorization ${role}`);
    const store = await openPostgresStore(options({ url, schema }));
    expect((await create(store)).version).toBe(1);
    await store.close();
  });

  it.each([
    ['nobody listens', 'postgres://a:s3cret@127.0.0.1:1/b', /^Error No PostgreSQL listens at 127\.0\.0\.1:1/],
    ['the name is unknown', 'postgres://a:s3cret@nowhere.invalid/b', /nowhere\.invalid is not known by name/],
    ['it is no URL', 's3cret', /is no URL like/],
    ['it is a URL of something else', 'mysql://a:s3cret@127.0.0.1/b', /is no URL like/],
    ['it is a broken URL', 'postgres://a:s3cret@127.0.0.1:port/b', /does not read like/],
    ['its percents are wrong', 'postgres://a:s3cret%E0%A4@127.0.0.1/b', /does not read like/],
    ['it names a file that is missing', 'postgres://a:s3cret@h/b?sslrootcert=/nowhere.pem', /no such file/],
  ])('says so when %s, without the password', async (_case, url, sentence) => {
    const message = await openError({ url });
    expect(message).toMatch(sentence);
    expect(message).not.toContain('s3cret');
  });

  it('says so when the database is missing or the user may not in', async () => {
    const at = `127.0.0.1:${database.port}`;
    expect(await openError({ url: `postgres://${database.user}:s3cret@${at}/no_such_database` })).toMatch(
      /has no database no_such_database/,
    );
    const stranger = await openError({ url: `postgres://no_such_user:s3cret@${at}/${database.name}` });
    expect(stranger).toMatch(/does not let no_such_user in/);
    expect(stranger).not.toContain('s3cret');
  });

  it('says so when the server does not answer', async () => {
    const server = createServer(() => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    expect(await openError({ url: `postgres://a:s3cret@127.0.0.1:${port}/b`, connectMs: SHORT_MS })).toMatch(
      /does not answer/,
    );
  });

  it('refuses a schema that is no name', async () => {
    expect(await openError({ schema: 'a"; drop schema public' })).toMatch(/is no name for the schema/);
  });

  it('waits for the disk whatever the default of the server', async () => {
    await database.query(`alter database ${database.name} set synchronous_commit = off`);
    onTestFinished(async () => void (await database.query(`alter database ${database.name} reset synchronous_commit`)));
    const session = new Session({ url: database.url, schema: 'public', statementMs: 1000, connectMs: 1000 });
    await session.open();
    expect(await session.run({ name: 'show', text: 'show synchronous_commit' }, [])).toEqual([['on']]);
    session.close();
  });

  it('says in the log that the database is gone, once and not for each call', async () => {
    const warnings: object[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) };
    const store = await openPostgresStore(options({ log }));
    const document = await create(store);
    await store.close();
    await Promise.all(Array.from({ length: 50 }, () => store.read(document.ref, 0, 1000)));
    expect(warnings).toEqual([{ failure: 'unavailable', code: undefined, reason: 'the store is closed', unlogged: 0 }]);
  });
});
