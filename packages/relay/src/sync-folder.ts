import { closeSync, fsyncSync, openSync } from 'node:fs';

/** The names in a folder are on the disk: what was renamed or linked into it stays there when the power fails. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
