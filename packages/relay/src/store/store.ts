/** The port of a store: it keeps bytes durably and in order, and understands none of them. test/store-contract.ts says what every adapter must do. */
import type { Bytes } from '@archipel/protocol';

/** Where a document lies; `num` is the embedded store's row, 0 in stores that go by docId alone. */
export interface DocRef {
  readonly docId: Bytes;
  readonly num: number;
}
export type Gone = 'not_found' | 'deleted' | 'expired';
export type StoreFailure = 'disk_full' | 'unavailable';
/**
 * `conflict`: another process changed the document, or stored this very place of the session, before: nothing was written, and
 * the store is to be read again. A store of one process alone has no conflicts of this kind.
 */
export type AppendFailure = StoreFailure | 'conflict';
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
  /** Another one after every change but an append: header, checkpoint, removal. Always 0 in a store of one process alone. */
  version: number;
  header: Bytes;
  checkpoint: StoredCheckpoint | undefined;
  /** The first records from `tailFrom` on. */
  page: RecordPage;
}

/** What a process that has a document in memory compares with: when either differs, the memory is behind. */
export interface StoredHead {
  docId: Bytes;
  /** Undefined: the document is not there, or not any more; `load` tells which. */
  version: number | undefined;
  /** Of the last record that was ever stored, 0 for none. */
  position: number;
}

/** `settle` is called once: with the position after the commit, or with what failed. */
export interface AppendEntry {
  readonly ref: DocRef;
  /** The version that the record was judged by, asked for when it is written: a store that is shared takes it for no other. */
  readonly version: number;
  readonly session: Bytes;
  readonly n: number;
  readonly body: Bytes;
  settle(outcome: number | AppendFailure): void;
}
/** What a checkpoint was judged by. */
export interface CheckpointBasis {
  version: number;
  /** Of the last record that was looked at. */
  position: number;
  /** Sessions that it retires: a record of one of them after `position` is a conflict (CKP-2). */
  retired: readonly Bytes[];
  /** Those between the last one and this were never here (PEER-7, PEER-8). */
  maySkip?: boolean;
}
export interface StoreStatus {
  writable: boolean;
  bytes: number;
  /** Undefined: the store is on another machine, which does not say. */
  freeBytes: number | undefined;
}

/** Records of a document before this position. */
export interface DueHistory {
  docId: Bytes;
  before: number;
}

export interface Store {
  load(docId: Bytes, pageBytes: number): Promise<StoredDocument | Gone | StoreFailure>;
  /** In any order; a docId that the store does not know has no version. */
  heads(docIds: readonly Bytes[]): Promise<StoredHead[] | StoreFailure>;
  /** `exists`: the store knows the docId, alive or as a tombstone; `load` tells which. `expiry` in Unix seconds, 0 never. */
  create(docId: Bytes, header: Bytes, expiry: number): Promise<'created' | 'exists' | StoreFailure>;
  /** Settled in the order of the calls of a document; when one fails, all that wait behind it in its document fail too. */
  append(entry: AppendEntry): void;
  /** Records after a position, at least one if there is any, then up to `maxBytes` and `maxRecords`. */
  read(ref: DocRef, after: number, maxBytes: number, maxRecords?: number): Promise<RecordPage | StoreFailure>;
  readCheckpoint(ref: DocRef): Promise<StoredCheckpoint | undefined | StoreFailure>;
  /** The new version. `conflict`: the header is not `current` any more. */
  putHeader(ref: DocRef, current: Bytes, next: Bytes, expiry: number): Promise<number | 'conflict' | StoreFailure>;
  /**
   * The new version. Keeps this checkpoint and the one before. `purgeAt` (Unix seconds, 0 never): what lies before `tailFrom` is
   * removed then. `conflict`: it is not the next one, or not any more what `basis` says.
   */
  putCheckpoint(
    ref: DocRef,
    checkpoint: StoredCheckpoint,
    purgeAt: number,
    basis: CheckpointBasis,
  ): Promise<number | 'conflict' | StoreFailure>;
  /** The new version. Removes the records before the last checkpoint's `tailFrom`, those at `positions`, and the checkpoint before. */
  eraseHistory(ref: DocRef, positions: number[]): Promise<number | StoreFailure>;
  /** The new version. */
  removeRecords(ref: DocRef, positions: number[]): Promise<number | StoreFailure>;
  /** Leaves a tombstone; a deleted one stays for ever. Resolves when the contents are gone. */
  end(ref: DocRef, ending: Ending): Promise<'ended' | StoreFailure>;
  /** History whose retention has ended by `nowSeconds`, what is due first, without the first `skip`; a sweep of that time removes it. */
  dueHistory(nowSeconds: number, skip: number, limit: number): Promise<DueHistory[] | StoreFailure>;
  /** It is due at that time instead; `done` also when it is gone. */
  deferHistory(due: DueHistory, untilSeconds: number): Promise<'done' | StoreFailure>;
  /** Ends up to `limit` documents that expired by `nowSeconds` and removes history that is due; `more`: call again. */
  sweep(nowSeconds: number, limit: number): Promise<{ expired: number; more: boolean } | StoreFailure>;
  /** Looks by writing when the last commit is not recent. */
  status(): Promise<StoreStatus>;
  close(): Promise<void>;
}
