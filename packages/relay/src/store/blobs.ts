/** The port of what a host knows of its blobs: rows of a few hundred bytes. The bytes of blobs are in files (primitives/blob/pieces.ts). */
import type { Bytes } from '@archipel/protocol';
import type { BlobCopies } from './blob-copies.ts';

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
}

export type NewBlob = Pick<StoredBlob, 'blobId' | 'header' | 'length' | 'expiry' | 'downloads' | 'seq' | 'counts'>;

export interface BlobTotals {
  blobs: number;
  /** Of all that are alive, whole. */
  bytes: number;
}

/** Every call returns when it is on the disk, and holds after `kill -9` and after a power cut. Throws NotWrittenError. */
export interface BlobStore {
  readonly copies: BlobCopies;
  find(blobId: Bytes): StoredBlob | undefined;
  /** False: the id is known, alive or as a tombstone. */
  create(blob: NewBlob, nowSeconds: number): boolean;
  /** Something came; not later than a minute after the last time that it was said. */
  touch(blobId: Bytes, nowSeconds: number): void;
  complete(blobId: Bytes): void;
  /** False: the header is not `current` any more. */
  putHeader(current: Bytes, next: NewBlob): boolean;
  /** Counts a download and remembers its ticket until then; one that is known is not counted again. False: it was taken as often as it may be, or another host counts. */
  take(blobId: Bytes, ticket: Bytes, until: number): boolean;
  /** A download that another host has counted. */
  keepTicket(blobId: Bytes, ticket: Bytes, until: number): void;
  holds(blobId: Bytes, ticket: Bytes, nowSeconds: number): boolean;
  /** Its tickets go with it. */
  end(blobId: Bytes, ending: BlobEnding, nowSeconds: number): void;
  /** Those whose time is over: expired, without progress since `idleSince`, or taken for the last time with no ticket that still holds. */
  due(nowSeconds: number, idleSince: number, limit: number): { blobId: Bytes; ending: BlobEnding }[];
  /** Copies that are not complete and to which nothing came since. */
  idleCopies(idleSince: number, limit: number): Bytes[];
  /** As if a copy that is not complete had never been here. */
  abandon(blobId: Bytes): void;
  uploading(): StoredBlob[];
  /** Alive, in the order of the ids. */
  page(after: Bytes | undefined, limit: number): StoredBlob[];
  totals(): BlobTotals;
  /** Tombstones of what ended before. */
  forget(endedBefore: number): void;
  close(): void;
}
