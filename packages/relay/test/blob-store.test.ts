import { openBlobStore } from '../src/store/blobs-sqlite.ts';
import { testBlobStore } from './blob-store-contract.ts';
import { makeFolder } from './support/relay.ts';

testBlobStore('the store of blobs in SQLite', () => {
  const folder = makeFolder();
  return { open: () => openBlobStore(folder) };
});
