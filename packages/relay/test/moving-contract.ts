/** What every store must do whose documents can be moved (a part of the contract of stores): an adapter's test is one call. */
import type { Bytes } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import type { DocumentState, ImportPiece, MovableStore, MovedRecord } from '../src/store/moving.ts';
import type { StoredDocument } from '../src/store/store.ts';
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
  newDocId,
  PAGE_BYTES,
} from './support/stores.ts';

export interface MovableUnderTest {
  /** Called again after `close`, it must find what was there. */
  open(): Promise<MovableStore>;
  /** Unix seconds. */
  now(): number;
}

/** Runs the suite; `prepare` gives each test a store of its own and cleans up by itself. */
export function describeMovable(name: string, prepare: () => MovableUnderTest): void {
  describe(`contract of stores that can be moved: ${name}`, () => {
    testReading(prepare);
    testImport(prepare);
    testImported(prepare);
    testStanding(prepare);
  });
}

const ALIVE: DocumentState = {
  state: 'alive',
  header: bytes(180, 1),
  expiry: 0,
  records: 0,
  checkpoints: [],
  purges: [],
};

function records(fills: number[], session: Bytes = bytes(16, 7), firstPlace = 0): MovedRecord[] {
  return fills.map((fill, i) => ({ session, n: firstPlace + i, body: bytes(50, fill) }));
}

function whole(docId: Bytes, fills: number[], state: Partial<DocumentState> = {}): ImportPiece {
  return { docId, begins: 'anew', records: records(fills), state: { ...ALIVE, records: fills.length, ...state } };
}

async function listAll(store: MovableStore, pageSize: number): Promise<string[]> {
  const ids: string[] = [];
  for (let after: Bytes | undefined; ; ) {
    const page = found<Bytes[]>(await store.list(after, pageSize));
    expect(page.length).toBeLessThanOrEqual(pageSize);
    ids.push(...page.map((id) => Buffer.from(id).toString('hex')));
    if (page.length < pageSize) return ids;
    after = page.at(-1);
  }
}

/** Ids that a store which goes by their first bytes may confuse. */
function idOf(...first: number[]): Bytes {
  const id = new Uint8Array(20);
  id.set(first);
  return id;
}

async function stateOf(store: MovableStore, docId: Bytes): Promise<DocumentState> {
  return found((await described(store, docId, 0)).state);
}

async function described(store: MovableStore, docId: Bytes, skip: number) {
  return found<Exclude<Awaited<ReturnType<MovableStore['describe']>>, string>>(await store.describe(docId, skip));
}

/** Four records, two checkpoints, one purge to come. */
async function fullDocument(
  store: MovableStore,
  now: number,
): Promise<{ document: StoredDocument; positions: number[] }> {
  const document = await create(store, now + HOUR_SECONDS);
  const { ref, version } = document;
  const other = await create(store);
  const positions: number[] = [];
  for (let n = 0; n < 4; n++) {
    positions.push(found<number>(await append(store, document, n, bytes(50, n + 1))));
    await append(store, other, n, bytes(20, 9));
  }
  const first = checkpoint(1, positions[1] as number);
  const next = found<number>(await store.putCheckpoint(ref, first, now + HOUR_SECONDS, basisOf({ ref, version })));
  const second = checkpoint(2, positions[3] as number);
  found<number>(await store.putCheckpoint(ref, second, now + 2 * HOUR_SECONDS, basisOf({ ref, version: next })));
  return { document, positions };
}

