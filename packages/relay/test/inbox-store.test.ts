import { silentLog, systemClock } from '../src/index.ts';
import { openInboxStore } from '../src/store/inboxes-sqlite.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { openPostgresInboxes } from '../src/store/postgres-inboxes.ts';
import { testInboxStore } from './inbox-store-contract.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder } from './support/relay.ts';

testInboxStore('the store of inboxes in SQLite', async () => {
  const folder = makeFolder();
  return { open: async () => openInboxStore(folder) };
});

const database = await testDatabase();
const common = { url: database.url, schema: 'tests', clock: systemClock, log: silentLog };

testInboxStore('the store of inboxes in PostgreSQL', async () => {
  await (await openPostgresStore({ ...common, tombstoneDays: 365 })).close();
  await database.query('delete from tests.inbox');
  await database.query('delete from tests.inbox_item');
  return { open: async () => openPostgresInboxes({ ...common, size: 4, statementMs: 10_000, connectMs: 5000 }) };
});
