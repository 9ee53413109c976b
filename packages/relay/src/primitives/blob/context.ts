/** What the parts of the blob primitive share. */
import { join } from 'node:path';
import type { Bytes, Result, Verify } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';
import type { RelayConfig } from '../../config.ts';
import type { Log } from '../../log.ts';
import type { RelayMetrics } from '../../metrics.ts';
import type { Removals } from '../../moderation/removals.ts';
import type { BlobStore } from '../../store/blobs.ts';
import type { Admitted } from '../log/admission.ts';

/** What somebody wants to create: bytes, and Unix seconds. */
export interface BlobWish {
  length: number;
  expiry: number;
}

/** Says who may create blobs where a host tells others how much it takes. */
export interface BlobAdmission {
  /** `isAwaited`: by an inbox that is here already (ASK-6). */
  admitBlob(voucher: Bytes | undefined, wish: BlobWish, isAwaited?: boolean): Promise<Result<Admitted>>;
}

/** Where blobs are. */
export interface BlobPlace {
  /** Of the blobs alone; processes that share the store share it too. */
  folder: string;
  store: BlobStore;
}

/** The place may be another one later: whoever needs it asks here each time. */
export interface BlobDeps extends BlobPlace {
  config: RelayConfig;
  /** All blobs together; the lower of what is said in limits and in words. */
  capacityBytes: number;
  clock: Pick<Clock, 'now'>;
  random: (length: number) => Bytes;
  verify: Verify;
  log: Log;
  metrics: RelayMetrics;
  /** Of the disk of this folder, for whoever may not use what is kept back for the system. */
  freeBytes(folder: string): Promise<number>;
  /** Undefined: whoever comes may create. */
  admission: BlobAdmission | undefined;
  /** Left out: this host has taken nothing down. */
  removals?: Pick<Removals, 'has'> | undefined;
}

const SHARD_DIGITS = 2;

/** Blobs are spread over 256 folders: some file systems are slow with very many names in one. */
export function folderOf(folder: string, blobId: Bytes): string {
  const name = toHex(blobId);
  return join(folder, name.slice(0, SHARD_DIGITS), name);
}
