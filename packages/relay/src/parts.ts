/** What a relay is made of beside its pages: opened one after the other, and all closed again when one of them cannot be. */
import type { Portal } from '@archipel/directory/portal';
import { systemClock } from './clock.ts';
import type { ServerConfig } from './config.ts';
import { type HoldingDeps, keepBlobs, openAsking, openFiles, openPublishing, startErrorOf } from './holdings.ts';
import { type Host, openHost } from './host/host.ts';
import { HostFiles } from './host/host-files.ts';
import type { Log } from './log.ts';
import type { RelayMetrics } from './metrics.ts';
import { Moderating } from './moderation/moderating.ts';
import type { Announcements } from './network/announcements.ts';
import type { Identity } from './network/identity.ts';
import { type Meeting, type Network, openNetwork } from './network/network.ts';
import { openPortal } from './network/portal.ts';
import { dropsIn } from './primitives/blob/asked.ts';
import type { Blobs } from './primitives/blob/blobs.ts';
import type { Inboxes } from './primitives/inbox/inboxes.ts';
import type { Pages } from './primitives/page/pages.ts';
import type { BlobKeeping } from './replication/blobs/keeping.ts';
import type { ReplicationDeps } from './replication/hosts.ts';
import { peersOf } from './replication/hosts.ts';
import { openDataFolder } from './store/data-folder.ts';
import { dialPeer } from './ws/dial.ts';

export interface Parts {
  host: Host;
  moderating: Moderating;
  network: Network | undefined;
  announcements: Announcements | undefined;
  meeting: Meeting | undefined;
  portal: Portal | undefined;
  blobs: Blobs | undefined;
  inboxes: Inboxes | undefined;
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
  const holding: HoldingDeps = { config, metrics, log, network, removals };
  // In a database its tables come first.
  let blobs = config.store.kind === 'sqlite' ? await openFiles(holding) : undefined;
  if (network !== undefined) network.files = blobs;
  opened.push(() => blobs?.stop());
  const keeping: BlobKeeping | undefined = blobs && network && keepBlobs(holding, blobs, network);
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
  if (config.store.kind === 'postgres') blobs = await openFiles(holding);
  const inboxes = await openAsking(holding);
  opened.push(() => inboxes?.stop());
  if (blobs !== undefined) blobs.asking = inboxes;
  if (inboxes !== undefined) inboxes.drops = blobs && dropsIn(blobs);
  const pages = await openPublishing(holding);
  opened.push(() => pages?.stop());
  host.holdings = { blobs, inboxes, pages };
  await moderating.begin({ host, blobs, inboxes, pages });
  opened.push(() => moderating.stop());
  const portal = await startPortal(config, identity, announcements, log);
  meeting = network?.meet({ isWritable, answered: (id) => host.hurry(id), portal });
  const quiet = async (): Promise<void> => {
    await moderating.stop();
    keeping?.stop();
    await blobs?.stop();
    await inboxes?.stop();
    await pages?.stop();
  };
  const close = async (): Promise<void> => {
    meeting?.stop();
    await portal?.stop();
    await host.close();
    network?.close();
    moderating.close();
  };
  return { host, moderating, network, announcements, meeting, portal, blobs, inboxes, pages, quiet, close };
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
