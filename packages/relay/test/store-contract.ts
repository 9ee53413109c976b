/** What every store must do, as a suite: an adapter's test is one call. Imported by tests only. */
import type { Bytes } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import type { AppendEntry, DocRef, Store, StoredDocument, StoreFailure } from '../src/store/store.ts';

const PAGE_BYTES = 1024 * 1024;
const HOUR_SECONDS = 3600;

export interface StoreUnderTest {
  /** Opens the store; called again after `close`, it must find what was committed. */
  open(): Promise<Store>;
  /** Unix seconds, as the store reads them. */
  now(): number;
}

type Prepare = () => StoreUnderTest;

let lastId = 0;

function bytes(length: number, fill: number): Bytes {
  return new Uint8Array(length).fill(fill);
}

function newDocId(): Bytes {
  const docId = new Uint8Array(20);
  lastId += 1;
  new DataView(docId.buffer).setUint32(0, lastId);
  return docId;
}

/** Resolves with what the store settled the append with. */
function append(store: Store, ref: DocRef, n: number, body: Bytes): Promise<number | StoreFailure> {
  return new Promise((settle) => {
    const entry: AppendEntry = { ref, session: bytes(16, 7), n, body, settle };
    store.append(entry);
  });
}

async function create(store: Store, expiry = 0): Promise<StoredDocument> {
  const docId = newDocId();
  expect(await store.create(docId, bytes(180, 1), expiry)).toBe('created');
  return found(await store.load(docId, PAGE_BYTES));
}

function found<T>(answer: T | string | undefined): T {
  if (typeof answer === 'string' || answer === undefined) throw new Error(`the store answered ${answer}`);
  return answer;
}

async function bodies(store: Store, { docId }: DocRef): Promise<number[]> {
  return found(await store.load(docId, PAGE_BYTES)).page.records.map(({ body }) => body[0] as number);
}

async function appendAll(store: Store, ref: DocRef, fills: number[]): Promise<number[]> {
  const outcomes = await Promise.all(fills.map((fill, n) => append(store, ref, n, bytes(50, fill))));
  return outcomes as number[];
}

/** Runs the suite; `prepare` gives each test a store of its own and cleans up by itself. */
export function describeStore(name: string, prepare: Prepare): void {
  describe(`store contract: ${name}`, () => {
    testDocuments(prepare);
    testRecords(prepare);
    testHistory(prepare);
    testEnds(prepare);
  });
}

function testDocuments(prepare: Prepare): void {
  it('knows what was created and nothing else', async () => {
    const store = await prepare().open();
    const docId = newDocId();
    expect(await store.load(docId, PAGE_BYTES)).toBe('not_found');
    expect(await store.create(docId, bytes(180, 1), 0)).toBe('created');
    expect(await store.create(docId, bytes(180, 2), 0)).toBe('exists');
    const loaded = found(await store.load(docId, PAGE_BYTES));
    expect(loaded.header).toEqual(bytes(180, 1));
    expect(loaded.ref.docId).toEqual(docId);
    expect(loaded.checkpoint).toBeUndefined();
    expect(loaded.page).toEqual({ records: [], last: true });
    await store.close();
  });

  it('exchanges a header only for the one it has', async () => {
    const store = await prepare().open();
    const { ref } = await create(store);
    expect(await store.putHeader(ref, bytes(180, 9), bytes(190, 2), 0)).toBe('conflict');
    expect(await store.putHeader(ref, bytes(180, 1), bytes(190, 2), 0)).toBe('stored');
    expect(found(await store.load(ref.docId, PAGE_BYTES)).header).toEqual(bytes(190, 2));
    await store.close();
  });

  it('says that it can be written to', async () => {
    const store = await prepare().open();
    expect((await store.status()).writable).toBe(true);
    await store.close();
  });
}

