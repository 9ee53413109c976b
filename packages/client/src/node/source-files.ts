/** Files of a disk that are sent. */
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileNameFor } from '@archipel/protocol/secret';
import type { SourceFile } from '../drop/body.ts';

const SECOND_MS = 1000;

export interface SourceFiles {
  files: SourceFile[];
  close(): Promise<void>;
}

/** Says what is wrong with a path. */
export class NoSourceError extends Error {}

/** Rejects with NoSourceError when one of them is no file, or cannot be read. Few are open at a time: one. */
export async function sourceFiles(paths: readonly string[], typeOf: (name: string) => string): Promise<SourceFiles> {
  const open = new OneOpen();
  const files: SourceFile[] = [];
  const names = new Set<string>();
  for (const path of paths) {
    const stats = await open.stats(path);
    const name = fileNameFor(basename(path), names);
    names.add(name);
    files.push({
      name,
      type: typeOf(name),
      size: Number(stats.size),
      modified: Math.max(0, Math.floor(Number(stats.mtimeMs) / SECOND_MS)),
      identity: async () => open.stats(path).then(identityOf, () => undefined),
      read: (offset, target) => open.read(path, offset, target),
    });
  }
  return { files, close: () => open.close() };
}

type Stats = { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint };

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: Stats): string {
  return `${dev}.${ino}.${size}.${mtimeNs}.${ctimeNs}`;
}

class OneOpen {
  #path = '';
  #handle: FileHandle | undefined;

  async #open(path: string): Promise<FileHandle> {
    if (this.#handle !== undefined && this.#path === path) return this.#handle;
    await this.close();
    // A pipe that nobody writes to would be waited for without end.
    this.#handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#path = path;
    return this.#handle;
  }

  async stats(path: string): Promise<Stats & { mtimeMs: bigint }> {
    const handle = await this.#open(path).catch((error: NodeJS.ErrnoException) => {
      throw new NoSourceError(`${path} cannot be read (${error.code}).`, { cause: error });
    });
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new NoSourceError(`${path} is no file.`);
    return stats;
  }

  async read(path: string, offset: number, target: Uint8Array): Promise<boolean> {
    const handle = await this.#open(path).catch(() => undefined);
    if (handle === undefined) return false;
    for (let done = 0; done < target.length; ) {
      const { bytesRead } = await handle.read(target, done, target.length - done, offset + done);
      if (bytesRead === 0) return false;
      done += bytesRead;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
