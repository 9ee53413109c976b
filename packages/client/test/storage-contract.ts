import type { Storage } from '@archipel/client';
import { describe, expect, it } from 'vitest';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const plain = (value: Uint8Array | undefined): number[] | undefined => value && [...value];

/** What every adapter of the storage port does. `open` gives a storage on the same medium each time it is called. */
export function storageContract(name: string, make: () => { open(): Storage }): void {
  describe(`storage: ${name}`, () => {
    it('gives back what was put, and undefined for what was not', async () => {
      const storage = make().open();
      await storage.put('doc', 'out/ab/0001', bytes(1, 2, 3));
      expect(plain(await storage.get('doc', 'out/ab/0001'))).toEqual([1, 2, 3]);
      expect(await storage.get('doc', 'out/ab/0002')).toBeUndefined();
      expect(await storage.get('other', 'out/ab/0001')).toBeUndefined();
    });

    it('replaces a value and keeps none of the old one', async () => {
      const storage = make().open();
      await storage.put('doc', 'state', bytes(1, 2, 3, 4, 5));
      await storage.put('doc', 'state', bytes(9));
      expect(plain(await storage.get('doc', 'state'))).toEqual([9]);
    });

    it('keeps an empty value', async () => {
      const storage = make().open();
      await storage.put('doc', 'empty', bytes());
      expect(plain(await storage.get('doc', 'empty'))).toEqual([]);
    });

    it('lists by prefix in order of key, within its document', async () => {
      const storage = make().open();
      for (const key of ['out/b/0002', 'out/a/0010', 'pending/a', 'out/a/0002', 'state']) {
        await storage.put('doc', key, bytes(key.length));
      }
      await storage.put('other', 'out/a/0001', bytes(0));
      const keys = (await storage.list('doc', 'out/')).map(({ key }) => key);
      expect(keys).toEqual(['out/a/0002', 'out/a/0010', 'out/b/0002']);
      expect((await storage.list('doc', 'out/a/')).map(({ value }) => [...value])).toEqual([[10], [10]]);
      expect(await storage.list('doc', 'none')).toEqual([]);
    });

    it('deletes, also what is not there', async () => {
      const storage = make().open();
      await storage.put('doc', 'a', bytes(1));
      await storage.delete('doc', 'a');
      await storage.delete('doc', 'a');
      await storage.delete('never', 'a');
      expect(await storage.get('doc', 'a')).toBeUndefined();
      expect(await storage.documents()).toEqual([]);
    });

    it('names the documents that have something, and clears one without the others', async () => {
      const storage = make().open();
      await storage.put('one', 'a', bytes(1));
      await storage.put('one', 'b', bytes(2));
      await storage.put('two', 'a', bytes(3));
      expect((await storage.documents()).sort()).toEqual(['one', 'two']);
      await storage.clear('one');
      expect(await storage.documents()).toEqual(['two']);
      expect(plain(await storage.get('two', 'a'))).toEqual([3]);
    });

    it('does not change with the bytes that were given or taken', async () => {
      const storage = make().open();
      const given = bytes(1, 2);
      await storage.put('doc', 'a', given);
      given[0] = 7;
      const taken = await storage.get('doc', 'a');
      if (taken) taken[1] = 7;
      expect(plain(await storage.get('doc', 'a'))).toEqual([1, 2]);
    });

    it('CHK-6: survives being opened again', async () => {
      const medium = make();
      await medium.open().put('doc', 'out/a/0', bytes(4, 2));
      expect(plain(await medium.open().get('doc', 'out/a/0'))).toEqual([4, 2]);
    });

    it('keeps the last of many writes at once', async () => {
      const storage = make().open();
      await Promise.all(Array.from({ length: 40 }, (_, index) => storage.put('doc', `k${index % 4}`, bytes(index))));
      const entries = await storage.list('doc', 'k');
      expect(entries.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2', 'k3']);
      for (const { value } of entries) expect(value.length).toBe(1);
    });
  });
}
