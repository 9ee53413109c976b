import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all files under a folder: as their length says, and as allocated on the disk. */
export function folderBytes(folder: string): { apparent: number; allocated: number } {
  let apparent = 0;
  let allocated = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const stat = lstatSync(join(entry.parentPath, entry.name));
    apparent += stat.size;
    allocated += stat.blocks * 512;
  }
  return { apparent, allocated };
}
