/** For programs under Node 24: the same client, with an outbox in files. */
export { fileStorage } from './node/files.ts';
export { fileLocks } from './node/locks.ts';
