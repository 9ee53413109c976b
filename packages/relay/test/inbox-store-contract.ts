/** What every adapter of the store of inboxes must do. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InboxStore, MovedInbox, NewInbox, NewItem } from '../src/store/inboxes.ts';
import { bytes } from './support/author.ts';

export interface InboxStorePlace {
  open(): Promise<InboxStore>;
}

const inboxOf = (changes: Partial<NewInbox> = {}): NewInbox => ({
  inboxId: bytes(20),
  header: bytes(200),
  expiry: 500,
  ...changes,
});

function itemOf({ inboxId }: NewInbox, changes: Partial<NewItem> = {}): NewItem {
  return { inboxId, hash: bytes(32), body: bytes(300), time: 7, maxItems: 100, maxBytes: 1_000_000, ...changes };
}

const PAGE_BYTES = 100_000;

export function testInboxStore(name: string, prepare: () => Promise<InboxStorePlace>): void {
  async function opened(): Promise<InboxStore> {
    const store = await (await prepare()).open();
    onTestFinished(() => store.close());
    return store;
  }

  describe(name, () => {
    it('keeps what it was told, also when it is opened again', async () => {
      const place = await prepare();
      const store = await place.open();
      const inbox = inboxOf();
      expect(await store.create(inbox)).toBe(true);
      expect(await store.create({ ...inbox, header: bytes(9) })).toBe(false);
      const [one, two] = [itemOf(inbox), itemOf(inbox, { time: 8 })];
      expect(await store.add([one, two])).toEqual([
        { number: 1, time: 7 },
        { number: 2, time: 8 },
      ]);
      await store.close();
      const again = await place.open();
      onTestFinished(() => again.close());
      expect(await again.find(inbox.inboxId)).toEqual({ ...inbox, state: 'open', last: 2 });
      expect(await again.find(bytes(20))).toBeUndefined();
      const common = { state: 'here' as const };
      expect(await again.read(inbox.inboxId, 0, PAGE_BYTES)).toEqual({
        last: 2,
        more: false,
        items: [
          { ...common, number: 1, change: 1, time: 7, hash: one.hash, bytes: one.body },
          { ...common, number: 2, change: 2, time: 8, hash: two.hash, bytes: two.body },
        ],
      });
      expect(await again.findItem(inbox.inboxId, two.hash)).toEqual({ ...common, number: 2, body: two.body });
    });

    it('[INBOX-6] gives an item one number, in the same write, later, and when it is gone', async () => {
      const store = await opened();
      const inbox = inboxOf();
      await store.create(inbox);
      const [one, two] = [itemOf(inbox), itemOf(inbox)];
      const first = { number: 1, time: 7 };
      expect(await store.add([one, one, two])).toEqual([first, first, { number: 2, time: 7 }]);
      expect(await store.add([{ ...one, time: 99 }])).toEqual([first]);
      await store.remove(inbox.inboxId, 1, 'deleted');
      expect(await store.add([{ ...one, time: 99 }, itemOf(inbox)])).toEqual([first, { number: 3, time: 7 }]);
      expect(await store.findItem(inbox.inboxId, one.hash)).toMatchObject({
        state: 'deleted',
        body: new Uint8Array(0),
      });
    });

    it('[INBOX-6] gives numbers without gaps, whoever writes at once', async () => {
      const store = await opened();
      const [a, b] = [inboxOf(), inboxOf()];
      await store.create(a);
      await store.create(b);
      const twice = itemOf(a);
      const groups = Array.from({ length: 12 }, (_, at) => [itemOf(at % 2 === 0 ? a : b), itemOf(a), twice]);
      const added = (await Promise.all(groups.map((group) => store.add(group)))).flat();
      expect(added.every((one) => typeof one === 'object')).toBe(true);
      const page = await store.read(a.inboxId, 0, PAGE_BYTES);
      expect(page?.items.map(({ number }) => number)).toEqual(Array.from({ length: 19 }, (_, at) => at + 1));
      expect((await store.read(b.inboxId, 0, PAGE_BYTES))?.last).toBe(6);
    });

    it('[INBOX-7] takes no more items and bytes than the inbox may have, those that are gone counted as items', async () => {
      const store = await opened();
      const inbox = inboxOf();
      await store.create(inbox);
      const least = { maxItems: 2 };
      expect(await store.add([itemOf(inbox, least), itemOf(inbox, least), itemOf(inbox, least)])).toMatchObject([
        { number: 1 },
        { number: 2 },
        'full',
      ]);
      await store.remove(inbox.inboxId, 1, 'withdrawn');
      expect(await store.add([itemOf(inbox, least)])).toEqual(['full']);
      const { bytes: taken } = await store.totals();
      expect(await store.add([itemOf(inbox, { maxBytes: 800 })])).toEqual(['full']);
      expect((await store.totals()).bytes).toBe(taken);
      await store.remove(inbox.inboxId, 2, 'deleted');
      expect(await store.add([itemOf(inbox, { maxBytes: taken + 300 })])).toMatchObject([{ number: 3 }]);
    });

    it('[INBOX-8] reads by pages what changed, each item once', async () => {
      const store = await opened();
      const inbox = inboxOf();
      await store.create(inbox);
      await store.add(Array.from({ length: 5 }, () => itemOf(inbox)));
      await store.remove(inbox.inboxId, 2, 'withdrawn');
      const numbers: number[] = [];
      for (let after = 0, more = true; more; ) {
        const page = await store.read(inbox.inboxId, after, 1200);
        numbers.push(...(page?.items ?? []).map(({ number }) => number));
        after = page?.items.at(-1)?.change ?? after;
        more = page?.more ?? false;
      }
      expect(numbers).toEqual([1, 3, 4, 5, 2]);
      const last = await store.read(inbox.inboxId, 5, 1);
      expect(last).toMatchObject({ last: 5, more: false, items: [{ number: 2, change: 6, state: 'withdrawn' }] });
      expect(await store.read(inbox.inboxId, 6, 1)).toEqual({ last: 5, more: false, items: [] });
      expect(await store.read(bytes(20), 0, 1)).toBeUndefined();
    });

    it('[INBOX-9] removes an item once, and tells how', async () => {
      const store = await opened();
      const inbox = inboxOf();
      await store.create(inbox);
      await store.add([itemOf(inbox)]);
      expect(await store.remove(inbox.inboxId, 1, 'withdrawn')).toBe(true);
      expect(await store.remove(inbox.inboxId, 1, 'deleted')).toBe(false);
      expect(await store.remove(inbox.inboxId, 2, 'deleted')).toBe(false);
      const page = await store.read(inbox.inboxId, 0, PAGE_BYTES);
      expect(page?.items).toMatchObject([{ number: 1, change: 2, state: 'withdrawn', bytes: new Uint8Array(0) }]);
    });

    it('[INBOX-2] takes a header in the place of the one that is there alone', async () => {
      const store = await opened();
      const inbox = inboxOf();
      await store.create(inbox);
      const next = { ...inbox, header: bytes(230), expiry: 900 };
      expect(await store.putHeader(bytes(200), next)).toBe(false);
      expect(await store.putHeader(inbox.header, next)).toBe(true);
      expect(await store.putHeader(inbox.header, next)).toBe(false);
      expect(await store.find(inbox.inboxId)).toMatchObject({ header: next.header, expiry: 900 });
    });

    it('[INBOX-11] ends an inbox with all that is in it, and knows its id as long as it must', async () => {
      const store = await opened();
      const before = await store.totals();
      const [late, deleted, alive] = [inboxOf({ expiry: 100 }), inboxOf({ expiry: 100 }), inboxOf({ expiry: 101 })];
      for (const inbox of [late, deleted, alive]) await store.create(inbox);
      await store.add([itemOf(late), itemOf(deleted), itemOf(alive)]);
      await store.end(deleted.inboxId, 'deleted', 50);
      expect(await store.due(99, 10)).toEqual([]);
      expect(await store.due(100, 10)).toEqual([late.inboxId]);
      await store.end(late.inboxId, 'expired', 100);
      expect(await store.due(100, 10)).toEqual([]);
      expect(await store.find(late.inboxId)).toMatchObject({ state: 'expired', header: new Uint8Array(0) });
      expect(await store.read(late.inboxId, 0, PAGE_BYTES)).toBeUndefined();
      expect(await store.add([itemOf(late), itemOf(alive)])).toMatchObject(['gone', { number: 2 }]);
      expect(await store.create(deleted)).toBe(false);
      expect((await store.totals()).inboxes).toBe(before.inboxes + 1);
      await store.forget(101);
      expect(await store.find(late.inboxId)).toBeUndefined();
      expect(await store.find(deleted.inboxId)).toMatchObject({ state: 'deleted' });
    });

    it('gives out all that it knows in the order of the ids, and takes it', async () => {
      const [store, inboxes] = [await opened(), [inboxOf(), inboxOf(), inboxOf()]];
      const [open, ended] = inboxes as [NewInbox, NewInbox];
      for (const inbox of inboxes) {
        await store.create(inbox);
        await store.add([itemOf(inbox), itemOf(inbox), itemOf(inbox)]);
      }
      await store.remove(open.inboxId, 1, 'withdrawn');
      await store.end(ended.inboxId, 'expired', 200);
      const all = await listed(store);
      expect(all.map(({ inboxId }) => inboxId)).toEqual(inboxes.map(({ inboxId }) => inboxId).sort(Buffer.compare));
      const items = await store.items(open.inboxId, 0, PAGE_BYTES);
      expect(items.map(({ number, change, state }) => [number, change, state])).toEqual([
        [2, 2, 'here'],
        [3, 3, 'here'],
        [1, 4, 'withdrawn'],
      ]);
      expect(await store.items(open.inboxId, 0, 1)).toEqual(items.slice(0, 1));
      const head = all.find(({ inboxId }) => `${inboxId}` === `${open.inboxId}`) as MovedInbox;
      await store.erase(open.inboxId);
      expect(await listed(store)).toHaveLength(2);
      expect(await store.items(open.inboxId, 0, PAGE_BYTES)).toEqual([]);
      await store.import({ ...head, change: 3 }, items.slice(0, 2));
      await store.import(head, items.slice(1));
      expect(await listed(store)).toEqual(all);
      expect(await store.items(open.inboxId, 0, PAGE_BYTES)).toEqual(items);
      expect(await store.add([itemOf(open)])).toMatchObject([{ number: 4 }]);
      await store.import({ ...head, state: 'deleted', header: new Uint8Array(0), bytes: 0 }, []);
      expect(await store.items(open.inboxId, 0, PAGE_BYTES)).toEqual([]);
      for (const { inboxId } of all) await store.erase(inboxId);
    });
  });
}

async function listed(store: InboxStore): Promise<MovedInbox[]> {
  const all: MovedInbox[] = [];
  for (let page = await store.list(undefined, 2); page.length > 0; page = await store.list(all.at(-1)?.inboxId, 2)) {
    all.push(...page);
  }
  return all;
}