function testReading(prepare: () => MovableUnderTest): void {
  it('lists every document in the order of the ids, in pages, tombstones included', async () => {
    const store = await prepare().open();
    expect(await listAll(store, 2)).toEqual([]);
    const ids = [
      idOf(0xff, 1),
      idOf(0x7f),
      idOf(0, 0, 0, 0, 0, 0, 0, 1, 5),
      idOf(0, 0, 0, 0, 0, 0, 0, 1, 2),
      idOf(0, 0, 0, 0, 0, 0, 0, 1, 0x80),
      idOf(0x80),
    ];
    for (const docId of ids) expect(await store.create(docId, bytes(180, 1), 0)).toBe('created');
    await store.end((await loaded(store, ids[3] as Bytes)).ref, 'deleted');
    const inOrder = ids.map((id) => Buffer.from(id).toString('hex')).sort();
    for (const pageSize of [1, 2, 6, 100]) expect(await listAll(store, pageSize)).toEqual(inOrder);
    expect(await store.count()).toBe(ids.length);
    await store.close();
  });

  it('tells of a document all but its records, with places as numbers of records', async () => {
    const under = prepare();
    const store = await under.open();
    const now = under.now();
    const { document, positions } = await fullDocument(store, now);
    expect(await stateOf(store, document.ref.docId)).toEqual({
      state: 'alive',
      header: bytes(180, 1),
      expiry: now + HOUR_SECONDS,
      records: 4,
      checkpoints: [
        { seq: 1, body: bytes(501, 11), historyBytes: 100, before: 1 },
        { seq: 2, body: bytes(502, 12), historyBytes: 200, before: 3 },
      ],
      purges: [
        { before: 1, due: now + HOUR_SECONDS },
        { before: 3, due: now + 2 * HOUR_SECONDS },
      ],
    });
    const skips = await Promise.all(
      [0, 1, 4, 5].map(async (skip) => (await described(store, document.ref.docId, skip)).after),
    );
    expect(skips).toEqual([0, positions[0], positions[3], undefined]);
    expect(await store.describe(newDocId(), 0)).toBe('not_found');
    await store.close();
  });

  it('tells of a tombstone that it is one, and until when', async () => {
    const under = prepare();
    const store = await under.open();
    const [deleted, expired] = [await create(store), await create(store, under.now() - 1)];
    await appendAll(store, deleted, [1, 2]);
    await store.end(deleted.ref, 'deleted');
    await store.sweep(under.now(), 10);
    const empty = { header: bytes(0, 0), records: 0, checkpoints: [], purges: [] };
    expect(await stateOf(store, deleted.ref.docId)).toEqual({ ...empty, state: 'deleted', expiry: 0 });
    const tombstone = await stateOf(store, expired.ref.docId);
    expect(tombstone).toEqual({ ...empty, state: 'expired', expiry: expect.any(Number) });
    await store.close();
  });
}

