/** Folders of blobs that ended just before the process did. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../store/blobs.ts';

const SHARD = /^[0-9a-f]{2}$/;

export async function removeStrays(folder: string, store: Pick<BlobStore, 'find'>): Promise<void> {
  const shards = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const shard of shards) {
    // What else lies there is not ours to remove.
    if (!SHARD.test(shard)) continue;
    for (const name of await readdir(join(folder, shard))) {
      const blob = await store.find(Buffer.from(name, 'hex'));
      const isAlive = blob?.state === 'uploading' || blob?.state === 'complete';
      if (!isAlive) await rm(join(folder, shard, name), { recursive: true, force: true });
    }
  }
}
