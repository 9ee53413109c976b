/** The port of what a host knows of its blobs: rows of a few hundred bytes. The bytes of blobs are in files (primitives/blob/pieces.ts). test/blob-store-contract.ts says what every adapter must do. */
import type { Bytes } from '@archipel/protocol';
import type { BlobCopies } from './blob-copies.ts';
import type { StoreFailure } from './store.ts';

/** `uploading` and `complete` are alive; of the others only a tombstone is left. */
export type BlobState = 'uploading' | 'complete' | 'deleted' | 'expired' | 'spent';
export type BlobEnding = Exclude<BlobState, 'uploading' | 'complete'>;

export interface StoredBlob {
  blobId: Bytes;
  header: Bytes;
  /** As the header says: bytes, Unix seconds, how often it may be taken (0 as often as people want). */
  length: number;
  expiry: number;
  downloads: number;
  /** How often it was taken. */
  taken: number;
  state: BlobState;
  /** Of the header. */
  seq: number;
  /** Whether this host counts its downloads (COPY-4): one host alone does. */
  counts: boolean;
  /** Ids of the inbox for which it is sent, and of the sender of the item that announces it (ASK-3); empty: for none. Gone with its header. */
  inboxId: Bytes;
  sender: Bytes;
}

/** What a header says of who counts (COPY-10). */
export interface CountShift {
  /** This host does, from now on. */
  counts: boolean;
  /** How many it may give besides those of its share; of all others each is used, or never to be given. */
  more: number;
}

export type NewBlob = Omit<StoredBlob, 'taken' | 'state'>;

/** What the drops of one inbox may take together (ASK-4). */
export interface DropBounds {
  mostBytes: number;
  mostDrops: number;
  /** Of those that are still being sent. */
  mostUploads: number;
}

export interface BlobTotals {
  blobs: number;
  /** Of all that are alive, whole. */
  bytes: number;
  /** Of those that have not come, so far as the store was told. */
  missing: number;
}

/** Where a blob is to be kept. */
export interface BlobSpace {
  /** For all that are alive, whole. */
  mostBytes: number;
  /** Free on the disk, for all that has not come yet. */
  freeBytes: number;
}

/** `known`: the id is there, alive or as a tombstone; `over`: more than the bounds of its inbox. */
export type BlobCreated = 'created' | 'known' | 'full' | 'over';

/** A blob as it is carried to another store. */
export interface MovedBlob extends StoredBlob {
  /** Unix seconds when something came last; of a tombstone, when it ended. */
  touched: number;
  /** Bytes that were on the disk when it was touched last. */
  reached: number;
  /** `until` in Unix seconds; in the order of their bytes. */
  tickets: { ticket: Bytes; until: number }[];
}

/** Nothing was written, or what was asked cannot be read. */
export class BlobStoreError extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, options?: ErrorOptions) {
    super(failure, options);
    this.failure = failure;
  }
}

/** At once where the rows are in this process. */
export type Soon<T> = T | Promise<T>;

/** Every call is on the disk when it is answered, and holds after `kill -9` and after a power cut. Throws NotWrittenError, or rejects with BlobStoreError. */
export interface BlobStore {
  find(blobId: Bytes): Soon<StoredBlob | undefined>;
  /** Room and row are one: of several processes none takes what another was given; with the bounds of its inbox, where it has one. */
  create(blob: NewBlob, nowSeconds: number, space: BlobSpace, bounds?: DropBounds): Soon<BlobCreated>;
  /** A drop of this inbox that this sender announces is there as a whole. */
  hasDrop(inboxId: Bytes, sender: Bytes): Soon<boolean>;
  /** Of this inbox, alive, in the order of the ids. */
  dropsOf(inboxId: Bytes): Soon<StoredBlob[]>;
  /** Something came; so many bytes are on the disk. */
  touch(blobId: Bytes, nowSeconds: number, reached: number): Soon<void>;
  /** False: it is not being uploaded (any more). */
  complete(blobId: Bytes): Soon<boolean>;
  /** False: the header is not `current` any more. `shift`: what it says of who counts; of no effect where that is so already, and where there are no other hosts. */
  putHeader(current: Bytes, next: NewBlob, shift?: CountShift): Soon<boolean>;
  /** Counts a download and remembers its ticket until then; one that is known is not counted again. False: it was taken as often as it may be, or another host counts. */
  take(blobId: Bytes, ticket: Bytes, until: number): Soon<boolean>;
  holds(blobId: Bytes, ticket: Bytes, nowSeconds: number): Soon<boolean>;
  /** Its tickets go with it. False: it had ended before. */
  end(blobId: Bytes, ending: BlobEnding, nowSeconds: number): Soon<boolean>;
  /** Those whose time is over: expired, without progress since `idleSince`, or taken for the last time with no ticket that still holds. */
  due(nowSeconds: number, idleSince: number, limit: number): Soon<{ blobId: Bytes; ending: BlobEnding }[]>;
  uploading(): Soon<StoredBlob[]>;
  totals(): Soon<BlobTotals>;
  /** Tombstones of what ended before. */
  forget(endedBefore: number): Soon<void>;
  /** Runs `work` unless another process that shares this store does so at the moment. */
  alone(work: () => Promise<void>): Promise<void>;
  /** The first that was ever given by a process that shares this store: `fresh` where none does. */
  sharedKey(fresh: Bytes): Soon<Bytes>;
  /** Of the folder that has the bytes: the first that was ever given. */
  mark(fresh: Bytes | undefined): Soon<Bytes | undefined>;
  /** In place of the one that is there. */
  putMark(mark: Bytes): Soon<void>;
  /** Tombstones included, in the order of the ids. */
  list(after: Bytes | undefined, limit: number): Soon<MovedBlob[]>;
  /** In place of what is there of each. */
  import(blobs: readonly MovedBlob[]): Soon<void>;
  /** As if it had never been here. */
  erase(blobIds: readonly Bytes[]): Soon<void>;
  close(): Soon<void>;
}

/** Of a host that is one process: it answers at once, and knows what other hosts have. */
export interface LocalBlobStore extends BlobStore {
  readonly copies: BlobCopies;
  find(blobId: Bytes): StoredBlob | undefined;
  /** Counts a download of this host's share (COPY-9), as `take`. False: there is none left. */
  takeShare(blobId: Bytes, ticket: Bytes, until: number): boolean;
  /** A download that another host has counted. */
  keepTicket(blobId: Bytes, ticket: Bytes, until: number): void;
  /** Copies that are not complete and to which nothing came since. */
  idleCopies(idleSince: number, limit: number): Bytes[];
  /** As if a copy that is not complete had never been here. */
  abandon(blobId: Bytes): void;
  /** Alive, in the order of the ids. */
  page(after: Bytes | undefined, limit: number): StoredBlob[];
  /** Goes on in a copy of its file in this folder, which is made now; throws StoreOpenError, and what the disk says, and stays where it is. */
  moveTo(folder: string): void;
  close(): void;
}

/** Whether it is the store of a host that is one process. */
export function isLocal(store: BlobStore): store is LocalBlobStore {
  return 'copies' in store;
}
