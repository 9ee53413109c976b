import { silentLog, systemClock } from '../src/index.ts';
import { openPageStore } from '../src/store/pages-sqlite.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { openPostgresPages } from '../src/store/postgres-pages.ts';
import { testPageStore } from './page-store-contract.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder } from './support/relay.ts';

testPageStore('the store of pages in SQLite', async () => {
  const folder = makeFolder();
  return { open: async () => openPageStore(folder) };
});

const database = await testDatabase();
const common = { url: database.url, schema: 'tests', clock: systemClock, log: silentLog };

testPageStore('the store of pages in PostgreSQL', async () => {
  await (await openPostgresStore({ ...common, tombstoneDays: 365 })).close();
  await database.query('delete from tests.page');
  return { open: async () => openPostgresPages({ ...common, size: 4, statementMs: 10_000, connectMs: 5000 }) };
});
