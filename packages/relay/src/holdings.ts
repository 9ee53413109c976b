/** What a host keeps beside its documents: files, inboxes and published pages, opened where the settings say. */
import { statfs } from 'node:fs/promises';
import { hostIdOf } from '@archipel/protocol';
import { systemClock } from './clock.ts';
import type { ServerConfig } from './config.ts';
import { random, verify } from './crypto.ts';
import type { Log } from './log.ts';
import type { RelayMetrics } from './metrics.ts';
import type { Removals } from './moderation/removals.ts';
import type { Network } from './network/network.ts';
import { Blobs } from './primitives/blob/blobs.ts';
import { checkMark } from './primitives/blob/mark.ts';
import { Inboxes } from './primitives/inbox/inboxes.ts';
import { Pages } from './primitives/page/pages.ts';
import { fetchShare } from './replication/blobs/borrowing.ts';
import { fetchPiece } from './replication/blobs/fetch-piece.ts';
import { BlobKeeping } from './replication/blobs/keeping.ts';
import { peersOf } from './replication/hosts.ts';
import { StartError } from './start-error.ts';
import { BlobStoreError, isLocal } from './store/blobs.ts';
import { makeFolder } from './store/data-folder.ts';
import { InboxStoreError } from './store/inboxes.ts';
import { openBlobs, openInboxes, openPages } from './store/open.ts';
import type { StorePlace } from './store/places.ts';
import { StoreOpenError } from './store/store-error.ts';

export interface HoldingDeps {
  config: ServerConfig;
  metrics: RelayMetrics;
  log: Log;
  network: Network | undefined;
  removals: Removals;
}

/** What keeps a store from opening is said to who starts the host. */
export function startErrorOf(error: unknown): unknown {
  if (error instanceof StoreOpenError) return new StartError(error.message, { cause: error });
  const isSilent = error instanceof BlobStoreError || error instanceof InboxStoreError;
  return isSilent ? new StartError('The database does not answer.', { cause: error }) : error;
}

/** In PostgreSQL the tables must be there. Undefined: it keeps no files, because it wants none, or has no folder for them. Rejects with StartError. */
export async function openFiles({ config, metrics, log, network, removals }: HoldingDeps): Promise<Blobs | undefined> {
  const { filesBytes = Number.POSITIVE_INFINITY } = config.network?.capacity ?? {};
  const capacityBytes = Math.min(config.limits.blobsMaxBytes, filesBytes);
  const { filesFolder: folder } = config;
  if (capacityBytes === 0 || folder === undefined) return undefined;
  try {
    const store = await openBlobs(config.store, log);
    try {
      makeFolder(folder);
      if (config.namesFiles) await checkMark(folder, store);
      const common = { config, capacityBytes, clock: systemClock, random, verify, log, metrics, removals };
      const admission = network?.admission;
      return await Blobs.open({ ...common, folder, store, admission, freeBytes: freeBytesOf });
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    throw startErrorOf(filesError(error, folder));
  }
}

function filesError(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isOfDisk = typeof code === 'string' && /^E[A-Z]+$/.test(code);
  return isOfDisk ? new StoreOpenError(code, `The folder of files ${folder} cannot be used (${code}).`) : error;
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The disk of inboxes; undefined where it is not known. */
export function inboxDisk(place: StorePlace): (() => Promise<number>) | undefined {
  return place.kind === 'sqlite' ? () => freeBytesOf(place.folder) : undefined;
}

/** Undefined: it keeps no inboxes. Rejects with StartError. */
export async function openAsking({
  config,
  metrics,
  log,
  network,
  removals,
}: HoldingDeps): Promise<Inboxes | undefined> {
  if (config.limits.inboxesMaxBytes === 0) return undefined;
  const { store: place } = config;
  try {
    const store = await openInboxes(place, log);
    const common = { config, clock: systemClock, random, verify, log, metrics, removals };
    const isShared = place.kind === 'postgres';
    const admission = network?.admission;
    return await Inboxes.open({ ...common, store, freeBytes: inboxDisk(place), admission, isShared });
  } catch (error) {
    throw startErrorOf(error);
  }
}

/** Undefined: it keeps no pages. Rejects with StartError. */
export async function openPublishing({ config, metrics, log, removals }: HoldingDeps): Promise<Pages | undefined> {
  if (config.limits.pagesMaxBytes === 0) return undefined;
  try {
    const store = await openPages(config.store, log);
    const common = { store, config, clock: systemClock, verify, log, metrics, removals };
    const host = { contact: config.about.contact, legal: config.network?.legal ?? '' };
    return await Pages.open({ ...common, origin: originOf(config), host, freeBytes: inboxDisk(config.store) });
  } catch (error) {
    throw startErrorOf(error);
  }
}

/** Of the host, as people reach it; empty: nobody said. */
function originOf({ names: [name], https, network }: ServerConfig): string {
  if (network !== undefined) return network.url;
  return name === undefined ? '' : `${https ? 'https' : 'http'}://${name}`;
}

/** With the hosts that this one works with. */
export function keepBlobs(
  { config: { network: settings, limits }, metrics, log }: HoldingDeps,
  blobs: Blobs,
  network: Network,
): BlobKeeping | undefined {
  const { store } = blobs.place;
  // Hosts that work with others are one process each.
  if (settings === undefined || !isLocal(store)) return undefined;
  const peers = peersOf(settings);
  const { ledger } = network;
  const sent = (id: string): number => network.sent(id);
  const common = { clock: systemClock, limits, random, verify, metrics, log };
  const ours = { hostId: hostIdOf(network.identity.publicKey), fetchPiece, fetchShare };
  const keeping = new BlobKeeping({ ...common, ...ours, blobs, store, peers, ledger, sent });
  blobs.mirrors = keeping;
  return keeping;
}
