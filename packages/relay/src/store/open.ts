/** Opens the store that the settings, or a command, name. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { BlobStore } from './blobs.ts';
import type { InboxStore } from './inboxes.ts';
import type { MovableStore, OpenedBy } from './moving.ts';
import type { PageStore } from './pages.ts';
import type { StorePlace } from './places.ts';
import { DATABASE_FILE } from './schema.ts';

export interface StoreDeps {
  limits: Limits;
  log: Log;
  /** Told of each commit. */
  observeCommit?: (seconds: number, records: number) => void;
}

/** Rejects with StoreOpenError. What a host does without is not loaded. */
export async function openStore(
  place: StorePlace,
  { limits, ...deps }: StoreDeps,
  by: OpenedBy,
): Promise<MovableStore> {
  const common = { ...deps, tombstoneDays: limits.tombstoneDays, clock: systemClock };
  if (place.kind === 'postgres') {
    const { openPostgresStore } = await import('./postgres.ts');
    return openPostgresStore({ ...common, url: place.url, poolSize: place.pool }, by);
  }
  const { openSqliteStore } = await import('./sqlite.ts');
  const options = {
    ...common,
    folder: place.folder,
    maxBytes: limits.storeMaxBytes,
    minFreeBytes: limits.storeMinFreeBytes,
    commitIntervalMs: limits.commitIntervalMs,
  };
  return openSqliteStore(options, by);
}

/** Connections for inboxes, beside those for documents. */
const INBOX_POOL = 2;
const PAGE_POOL = 2;
/** One of them may hold the right to remove what is over. */
const BLOB_POOL = 3;

/** Where the documents are, which were opened before: in a file of their own, or in tables beside theirs. Throws StoreOpenError. */
export async function openInboxes(place: StorePlace, log: Log): Promise<InboxStore> {
  if (place.kind === 'sqlite') return (await import('./inboxes-sqlite.ts')).openInboxStore(place.folder);
  const { openPostgresInboxes } = await import('./postgres-inboxes.ts');
  return openPostgresInboxes({ ...(await sessionsIn(place)), size: INBOX_POOL, clock: systemClock, log });
}

/** The same for blobs. */
export async function openBlobs(place: StorePlace, log: Log): Promise<BlobStore> {
  if (place.kind === 'sqlite') return (await import('./blobs-sqlite.ts')).openBlobStore(place.folder);
  const { openPostgresBlobs } = await import('./postgres-blobs.ts');
  return openPostgresBlobs({ ...(await sessionsIn(place)), size: BLOB_POOL, clock: systemClock, log });
}

async function sessionsIn({ url }: Extract<StorePlace, { kind: 'postgres' }>) {
  const { DEFAULT_CONNECT_MS, DEFAULT_SCHEMA, DEFAULT_STATEMENT_MS } = await import('./postgres.ts');
  return { url, schema: DEFAULT_SCHEMA, statementMs: DEFAULT_STATEMENT_MS, connectMs: DEFAULT_CONNECT_MS };
}

/** As for inboxes. Throws StoreOpenError. */
export async function openPages(place: StorePlace, log: Log): Promise<PageStore> {
  if (place.kind === 'sqlite') return (await import('./pages-sqlite.ts')).openPageStore(place.folder);
  const { openPostgresPages } = await import('./postgres-pages.ts');
  return openPostgresPages({ ...(await sessionsIn(place)), size: PAGE_POOL, clock: systemClock, log });
}

/** Whether there is a store already: opening makes one. Rejects with StoreOpenError when it cannot be found out. */
export async function isStore(place: StorePlace): Promise<boolean> {
  if (place.kind === 'sqlite') return existsSync(join(place.folder, DATABASE_FILE));
  const { isPostgresStore } = await import('./postgres.ts');
  return isPostgresStore(place.url);
}
