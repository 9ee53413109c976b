/** What every adapter of the ledger must do. */
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../src/replication/ledger.ts';
import { bytes } from './support/author.ts';

export interface LedgerPlace {
  open(): Ledger;
}

export function testLedger(name: string, prepare: () => LedgerPlace): void {
  describe(name, () => {
    it('[PEER-11] knows which documents are shared with whom, and how far each is, also when it is opened again', () => {
      const place = prepare();
      const ledger = place.open();
      const [one, two] = [bytes(20), bytes(20)];
      ledger.add(one, ['bb', 'aa'], false, 100);
      ledger.add(two, ['aa'], true, 200);
      ledger.pushed(one, 'aa', 7);
      expect(ledger.hostsOf(one)).toEqual(['aa', 'bb']);
      expect(ledger.pushedTo(one, 'aa')).toBe(7);
      expect(ledger.pushedTo(one, 'bb')).toBe(0);
      expect(ledger.pushedTo(one, 'cc')).toBeUndefined();
      ledger.close();
      const again = place.open();
      expect(again.pushedTo(one, 'aa')).toBe(7);
      expect(again.hostsOf(two)).toEqual(['aa']);
      again.close();
    });

    it('adds nothing twice, and keeps what is known', () => {
      const ledger = prepare().open();
      const docId = bytes(20);
      ledger.add(docId, ['aa'], true, 100);
      ledger.pushed(docId, 'aa', 3);
      ledger.add(docId, ['aa'], false, 200);
      expect(ledger.pushedTo(docId, 'aa')).toBe(3);
      expect(ledger.takenSince('aa', 100)).toBe(1);
      ledger.close();
    });

    it('[PEER-3] counts what a host brought since', () => {
      const ledger = prepare().open();
      for (const since of [100, 200, 300]) ledger.add(bytes(20), ['aa'], true, since);
      ledger.add(bytes(20), ['aa'], false, 300);
      ledger.add(bytes(20), ['bb'], true, 300);
      expect(ledger.takenSince('aa', 200)).toBe(2);
      ledger.close();
    });

    it('[PEER-11] lists the documents of a host page by page, in the order of their ids', () => {
      const ledger = prepare().open();
      const docIds = Array.from({ length: 5 }, () => bytes(20)).sort((a, b) => Buffer.compare(a, b));
      for (const docId of docIds) ledger.add(docId, ['aa', 'bb'], false, 0);
      ledger.pushed(docIds[4] as Uint8Array, 'aa', -1);
      const first = ledger.page('aa', undefined, 3);
      const rest = ledger.page('aa', first.at(-1)?.docId, 3);
      expect([...first, ...rest].map(({ docId }) => docId)).toEqual(docIds);
      expect(rest.map(({ pushed }) => pushed)).toEqual([0, -1]);
      ledger.close();
    });

    it('[PEER-9] keeps orders until they are passed on, also of a document that is no more', () => {
      const place = prepare();
      const ledger = place.open();
      const docId = bytes(20);
      const order = bytes(74);
      ledger.add(docId, ['aa', 'bb'], false, 0);
      ledger.addOrder(docId, ['aa', 'bb'], order);
      ledger.forget(docId);
      expect(ledger.hostsOf(docId)).toEqual([]);
      ledger.close();
      const again = place.open();
      expect(again.orders('aa')).toEqual([{ docId, order }]);
      again.dropOrder(docId, 'aa');
      expect(again.orders('aa')).toEqual([]);
      expect(again.orders('bb')).toHaveLength(1);
      again.close();
    });

    it('remembers that the host leaves', () => {
      const place = prepare();
      const ledger = place.open();
      expect(ledger.isDraining).toBe(false);
      ledger.isDraining = true;
      ledger.close();
      const again = place.open();
      expect(again.isDraining).toBe(true);
      again.isDraining = false;
      expect(again.isDraining).toBe(false);
      again.close();
    });
  });
}