function testImport(prepare: () => MovableUnderTest): void {
  it('shows nothing of a document that is imported until its last piece is there', async () => {
    const under = prepare();
    const store = await under.open();
    const docId = newDocId();
    expect(await store.import({ docId, begins: 'anew', records: records([1, 2]), state: undefined })).toBe('taken');
    const isHidden = async (which: MovableStore): Promise<void> => {
      expect(await which.load(docId, PAGE_BYTES)).toBe('not_found');
      expect(await which.describe(docId, 0)).toBe('not_found');
      expect(found(await which.heads([docId]))[0]?.version).toBeUndefined();
      expect(await which.list(undefined, 10)).toEqual([]);
    };
    await isHidden(store);
    await store.close();
    const again = await under.open();
    await isHidden(again);
    expect(
      await again.import({ docId, begins: 'on', records: records([3], undefined, 2), state: { ...ALIVE, records: 3 } }),
    ).toBe('taken');
    expect(await allBodies(again, (await loaded(again, docId)).ref)).toEqual([1, 2, 3]);
    expect(await again.count()).toBe(1);
    await again.close();
  });

  it('starts over when a document is imported again, whatever is there', async () => {
    const store = await prepare().open();
    const docId = newDocId();
    await store.import({ docId, begins: 'anew', records: records([1, 2]), state: undefined });
    expect(await store.import(whole(docId, [3, 4, 5]))).toBe('taken');
    expect(await allBodies(store, (await loaded(store, docId)).ref)).toEqual([3, 4, 5]);
    const checkpoints = [{ seq: 4, body: bytes(30, 4), historyBytes: 50, before: 1 }];
    expect(await store.import(whole(docId, [6, 7], { checkpoints, purges: [{ before: 1, due: 99 }] }))).toBe('taken');
    expect(await store.import(whole(docId, [8]))).toBe('taken');
    expect(await stateOf(store, docId)).toEqual({ ...ALIVE, records: 1 });
    expect(await allBodies(store, (await loaded(store, docId)).ref)).toEqual([8]);
    expect(await store.count()).toBe(1);
    await store.close();
  });

  it('adds to a document that it has, and takes the rest from the new state', async () => {
    const store = await prepare().open();
    const docId = newDocId();
    const first = [{ seq: 1, body: bytes(30, 1), historyBytes: 50, before: 1 }];
    await store.import(whole(docId, [1, 2], { checkpoints: first, purges: [{ before: 1, due: 99 }] }));
    await store.import({ docId, begins: 'extend', records: records([3], undefined, 2), state: undefined });
    expect(await store.load(docId, PAGE_BYTES)).toBe('not_found');
    const state = {
      ...ALIVE,
      header: bytes(190, 2),
      expiry: 7,
      records: 4,
      checkpoints: [...first, { seq: 2, body: bytes(30, 2), historyBytes: 150, before: 3 }],
    };
    await store.import({ docId, begins: 'on', records: records([4], undefined, 3), state });
    expect(await stateOf(store, docId)).toEqual(state);
    const { ref, page } = await loaded(store, docId);
    expect([await allBodies(store, ref), page.records.map(({ body }) => body[0])]).toEqual([[1, 2, 3, 4], [4]]);
    expect(await store.import({ docId, begins: 'extend', records: [], state })).toBe('taken');
    expect(await stateOf(store, docId)).toEqual(state);
    await store.close();
  });

  it('takes a place of a session twice, because other stores did (CKP-6)', async () => {
    const store = await prepare().open();
    const docId = newDocId();
    const twice = [...records([1, 2]), ...records([1]), ...records([3], bytes(16, 8)), ...records([1, 2])];
    await store.import({ docId, begins: 'anew', records: twice, state: { ...ALIVE, records: 6 } });
    expect(await allBodies(store, (await loaded(store, docId)).ref)).toEqual([1, 2, 1, 3, 1, 2]);
    await store.close();
  });

  it('removes everything', async () => {
    const under = prepare();
    const store = await under.open();
    const { document } = await fullDocument(store, under.now());
    expect(await store.clear()).toBe('cleared');
    expect([await store.list(undefined, 10), await store.count()]).toEqual([[], 0]);
    expect(await store.load(document.ref.docId, PAGE_BYTES)).toBe('not_found');
    const created = await create(store);
    expect(await append(store, created, 0, bytes(50, 1))).toBeTypeOf('number');
    expect(await allBodies(store, created.ref)).toEqual([1]);
    await store.close();
  });
}

