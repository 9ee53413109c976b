/** What a store that several processes share must do besides (a part of store-contract.ts): two handles, one set of documents. */
import { expect, it } from 'vitest';
import type { AppendFailure, Store, StoredDocument } from '../src/store/store.ts';
import type { Prepare, StoreUnderTest } from './support/stores.ts';
import { allBodies, append, basisOf, bytes, checkpoint, create, found, loaded, PAGE_BYTES } from './support/stores.ts';

const WRITES_EACH = 150;

interface Pair {
  under: StoreUnderTest;
  here: Store;
  there: Store;
  /** As it was when both loaded it. */
  document: StoredDocument;
  close(): Promise<void>;
}

async function pair(prepare: Prepare): Promise<Pair> {
  const under = prepare();
  const [here, there] = [await under.open(), await under.open()];
  const document = await create(here);
  const close = async (): Promise<void> => {
    await here.close();
    await there.close();
  };
  return { under, here, there, document, close };
}

export function describeSharing(prepare: Prepare): void {
  testVersions(prepare);
  testPlaces(prepare);
  testCheckpoints(prepare);
  testSharedEnds(prepare);
}

function testVersions(prepare: Prepare): void {
  it('writes nothing that was judged by another version, nor what waits behind it', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    const changed = found<number>(await there.putHeader(ref, bytes(180, 1), bytes(180, 2), 0));
    expect(changed).not.toBe(document.version);
    const stale = append(here, document, 0, bytes(50, 1));
    const behind = append(here, { ref, version: changed }, 1, bytes(50, 2));
    expect(await Promise.all([stale, behind])).toEqual(['conflict', 'conflict']);
    expect(await append(here, { ref, version: -1 }, 0, bytes(50, 3))).toBe('conflict');
    expect(await allBodies(here, ref)).toEqual([]);
    expect(await append(here, { ref, version: changed }, 0, bytes(50, 4))).toBeTypeOf('number');
    await close();
  });

  it('gives a document another version by every change but an append', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref, version } = document;
    const position = found<number>(await append(here, document, 0, bytes(50, 1)));
    expect((await loaded(there, ref.docId)).version).toBe(version);
    const versions = [version];
    versions.push(found(await there.putHeader(ref, bytes(180, 1), bytes(180, 2), 0)));
    const basis = basisOf({ ref, version: versions[1] as number });
    versions.push(found(await here.putCheckpoint(ref, checkpoint(1, position + 1), 0, basis)));
    versions.push(found(await there.eraseHistory(ref, [])));
    versions.push(found(await here.removeRecords(ref, [position])));
    expect(versions).toEqual([0, 1, 2, 3, 4].map((changes) => version + changes));
    await close();
  });
}

function testPlaces(prepare: Prepare): void {
  it('stores a place of a session once, whichever process comes first', async () => {
    const { here, there, document, close } = await pair(prepare);
    const outcomes = await Promise.all([
      append(here, document, 0, bytes(50, 1)),
      append(there, document, 0, bytes(50, 2)),
      append(here, document, 0, bytes(50, 3), bytes(16, 8)),
    ]);
    const stored = outcomes.filter((outcome) => typeof outcome === 'number');
    const records = found(await here.read(document.ref, 0, PAGE_BYTES)).records;
    expect(records.map(({ position }) => position)).toEqual(stored.sort((a, b) => a - b));
    expect(outcomes.slice(0, 2)).toContain('conflict');
    expect(await append(there, document, 0, bytes(50, 4))).toBe('conflict');
    await close();
  });

  it('takes appends of both processes: each position once, and whoever sees one has seen all before it', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    const appended: Promise<number | AppendFailure>[] = [];
    const write = async (store: Store, session: number): Promise<void> => {
      for (let n = 0; n < WRITES_EACH; n++) {
        const outcome = append(store, document, n, bytes(20, session), bytes(16, session));
        appended.push(outcome);
        if (n % 7 === 0) await outcome;
      }
    };
    let isWriting = true;
    const readings: string[] = [];
    const watch = async (store: Store): Promise<void> => {
      while (isWriting) {
        const { records } = found(await store.read(ref, 0, PAGE_BYTES));
        readings.push(records.map(({ position, body }) => `${position}:${body[0]}`).join());
      }
    };
    const watching = Promise.all([watch(here), watch(there)]);
    await Promise.all([write(here, 1), write(there, 2), write(here, 3)]);
    const positions = await Promise.all(appended);
    isWriting = false;
    await watching;
    const { records } = found(await here.read(ref, 0, PAGE_BYTES));
    expect(new Set(positions).size).toBe(3 * WRITES_EACH);
    expect(records.map(({ position }) => position)).toEqual(positions.toSorted((a, b) => Number(a) - Number(b)));
    const final = records.map(({ position, body }) => `${position}:${body[0]}`).join();
    expect(readings.filter((reading) => !final.startsWith(reading))).toEqual([]);
    await close();
  });
}

