import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog, systemClock } from '../src/index.ts';
import type { PostgresStoreOptions } from '../src/store/postgres.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import type { AppendFailure, Store } from '../src/store/store.ts';
import { describeStore } from './store-contract.ts';
import { cutProxy } from './support/cut-proxy.ts';
import { testDatabase } from './support/postgres.ts';
import {
  allBodies,
  append,
  appendAll,
  basisOf,
  bytes,
  checkpoint,
  create,
  found,
  HOUR_SECONDS,
  loaded,
} from './support/stores.ts';

const SHORT_MS = 1000;
/** For what happens at once on a machine that has nothing else to do. */
const PATIENT = { timeout: 15_000 };
/** Of all tests that do not care: making tables takes longer than most of them. */
const SCHEMA = 'tests';
const database = await testDatabase();
let schemas = 0;

function newSchema(): string {
  schemas += 1;
  return `s${schemas}`;
}

function options(changes: Partial<PostgresStoreOptions> = {}): PostgresStoreOptions {
  return {
    url: database.url,
    schema: SCHEMA,
    poolSize: 4,
    tombstoneDays: 365,
    clock: systemClock,
    log: silentLog,
    ...changes,
  };
}

/** Tables without anything that another test left. */
async function empty(): Promise<void> {
  await (await openPostgresStore(options())).close();
  for (const table of ['document', 'record', 'checkpoint', 'purge'])
    await database.query(`delete from ${SCHEMA}.${table}`);
}