function testRecords(prepare: Prepare): void {
  it('keeps appends of several documents in order, with growing positions', async () => {
    const store = await prepare().open();
    const [a, b] = [await create(store), await create(store)];
    const outcomes = await Promise.all([
      append(store, a.ref, 0, bytes(50, 1)),
      append(store, b.ref, 0, bytes(60, 2)),
      append(store, a.ref, 1, bytes(70, 3)),
    ]);
    const later = await append(store, a.ref, 2, bytes(80, 4));
    const page = found(await store.read(a.ref, 0, PAGE_BYTES));
    expect(page.records.map(({ body }) => body)).toEqual([bytes(50, 1), bytes(70, 3), bytes(80, 4)]);
    expect(page.records.map(({ position }) => position)).toEqual([outcomes[0], outcomes[2], later]);
    expect(outcomes[2]).toBeGreaterThan(outcomes[0] as number);
    expect(later).toBeGreaterThan(outcomes[2] as number);
    expect(await bodies(store, b.ref)).toEqual([2]);
    await store.close();
  });

  it('settles in the order of the calls', async () => {
    const store = await prepare().open();
    const { ref } = await create(store);
    const settled: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => append(store, ref, n, bytes(10, n % 256)).then(() => settled.push(n))),
    );
    expect(settled).toEqual(Array.from({ length: 200 }, (_, n) => n));
    await store.close();
  });

  it('keeps everything when it is closed and opened again, and goes on with higher positions', async () => {
    const under = prepare();
    const before = await under.open();
    const { ref } = await create(before);
    const positions = await appendAll(before, ref, [1, 2, 3]);
    await before.close();
    const after = await under.open();
    expect(await bodies(after, ref)).toEqual([1, 2, 3]);
    const { ref: again } = found(await after.load(ref.docId, PAGE_BYTES));
    expect(await append(after, again, 3, bytes(50, 4))).toBeGreaterThan(positions[2] as number);
    await after.close();
  });

  it('reads in pages: at least one record, then up to so many bytes and records', async () => {
    const store = await prepare().open();
    const { ref } = await create(store);
    const positions = await appendAll(store, ref, [1, 2, 3, 4, 5]);
    const small = found(await store.read(ref, 0, 1));
    expect(small.records).toHaveLength(1);
    expect(small.last).toBe(false);
    const two = found(await store.read(ref, positions[0] as number, PAGE_BYTES, 2));
    expect(two.records.map(({ position }) => position)).toEqual(positions.slice(1, 3));
    expect(two.last).toBe(false);
    const rest = found(await store.read(ref, positions[2] as number, 100));
    expect(rest.records.map(({ position }) => position)).toEqual(positions.slice(3));
    expect(rest.last).toBe(true);
    expect(found(await store.read(ref, positions[4] as number, PAGE_BYTES))).toEqual({ records: [], last: true });
    await store.close();
  });

  it('removes single records', async () => {
    const store = await prepare().open();
    const { ref } = await create(store);
    const positions = await appendAll(store, ref, [1, 2, 3]);
    expect(await store.removeRecords(ref, [positions[1] as number])).toBe('removed');
    expect(await bodies(store, ref)).toEqual([1, 3]);
    await store.close();
  });
}

