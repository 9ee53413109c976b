/**
 * The port for what a client keeps on this machine: outbox, cache, head memory. Values are bytes under a key of a
 * document. `put` and `delete` resolve when the change survives a crash of the program; a failure rejects.
 * `test/storage-contract.ts` is the contract that every adapter passes.
 */
import type { Bytes } from '@archipel/protocol';

export interface StoredEntry {
  key: string;
  value: Bytes;
}

export interface Storage {
  get(docId: string, key: string): Promise<Bytes | undefined>;
  put(docId: string, key: string, value: Bytes): Promise<void>;
  /** Deleting what is not there is no error. */
  delete(docId: string, key: string): Promise<void>;
  /** All entries of the document whose key begins so, in ascending order of key. */
  list(docId: string, prefix: string): Promise<StoredEntry[]>;
  /** Forgets the whole document. */
  clear(docId: string): Promise<void>;
  /** Documents that have an entry. */
  documents(): Promise<string[]>;
}
