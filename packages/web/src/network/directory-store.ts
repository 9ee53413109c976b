/** The signed directory of the portal (docs/protocol.md §17), kept in this browser for the day when the portal does not answer. */
import type { Bytes } from '@archipel/protocol';
import { type DBSchema, openDB } from 'idb';

interface Schema extends DBSchema {
  directories: { key: string; value: Bytes };
}

const DATABASE = 'archipel-network';
const VERSION = 1;
/** A front shows one portal: its own. */
const OWN = 'own';

/** What is kept is a convenience: where storage is blocked (a DOMException, or no IndexedDB at all) there is none. */
async function attempt<T>(work: (db: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T | undefined> {
  try {
    const db = await open();
    try {
      return await work(db);
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof DOMException || typeof indexedDB === 'undefined') return undefined;
    throw error;
  }
}

const open = () =>
  openDB<Schema>(DATABASE, VERSION, {
    upgrade: (db) => void db.createObjectStore('directories'),
  });

/** As it came, whole and signed; undefined: none. */
export function keptDirectory(): Promise<Bytes | undefined> {
  return attempt((db) => db.get('directories', OWN));
}

export async function keepDirectory(bytes: Bytes): Promise<void> {
  await attempt((db) => db.put('directories', bytes, OWN));
}
