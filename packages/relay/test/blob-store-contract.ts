/** What every adapter of the store of blobs must do. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BlobCreated, BlobStore, MovedBlob, NewBlob } from '../src/store/blobs.ts';
import { bytes } from './support/author.ts';

export interface BlobStorePlace {
  open(): Promise<BlobStore>;
}

/** As much as anybody wants. */
const AMPLE = { mostBytes: Number.MAX_SAFE_INTEGER, freeBytes: Number.MAX_SAFE_INTEGER };

const plan = (changes: Partial<NewBlob> = {}): NewBlob => ({
  blobId: bytes(20),
  header: bytes(200),
  length: 1000,
  expiry: 500,
  downloads: 0,
  seq: 1,
  counts: true,
  inboxId: new Uint8Array(0),
  sender: new Uint8Array(0),
  ...changes,
});

export function testBlobStore(name: string, prepare: () => Promise<BlobStorePlace>): void {
  async function opened(): Promise<BlobStore> {
    const store = await (await prepare()).open();
    onTestFinished(() => store.close());
    return store;
  }

  describe(name, () => {
    it('keeps what it was told, also when it is opened again', async () => {
      const place = await prepare();
      const store = await place.open();
      const blob = plan({ downloads: 2 });
      expect(await store.create(blob, 100, AMPLE)).toBe('created');
      expect(await store.create({ ...blob, length: 5 }, 100, AMPLE)).toBe('known');
      await store.complete(blob.blobId);
      const ticket = bytes(16);
      expect(await store.take(blob.blobId, ticket, 300)).toBe(true);
      await store.close();
      const again = await place.open();
      expect(await again.find(blob.blobId)).toEqual({ ...blob, taken: 1, state: 'complete' });
      expect(await again.holds(blob.blobId, ticket, 299)).toBe(true);
      expect(await again.holds(blob.blobId, ticket, 300)).toBe(false);
      expect(await again.holds(blob.blobId, bytes(16), 299)).toBe(false);
      expect(await again.find(bytes(20))).toBeUndefined();
      await again.close();
    });

    it('[BLOB-7] gives no more tickets than allowed, and none of what is not complete', async () => {
      const store = await opened();
      const blob = plan({ downloads: 2 });
      await store.create(blob, 100, AMPLE);
      expect(await store.take(blob.blobId, bytes(16), 300)).toBe(false);
      await store.complete(blob.blobId);
      expect(await takeThrice(store, blob)).toEqual([false, true, true]);
      const open = plan();
      await store.create(open, 100, AMPLE);
      await store.complete(open.blobId);
      expect(await takeThrice(store, open)).toEqual([true, true, true]);
    });

    it('[BLOB-7] the same ticket again is the same download', async () => {
      const store = await opened();
      const [blob, ticket] = [plan({ downloads: 1 }), bytes(16)];
      await store.create(blob, 100, AMPLE);
      await store.complete(blob.blobId);
      const takes = Array.from({ length: 4 }, async () => store.take(blob.blobId, ticket, 300));
      expect(await Promise.all(takes)).toEqual([true, true, true, true]);
      expect((await store.find(blob.blobId))?.taken).toBe(1);
      expect(await store.take(blob.blobId, bytes(16), 300)).toBe(false);
    });

    it('[BLOB-2] takes a header in the place of the one that is there alone', async () => {
      const store = await opened();
      const blob = plan();
      await store.create(blob, 100, AMPLE);
      const next = { ...blob, header: bytes(230), expiry: 900, downloads: 4 };
      expect(await store.putHeader(bytes(200), next)).toBe(false);
      expect(await store.putHeader(blob.header, next)).toBe(true);
      expect(await store.find(blob.blobId)).toMatchObject({ header: next.header, expiry: 900, downloads: 4 });
      await store.end(blob.blobId, 'deleted', 100);
      expect(await store.putHeader(next.header, blob)).toBe(false);
    });

    it('[BLOB-8] an end is for ever, and takes header and tickets with it', async () => {
      const store = await opened();
      const blob = plan();
      await store.create(blob, 100, AMPLE);
      expect(await store.complete(blob.blobId)).toBe(true);
      expect(await store.complete(blob.blobId)).toBe(false);
      const ticket = bytes(16);
      await store.take(blob.blobId, ticket, 300);
      expect(await store.end(blob.blobId, 'deleted', 200)).toBe(true);
      expect(await store.end(blob.blobId, 'expired', 201)).toBe(false);
      expect(await store.find(blob.blobId)).toMatchObject({ state: 'deleted', header: new Uint8Array(0) });
      expect(await store.holds(blob.blobId, ticket, 200)).toBe(false);
      expect(await store.create(blob, 300, AMPLE)).toBe('known');
      await store.forget(10_000);
      expect((await store.find(blob.blobId))?.state).toBe('deleted');
    });

    it('[BLOB-8] tells whose time is over, and why', async () => {
      const store = await opened();
      const [idle, late, spent, taken, fine] = [
        plan(),
        plan({ expiry: 199 }),
        plan({ downloads: 1 }),
        plan({ downloads: 1 }),
        plan(),
      ];
      await store.create(idle, 90, AMPLE);
      for (const blob of [late, spent, taken, fine]) {
        await store.create(blob, 100, AMPLE);
        await store.complete(blob.blobId);
      }
      await store.take(spent.blobId, bytes(16), 200);
      await store.take(taken.blobId, bytes(16), 201);
      const due = async (nowSeconds: number, idleSince: number) =>
        new Map((await store.due(nowSeconds, idleSince, 10)).map(({ blobId, ending }) => [`${blobId}`, ending]));
      expect(await due(200, 95)).toEqual(
        new Map([
          [`${idle.blobId}`, 'expired'],
          [`${late.blobId}`, 'expired'],
          [`${spent.blobId}`, 'spent'],
        ]),
      );
      await store.touch(idle.blobId, 100, 5);
      expect((await due(200, 95)).has(`${idle.blobId}`)).toBe(false);
      expect(await store.due(200, 95, 1)).toHaveLength(1);
    });

    it('counts what is alive, and knows what is being uploaded', async () => {
      const store = await opened();
      const [one, two, three] = [plan({ length: 10 }), plan({ length: 200 }), plan({ length: 3000 })];
      for (const blob of [one, two, three]) await store.create(blob, 100, AMPLE);
      await store.complete(two.blobId);
      await store.end(three.blobId, 'expired', 100);
      expect(await store.totals()).toEqual({ blobs: 2, bytes: 210, missing: 10 });
      expect((await store.uploading()).map(({ blobId }) => blobId)).toEqual([one.blobId]);
      await store.forget(101);
      expect(await store.find(three.blobId)).toBeUndefined();
    });

    it('[BLOB-4] gives room to no more than fit, however many ask at once', async () => {
      const store = await opened();
      const space = { mostBytes: 3500, freeBytes: Number.MAX_SAFE_INTEGER };
      const asked = Array.from({ length: 8 }, async () => store.create(plan(), 100, space));
      const answers = await Promise.all(asked);
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(3);
      expect(answers.filter((answer) => answer === 'full')).toHaveLength(5);
    });

    it('[BLOB-4] counts what was promised and has not come against what the disk has', async () => {
      const store = await opened();
      const first = plan();
      const create = async (freeBytes: number): Promise<BlobCreated> =>
        store.create(plan(), 100, { mostBytes: Number.MAX_SAFE_INTEGER, freeBytes });
      await store.create(first, 100, AMPLE);
      expect(await create(1999)).toBe('full');
      await store.touch(first.blobId, 101, 600);
      expect(await create(1399)).toBe('full');
      expect(await create(1400)).toBe('created');
      await store.complete(first.blobId);
      expect(await create(1999)).toBe('full');
      expect(await create(2000)).toBe('created');
    });

    it('[ASK-4] counts the drops of an inbox as long as they are there, each for its own', async () => {
      const store = await opened();
      const [inboxId, sender] = [bytes(20), bytes(32)];
      const bounds = { mostBytes: 2500, mostDrops: 2, mostUploads: 2 };
      const create = async (changes: Partial<NewBlob> = {}, limits = bounds): Promise<BlobCreated> =>
        store.create(plan({ inboxId, ...changes }), 100, AMPLE, limits);
      const first = plan({ inboxId, sender });
      expect(await store.create(first, 100, AMPLE, bounds)).toBe('created');
      expect(await create({ length: 1501 })).toBe('over');
      expect(await create({ inboxId: bytes(20), length: 1501 })).toBe('created');
      expect(await create({}, { ...bounds, mostUploads: 1 })).toBe('over');
      expect(await store.hasDrop(inboxId, sender)).toBe(false);
      await store.complete(first.blobId);
      expect(await store.hasDrop(inboxId, sender)).toBe(true);
      expect(await store.hasDrop(bytes(20), sender)).toBe(false);
      expect(await create({}, { ...bounds, mostUploads: 1 })).toBe('created');
      expect(await create({ length: 1 })).toBe('over');
      expect((await store.dropsOf(inboxId)).map(({ state }) => state).sort()).toEqual(['complete', 'uploading']);
      await store.end(first.blobId, 'deleted', 200);
      expect((await store.dropsOf(inboxId)).map(({ state }) => state)).toEqual(['uploading']);
      expect(await store.hasDrop(inboxId, sender)).toBe(false);
      expect(await store.find(first.blobId)).toMatchObject({ inboxId: new Uint8Array(0), sender: new Uint8Array(0) });
      expect(await create({ length: 1500 })).toBe('created');
      expect(await store.create(plan(), 100, AMPLE)).toBe('created');
    });

    it('[ASK-4] takes no more for an inbox than it may have, however many ask at once', async () => {
      const store = await opened();
      const inboxId = bytes(20);
      const bounds = { mostBytes: 3500, mostDrops: 9, mostUploads: 9 };
      const asked = Array.from({ length: 8 }, async () => store.create(plan({ inboxId }), 100, AMPLE, bounds));
      const answers = await Promise.all(asked);
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(3);
      expect(answers.filter((answer) => answer === 'over')).toHaveLength(5);
    });

    it('gives out all that it knows in the order of the ids, and takes it', async () => {
      const store = await opened();
      const asked = { inboxId: bytes(20), sender: bytes(32) };
      const blobs = Array.from({ length: 5 }, (_, at) => plan({ downloads: 3, ...(at === 1 && asked) }));
      const [open, , ended] = blobs;
      for (const blob of blobs) {
        await store.create(blob, 100, AMPLE);
        if (blob !== open) await store.complete(blob.blobId);
        for (const fill of blob === open ? [] : [2, 1])
          await store.take(blob.blobId, new Uint8Array(16).fill(fill), 300);
      }
      await store.touch(open?.blobId as Uint8Array, 150, 77);
      await store.end(ended?.blobId as Uint8Array, 'expired', 200);
      const all = await listed(store);
      expect(all.map(({ blobId }) => blobId)).toEqual(blobs.map(({ blobId }) => blobId).sort(Buffer.compare));
      expect(all.find(({ blobId }) => `${blobId}` === `${open?.blobId}`)).toMatchObject({ touched: 150, reached: 77 });
      await store.erase(all.map(({ blobId }) => blobId));
      expect(await listed(store)).toEqual([]);
      await store.import(all);
      await store.import(all.slice(1, 3));
      expect(await listed(store)).toEqual(all);
      expect(await store.take(blobs[1]?.blobId as Uint8Array, bytes(16), 300)).toBe(true);
      expect(await store.take(blobs[1]?.blobId as Uint8Array, bytes(16), 300)).toBe(false);
    });
  });
}

async function takeThrice(store: BlobStore, { blobId }: NewBlob): Promise<boolean[]> {
  const takes = Array.from({ length: 3 }, async () => store.take(blobId, bytes(16), 300));
  return (await Promise.all(takes)).sort();
}

async function listed(store: BlobStore): Promise<MovedBlob[]> {
  const all: MovedBlob[] = [];
  for (let page = await store.list(undefined, 2); page.length > 0; page = await store.list(all.at(-1)?.blobId, 2)) {
    all.push(...page);
  }
  return all;
}
