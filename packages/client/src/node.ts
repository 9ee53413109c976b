/** For programs under Node 24: the same client, with an outbox in files. */

export { DropFolder } from './node/drop-folder.ts';
export { fileStorage } from './node/files.ts';
export { JsonFile } from './node/json-file.ts';
export { fileLocks } from './node/locks.ts';
export { sendingFetch } from './node/sending.ts';
export { NoSourceError, type SourceFiles, sourceFiles } from './node/source-files.ts';
export { nodeSuite } from './node/suite.ts';
