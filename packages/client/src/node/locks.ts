import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locks } from '../ports.ts';

/** Process id and start: in a container every start has the same id. */
const OWNER = `${process.pid} ${Math.round(performance.timeOrigin)}`;

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function isAlive(owner: string): boolean {
  const pid = Number(owner.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return owner === OWNER;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return hasCode(error, 'EPERM');
  }
}

/** Lock files that name their owner: a lock whose process is gone is free. */
export function fileLocks(folder: string): Locks {
  let counter = 0;
  return {
    acquire: async (name) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `.lock-${encodeURIComponent(name)}`);
      const mine = `${path}.${process.pid}.${counter++}`;
      await writeFile(mine, OWNER, { mode: 0o600 });
      const taken =
        (await claim(mine, path)) || ((await removeOrphan(path, `${mine}.old`)) && (await claim(mine, path)));
      await rm(mine, { force: true });
      if (!taken) return undefined;
      return () => {
        void rm(path, { force: true });
      };
    },
  };
}

/** A hard link either makes the name or fails: no moment in which the lock exists without its owner in it. */
async function claim(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Moves the orphan aside; when another program was quicker and the lock is alive by now, puts it back. */
async function removeOrphan(path: string, aside: string): Promise<boolean> {
  const owner = await read(path);
  if (owner === undefined) return true;
  if (isAlive(owner)) return false;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
  const moved = await read(aside);
  if (moved !== undefined && isAlive(moved)) await claim(aside, path);
  await rm(aside, { force: true });
  return true;
}
