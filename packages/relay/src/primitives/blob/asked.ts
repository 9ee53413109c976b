/** Drops that are sent for an inbox of this host (protocol §20): who may send one, and how much all of them may take. */
import type { Bytes } from '@archipel/protocol';
import type { DropBounds, StoredBlob } from '../../store/blobs.ts';
import type { Blobs, Refusal } from './blobs.ts';

/** For which inbox, and what there is room for in it. */
export interface AskedDrop {
  inboxId: Bytes;
  sender: Bytes;
  bounds: DropBounds;
}

/** The inboxes of this host, as those see them who take in drops. */
export interface DropAsking {
  /** ASK-3, ASK-4: of a drop of so many bytes. */
  admitDrop(blobId: Bytes, permit: Bytes, length: number): Promise<{ ok: true; value: AskedDrop } | Refusal>;
}

/** The drops of this host, as those see them who take in items. */
export interface AskedDrops {
  /** ASK-5. Rejects with BlobStoreError. */
  hasDrop(inboxId: Bytes, sender: Bytes): Promise<boolean>;
  /** ASK-8. Rejects with BlobStoreError. */
  dropsOf(inboxId: Bytes): Promise<StoredBlob[]>;
}

/** Wherever they are at the time. */
export function dropsIn(blobs: Pick<Blobs, 'place'>): AskedDrops {
  return {
    hasDrop: async (inboxId, sender) => blobs.place.store.hasDrop(inboxId, sender),
    dropsOf: async (inboxId) => blobs.place.store.dropsOf(inboxId),
  };
}
