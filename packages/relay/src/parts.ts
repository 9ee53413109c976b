/** What a relay is made of beside its pages: opened one after the other, and all closed again when one of them cannot be. */
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Portal } from '@archipel/directory/portal';
import { systemClock } from './clock.ts';
import type { ServerConfig } from './config.ts';
import { random, verify } from './crypto.ts';
import { type Host, openHost } from './host/host.ts';
import { HostFiles } from './host/host-files.ts';
import type { Log } from './log.ts';
import type { RelayMetrics } from './metrics.ts';
import { Moderating } from './moderation/moderating.ts';
import type { Removals } from './moderation/removals.ts';
import type { Announcements } from './network/announcements.ts';
import type { Identity } from './network/identity.ts';
import { type Meeting, type Network, openNetwork } from './network/network.ts';
import { openPortal } from './network/portal.ts';
import { Blobs } from './primitives/blob/blobs.ts';
import { Inboxes } from './primitives/inbox/inboxes.ts';
import { Pages } from './primitives/page/pages.ts';
import { fetchPiece } from './replication/blobs/fetch-piece.ts';
import { BlobKeeping } from './replication/blobs/keeping.ts';
import type { ReplicationDeps } from './replication/hosts.ts';
import { peersOf } from './replication/hosts.ts';
import { StartError } from './start-error.ts';
import type { BlobStore } from './store/blobs.ts';
import { openBlobStore } from './store/blobs-sqlite.ts';
import { openDataFolder } from './store/data-folder.ts';
import { openInboxes, openPages } from './store/open.ts';
import { StoreOpenError } from './store/store-error.ts';
import { dialPeer } from './ws/dial.ts';

const NONCE_KEY_BYTES = 32;

export interface Parts {
  host: Host;
  moderating: Moderating;
  network: Network | undefined;
  announcements: Announcements | undefined;
  meeting: Meeting | undefined;
  portal: Portal | undefined;
  blobs: Blobs | undefined;
  asking: Asking | undefined;
  pages: Pages | undefined;
  /** When nobody is connected any more: what goes on by itself ends. */
  quiet(): Promise<void>;
  /** After `host.stop` and `quiet`. */
  close(): Promise<void>;
}

