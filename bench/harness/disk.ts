import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
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

const SECTOR_BYTES = 512;

/**
 * Bytes that the disk under a folder was told to write so far, by whomever; NaN where there is none of that kind. What the kernel charges to
 * a process (`write_bytes` in /proc) is no measure: it counts whole folios, up to a megabyte for the 8 kB that were changed in it.
 */
export function deviceWrittenBytes(folder: string): number {
  const { dev } = statSync(folder);
  // As the C library takes a device number apart; 52 bits are enough for every device there is.
  const major = (Math.floor(dev / 0x1_0000_0000) & 0xfffff000) | ((dev >> 8) & 0xfff);
  const minor = ((dev >> 12) & 0xfff00) | (dev & 0xff);
  try {
    const fields = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8').trim().split(/\s+/);
    return Number(fields[6]) * SECTOR_BYTES;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Number.NaN;
    throw error;
  }
}
