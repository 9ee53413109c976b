/** The port by which blobs are kept together with other hosts (COPY-1 to COPY-7); replication/blobs has the adapter. */
import type { Bytes, Result } from '@archipel/protocol';
import { fail } from '@archipel/protocol';

/** A host that has the blob too, or is getting it. */
export interface BlobReplica {
  /** Origin. */
  url: string;
  /** All of it is on its disk. */
  isWhole: boolean;
}

export interface BlobMirrors {
  /** It is new, more of it is on the disk, or it has another header. */
  changed(blobId: Bytes): void;
  /** Before the owner's order is obeyed here: others will be told, also after a crash. */
  ordered(blobId: Bytes, order: Bytes): void;
  /** It was taken for the last time, and is over. */
  spent(blobId: Bytes): void;
  /** A download was counted here: resolves when the others that are reached would give out bytes for it, or after a while. */
  gave(blobId: Bytes, ticket: Bytes, until: number): Promise<void>;
  /** Counts a download where downloads of this blob are counted: until when its ticket holds, in Unix seconds. */
  take(blobId: Bytes, ticket: Bytes): Promise<Result<number>>;
  replicas(blobId: Bytes): BlobReplica[];
  /** Whether bytes may be read with this pass (COPY-3). */
  admits(blobId: Bytes, pass: Bytes): boolean;
}

/** This host works with no other. */
export const NO_MIRRORS: BlobMirrors = {
  changed: () => undefined,
  ordered: () => undefined,
  spent: () => undefined,
  gave: () => Promise.resolve(),
  take: () => Promise.resolve(fail('unavailable')),
  replicas: () => [],
  admits: () => false,
};
