/** What every adapter of the store of published pages must do. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewPage, PageStore } from '../src/store/pages.ts';
import { bytes } from './support/author.ts';

export interface PageStorePlace {
  open(): Promise<PageStore>;
}

function pageOf(changes: Partial<NewPage> = {}): NewPage {
  return { pageId: bytes(20), seq: 1, time: 7, expiry: 500, hash: bytes(32), body: bytes(3000), ...changes };
}

export function testPageStore(name: string, prepare: () => Promise<PageStorePlace>): void {
  async function opened(): Promise<PageStore> {
    const store = await (await prepare()).open();
    onTestFinished(() => store.close());
    return store;
  }

  describe(name, () => {
    it('[PAGE-6] keeps what it was told, also when it is opened again', async () => {
      const place = await prepare();
      const store = await place.open();
      const page = pageOf({ body: bytes(2_000_000) });
      expect(await store.put(page)).toBe(true);
      await store.close();
      const again = await place.open();
      onTestFinished(() => again.close());
      const { pageId, body, ...told } = page;
      expect(await again.find(pageId)).toEqual({ ...told, state: 'open' });
      expect(await again.read(pageId)).toEqual(body);
      expect(await again.find(bytes(20))).toBeUndefined();
      expect(await again.read(bytes(20))).toBeUndefined();
    });

    it('[PAGE-2] takes a higher seq alone, whoever writes at once', async () => {
      const store = await opened();
      const page = pageOf({ seq: 4 });
      await store.put(page);
      expect(await store.put({ ...page, seq: 4, body: bytes(9) })).toBe(false);
      expect(await store.put({ ...page, seq: 3, body: bytes(9) })).toBe(false);
      expect(await store.read(page.pageId)).toEqual(page.body);
      const later = Array.from({ length: 8 }, (_, at) => ({ ...page, seq: 5 + at, body: bytes(50) }));
      await Promise.all(later.map((one) => store.put(one)));
      expect(await store.read(page.pageId)).toEqual(later.at(-1)?.body);
      expect(await store.find(page.pageId)).toMatchObject({ seq: 12 });
    });

    it('[PAGE-4] forgets the bytes of what is taken back, and takes it again with a higher seq', async () => {
      const store = await opened();
      const page = pageOf();
      await store.put(page);
      const gone = { ...page, seq: 2, hash: bytes(32), body: undefined };
      expect(await store.put(gone)).toBe(true);
      expect(await store.find(page.pageId)).toMatchObject({ seq: 2, hash: gone.hash, state: 'deleted' });
      expect(await store.read(page.pageId)).toBeUndefined();
      expect(await store.put(page)).toBe(false);
      expect(await store.put({ ...page, seq: 3 })).toBe(true);
      expect(await store.read(page.pageId)).toEqual(page.body);
    });

    it('[PAGE-5] ends what is over, counts what is there, and forgets what has long been over', async () => {
      const store = await opened();
      const before = await store.totals();
      const [late, alive, always] = [pageOf({ expiry: 100 }), pageOf({ expiry: 101 }), pageOf({ expiry: 0 })];
      for (const page of [late, alive, always]) await store.put(page);
      const { pages, bytes: taken } = await store.totals();
      expect(pages).toBe(before.pages + 3);
      expect(taken - before.bytes).toBeGreaterThanOrEqual(9000);
      expect(await store.due(99, 10)).toEqual([]);
      expect(await store.due(100, 10)).toEqual([late.pageId]);
      await store.end(late.pageId, 'expired', 100);
      expect(await store.due(100, 10)).toEqual([]);
      expect(await store.find(late.pageId)).toMatchObject({ state: 'expired', seq: 1 });
      expect((await store.totals()).pages).toBe(before.pages + 2);
      await store.end(always.pageId, 'deleted', 100);
      await store.forget(101);
      expect(await store.find(late.pageId)).toBeUndefined();
      expect(await store.find(always.pageId)).toMatchObject({ state: 'deleted' });
    });
  });
}