function testHistory(prepare: Prepare): void {
  it('CKP-3: serves the last checkpoint and the records from its tail on, and keeps history', async () => {
    const store = await prepare().open();
    const { ref } = await create(store);
    const positions = await appendAll(store, ref, [1, 2, 3, 4]);
    const tailFrom = positions[2] as number;
    const first = { seq: 1, body: bytes(500, 11), tailFrom, historyBytes: 100 };
    expect(await store.putCheckpoint(ref, first, 0)).toBe('stored');
    expect(await store.putCheckpoint(ref, first, 0)).toBe('conflict');
    const loaded = found(await store.load(ref.docId, PAGE_BYTES));
    expect(loaded.checkpoint).toEqual(first);
    expect(loaded.page.records.map(({ body }) => body[0])).toEqual([3, 4]);
    expect(found(await store.read(ref, 0, PAGE_BYTES)).records).toHaveLength(4);
    const second = { seq: 2, body: bytes(600, 12), tailFrom: (positions[3] as number) + 1, historyBytes: 200 };
    expect(await store.putCheckpoint(ref, second, 0)).toBe('stored');
    expect(await store.readCheckpoint(ref)).toEqual(second);
    expect(await bodies(store, ref)).toEqual([]);
    await store.close();
  });

  it('ORD-3: erases what the last checkpoint covers, and never gives its positions again', async () => {
    const under = prepare();
    const store = await under.open();
    const { ref } = await create(store);
    const positions = await appendAll(store, ref, [1, 2, 3, 4]);
    const checkpoint = { seq: 1, body: bytes(500, 11), tailFrom: positions[2] as number, historyBytes: 100 };
    await store.putCheckpoint(ref, checkpoint, 0);
    expect(await store.eraseHistory(ref, [positions[3] as number])).toBe('erased');
    expect(found(await store.read(ref, 0, PAGE_BYTES)).records.map(({ body }) => body[0])).toEqual([3]);
    await store.close();
    const again = await under.open();
    const loaded = found(await again.load(ref.docId, PAGE_BYTES));
    expect(await append(again, loaded.ref, 4, bytes(50, 5))).toBeGreaterThan(positions[3] as number);
    expect(await bodies(again, ref)).toEqual([3, 5]);
    await again.close();
  });

  it('CKP-3: removes history when its retention ends, not before', async () => {
    const under = prepare();
    const store = await under.open();
    const { ref } = await create(store);
    const positions = await appendAll(store, ref, [1, 2, 3]);
    const tailFrom = positions[2] as number;
    await store.putCheckpoint(ref, { seq: 1, body: bytes(9, 1), tailFrom, historyBytes: 100 }, under.now() - 1);
    await store.sweep(under.now() - HOUR_SECONDS, 10);
    expect(found(await store.read(ref, 0, PAGE_BYTES)).records).toHaveLength(3);
    await store.sweep(under.now(), 10);
    await expect.poll(async () => found(await store.read(ref, 0, PAGE_BYTES)).records.length).toBe(1);
    expect(found(await store.readCheckpoint(ref)).tailFrom).toBe(tailFrom);
    await store.close();
  });
}

function testEnds(prepare: Prepare): void {
  it('ORD-2: a deleted document leaves a tombstone that stays', async () => {
    const under = prepare();
    const store = await under.open();
    const { ref } = await create(store);
    await appendAll(store, ref, [1, 2, 3]);
    expect(await store.end(ref, 'deleted')).toBe('ended');
    expect(await store.load(ref.docId, PAGE_BYTES)).toBe('deleted');
    expect(await store.create(ref.docId, bytes(180, 1), 0)).toBe('exists');
    expect(found(await store.read(ref, 0, PAGE_BYTES)).records).toEqual([]);
    await store.close();
    const again = await under.open();
    expect(await again.load(ref.docId, PAGE_BYTES)).toBe('deleted');
    await again.close();
  });

  it('ORD-4: sweeps expired documents, a few at a time, and no others', async () => {
    const under = prepare();
    const store = await under.open();
    const now = under.now();
    const due = [await create(store, now - 1), await create(store, now - 1), await create(store, now)];
    const later = await create(store, now + HOUR_SECONDS);
    await appendAll(store, (due[0] as StoredDocument).ref, [1, 2]);
    expect(await store.sweep(now, 2)).toEqual({ expired: 2, more: true });
    expect(await store.sweep(now, 2)).toMatchObject({ expired: 1, more: false });
    for (const { ref } of due) expect(await store.load(ref.docId, PAGE_BYTES)).toBe('expired');
    expect(found(await store.load(later.ref.docId, PAGE_BYTES)).ref.docId).toEqual(later.ref.docId);
    await store.close();
  });
}
