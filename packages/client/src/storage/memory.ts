import type { Bytes } from '@archipel/protocol';
import type { Storage } from '../storage.ts';

/** For tests and for programs that keep nothing: it survives a closed document, not the end of the program. */
export function memoryStorage(): Storage {
  const documents = new Map<string, Map<string, Bytes>>();
  const entriesOf = (docId: string): Map<string, Bytes> => documents.get(docId) ?? new Map<string, Bytes>();
  return {
    get: async (docId, key) => entriesOf(docId).get(key)?.slice(),
    put: async (docId, key, value) => {
      documents.set(docId, entriesOf(docId).set(key, value.slice()));
    },
    delete: async (docId, key) => {
      const entries = entriesOf(docId);
      entries.delete(key);
      if (entries.size === 0) documents.delete(docId);
    },
    list: async (docId, prefix) =>
      [...entriesOf(docId)]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => ({ key, value: value.slice() })),
    clear: async (docId) => {
      documents.delete(docId);
    },
    documents: async () => [...documents.keys()],
  };
}
