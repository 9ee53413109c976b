/** What every store must do, as a suite: an adapter's test is one call. Imported by tests only. */
import { describe, expect, it } from 'vitest';
import type { StoredDocument } from '../src/store/store.ts';
import { describeSharing } from './store-sharing.ts';
import type { Prepare } from './support/stores.ts';
import {
  allBodies,
  append,
  appendAll,
  basisOf,
  bodies,
  bytes,
  checkpoint,
  create,
  found,
  HOUR_SECONDS,
  loaded,
  newDocId,
  PAGE_BYTES,
} from './support/stores.ts';

export type { StoreUnderTest } from './support/stores.ts';

/** More than any store removes in one piece. */
const MANY_RECORDS = 1200;

export interface ContractOptions {
  /** `open` called twice gives two processes' handles on the same documents. */
  isShared?: boolean;
}

/** Runs the suite; `prepare` gives each test a store of its own and cleans up by itself. */
export function describeStore(name: string, prepare: Prepare, { isShared = false }: ContractOptions = {}): void {
  describe(`store contract: ${name}`, () => {
    testDocuments(prepare);
    testHeads(prepare);
    testRecords(prepare);
    testHistory(prepare);
    testEnds(prepare);
    if (isShared) describeSharing(prepare);
  });
}

function testDocuments(prepare: Prepare): void {
  it('knows what was created and nothing else', async () => {
    const store = await prepare().open();
    const docId = newDocId();
    expect(await store.load(docId, PAGE_BYTES)).toBe('not_found');
    expect(await store.create(docId, bytes(180, 1), 0)).toBe('created');
    expect(await store.create(docId, bytes(180, 2), 0)).toBe('exists');
    const document = await loaded(store, docId);
    expect(document.header).toEqual(bytes(180, 1));
    expect(document.ref.docId).toEqual(docId);
    expect(document.checkpoint).toBeUndefined();
    expect(document.page).toEqual({ records: [], last: true });
    await store.close();
  });

  it('exchanges a header only for the one it has', async () => {
    const store = await prepare().open();
    const { ref } = await create(store);
    expect(await store.putHeader(ref, bytes(180, 9), bytes(190, 2), 0)).toBe('conflict');
    expect(await store.putHeader(ref, bytes(180, 1), bytes(190, 2), 0)).toBeTypeOf('number');
    expect((await loaded(store, ref.docId)).header).toEqual(bytes(190, 2));
    await store.close();
  });

  it('says that it can be written to', async () => {
    const store = await prepare().open();
    expect((await store.status()).writable).toBe(true);
    await store.close();
  });
}

function testHeads(prepare: Prepare): void {
  it('tells of each document its version and its last position', async () => {
    const store = await prepare().open();
    const [written, empty, ended] = [await create(store), await create(store), await create(store)];
    const positions = await appendAll(store, written, [1, 2, 3]);
    await store.end(ended.ref, 'deleted');
    const unknown = newDocId();
    const docIds = [empty.ref.docId, unknown, written.ref.docId, ended.ref.docId];
    const heads = found(await store.heads(docIds));
    const headOf = (docId: Uint8Array) => heads.find((head) => head.docId.every((byte, i) => byte === docId[i]));
    expect(heads).toHaveLength(4);
    expect(headOf(written.ref.docId)).toMatchObject({ version: written.version, position: positions[2] });
    expect(headOf(empty.ref.docId)).toMatchObject({ version: empty.version, position: 0 });
    expect(headOf(unknown)).toMatchObject({ version: undefined, position: 0 });
    expect(headOf(ended.ref.docId)?.version).toBeUndefined();
    expect(await store.heads([])).toEqual([]);
    await store.close();
  });

  it('names after each change the version that the document has now, and takes appends by it', async () => {
    const store = await prepare().open();
    const { ref, version } = await create(store);
    let n = 0;
    const check = async (changed: number | string): Promise<number> => {
      const named = found<number>(changed);
      expect(await append(store, { ref, version: named }, n++, bytes(50, 1))).toBeTypeOf('number');
      expect((await loaded(store, ref.docId)).version).toBe(named);
      expect(found(await store.heads([ref.docId]))[0]?.version).toBe(named);
      return named;
    };
    await check(version);
    const first = await append(store, { ref, version }, n++, bytes(50, 1));
    const renewed = await check(await store.putHeader(ref, bytes(180, 1), bytes(190, 2), 0));
    const basis = basisOf({ ref, version: renewed });
    await check(await store.putCheckpoint(ref, checkpoint(1, first as number), 0, basis));
    await check(await store.eraseHistory(ref, []));
    await check(await store.removeRecords(ref, [first as number]));
    await store.close();
  });
}

