/** The folder that holds everything of a host: there, and writable, before any file in it is opened. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreOpenError } from './store-error.ts';

/** Step by step: Node's own recursion never ends where the file system takes no folders, as under /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Makes it where it is missing. Throws StoreOpenError with a sentence. */
export function openDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    readdirSync(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw failed(folder, error as NodeJS.ErrnoException);
  }
}

function failed(folder: string, error: NodeJS.ErrnoException): StoreOpenError {
  const { code = 'unknown', message } = error;
  return new StoreOpenError(code, folderSentence(code, folder) ?? message, { cause: error });
}

/** What an error code says of the folder; undefined: nothing. */
export function folderSentence(code: string, folder: string): string | undefined {
  if (['EACCES', 'EPERM', 'EROFS', 'SQLITE_READONLY'].includes(code))
    return `The data folder ${folder} is not writable.`;
  if (code.startsWith('SQLITE_CANTOPEN') || ['ENOTDIR', 'EEXIST', 'ENOENT'].includes(code)) {
    return `The data folder ${folder} cannot be opened: it is not a folder that this user may write to.`;
  }
  return undefined;
}
