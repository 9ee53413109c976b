import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog, systemClock } from '../src/index.ts';
import type { MovableStore, OpenedBy, Standing } from '../src/store/moving.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { describeMovable } from './moving-contract.ts';
import { testDatabase } from './support/postgres.ts';
import { append, bytes, create, found } from './support/stores.ts';

const SCHEMA = 'moving';
const HOLDERS =
  "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
const database = await testDatabase();

function open(by: OpenedBy = 'host'): Promise<MovableStore> {
  return openPostgresStore(
    { url: database.url, schema: SCHEMA, poolSize: 2, tombstoneDays: 365, clock: systemClock, log: silentLog },
    by,
  );
}

async function openHere(by?: OpenedBy): Promise<MovableStore> {
  const store = await open(by);
  onTestFinished(() => store.close());
  return store;
}

async function empty(): Promise<void> {
  const store = await open('mover');
  const { changes } = found<{ changes: number }>(await store.standing());
  await store.setStanding({ kind: 'serving', move: '', place: '', at: 0 }, changes);
  await store.close();
  // Faster than `clear`, which is made for large tables.
  for (const table of ['document', 'record', 'checkpoint', 'purge'])
    await database.query(`delete from ${SCHEMA}.${table}`);
}

describeMovable('postgres', () => {
  const isEmpty = empty();
  return { open: () => isEmpty.then(() => open()), now: () => Math.floor(Date.now() / 1000) };
});

async function stand(store: MovableStore, kind: Standing['kind']): Promise<string> {
  const { changes } = found<{ changes: number }>(await store.standing());
  return store.setStanding({ kind, move: 'a.b', place: 'the folder /elsewhere', at: 1_800_000_000 }, changes);
}

describe('a store that several processes share', () => {
  it('is claimed by the only process that has it open, and then opened by no other', async () => {
    await empty();
    const [here, there] = [await openHere(), await openHere()];
    expect(await here.claim()).toBe('shared');
    expect(await stand(here, 'leaving')).toBe('unavailable');
    await there.close();
    expect([await here.claim(), await here.claim()]).toEqual(['alone', 'alone']);
    await expect(open()).rejects.toThrow(/^Another Archipel has the database .* for itself/);
    await here.unclaim();
    await openHere();
  });

  it("stays its only process's own, also after the connection broke, when that one tells nobody of its changes", async () => {
    await empty();
    const store = await openHere('mover');
    await store.claim();
    await store.unclaim(true);
    const refused = (): Promise<string> =>
      open().then(
        () => 'it opened',
        (error: Error) => error.message,
      );
    expect(await refused()).toMatch(/for itself/);
    await database.query(`select pg_terminate_backend(pid) from (${HOLDERS}) holders`);
    await expect.poll(() => database.query(`${HOLDERS} and mode = 'ExclusiveLock'`)).toHaveLength(1);
    expect(await refused()).toMatch(/for itself/);
    await store.unclaim();
    await openHere();
  });

  it('takes no writes of anybody while its documents leave, and takes them again when they stay', async () => {
    await empty();
    const store = await openHere();
    const document = await create(store);
    const write = (n: number) => append(store, document, n, bytes(50, n));
    expect(await write(0)).toBeTypeOf('number');
    await store.claim();
    expect(await stand(store, 'leaving')).toBe('set');
    expect(await write(1)).toBe('unavailable');
    expect(await store.create(bytes(20, 77), bytes(180, 1), 0)).toBe('unavailable');
    expect(await store.putHeader(document.ref, bytes(180, 1), bytes(180, 2), 0)).toBe('unavailable');
    expect(await store.end(document.ref, 'deleted')).toBe('unavailable');
    expect(await stand(store, 'serving')).toBe('set');
    expect(await write(1)).toBeTypeOf('number');
  });

  it('serves again when the process that moved its documents ended before they had left', async () => {
    await empty();
    const before = await open();
    await before.claim();
    await stand(before, 'leaving');
    await before.close();
    const after = await openHere();
    expect(await after.standing()).toMatchObject({ kind: 'serving', move: '' });
    await create(after);
  });

  it.each([
    ['left', /^The documents in the database .* were moved to the folder \/elsewhere at 2027-01-15 08:00 UTC/],
    ['filling', /is the target of a move from the folder \/elsewhere that has not ended/],
    ['filled', /holds all documents of the folder \/elsewhere, but the move/],
  ] as const)('is not opened by a host when it says %s', async (kind, sentence) => {
    await empty();
    const store = await open();
    await store.claim();
    await stand(store, kind);
    await store.close();
    await expect(open()).rejects.toThrow(sentence);
    await (await open('mover')).close();
  });

  it('a process whose connection broke keeps its place, or leaves the store alone while another one has it', async () => {
    await empty();
    const store = await openHere();
    const document = await create(store);
    const cut = (): Promise<unknown> => database.query(`select pg_terminate_backend(pid) from (${HOLDERS}) holders`);
    await cut();
    await expect.poll(() => database.query(HOLDERS)).toHaveLength(1);
    expect(await append(store, document, 0, bytes(50, 1))).toBeTypeOf('number');

    const mover = await database.connect();
    onTestFinished(() => mover.end());
    const lock = `select pg_advisory_lock(hashtextextended('archipel host ' || $1, 0))`;
    const waiting = mover.query(lock, [SCHEMA]);
    await database.query(`select pg_terminate_backend(pid) from (${HOLDERS} and granted) holders`);
    await waiting;
    const load = () => store.load(document.ref.docId, 1000);
    await expect.poll(load, { timeout: 5000 }).toBe('unavailable');
    expect(await append(store, document, 1, bytes(50, 2))).toBe('unavailable');
    await mover.query('select pg_advisory_unlock_all()');
    await expect.poll(load, { timeout: 5000 }).toBeTypeOf('object');
    expect(await append(store, document, 1, bytes(50, 2))).toBeTypeOf('number');
  });
});