function testRecords(prepare: Prepare): void {
  it('keeps appends of several documents in order, with growing positions', async () => {
    const store = await prepare().open();
    const [a, b] = [await create(store), await create(store)];
    const outcomes = await Promise.all([
      append(store, a, 0, bytes(50, 1)),
      append(store, b, 0, bytes(60, 2)),
      append(store, a, 1, bytes(70, 3)),
    ]);
    const later = await append(store, a, 2, bytes(80, 4));
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
    const document = await create(store);
    const settled: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => append(store, document, n, bytes(10, n % 256)).then(() => settled.push(n))),
    );
    expect(settled).toEqual(Array.from({ length: 200 }, (_, n) => n));
    await store.close();
  });

  it('keeps everything when it is closed and opened again, and goes on with higher positions', async () => {
    const under = prepare();
    const before = await under.open();
    const document = await create(before);
    const positions = await appendAll(before, document, [1, 2, 3]);
    await before.close();
    const after = await under.open();
    expect(await bodies(after, document.ref)).toEqual([1, 2, 3]);
    const again = await loaded(after, document.ref.docId);
    expect(await append(after, again, 3, bytes(50, 4))).toBeGreaterThan(positions[2] as number);
    await after.close();
  });

  it('commits what was appended before it is closed', async () => {
    const under = prepare();
    const store = await under.open();
    const document = await create(store);
    const appended = appendAll(store, document, [1, 2, 3]);
    await store.close();
    const again = await under.open();
    expect(await bodies(again, document.ref)).toEqual([1, 2, 3]);
    expect(await appended).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
    await again.close();
  });

  it('reads in pages: at least one record, then up to so many bytes and records', async () => {
    const store = await prepare().open();
    const document = await create(store);
    const { ref } = document;
    const positions = await appendAll(store, document, [1, 2, 3, 4, 5]);
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
    const first = found(await store.load(ref.docId, 120));
    expect([first.page.records.length, first.page.last]).toEqual([2, false]);
    await store.close();
  });

  it('reads a long log page by page without a gap, records of any size', async () => {
    const store = await prepare().open();
    const document = await create(store);
    const sizes = Array.from({ length: MANY_RECORDS }, (_, n) => (n % 100 === 50 ? 20_000 : 1 + (n % 40)));
    await Promise.all(sizes.map((size, n) => append(store, document, n, bytes(size, n % 256))));
    const read: number[] = [];
    let page = (await loaded(store, document.ref.docId)).page;
    for (;;) {
      read.push(...page.records.map(({ body }) => body.length));
      if (page.last) break;
      page = found(await store.read(document.ref, page.records.at(-1)?.position as number, 10_000));
    }
    expect(read).toEqual(sizes);
    await store.close();
  });

  it('removes single records', async () => {
    const store = await prepare().open();
    const document = await create(store);
    const positions = await appendAll(store, document, [1, 2, 3]);
    expect(await store.removeRecords(document.ref, [positions[1] as number])).toBeTypeOf('number');
    expect(await bodies(store, document.ref)).toEqual([1, 3]);
    await store.close();
  });
}

