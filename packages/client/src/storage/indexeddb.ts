import type { Bytes } from '@archipel/protocol';
import type { DBSchema, IDBPDatabase } from 'idb';
import { openDB } from 'idb';
import type { Storage } from '../storage.ts';

interface Schema extends DBSchema {
  entries: { key: [docId: string, key: string]; value: Bytes };
}

const LAST = '\uffff';
/** An acknowledgement of the browser alone is not enough for an outbox: ask for the disk. */
const STRICT = { durability: 'strict' } as const;

/** The database is opened at the first use; a browser that forbids it (private windows) rejects each call. */
export function indexedDbStorage(name = 'archipel'): Storage {
  let opened: Promise<IDBPDatabase<Schema>> | undefined;
  const database = (): Promise<IDBPDatabase<Schema>> => {
    opened ??= openDB<Schema>(name, 1, {
      upgrade: (db) => {
        db.createObjectStore('entries');
      },
      // Another tab asks for a newer version: let go, and open again at the next use.
      blocking: (_old, _new, event) => {
        (event.target as IDBDatabase | null)?.close();
        opened = undefined;
      },
      terminated: () => {
        opened = undefined;
      },
    });
    return opened;
  };
  const range = (docId: string, prefix: string): IDBKeyRange =>
    IDBKeyRange.bound([docId, prefix], [docId, prefix + LAST]);
  const write = async (work: (store: Store) => Promise<unknown>): Promise<void> => {
    const transaction = (await database()).transaction('entries', 'readwrite', STRICT);
    const written = Promise.all([work(transaction.store as Store), transaction.done]);
    // A page that is being left hears no answer any more: without this its last write would be undone.
    transaction.commit();
    await written;
  };
  return {
    get: async (docId, key) => (await database()).get('entries', [docId, key]),
    put: (docId, key, value) => write((store) => store.put(value, [docId, key])),
    delete: (docId, key) => write((store) => store.delete([docId, key])),
    list: async (docId, prefix) => {
      const { store } = (await database()).transaction('entries');
      const [keys, values] = await Promise.all([
        store.getAllKeys(range(docId, prefix)),
        store.getAll(range(docId, prefix)),
      ]);
      return values.map((value, index) => ({ key: keys[index]?.[1] ?? '', value }));
    },
    clear: (docId) => write((store) => store.delete(range(docId, ''))),
    documents: async () => [...new Set((await (await database()).getAllKeys('entries')).map(([docId]) => docId))],
  };
}

interface Store {
  put(value: Bytes, key: [string, string]): Promise<unknown>;
  delete(key: [string, string] | IDBKeyRange): Promise<unknown>;
}