function testCheckpoints(prepare: Prepare): void {
  it('CKP-2: takes no checkpoint that retires a session which wrote meanwhile', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    const seen = found<number>(await append(here, document, 0, bytes(50, 1)));
    const tailFrom = seen + 1;
    await append(there, document, 0, bytes(50, 2), bytes(16, 8));
    const retiring = (session: number) => basisOf(document, { position: seen, retired: [bytes(16, session)] });
    expect(await here.putCheckpoint(ref, checkpoint(1, tailFrom), 0, retiring(8))).toBe('conflict');
    expect(await here.readCheckpoint(ref)).toBeUndefined();
    expect(await here.putCheckpoint(ref, checkpoint(1, tailFrom), 0, retiring(7))).toBeTypeOf('number');
    await close();
  });

  it('CKP-2: a checkpoint and a record of the session that it retires never both get in', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    let { version } = document;
    for (let round = 1; round <= 20; round++) {
      const session = bytes(16, 100 + round);
      const seen = found<number>(await append(here, { ref, version }, round, bytes(50, 1)));
      const basis = basisOf({ ref, version }, { position: seen, retired: [session] });
      const [put, record] = await Promise.all([
        here.putCheckpoint(ref, checkpoint((await here.readCheckpoint(ref).then(seqOf)) + 1, 1), 0, basis),
        append(there, { ref, version }, 0, bytes(50, 2), session),
      ]);
      expect([typeof put, typeof record].sort()).toEqual(['number', 'string']);
      version = (await loaded(here, ref.docId)).version;
    }
    await close();
  });

  it('takes no checkpoint that was judged by another version', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    found<number>(await there.putHeader(ref, bytes(180, 1), bytes(180, 2), 0));
    expect(await here.putCheckpoint(ref, checkpoint(1, 1), 0, basisOf(document))).toBe('conflict');
    const [first, second] = await Promise.all(
      [here, there].map(async (store) =>
        store.putCheckpoint(ref, checkpoint(1, 1), 0, basisOf(await loaded(store, ref.docId))),
      ),
    );
    expect([first, second].filter((outcome) => outcome === 'conflict')).toHaveLength(1);
    await close();
  });

  it('exchanges a header once when both processes do it', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    const outcomes = await Promise.all([
      here.putHeader(ref, bytes(180, 1), bytes(180, 2), 0),
      there.putHeader(ref, bytes(180, 1), bytes(180, 3), 0),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(1);
    expect((await loaded(here, ref.docId)).version).toBe(outcomes.find((outcome) => outcome !== 'conflict'));
    await close();
  });
}

function seqOf(last: unknown): number {
  return (last as { seq: number } | undefined)?.seq ?? 0;
}

function testSharedEnds(prepare: Prepare): void {
  it('ORD-2: nothing is written after an end, whichever process it came by', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref, version } = document;
    await append(here, document, 0, bytes(50, 1));
    expect(await there.end(ref, 'deleted')).toBe('ended');
    expect(await append(here, document, 1, bytes(50, 2))).toBe('conflict');
    expect(await append(here, { ref, version: version + 1 }, 1, bytes(50, 2))).toBe('conflict');
    expect(await here.putHeader(ref, bytes(180, 1), bytes(180, 2), 0)).toBe('conflict');
    expect(await here.putCheckpoint(ref, checkpoint(1, 1), 0, basisOf(document))).toBe('conflict');
    expect(await here.load(ref.docId, PAGE_BYTES)).toBe('deleted');
    expect(await allBodies(here, ref)).toEqual([]);
    expect(await here.end(ref, 'deleted')).toBe('ended');
    await close();
  });

  it('ORD-2: an end meets records and checkpoints of the other process, and leaves nothing', async () => {
    const { here, there, document, close } = await pair(prepare);
    const { ref } = document;
    const writes = Array.from({ length: 100 }, (_, n) => append(there, document, n, bytes(50, 1)));
    const put = there.putCheckpoint(ref, checkpoint(1, 1), 0, basisOf(document, { position: 0 }));
    expect(await here.end(ref, 'deleted')).toBe('ended');
    await Promise.all([...writes, put]);
    expect(await here.read(ref, 0, PAGE_BYTES)).toEqual({ records: [], last: true });
    expect(await here.readCheckpoint(ref)).toBeUndefined();
    await close();
  });

  it('ORD-4: counts an expired document once when all sweep together', async () => {
    const { under, here, there, close } = await pair(prepare);
    const now = under.now();
    const due = await Promise.all(Array.from({ length: 8 }, () => create(here, now - 1)));
    const swept = await Promise.all([here, there, here, there].map(async (store) => found(await store.sweep(now, 10))));
    expect(swept.reduce((sum, { expired }) => sum + expired, 0)).toBe(due.length);
    for (const { ref } of due) expect(await there.load(ref.docId, PAGE_BYTES)).toBe('expired');
    await close();
  });
}
