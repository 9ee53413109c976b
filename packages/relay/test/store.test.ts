import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '../src/index.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { AppendEntry, AppendFailure, Store } from '../src/store/store.ts';
import { describeMovable } from './moving-contract.ts';
import { describeStore } from './store-contract.ts';
import { bytes } from './support/author.ts';
import { makeFolder } from './support/relay.ts';

const MIB = 1024 * 1024;

function options(folder: string) {
  return {
    folder,
    maxBytes: 0,
    minFreeBytes: 0,
    tombstoneDays: 365,
    commitIntervalMs: 5,
    clock: systemClock,
    log: silentLog,
  };
}

function prepare() {
  const folder = makeFolder();
  return { open: () => openSqliteStore(options(folder)), now: () => Math.floor(Date.now() / 1000) };
}

describeStore('sqlite', prepare);
describeMovable('sqlite', prepare);

function append(store: Store, ref: AppendEntry['ref'], body: Uint8Array): Promise<number | AppendFailure> {
  return new Promise((settle) => store.append({ ref, version: 0, session: bytes(16), n: 0, body, settle }));
}

async function createIn(store: Store): Promise<AppendEntry['ref']> {
  const docId = bytes(20);
  await store.create(docId, bytes(180), 0);
  const loaded = await store.load(docId, MIB);
  if (typeof loaded === 'string') throw new Error(loaded);
  return loaded.ref;
}

describe('store in SQLite', () => {
  it('belongs to one process: a second one is told so at once', async () => {
    const folder = makeFolder();
    const store = await openSqliteStore(options(folder));
    await expect(openSqliteStore(options(folder))).rejects.toThrow(/in use by another Archipel/);
    await store.close();
    await (await openSqliteStore(options(folder))).close();
  });

  it('answers disk_full when SQLite is really full, keeps what it acknowledged, and recovers when there is room', async () => {
    const folder = makeFolder();
    const small = await openSqliteStore({ ...options(folder), maxBytes: 400 * 1024 });
    const ref = await createIn(small);
    const kept: Uint8Array[] = [];
    let outcome: number | AppendFailure = 0;
    while (typeof outcome === 'number') {
      const body = bytes(20_000);
      outcome = await append(small, ref, body);
      if (typeof outcome === 'number') kept.push(body);
    }
    expect(outcome).toBe('disk_full');
    expect(kept.length).toBeGreaterThan(10);
    const page = await small.read(ref, 0, MIB);
    if (typeof page === 'string') throw new Error(page);
    expect(page.records.map(({ body }) => body)).toEqual(kept);
    await small.removeRecords(
      ref,
      page.records.slice(0, 5).map(({ position }) => position),
    );
    expect(await append(small, ref, bytes(20_000))).toBeTypeOf('number');
    await small.close();
  });

  it('refuses before the disk is full', async () => {
    const store = await openSqliteStore({ ...options(makeFolder()), minFreeBytes: Number.MAX_SAFE_INTEGER });
    expect(await store.create(bytes(20), bytes(180), 0)).toBe('disk_full');
    expect((await store.status()).writable).toBe(false);
    await store.close();
  });

  it('overwrites what it removes: nothing of a deleted document stays in the files', async () => {
    const folder = makeFolder();
    const store = await openSqliteStore(options(folder));
    const ref = await createIn(store);
    const bodies = Array.from({ length: 50 }, () => bytes(300));
    await Promise.all(bodies.map((body) => append(store, ref, body)));
    const before = await createIn(store);
    await append(store, before, bytes(300));
    await store.end(ref, 'deleted');
    await store.close();
    const file = readFileSync(join(folder, 'archipel.sqlite'));
    expect(bodies.filter((body) => file.includes(Buffer.from(body)))).toEqual([]);
  });

  it('is as small as its contents when it rests', async () => {
    const folder = makeFolder();
    const store = await openSqliteStore(options(folder));
    const documents = 500;
    const write = async (): Promise<unknown> => append(store, await createIn(store), bytes(325));
    await Promise.all(Array.from({ length: documents }, write));
    await store.close();
    const bytesEach = readFileSync(join(folder, 'archipel.sqlite')).length / documents;
    expect(bytesEach).toBeLessThan(700);
  });
});
