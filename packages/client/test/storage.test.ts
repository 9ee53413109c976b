import 'fake-indexeddb/auto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexedDbStorage, memoryLocks, memoryStorage, webLocks } from '@archipel/client';
import { fileLocks, fileStorage } from '@archipel/client/node';
import { describe, expect, it } from 'vitest';
import { storageContract } from './storage-contract.ts';
import { temporaryFolder } from './support/relay.ts';

let databases = 0;

storageContract('memory', () => {
  const storage = memoryStorage();
  return { open: () => storage };
});
storageContract('IndexedDB', () => {
  const name = `test ${databases++}`;
  return { open: () => indexedDbStorage(name) };
});
storageContract('files', () => {
  const folder = temporaryFolder();
  return { open: () => fileStorage(folder) };
});

describe('files', () => {
  it('a write that was cut short by a crash is not seen', async () => {
    const folder = temporaryFolder();
    const storage = fileStorage(folder);
    await storage.put('doc', 'state', Uint8Array.of(1));
    writeFileSync(join(folder, 'doc', 'state.99.0.new'), 'half');
    expect((await storage.list('doc', '')).map(({ key }) => key)).toEqual(['state']);
  });
});

const LOCKS = {
  memory: () => {
    const locks = memoryLocks();
    return () => locks;
  },
  files: () => {
    const folder = temporaryFolder();
    return () => fileLocks(folder);
  },
  'Web Locks of this platform': () => {
    const name = String(databases++);
    return () => ({ acquire: (lock: string) => webLocks(navigator.locks).acquire(name + lock) });
  },
};

describe.each(Object.entries(LOCKS))('locks: %s', (_, make) => {
  it('one holder at a time, and free again after its release', async () => {
    const open = make();
    const release = await open().acquire('doc/session');
    expect(release).toBeDefined();
    expect(await open().acquire('doc/session')).toBeUndefined();
    expect(await open().acquire('doc/other')).toBeDefined();
    release?.();
    await expect.poll(() => open().acquire('doc/session')).toBeDefined();
  });

  it('of many who want it at once, one has it', async () => {
    const open = make();
    const got = await Promise.all(Array.from({ length: 10 }, () => open().acquire('one')));
    expect(got.filter((release) => release !== undefined)).toHaveLength(1);
  });
});

describe('file locks', () => {
  it('a lock whose process is gone is free', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.lock-doc%2Fa'), '2147483646 1');
    expect(await fileLocks(folder).acquire('doc/a')).toBeDefined();
  });

  it('a lock of an earlier process with our number is free', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.lock-doc%2Fa'), `${process.pid} 1`);
    expect(await fileLocks(folder).acquire('doc/a')).toBeDefined();
  });

  it('a lock of a living process is not', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.lock-doc%2Fa'), `${process.ppid} 1`);
    expect(await fileLocks(folder).acquire('doc/a')).toBeUndefined();
  });
});