function testHistory(prepare: Prepare): void {
  it('CKP-3: serves the last checkpoint and the records from its tail on, and keeps history', async () => {
    const store = await prepare().open();
    const document = await create(store);
    const { ref } = document;
    const positions = await appendAll(store, document, [1, 2, 3, 4]);
    const first = checkpoint(1, positions[2] as number);
    const version = found<number>(await store.putCheckpoint(ref, first, 0, basisOf(document)));
    expect(await store.putCheckpoint(ref, first, 0, basisOf({ ref, version }))).toBe('conflict');
    expect(await store.putCheckpoint(ref, checkpoint(3, 1), 0, basisOf({ ref, version }))).toBe('conflict');
    const { checkpoint: served, page } = await loaded(store, ref.docId);
    expect(served).toEqual(first);
    expect(page.records.map(({ body }) => body[0])).toEqual([3, 4]);
    expect(await allBodies(store, ref)).toHaveLength(4);
    const second = checkpoint(2, (positions[3] as number) + 1);
    expect(await store.putCheckpoint(ref, second, 0, basisOf({ ref, version }))).toBeTypeOf('number');
    expect(await store.readCheckpoint(ref)).toEqual(second);
    expect(await bodies(store, ref)).toEqual([]);
    await store.close();
  });

  it('ORD-3: erases what the last checkpoint covers, and never gives its positions again', async () => {
    const under = prepare();
    const store = await under.open();
    const document = await create(store);
    const { ref } = document;
    const positions = await appendAll(store, document, [1, 2, 3, 4]);
    await store.putCheckpoint(ref, checkpoint(1, positions[2] as number), 0, basisOf(document));
    expect(await store.eraseHistory(ref, [positions[3] as number])).toBeTypeOf('number');
    expect(await allBodies(store, ref)).toEqual([3]);
    await store.close();
    const again = await under.open();
    const erased = await loaded(again, ref.docId);
    expect(await append(again, erased, 4, bytes(50, 5))).toBeGreaterThan(positions[3] as number);
    expect(await bodies(again, ref)).toEqual([3, 5]);
    await again.close();
  });

  it('CKP-3: removes history when its retention ends, not before', async () => {
    const under = prepare();
    const store = await under.open();
    const document = await create(store);
    const { ref } = document;
    const positions = await appendAll(store, document, [1, 2, 3]);
    const tailFrom = positions[2] as number;
    await store.putCheckpoint(ref, checkpoint(1, tailFrom), under.now() - 1, basisOf(document));
    await store.sweep(under.now() - HOUR_SECONDS, 10);
    expect(await allBodies(store, ref)).toHaveLength(3);
    await store.sweep(under.now(), 10);
    await expect.poll(async () => (await allBodies(store, ref)).length).toBe(1);
    expect(found(await store.readCheckpoint(ref)).tailFrom).toBe(tailFrom);
    await store.close();
  });

  it('PEER-9: says which history is due, and leaves what is deferred until then', async () => {
    const under = prepare();
    const store = await under.open();
    const [first, second] = [await create(store), await create(store)];
    const tails: number[] = [];
    for (const [index, document] of [first, second].entries()) {
      const positions = await appendAll(store, document, [1, 2, 3]);
      tails.push(positions[2] as number);
      const dueAt = under.now() - 20 + index * 10;
      await store.putCheckpoint(document.ref, checkpoint(1, tails[index] as number), dueAt, basisOf(document));
    }
    const entry = (index: number, { ref }: StoredDocument) => ({ docId: ref.docId, before: tails[index] as number });
    const all = [entry(0, first), entry(1, second)];
    expect(await store.dueHistory(under.now() - 30, 0, 10)).toEqual([]);
    expect(await store.dueHistory(under.now(), 0, 10)).toEqual(all);
    expect(await store.dueHistory(under.now(), 1, 1)).toEqual(all.slice(1));
    expect(await store.deferHistory(entry(0, first), under.now() + HOUR_SECONDS)).toBe('done');
    expect(await store.dueHistory(under.now(), 0, 10)).toEqual(all.slice(1));
    await store.sweep(under.now(), 10);
    await expect.poll(async () => (await allBodies(store, second.ref)).length).toBe(1);
    expect(await allBodies(store, first.ref)).toHaveLength(3);
    expect(await store.deferHistory(entry(1, second), under.now())).toBe('done');
    // What the owner erases is not history that is due: it goes at once.
    expect(await store.dueHistory(under.now() + HOUR_SECONDS, 0, 10)).toEqual(all.slice(0, 1));
    await store.sweep(under.now() + HOUR_SECONDS, 10);
    await expect.poll(async () => (await allBodies(store, first.ref)).length).toBe(1);
    await store.close();
  });

  it('ORD-3: erases a history of any length', async () => {
    const store = await prepare().open();
    const document = await create(store);
    const { ref } = document;
    const positions = await appendAll(store, document, Array(MANY_RECORDS).fill(1));
    await store.putCheckpoint(ref, checkpoint(1, positions.at(-1) as number), 0, basisOf(document));
    expect(await store.eraseHistory(ref, [])).toBeTypeOf('number');
    expect(found(await store.read(ref, 0, PAGE_BYTES)).records.map(({ position }) => position)).toEqual([
      positions.at(-1),
    ]);
    await store.close();
  });
}

function testEnds(prepare: Prepare): void {
  it('ORD-2: a deleted document leaves a tombstone that stays', async () => {
    const under = prepare();
    const store = await under.open();
    const document = await create(store);
    const { ref } = document;
    await appendAll(store, document, [1, 2, 3]);
    expect(await store.end(ref, 'deleted')).toBe('ended');
    expect(await store.load(ref.docId, PAGE_BYTES)).toBe('deleted');
    expect(await store.create(ref.docId, bytes(180, 1), 0)).toBe('exists');
    expect(await allBodies(store, ref)).toEqual([]);
    await store.close();
    const again = await under.open();
    expect(await again.load(ref.docId, PAGE_BYTES)).toBe('deleted');
    await again.close();
  });

  it('ORD-2: the contents of a large document are gone when its end is confirmed', async () => {
    const store = await prepare().open();
    const document = await create(store);
    const { ref } = document;
    const positions = await appendAll(store, document, Array(MANY_RECORDS).fill(1));
    await store.putCheckpoint(ref, checkpoint(1, positions[9] as number), 0, basisOf(document));
    expect(await store.end(ref, 'deleted')).toBe('ended');
    expect(await store.read(ref, 0, PAGE_BYTES)).toEqual({ records: [], last: true });
    expect(await store.readCheckpoint(ref)).toBeUndefined();
    await store.close();
  });

  it('ORD-4: sweeps expired documents, a few at a time, and no others', async () => {
    const under = prepare();
    const store = await under.open();
    const now = under.now();
    const due = [await create(store, now - 1), await create(store, now - 1), await create(store, now)];
    const later = await create(store, now + HOUR_SECONDS);
    await appendAll(store, due[0] as StoredDocument, [1, 2]);
    expect(await store.sweep(now, 2)).toEqual({ expired: 2, more: true });
    expect(await store.sweep(now, 2)).toMatchObject({ expired: 1, more: false });
    for (const { ref } of due) expect(await store.load(ref.docId, PAGE_BYTES)).toBe('expired');
    expect((await loaded(store, later.ref.docId)).ref.docId).toEqual(later.ref.docId);
    await store.close();
  });
}
