/** Reports and removals of this host while it runs (protocol §21). */
import { Prober } from '@archipel/directory/probe';
import type { Bytes, ErrorName } from '@archipel/protocol';
import { isLoopbackOrigin, MAX_REMOVALS_BYTES } from '@archipel/protocol';
import { systemClock } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import { verify } from '../crypto.ts';
import type { ModerationRoutes } from '../http/moderation.ts';
import type { Log } from '../log.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { Identity } from '../network/identity.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import type { Inboxes } from '../primitives/inbox/inboxes.ts';
import type { Pages } from '../primitives/page/pages.ts';
import { StartError } from '../start-error.ts';
import { type MovableModeration, openModeration } from '../store/moderation-sqlite.ts';
import { StoreOpenError } from '../store/store-error.ts';
import { followRemovals } from './follow.ts';
import { PublishedRemovals } from './published.ts';
import { Removals } from './removals.ts';

/** Commands change the file while the host runs. */
const LOOK_MS = 500;

export interface ModeratingDeps {
  config: ServerConfig;
  metrics: RelayMetrics;
  log: Log;
}

/** What is held, and by whom. */
export interface Holders {
  host: { takeAway(docId: Bytes): Promise<ErrorName | undefined> };
  blobs: Blobs | undefined;
  inboxes: Inboxes | undefined;
  pages: Pages | undefined;
}

export class Moderating {
  readonly #deps: ModeratingDeps;
  readonly #file: MovableModeration;
  readonly removals: Removals;
  #timer: NodeJS.Timeout | undefined;
  #unfollow: (() => void) | undefined;

  /** Throws StartError. */
  constructor(deps: ModeratingDeps) {
    this.#deps = deps;
    this.#file = openFile(deps.config.dataFolder);
    this.removals = new Removals({ file: this.#file, metrics: deps.metrics, log: deps.log });
  }

  /** What was removed while the host did not run is gone when it resolves. */
  async begin({ host, blobs, inboxes, pages }: Holders): Promise<void> {
    const takeAway = async (docId: Bytes): Promise<ErrorName | undefined> =>
      (await blobs?.takeAway(docId)) ??
      (await inboxes?.takeAway(docId)) ??
      (await pages?.takeAway(docId)) ??
      (await host.takeAway(docId));
    await this.removals.tick(takeAway);
    this.#timer = setInterval(() => void this.removals.tick(takeAway), LOOK_MS).unref();
    this.#follow();
  }

  #follow(): void {
    const { config, metrics, log } = this.#deps;
    const { network, version } = config;
    if (network === undefined) return;
    const allowLoopback = isLoopbackOrigin(network.url);
    const limits = { bodyMaxBytes: MAX_REMOVALS_BYTES };
    this.#unfollow = followRemovals({
      peers: network.peers,
      prober: new Prober({ version, aboutUrl: network.url, allowLoopback, limits }),
      file: this.#file,
      removals: this.removals,
      verify,
      clock: systemClock,
      random: Math.random,
      pauseMs: config.limits.followMs,
      metrics,
      log,
    });
  }

  /** `identity`: undefined when this host tells others nothing. */
  routes(identity: Identity | undefined): Pick<ModerationRoutes, 'file' | 'removals' | 'published' | 'metrics'> {
    const published = identity && new PublishedRemovals(this.removals, identity, Date.now);
    return { file: this.#file, removals: this.removals, published, metrics: this.#deps.metrics };
  }

  moveTo(folder: string): void {
    this.#file.moveTo(folder);
  }

  /** Asks and looks no more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#unfollow?.();
    await this.removals.stop();
  }

  close(): void {
    this.#file.close();
  }
}

function openFile(folder: string): MovableModeration {
  try {
    return openModeration(folder);
  } catch (error) {
    if (error instanceof StoreOpenError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
