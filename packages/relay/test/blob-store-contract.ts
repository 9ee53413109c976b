/** What every adapter of the store of blobs must do. */
import { describe, expect, it } from 'vitest';
import type { BlobStore, NewBlob } from '../src/store/blobs.ts';
import { bytes } from './support/author.ts';

export interface BlobStorePlace {
  open(): BlobStore;
}

const plan = (changes: Partial<NewBlob> = {}): NewBlob => ({
  blobId: bytes(20),
  header: bytes(200),
  length: 1000,
  expiry: 500,
  downloads: 0,
  seq: 1,
  counts: true,
  ...changes,
});

export function testBlobStore(name: string, prepare: () => BlobStorePlace): void {
  describe(name, () => {
    it('keeps what it was told, also when it is opened again', () => {
      const place = prepare();
      const store = place.open();
      const blob = plan({ downloads: 2 });
      expect(store.create(blob, 100)).toBe(true);
      expect(store.create({ ...blob, length: 5 }, 100)).toBe(false);
      store.complete(blob.blobId);
      const ticket = bytes(16);
      expect(store.take(blob.blobId, ticket, 300)).toBe(true);
      store.close();
      const again = place.open();
      expect(again.find(blob.blobId)).toEqual({ ...blob, taken: 1, state: 'complete' });
      expect(again.holds(blob.blobId, ticket, 299)).toBe(true);
      expect(again.holds(blob.blobId, ticket, 300)).toBe(false);
      expect(again.holds(blob.blobId, bytes(16), 299)).toBe(false);
      expect(again.find(bytes(20))).toBeUndefined();
      again.close();
    });

    it('[BLOB-7] gives no more tickets than allowed, and none of what is not complete', () => {
      const store = prepare().open();
      const blob = plan({ downloads: 2 });
      store.create(blob, 100);
      expect(store.take(blob.blobId, bytes(16), 300)).toBe(false);
      store.complete(blob.blobId);
      expect([1, 2, 3].map(() => store.take(blob.blobId, bytes(16), 300))).toEqual([true, true, false]);
      const open = plan();
      store.create(open, 100);
      store.complete(open.blobId);
      expect([1, 2, 3].map(() => store.take(open.blobId, bytes(16), 300))).toEqual([true, true, true]);
      store.close();
    });

    it('[BLOB-2] takes a header in the place of the one that is there alone', () => {
      const store = prepare().open();
      const blob = plan();
      store.create(blob, 100);
      const next = { ...blob, header: bytes(230), expiry: 900, downloads: 4 };
      expect(store.putHeader(bytes(200), next)).toBe(false);
      expect(store.putHeader(blob.header, next)).toBe(true);
      expect(store.find(blob.blobId)).toMatchObject({ header: next.header, expiry: 900, downloads: 4 });
      store.end(blob.blobId, 'deleted', 100);
      expect(store.putHeader(next.header, blob)).toBe(false);
      store.close();
    });

    it('[BLOB-8] an end is for ever, and takes header and tickets with it', () => {
      const store = prepare().open();
      const blob = plan();
      store.create(blob, 100);
      store.complete(blob.blobId);
      const ticket = bytes(16);
      store.take(blob.blobId, ticket, 300);
      store.end(blob.blobId, 'deleted', 200);
      store.end(blob.blobId, 'expired', 201);
      expect(store.find(blob.blobId)).toMatchObject({ state: 'deleted', header: new Uint8Array(0) });
      expect(store.holds(blob.blobId, ticket, 200)).toBe(false);
      expect(store.create(blob, 300)).toBe(false);
      store.forget(10_000);
      expect(store.find(blob.blobId)?.state).toBe('deleted');
      store.close();
    });

    it('[BLOB-8] tells whose time is over, and why', () => {
      const store = prepare().open();
      const [idle, late, spent, taken, fine] = [
        plan(),
        plan({ expiry: 199 }),
        plan({ downloads: 1 }),
        plan({ downloads: 1 }),
        plan(),
      ];
      store.create(idle, 90);
      for (const blob of [late, spent, taken, fine]) {
        store.create(blob, 100);
        store.complete(blob.blobId);
      }
      store.take(spent.blobId, bytes(16), 200);
      store.take(taken.blobId, bytes(16), 201);
      const due = (nowSeconds: number, idleSince: number) =>
        new Map(store.due(nowSeconds, idleSince, 10).map(({ blobId, ending }) => [`${blobId}`, ending]));
      expect(due(200, 95)).toEqual(
        new Map([
          [`${idle.blobId}`, 'expired'],
          [`${late.blobId}`, 'expired'],
          [`${spent.blobId}`, 'spent'],
        ]),
      );
      store.touch(idle.blobId, 100);
      expect(due(200, 95).has(`${idle.blobId}`)).toBe(false);
      expect(store.due(200, 95, 1)).toHaveLength(1);
      store.close();
    });

    it('counts what is alive, and knows what is being uploaded', () => {
      const store = prepare().open();
      const [one, two, three] = [plan({ length: 10 }), plan({ length: 200 }), plan({ length: 3000 })];
      for (const blob of [one, two, three]) store.create(blob, 100);
      store.complete(two.blobId);
      store.end(three.blobId, 'expired', 100);
      expect(store.totals()).toEqual({ blobs: 2, bytes: 210 });
      expect(store.uploading().map(({ blobId }) => blobId)).toEqual([one.blobId]);
      store.forget(101);
      expect(store.find(three.blobId)).toBeUndefined();
      store.close();
    });
  });
}
