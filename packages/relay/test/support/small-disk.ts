import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { makeFolder } from './relay.ts';

/** A file system of its own that is soon full; undefined when this user may not mount one. */
export function mountSmall(bytes: number): string | undefined {
  const folder = makeFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  if (status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}