function testImported(prepare: () => MovableUnderTest): void {
  it('serves an imported document as any other', async () => {
    const under = prepare();
    const store = await under.open();
    const docId = newDocId();
    const checkpoints = [{ seq: 5, body: bytes(30, 5), historyBytes: 100, before: 2 }];
    await store.import(whole(docId, [1, 2, 3], { checkpoints }));
    const document = await loaded(store, docId);
    const { ref } = document;
    expect(document.checkpoint).toMatchObject({ seq: 5, body: bytes(30, 5), historyBytes: 100 });
    expect(document.page.records.map(({ body }) => body[0])).toEqual([3]);
    const last = document.page.records[0]?.position as number;
    const position = found<number>(await append(store, document, 3, bytes(50, 4)));
    expect(position).toBeGreaterThan(last);
    const version = found<number>(await store.putHeader(ref, bytes(180, 1), bytes(190, 2), 0));
    const next = { ...checkpoint(6, position), historyBytes: 150 };
    expect(await store.putCheckpoint(ref, next, 0, basisOf({ ref, version }))).toBeTypeOf('number');
    expect((await stateOf(store, docId)).checkpoints.map(({ before }) => before)).toEqual([2, 3]);
    expect(await store.eraseHistory(ref, [])).toBeTypeOf('number');
    expect(await allBodies(store, ref)).toEqual([4]);
    expect(await store.end(ref, 'deleted')).toBe('ended');
    expect(await store.load(docId, PAGE_BYTES)).toBe('deleted');
    await store.close();
  });

  it('gives records of a document without any positions after the tail of its checkpoint begins', async () => {
    const store = await prepare().open();
    const docId = newDocId();
    await store.import(whole(docId, [], { checkpoints: [{ seq: 1, body: bytes(9, 1), historyBytes: 0, before: 0 }] }));
    const document = await loaded(store, docId);
    const position = found<number>(await append(store, document, 0, bytes(50, 1)));
    expect(position).toBeGreaterThanOrEqual(document.checkpoint?.tailFrom as number);
    expect((await loaded(store, docId)).page.records.map((record) => record.position)).toEqual([position]);
    await store.close();
  });

  it('CKP-3: removes history of an imported document when its retention ends, not before', async () => {
    const under = prepare();
    const store = await under.open();
    const docId = newDocId();
    const due = under.now();
    const checkpoints = [{ seq: 1, body: bytes(30, 1), historyBytes: 100, before: 2 }];
    await store.import(whole(docId, [1, 2, 3], { checkpoints, purges: [{ before: 2, due }] }));
    const { ref } = await loaded(store, docId);
    await store.sweep(due - 1, 10);
    expect(await allBodies(store, ref)).toHaveLength(3);
    await store.sweep(due, 10);
    await expect.poll(() => allBodies(store, ref)).toEqual([3]);
    await store.close();
  });

  it('ORD-2, ORD-4: keeps tombstones for what they are, and ends what expires', async () => {
    const under = prepare();
    const store = await under.open();
    const [deleted, expired, due] = [newDocId(), newDocId(), newDocId()];
    const empty = { header: bytes(0, 0), records: 0 };
    await store.import(whole(deleted, [], { ...empty, state: 'deleted' }));
    await store.import(whole(expired, [], { ...empty, state: 'expired', expiry: under.now() + HOUR_SECONDS }));
    await store.import(whole(due, [1], { expiry: under.now() - 1 }));
    expect(await store.sweep(under.now(), 10)).toMatchObject({ expired: 1 });
    const answers = await Promise.all([deleted, expired, due].map((docId) => store.load(docId, PAGE_BYTES)));
    expect(answers).toEqual(['deleted', 'expired', 'expired']);
    expect(await store.create(deleted, bytes(180, 1), 0)).toBe('exists');
    await store.close();
  });
}

function testStanding(prepare: () => MovableUnderTest): void {
  it('tells its standing, and takes another one by whoever knows the last', async () => {
    const under = prepare();
    const store = await under.open();
    const before = found<Exclude<Awaited<ReturnType<MovableStore['standing']>>, string>>(await store.standing());
    expect(before).toMatchObject({ kind: 'serving', store: expect.stringMatching(/^[0-9a-f]{16,}$/) });
    expect(await store.claim()).toBe('alone');
    const filling = { kind: 'filling', move: 'a.b', place: 'elsewhere', at: 5 } as const;
    expect(await store.setStanding(filling, before.changes)).toBe('set');
    expect(await store.standing()).toEqual({ ...filling, store: before.store, changes: before.changes + 1 });
    expect(await store.setStanding({ ...filling, kind: 'filled' }, before.changes)).toBe('conflict');
    expect(await store.setStanding({ ...filling, kind: 'serving' }, before.changes + 1)).toBe('set');
    await store.unclaim();
    await store.close();
    const again = await under.open();
    expect(await again.standing()).toMatchObject({ kind: 'serving', move: 'a.b', store: before.store });
    await again.close();
  });
}
