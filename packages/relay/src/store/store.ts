/** The port of a store: it keeps bytes durably and in order, and understands none of them. test/store-contract.ts says what every adapter must do. */
import type { Bytes } from '@archipel/protocol';

/** Where a document lies; `num` is the embedded store's row, 0 in stores that go by docId alone. */
export interface DocRef {
  readonly docId: Bytes;
  readonly num: number;
}
export type Gone = 'not_found' | 'deleted' | 'expired';
export type StoreFailure = 'disk_full' | 'unavailable';
export type Ending = 'deleted' | 'expired';

/** Positions grow within a document and are never given twice. */
export interface StoredRecord {
  position: number;
  body: Bytes;
}
export interface RecordPage {
  records: StoredRecord[];
  /** Nothing came after these when they were read. */
  last: boolean;
}
export interface StoredCheckpoint {
  seq: number;
  body: Bytes;
  /** The checkpoint covers every record before this position, and may cover later ones. */
  tailFrom: number;
  /** Size of the records before `tailFrom`. */
  historyBytes: number;
}
export interface StoredDocument {
  ref: DocRef;
  header: Bytes;
  checkpoint: StoredCheckpoint | undefined;
  /** The first records from `tailFrom` on. */
  page: RecordPage;
}

/** `settle` is called once: with the position after the commit, or with what failed. */
export interface AppendEntry {
  readonly ref: DocRef;
  readonly session: Bytes;
  readonly n: number;
  readonly body: Bytes;
  settle(outcome: number | StoreFailure): void;
}
export interface StoreStatus {
  writable: boolean;
  bytes: number;
  freeBytes: number;
}

export interface Store {
  load(docId: Bytes, pageBytes: number): Promise<StoredDocument | Gone | StoreFailure>;
  /** `exists`: the store knows the docId, alive or as a tombstone; `load` tells which. `expiry` in Unix seconds, 0 never. */
  create(docId: Bytes, header: Bytes, expiry: number): Promise<'created' | 'exists' | StoreFailure>;
  /** Settled in the order of the calls; when one fails, all that wait behind it in its document fail too. */
  append(entry: AppendEntry): void;
  /** Records after a position, at least one if there is any, then up to `maxBytes` and `maxRecords`. */
  read(ref: DocRef, after: number, maxBytes: number, maxRecords?: number): Promise<RecordPage | StoreFailure>;
  readCheckpoint(ref: DocRef): Promise<StoredCheckpoint | undefined | StoreFailure>;
  /** `conflict`: the header is not `current` any more. */
  putHeader(ref: DocRef, current: Bytes, next: Bytes, expiry: number): Promise<'stored' | 'conflict' | StoreFailure>;
  /** Keeps this and the one before. `purgeAt` (Unix seconds, 0 never): what lies before `tailFrom` is removed then. */
  putCheckpoint(
    ref: DocRef,
    checkpoint: StoredCheckpoint,
    purgeAt: number,
  ): Promise<'stored' | 'conflict' | StoreFailure>;
  /** Removes the records before the last checkpoint's `tailFrom`, those at `positions`, and the checkpoint before. */
  eraseHistory(ref: DocRef, positions: number[]): Promise<'erased' | StoreFailure>;
  removeRecords(ref: DocRef, positions: number[]): Promise<'removed' | StoreFailure>;
  /** Leaves a tombstone; a deleted one stays for ever. Resolves when the contents are gone. */
  end(ref: DocRef, ending: Ending): Promise<'ended' | StoreFailure>;
  /** Ends up to `limit` documents that expired by `nowSeconds` and removes history that is due; `more`: call again. */
  sweep(nowSeconds: number, limit: number): Promise<{ expired: number; more: boolean } | StoreFailure>;
  /** Looks by writing when the last commit is not recent. */
  status(): Promise<StoreStatus>;
  close(): Promise<void>;
}
