/** The port by which blobs are kept together with other hosts (COPY-1 to COPY-7); replication/blobs has the adapter. */
import type { Bytes, Result } from '@archipel/protocol';
import { fail } from '@archipel/protocol';
import type { StoredBlob } from '../../store/blobs.ts';

/** A host that has the blob too, or is getting it. */
export interface BlobReplica {
  /** Origin. */
  url: string;
  /** All of it is on its disk. */
  isWhole: boolean;
}

/** How the downloads of a blob are counted, as this host sees it (COPY-11). */
export interface CountView {
  /** Of this host. */
  hostId: Bytes;
  /** Who counts: this host, another one that is reached, one that is not, or one that has not been for long. */
  at: 'here' | 'there' | 'away' | 'gone';
  /** How often it can be taken yet without whoever is away. */
  left: number;
  /** Of those that the owner allows, what may have been given where this host does not hear of it. */
  apart: number;
}

export interface BlobMirrors {
  /** Of this host, by which owners name it; undefined: there are no others. */
  readonly hostId: Bytes | undefined;
  /** It is new, more of it is on the disk, or it has another header. */
  changed(blobId: Bytes): void;
  /** Before the owner's order is obeyed here: others will be told, also after a crash. */
  ordered(blobId: Bytes, order: Bytes): void;
  /** It was taken for the last time, and is over. */
  spent(blobId: Bytes): void;
  /** A download was counted here: resolves when the others that are reached would give out bytes for it, or after a while. */
  gave(blobId: Bytes, ticket: Bytes, until: number): Promise<void>;
  /** Counts a download where downloads of this blob are counted: until when its ticket holds, in Unix seconds. */
  take(blob: StoredBlob, ticket: Bytes): Promise<Result<number>>;
  /** Undefined: no other host has it. */
  counting(blob: StoredBlob): CountView | undefined;
  replicas(blobId: Bytes): BlobReplica[];
  /** The host that reads with this pass; undefined: nobody may (COPY-3). */
  readerOf(blobId: Bytes, pass: Bytes): string | undefined;
  /** All downloads that were ever lent to this host, which has so many of them yet; undefined: none are counted here (COPY-9). */
  lend(blobId: Bytes, host: string, have: number): number | undefined;
}

/** This host works with no other. */
export const NO_MIRRORS: BlobMirrors = {
  hostId: undefined,
  counting: () => undefined,
  lend: () => undefined,
  changed: () => undefined,
  ordered: () => undefined,
  spent: () => undefined,
  gave: () => Promise.resolve(),
  take: () => Promise.resolve(fail('unavailable')),
  replicas: () => [],
  readerOf: () => undefined,
};
