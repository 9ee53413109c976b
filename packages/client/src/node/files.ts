import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from '../storage.ts';

const TEMPORARY = '.new';

/** File names are keys with everything but letters, digits, - and _ escaped; the order of keys is the order of names. */
const fileOf = (key: string): string => encodeURIComponent(key).replaceAll('.', '%2E');
const keyOf = (file: string): string => decodeURIComponent(file);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function unlessMissing<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** One folder per document, one file per entry: written beside, flushed, renamed, the folder flushed. */
export function fileStorage(folder: string): Storage {
  let counter = 0;
  const folderOf = (docId: string): string => join(folder, fileOf(docId));
  const names = (path: string): Promise<string[]> => unlessMissing(readdir(path), []);
  return {
    get: (docId, key) => unlessMissing(readFile(join(folderOf(docId), fileOf(key))), undefined),
    put: async (docId, key, value) => {
      const path = folderOf(docId);
      await mkdir(path, { recursive: true, mode: 0o700 });
      const temporary = join(path, `${fileOf(key)}.${process.pid}.${counter++}${TEMPORARY}`);
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(value);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, join(path, fileOf(key)));
      await sync(path);
    },
    delete: async (docId, key) => {
      await rm(join(folderOf(docId), fileOf(key)), { force: true });
    },
    list: async (docId, prefix) => {
      const path = folderOf(docId);
      const keys = (await names(path)).filter((name) => !name.endsWith(TEMPORARY)).map(keyOf);
      const wanted = keys.filter((key) => key.startsWith(prefix)).sort();
      const entries = await Promise.all(
        wanted.map(async (key) => ({ key, value: await unlessMissing(readFile(join(path, fileOf(key))), undefined) })),
      );
      return entries.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
    },
    clear: (docId) => rm(folderOf(docId), { recursive: true, force: true }),
    documents: async () => {
      const all = (await names(folder)).filter((name) => !name.startsWith('.'));
      const filled = await Promise.all(all.map(async (name) => (await names(join(folder, name))).length > 0));
      return all.filter((_, index) => filled[index]).map(keyOf);
    },
  };
}
