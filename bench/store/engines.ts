import { LIMITS, openSqliteStore, silentLog, systemClock } from '@archipel/relay';
import { openPostgresStore } from '@archipel/relay/postgres';
import { PostgresServer } from '../harness/postgres.ts';
import type { Engine, EngineKind } from './engine.ts';
import { PlainFile } from './plain-file.ts';
import { PortEngine } from './port-engine.ts';
import { RawSqlite } from './raw-sqlite.ts';

const TOMBSTONE_DAYS = LIMITS.tombstoneDays.value;
/** Connections to PostgreSQL, as many as a relay has by default. */
const POOL_SIZE = 8;

/** All that is compared, in the order of the tables. */
export const engineKinds: readonly EngineKind[] = [
  {
    name: 'sqlite',
    title: 'embedded store, as the relay runs it: commits 20 ms apart',
    open: (folder, documents) => openSqlite(folder, documents, LIMITS.commitIntervalMs.value),
  },
  {
    name: 'sqlite-eager',
    title: 'embedded store, each commit as soon as the one before is done',
    open: (folder, documents) => openSqlite(folder, documents, 0),
  },
  { name: 'postgres', title: `PostgreSQL store, ${POOL_SIZE} connections`, open: openPostgres },
  {
    name: 'raw-arrival',
    title: 'SQLite alone, records in order of arrival with an index',
    open: (folder, documents) => Promise.resolve(new RawSqlite(folder, 'arrival', documents)),
  },
  {
    name: 'raw-clustered',
    title: 'SQLite alone, records clustered by document',
    open: (folder, documents) => Promise.resolve(new RawSqlite(folder, 'clustered', documents)),
  },
  {
    name: 'plain-file',
    title: 'bytes at the end of one file, fdatasync: the limit of this disk',
    open: (folder) => Promise.resolve(new PlainFile(folder)),
  },
];

function openSqlite(folder: string, documents: number, commitIntervalMs: number): Promise<Engine> {
  const open = (observeCommit: (seconds: number, records: number) => void) =>
    openSqliteStore({
      folder,
      maxBytes: 0,
      minFreeBytes: LIMITS.storeMinFreeBytes.value,
      tombstoneDays: TOMBSTONE_DAYS,
      commitIntervalMs,
      clock: systemClock,
      log: silentLog,
      observeCommit,
    });
  return PortEngine.make(folder, open, () => Promise.resolve(), documents);
}

async function openPostgres(folder: string, documents: number): Promise<Engine> {
  const server = await PostgresServer.start(undefined);
  const open = (observeCommit: (seconds: number, records: number) => void) =>
    openPostgresStore({
      url: server.url,
      poolSize: POOL_SIZE,
      tombstoneDays: TOMBSTONE_DAYS,
      clock: systemClock,
      log: silentLog,
      observeCommit,
    });
  const engine = await PortEngine.make(folder, open, () => server.restart(), documents);
  return {
    append: (document, body) => engine.append(document, body as Uint8Array<ArrayBuffer>),
    counters: async () => {
      const walBytes = await server.walBytes();
      return { ...(await engine.counters()), serverCpuMs: server.cpuMs(), walBytes };
    },
    merge: () => server.checkpoint(),
    bytesPerDocument: engine.bytesPerDocument,
    bytes: () => engine.bytes(),
    syncs: () => server.walSyncs(),
    reading: engine.reading,
    close: async () => {
      await engine.close();
      await server.stop();
    },
  };
}