async function openStore(changes: Partial<PostgresStoreOptions> = {}): Promise<Store> {
  const store = await openPostgresStore(options(changes));
  onTestFinished(() => store.close());
  return store;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describeStore(
  'postgres',
  () => {
    const isEmpty = empty();
    return { open: () => isEmpty.then(() => openPostgresStore(options())), now: nowSeconds };
  },
  { isShared: true },
);

/** Another session holds the row of the document until `release`. */
async function holdDocument(docId: Uint8Array): Promise<{ release(): Promise<void> }> {
  const client = await database.connect();
  await client.query(`begin`);
  await client.query(`select from ${SCHEMA}.document where doc_id = $1 for update`, [Buffer.from(docId)]);
  return {
    async release() {
      await client.query('rollback');
      await client.end();
    },
  };
}

/** Process numbers of sessions that wait for a lock in the test's database. */
async function waiters(): Promise<number[]> {
  const rows = await database.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}

async function terminate(which: string): Promise<void> {
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and ${which}`,
  );
}

describe('appends while the database has trouble', () => {
  it('wait for a lock that another process holds, and are stored', async () => {
    const store = await openStore();
    const document = await create(store);
    const held = await holdDocument(document.ref.docId);
    const settled: unknown[] = [];
    const outcomes = [0, 1].map((n) =>
      append(store, document, n, bytes(50, n)).then((outcome) => settled.push(outcome)),
    );
    await expect.poll(waiters, PATIENT).toHaveLength(1);
    expect(settled).toEqual([]);
    await held.release();
    await Promise.all(outcomes);
    expect(settled).toEqual([1, 2]);
  });

  it('are unavailable when that takes too long, and nothing of them is stored', async () => {
    const store = await openStore({ statementMs: SHORT_MS });
    const [document, other] = [await create(store), await create(store)];
    const held = await holdDocument(document.ref.docId);
    const waiting = appendAll(store, document, [1, 2, 3]);
    expect(await append(store, other, 0, bytes(50, 1))).toBe(1);
    expect(await waiting).toEqual(['unavailable', 'unavailable', 'unavailable']);
    await held.release();
    expect(await allBodies(store, document.ref)).toEqual([]);
    expect(await append(store, document, 0, bytes(50, 4))).toBe(1);
  });

  it('are unavailable when the connection breaks, with what waits behind them; later ones are stored', async () => {
    const store = await openStore();
    const document = await create(store);
    const held = await holdDocument(document.ref.docId);
    const outcomes = [append(store, document, 0, bytes(50, 1))];
    await expect.poll(waiters, PATIENT).toHaveLength(1);
    outcomes.push(append(store, document, 1, bytes(50, 2)));
    await terminate(`pid = ${(await waiters())[0]}`);
    expect(await Promise.all(outcomes)).toEqual(['unavailable', 'unavailable']);
    await held.release();
    expect(await append(store, document, 0, bytes(50, 3))).toBe(1);
    expect(await allBodies(store, document.ref)).toEqual([3]);
  });

  it('go on when all connections broke while nobody used them', async () => {
    const store = await openStore();
    const documents = await Promise.all(Array.from({ length: 6 }, () => create(store)));
    await terminate("application_name = 'archipel'");
    const outcome = async (): Promise<number> => {
      const outcomes = await Promise.all(documents.map((document) => append(store, document, 0, bytes(50, 1))));
      return outcomes.filter((each) => typeof each === 'number' || each === 'conflict').length;
    };
    await expect.poll(outcome, PATIENT).toBe(documents.length);
  });

  it('are unavailable when the server does not answer any more, and stored when it does again', async () => {
    const proxy = await cutProxy(database.port);
    onTestFinished(() => proxy.close());
    const url = `postgres://${database.user}@127.0.0.1:${proxy.port}/${database.name}`;
    const store = await openStore({ url, statementMs: SHORT_MS, connectMs: SHORT_MS });
    const document = await create(store);
    proxy.stall();
    expect(await append(store, document, 0, bytes(50, 1))).toBe('unavailable');
    expect(await store.read(document.ref, 0, 1000)).toBe('unavailable');
    proxy.cut();
    expect(await append(store, document, 0, bytes(50, 1))).toBe('unavailable');
    expect((await store.status()).writable).toBe(false);
    proxy.mend();
    await expect.poll(() => store.heads([document.ref.docId]), PATIENT).not.toBe('unavailable');
    const [head] = found(await store.heads([document.ref.docId]));
    expect(await append(store, document, head?.position as number, bytes(50, 1))).toBeTypeOf('number');
  });

  it('are unavailable while the database can only be read', async () => {
    const store = await openStore();
    const document = await create(store);
    const reset = () => database.query(`alter database ${database.name} reset default_transaction_read_only`);
    onTestFinished(async () => void (await reset()));
    await database.query(`alter database ${database.name} set default_transaction_read_only = on`);
    await terminate("application_name = 'archipel'");
    await expect.poll(() => store.heads([document.ref.docId]), PATIENT).toHaveLength(1);
    expect(await append(store, document, 0, bytes(50, 1))).toBe('unavailable');
    await reset();
    await expect.poll(() => append(store, document, 0, bytes(50, 1)), PATIENT).toBe(1);
  });

  it('are refused while the disk of the server is full, with what waits behind them', async () => {
    const schema = newSchema();
    const store = await openStore({ schema });
    const document = await create(store);
    await database.query(`create function ${schema}.fill() returns trigger language plpgsql
      as $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`);
    await database.query(
      `create trigger fill before insert on ${schema}.record for each row execute function ${schema}.fill()`,
    );
    expect(await appendAll(store, document, [1, 2])).toEqual(['disk_full', 'disk_full']);
    await database.query(`drop trigger fill on ${schema}.record`);
    expect(await append(store, document, 0, bytes(50, 1))).toBe(1);
  });

  it('find a connection when the server has fewer than the pool would like', async () => {
    const role = `few_${process.pid}`;
    await database.query(`create role ${role} login connection limit 2`);
    onTestFinished(async () => void (await database.query(`drop owned by ${role}; drop role ${role}`)));
    await database.query(`grant create on database ${database.name} to ${role}`);
    const url = `postgres://${role}@127.0.0.1:${database.port}/${database.name}`;
    const store = await openPostgresStore(options({ url, schema: newSchema(), poolSize: 6 }));
    const documents = [];
    for (let i = 0; i < 12; i++) documents.push(await create(store));
    const outcomes = await Promise.all(documents.map((document) => append(store, document, 0, bytes(50, 1))));
    expect(outcomes).toEqual(documents.map(() => 1));
    await store.close();
  });
});

describe('groups of appends', () => {
  it('are one commit for what came in during the last one', async () => {
    const commits: number[] = [];
    const store = await openStore({ observeCommit: (_seconds, records) => commits.push(records) });
    const document = await create(store);
    const held = await holdDocument(document.ref.docId);
    const outcomes = [append(store, document, 0, bytes(50, 1))];
    await expect.poll(waiters, PATIENT).toHaveLength(1);
    for (let n = 1; n < 1500; n++) outcomes.push(append(store, document, n, bytes(50, 1)));
    await held.release();
    expect(await Promise.all(outcomes)).toEqual(Array.from({ length: 1500 }, (_, n) => n + 1));
    expect(commits).toEqual([1, 1000, 499]);
  });

  it('hold what was judged by one version, asked for when they are sent', async () => {
    const store = await openStore();
    const document = await create(store);
    const { ref } = document;
    let { version } = document;
    const settled: (number | AppendFailure)[] = [];
    const session = bytes(16, 1);
    const later = (n: number) => ({
      ref,
      session,
      n,
      body: bytes(50, n),
      get version() {
        return version;
      },
      settle: (outcome: number | AppendFailure) => settled.push(outcome),
    });
    const held = await holdDocument(ref.docId);
    store.append(later(0));
    await expect.poll(waiters, PATIENT).toHaveLength(1);
    store.append(later(1));
    const renewing = store.putHeader(ref, bytes(180, 1), bytes(180, 2), 0).then((renewed) => {
      version = renewed as number;
    });
    await expect.poll(waiters, PATIENT).toHaveLength(2);
    // Whatever is sent before the change is known is judged by a version that may be over.
    version = -1;
    await held.release();
    await renewing;
    await expect.poll(() => settled.length, PATIENT).toBe(2);
    expect(settled[1]).toBe('conflict');
    store.append({ ...later(2), version: version + 1 });
    store.append({ ...later(3), version });
    await expect.poll(() => settled.length, PATIENT).toBe(4);
    expect(settled.slice(2)).toEqual(['conflict', 'conflict']);
  });
});

