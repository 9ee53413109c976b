import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog, systemClock } from '../src/index.ts';
import { BLOBS_FILE, openBlobStore } from '../src/store/blobs-sqlite.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { openPostgresBlobs } from '../src/store/postgres-blobs.ts';
import { testBlobStore } from './blob-store-contract.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder } from './support/relay.ts';

testBlobStore('the store of blobs in SQLite', async () => {
  const folder = makeFolder();
  return { open: async () => openBlobStore(folder) };
});

it('[ASK-4] a file from before requests counted and downloads were lent is brought up to date, and what is in it counts for none', async () => {
  const folder = makeFolder();
  const blob = { blobId: new Uint8Array(20).fill(1), header: new Uint8Array(9), length: 10, expiry: 500, downloads: 0 };
  const none = new Uint8Array(0);
  const space = { mostBytes: 100, freeBytes: 100 };
  const before = openBlobStore(folder);
  await before.create({ ...blob, seq: 1, counts: true, inboxId: none, sender: none }, 100, space);
  before.close();
  const db = new Sqlite(join(folder, BLOBS_FILE));
  const later = { blob: ['sender', 'inbox_id', 'share', 'lent', 'lost'], copy: ['lent', 'counter'] };
  db.exec('drop index blob_inbox');
  for (const [table, columns] of Object.entries(later)) {
    for (const column of columns) db.exec(`alter table ${table} drop column ${column}`);
  }
  db.pragma('user_version = 3');
  db.close();
  const store = openBlobStore(folder);
  onTestFinished(() => store.close());
  expect(store.find(blob.blobId)).toMatchObject({ ...blob, inboxId: none, sender: none, state: 'uploading' });
  const asked = {
    ...blob,
    blobId: new Uint8Array(20).fill(2),
    seq: 1,
    counts: true,
    inboxId: new Uint8Array(20).fill(3),
  };
  const bounds = { mostBytes: 10, mostDrops: 1, mostUploads: 1 };
  expect(store.create({ ...asked, sender: new Uint8Array(32) }, 100, space, bounds)).toBe('created');
});

const database = await testDatabase();
const common = { url: database.url, schema: 'tests', clock: systemClock, log: silentLog };
const opened = () => openPostgresBlobs({ ...common, size: 4, statementMs: 10_000, connectMs: 5000 });

async function emptied(): Promise<void> {
  await (await openPostgresStore({ ...common, tombstoneDays: 365 })).close();
  await database.query('truncate tests.blob, tests.blob_ticket, tests.blob_mark');
}

testBlobStore('the store of blobs in PostgreSQL', async () => {
  await emptied();
  return { open: async () => opened() };
});

describe('two processes with one database', () => {
  it('[BLOB-8] remove what is over one at a time, and the other does when the first is gone', async () => {
    await emptied();
    const [one, two] = [opened(), opened()];
    onTestFinished(() => two.close());
    const done: string[] = [];
    let leave: () => void = () => undefined;
    const inside = new Promise<void>((entered) => {
      void one.alone(async () => {
        entered();
        await new Promise<void>((resolve) => {
          leave = resolve;
        });
        done.push('one');
      });
    });
    await inside;
    await two.alone(async () => void done.push('two, too early'));
    leave();
    await one.close();
    await two.alone(async () => void done.push('two'));
    expect(done).toEqual(['one', 'two']);
  });

  it('agree on one mark', async () => {
    await emptied();
    const [one, two] = [opened(), opened()];
    onTestFinished(async () => void (await Promise.all([one.close(), two.close()])));
    const marks = await Promise.all([one.mark(new Uint8Array(16).fill(1)), two.mark(new Uint8Array(16).fill(2))]);
    expect(marks[0]).toEqual(marks[1]);
    expect(await one.mark(undefined)).toEqual(marks[0]);
  });
});