/** Rejects with StartError when a file, the store or the bus cannot be used: then nothing is left open. */
export async function openParts(config: ServerConfig, metrics: RelayMetrics, log: Log): Promise<Parts> {
  const opened: (() => unknown)[] = [];
  try {
    return await openAll(config, metrics, log, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

/** What keeps the store from opening is said to who starts it. */
function asStart<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw startErrorOf(error);
  }
}

function startErrorOf(error: unknown): unknown {
  return error instanceof StoreOpenError ? new StartError(error.message, { cause: error }) : error;
}

/** `opened`: how each part that is open is closed, in the order of opening. */
async function openAll(
  config: ServerConfig,
  metrics: RelayMetrics,
  log: Log,
  opened: (() => unknown)[],
): Promise<Parts> {
  asStart(() => openDataFolder(config.dataFolder));
  const moderating = new Moderating({ config, metrics, log });
  opened.push(() => moderating.close());
  const network = openNetwork({ config, metrics, clock: systemClock });
  opened.push(() => network?.close());
  const { admission, identity } = network ?? {};
  const { removals } = moderating;
  const shelf = await openBlobs(config, metrics, log, network, removals);
  const { blobs } = shelf ?? {};
  if (network !== undefined) network.files = blobs;
  opened.push(() => blobs?.stop());
  const keeping = shelf && network && keepBlobs(config, shelf, network, log);
  opened.push(() => keeping?.stop());
  let meeting: Meeting | undefined;
  const replication = replicationOf(config, network, keeping, (id) => meeting?.met(id));
  const moveTo = (folder: string): void => {
    network?.moveTo(folder);
    moderating.moveTo(folder);
  };
  const files = new HostFiles(config.dataFolder, { moveTo });
  const host = await openHost({ config, metrics, log, replication, admission, files, removals });
  opened.push(async () => {
    await host.stop();
    await host.close();
  });
  const isWritable = async (): Promise<boolean> => (await host.status()).writable;
  const announcements = await network?.begin(isWritable);
  const asking = await openAsking(config, metrics, log, network, removals);
  opened.push(() => asking?.inboxes.stop());
  const pages = await openPublishing(config, metrics, log, removals);
  opened.push(() => pages?.stop());
  await moderating.begin({ host, blobs, inboxes: asking?.inboxes, pages });
  opened.push(() => moderating.stop());
  const portal = await startPortal(config, identity, announcements, log);
  meeting = network?.meet({ isWritable, answered: (id) => host.hurry(id), portal });
  const quiet = async (): Promise<void> => {
    await moderating.stop();
    keeping?.stop();
    await blobs?.stop();
    await asking?.inboxes.stop();
    await pages?.stop();
  };
  const close = async (): Promise<void> => {
    meeting?.stop();
    await portal?.stop();
    await host.close();
    network?.close();
    moderating.close();
  };
  return { host, moderating, network, announcements, meeting, portal, blobs, asking, pages, quiet, close };
}

interface Shelf {
  blobs: Blobs;
  store: BlobStore;
}

/** Undefined: it keeps no files, because it wants none, or because its processes would not see each other's. */
async function openBlobs(
  config: ServerConfig,
  metrics: RelayMetrics,
  log: Log,
  network: Network | undefined,
  removals: Removals,
): Promise<Shelf | undefined> {
  const { filesBytes = Number.POSITIVE_INFINITY } = config.network?.capacity ?? {};
  const capacityBytes = Math.min(config.limits.blobsMaxBytes, filesBytes);
  if (capacityBytes === 0 || config.bus.kind !== 'local') return undefined;
  const { dataFolder } = config;
  const folder = join(dataFolder, 'blobs');
  try {
    const store = openBlobStore(dataFolder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const admission = network?.admission;
    const blobs = await Blobs.open({
      folder,
      store,
      config,
      capacityBytes,
      clock: systemClock,
      random,
      verify,
      log,
      metrics,
      freeBytes: () => freeBytesOf(folder),
      admission,
      removals,
    });
    return { blobs, store };
  } catch (error) {
    throw startErrorOf(error);
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

interface Asking {
  inboxes: Inboxes;
  /** 32 bytes that all processes of the host have. */
  nonceKey: Uint8Array;
}

/** Undefined: it keeps no inboxes. */
async function openAsking(
  config: ServerConfig,
  metrics: RelayMetrics,
  log: Log,
  network: Network | undefined,
  removals: Removals,
): Promise<Asking | undefined> {
  if (config.limits.inboxesMaxBytes === 0) return undefined;
  const { store: place } = config;
  try {
    const store = await openInboxes(place, log);
    const freeBytes = place.kind === 'sqlite' ? () => freeBytesOf(place.folder) : undefined;
    const common = { store, config, clock: systemClock, verify, log, metrics, freeBytes, removals };
    const isShared = config.bus.kind !== 'local';
    const inboxes = await Inboxes.open({ ...common, admission: network?.admission, isShared });
    return { inboxes, nonceKey: await store.sharedKey(random(NONCE_KEY_BYTES)) };
  } catch (error) {
    throw startErrorOf(error);
  }
}

/** Undefined: it keeps no pages. */
async function openPublishing(
  config: ServerConfig,
  metrics: RelayMetrics,
  log: Log,
  removals: Removals,
): Promise<Pages | undefined> {
  if (config.limits.pagesMaxBytes === 0) return undefined;
  const { store: place } = config;
  try {
    const store = await openPages(place, log);
    const freeBytes = place.kind === 'sqlite' ? () => freeBytesOf(place.folder) : undefined;
    return await Pages.open({
      store,
      config,
      origin: originOf(config),
      clock: systemClock,
      verify,
      log,
      metrics,
      freeBytes,
      removals,
    });
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
function keepBlobs(
  { network: settings, limits }: ServerConfig,
  { blobs, store }: Shelf,
  network: Network,
  log: Log,
): BlobKeeping | undefined {
  if (settings === undefined) return undefined;
  const peers = peersOf(settings);
  const { ledger } = network;
  const sent = (id: string): number => network.sent(id);
  const common = { clock: systemClock, limits, random, verify, log };
  const keeping = new BlobKeeping({ ...common, blobs, store, peers, ledger, sent, fetchPiece });
  blobs.mirrors = keeping;
  return keeping;
}

/** Undefined: the settings do not speak of a portal. */
async function startPortal(
  config: ServerConfig,
  identity: Identity | undefined,
  announcements: Announcements | undefined,
  log: Log,
): Promise<Portal | undefined> {
  const { network } = config;
  if (network === undefined || identity === undefined || announcements === undefined) return undefined;
  return openPortal({ config, network, identity, announcements, clock: systemClock, random: Math.random, log });
}

/** Undefined: the settings do not speak of other hosts. */
function replicationOf(
  { network: settings }: ServerConfig,
  network: Network | undefined,
  blobs: BlobKeeping | undefined,
  met: (id: string) => void,
): ReplicationDeps | undefined {
  if (settings === undefined || network === undefined) return undefined;
  const { identity, ledger } = network;
  return { identity, peers: peersOf(settings), ledger, dial: dialPeer, met, blobs, sent: (id) => network.sent(id) };
}