describe('removal by several processes', () => {
  it('goes on where a process that died left it', async () => {
    await empty();
    const [store, survivor] = [await openStore(), await openStore()];
    const [ended, erased] = [await create(store), await create(store)];
    const fills = Array(700).fill(1);
    const positions = await appendAll(store, erased, fills);
    await appendAll(store, ended, fills);
    const tail = positions.at(-1) as number;
    await store.putCheckpoint(erased.ref, checkpoint(1, tail), 0, basisOf(erased));
    // Both orders are given, and the connections die before the records are gone.
    const lock = await database.connect();
    await lock.query('begin');
    await lock.query(`lock table ${SCHEMA}.record in share mode`);
    const orders = [store.end(ended.ref, 'deleted'), store.eraseHistory(erased.ref, [])];
    await expect.poll(waiters, PATIENT).toHaveLength(2);
    await terminate(`pid in (${(await waiters()).join()})`);
    expect(await Promise.all(orders)).toEqual(['unavailable', 'unavailable']);
    await lock.query('rollback');
    await lock.end();
    expect(await survivor.load(ended.ref.docId, 1000)).toBe('deleted');
    await survivor.sweep(nowSeconds(), 100);
    await store.eraseHistory(erased.ref, []);
    expect(await allBodies(survivor, ended.ref)).toEqual([]);
    expect(await allBodies(survivor, erased.ref)).toHaveLength(1);
    expect(await database.query(`select from ${SCHEMA}.purge`)).toEqual([]);
  });

  it('leaves a purge to the process that took it up, and takes it up when that one died', async () => {
    const store = await openStore();
    const document = await create(store);
    const positions = await appendAll(store, document, [1, 2, 3]);
    const now = nowSeconds();
    await store.putCheckpoint(document.ref, checkpoint(1, positions[2] as number), now, basisOf(document));
    await database.query(`update ${SCHEMA}.purge set due = $1`, [now + 60]);
    await store.sweep(now, 10);
    expect(await allBodies(store, document.ref)).toHaveLength(3);
    await store.sweep(now + 60, 10);
    expect(await allBodies(store, document.ref)).toHaveLength(1);
    expect(found(await store.readCheckpoint(document.ref)).historyBytes).toBe(0);
  });

  it('CKP-3: counts what retention removed out of the history', async () => {
    const store = await openStore();
    const document = await create(store);
    const positions = await appendAll(store, document, [1, 2, 3]);
    const { ref } = document;
    const first = { ...checkpoint(1, positions[2] as number), historyBytes: 130 };
    await store.putCheckpoint(ref, first, nowSeconds(), basisOf(document));
    await store.sweep(nowSeconds(), 10);
    expect(found(await store.readCheckpoint(ref)).historyBytes).toBe(30);
  });

  it('ORD-4: forgets the tombstone of an expired document when its time is over, and no other', async () => {
    await empty();
    const store = await openStore({ tombstoneDays: 1 });
    const now = nowSeconds();
    const [expired, deleted, alive] = [await create(store, now - 1), await create(store), await create(store)];
    await store.end(deleted.ref, 'deleted');
    await store.sweep(now, 10);
    await store.sweep(now + 23 * HOUR_SECONDS, 10);
    expect(await store.load(expired.ref.docId, 1000)).toBe('expired');
    expect(await store.sweep(now + 25 * HOUR_SECONDS, 10)).toEqual({ expired: 0, more: false });
    expect(await store.load(expired.ref.docId, 1000)).toBe('not_found');
    expect(await store.load(deleted.ref.docId, 1000)).toBe('deleted');
    expect((await loaded(store, alive.ref.docId)).ref.docId).toEqual(alive.ref.docId);
    expect(await store.create(expired.ref.docId, bytes(180, 1), 0)).toBe('created');
  });
});
