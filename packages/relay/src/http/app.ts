/** Everything the process answers over HTTP: the pages, what the host says of itself, health and metrics. */

import type { Portal } from '@archipel/directory/portal';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { ServerConfig } from '../config.ts';
import { verifyNow } from '../crypto.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { Announcements } from '../network/announcements.ts';
import type { Meeting } from '../network/network.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import { Nonces } from '../primitives/blob/nonces.ts';
import type { Inboxes } from '../primitives/inbox/inboxes.ts';
import type { Pages } from '../primitives/page/pages.ts';
import type { Store } from '../store/store.ts';
import { addressOf } from '../ws/upgrade.ts';
import { Visitors } from '../ws/visitors.ts';
import { refuseBlobs, serveBlobs } from './blob.ts';
import { serveFront } from './front.ts';
import { securityHeaders } from './headers.ts';
import { refuseInboxes, serveInboxes } from './inbox.ts';
import type { MetricsPage } from './metrics.ts';
import { type ModerationRoutes, serveModeration } from './moderation.ts';
import { serveNetwork } from './network.ts';
import { refusePages, servePages } from './page.ts';
import { servePortal } from './portal.ts';
import type { SealedRoutes } from './sealed.ts';
import { serveAnnouncements } from './well-known.ts';

const DAY_SECONDS = 86_400;
const KEEP_ALIVE_MS = 10_000;
const MAX_BODY_BYTES = 1024;

export interface AppDeps {
  config: ServerConfig;
  store: Pick<Store, 'status'>;
  metrics: MetricsPage;
  /** Undefined: this process is alone. */
  isBusUp: (() => boolean | undefined) | undefined;
  /** Undefined: it tells other hosts nothing. */
  announcements: Announcements | undefined;
  /** Undefined: it works with no other. */
  meeting?: Meeting | undefined;
  /** Undefined: it watches no hosts. */
  portal: Portal | undefined;
  /** Left out: it takes no reports. */
  moderation?: Pick<ModerationRoutes, 'file' | 'removals' | 'published' | 'metrics'> | undefined;
  /** Undefined: it keeps no files. */
  files?: { blobs: Blobs; metrics: RelayMetrics } | undefined;
  /** Undefined: it keeps no inboxes. */
  asking?: { inboxes: Inboxes; metrics: RelayMetrics } | undefined;
  /** Undefined: it keeps no published pages. */
  publishing?: { pages: Pages; metrics: RelayMetrics } | undefined;
}

/** Not listening yet. It logs nothing: addresses of pages and people are nobody's business. */
export async function createApp({
  config,
  store,
  metrics,
  isBusUp,
  announcements,
  meeting,
  portal,
  files,
  asking,
  publishing,
  moderation,
}: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: files === undefined ? config.limits.handshakeMaxMs : config.limits.blobRequestMaxMs,
    exposeHeadRoutes: true,
  });
  app.server.headersTimeout = config.limits.handshakeMaxMs;
  const headers = securityHeaders(config);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
  if (files !== undefined)
    app.addHook('onRequest', async ({ raw, method }) => {
      if (method !== 'PATCH') hurry(raw, config.limits.handshakeMaxMs);
    });
  app.get('/health', async (_request, reply) => {
    const { writable, bytes, freeBytes } = await store.status();
    const connected = isBusUp?.();
    // Without its bus a process serves on: what others write comes later.
    const status = !writable ? 'fail' : connected === false ? 'warn' : 'pass';
    reply.code(writable ? 200 : 503).header('cache-control', 'no-store');
    return {
      status,
      version: config.version,
      store: { writable, bytes, freeBytes },
      ...(connected === undefined ? {} : { bus: { connected } }),
    };
  });
  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.contentType).header('cache-control', 'no-store');
    return metrics.render();
  });
  app.get('/host.json', async (_request, reply) => {
    reply.header('cache-control', 'no-cache');
    const own = { portal: portal !== undefined, inboxes: inboxFacts(config, asking?.inboxes) };
    return {
      ...hostFacts(config),
      ...own,
      files: filesFacts(config, files?.blobs),
      pages: pagesFacts(config, publishing?.pages),
    };
  });
  if (meeting !== undefined) {
    const visitors = new Visitors(config.limits, Date.now);
    const sweeping = setInterval(() => visitors.sweep(), config.limits.sweepIntervalMs).unref();
    app.addHook('onClose', async () => clearInterval(sweeping));
    serveNetwork(app, { ...meeting, visitors, addressOf: ({ raw }) => addressOf(raw, config.behindProxy) });
  }
  if (announcements !== undefined) serveAnnouncements(app, announcements);
  // Pages ask every host where a document shall live: one that works with no other takes what is made at it.
  else app.post('/.well-known/archipel/place', async () => ({ relays: [], moved: false }));
  if (moderation !== undefined) addModeration(app, config, moderation);
  if (portal !== undefined) servePortal(app, portal);
  if (files === undefined) refuseBlobs(app);
  else await addBlobs(app, config, files);
  if (asking === undefined) await refuseInboxes(app);
  else await addInboxes(app, config, asking);
  if (publishing === undefined) await refusePages(app);
  else await addPages(app, config, publishing);
  await serveFront(app, config.frontFolder);
  return app;
}

/** Only parts of uploads may take long to come; what has no body has come. */
function hurry(request: FastifyRequest['raw'], maxMs: number): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) === 0) return;
  const timer = setTimeout(() => request.destroy(), maxMs).unref();
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

function addModeration(
  app: FastifyInstance,
  { limits, behindProxy, reportsKey }: ServerConfig,
  moderation: NonNullable<AppDeps['moderation']>,
): void {
  const visitors = new Visitors(limits, Date.now);
  const sweeping = setInterval(() => visitors.sweep(), limits.sweepIntervalMs).unref();
  app.addHook('onClose', async () => clearInterval(sweeping));
  const addressed = ({ raw }: FastifyRequest): string => addressOf(raw, behindProxy);
  serveModeration(app, { ...moderation, limits, visitors, now: Date.now, addressOf: addressed, reportsKey });
}

async function addBlobs(
  app: FastifyInstance,
  config: ServerConfig,
  { blobs, metrics }: NonNullable<AppDeps['files']>,
): Promise<void> {
  const { blobNonceMs, blobIdleMs: idleMs, blobUnfinishedMs: unfinishedMs } = config.limits;
  const routes = sealedRoutes(
    app,
    config,
    new Nonces(() => blobs.nonceKey, Date.now, blobNonceMs),
    () => void blobs.sweep(),
  );
  await serveBlobs(app, { ...routes, blobs, metrics, idleMs, unfinishedMs, now: Date.now });
}

async function addPages(
  app: FastifyInstance,
  { limits, behindProxy }: ServerConfig,
  { pages, metrics }: NonNullable<AppDeps['publishing']>,
): Promise<void> {
  const sweeping = setInterval(() => void pages.sweep(), limits.sweepIntervalMs).unref();
  app.addHook('onClose', async () => clearInterval(sweeping));
  const addressed = ({ raw }: FastifyRequest): string => addressOf(raw, behindProxy);
  await servePages(app, { pages, metrics, maxBytes: limits.pageMaxBytes, addressOf: addressed });
}

async function addInboxes(
  app: FastifyInstance,
  config: ServerConfig,
  { inboxes, metrics }: NonNullable<AppDeps['asking']>,
): Promise<void> {
  const nonces = new Nonces(() => inboxes.nonceKey, Date.now, config.limits.blobNonceMs);
  await serveInboxes(app, { ...sealedRoutes(app, config, nonces, () => void inboxes.sweep()), inboxes, metrics });
}

function sealedRoutes(
  app: FastifyInstance,
  { limits, names, behindProxy }: ServerConfig,
  nonces: Nonces,
  sweep: () => void,
): Omit<SealedRoutes, 'metrics'> {
  const visitors = new Visitors(limits, Date.now);
  const sweeping = setInterval(() => {
    visitors.sweep();
    sweep();
  }, limits.sweepIntervalMs).unref();
  app.addHook('onClose', async () => clearInterval(sweeping));
  return { visitors, names, verify: verifyNow, nonces, addressOf: ({ raw }) => addressOf(raw, behindProxy) };
}

/** What a request for files may be here; null where no inboxes are kept. */
function inboxFacts({ limits, maxExpirySeconds }: ServerConfig, inboxes: Inboxes | undefined): object | null {
  if (inboxes === undefined) return null;
  return { maxItems: limits.inboxMaxItems, maxDays: Math.min(limits.inboxMaxDays, hostDays(maxExpirySeconds)) };
}

/** What a published page may be here; null where none are kept. */
function pagesFacts({ limits }: ServerConfig, pages: Pages | undefined): object | null {
  return pages === undefined ? null : { maxBytes: limits.pageMaxBytes };
}

function hostDays(maxExpirySeconds: number): number {
  return maxExpirySeconds === 0 ? Number.POSITIVE_INFINITY : maxExpirySeconds / DAY_SECONDS;
}

/** What a drop may be here; null where no files are kept. */
function filesFacts({ limits, maxExpirySeconds }: ServerConfig, blobs: Blobs | undefined): object | null {
  if (blobs === undefined) return null;
  return { maxBytes: blobs.room.maxBytes, maxDays: Math.min(limits.blobMaxDays, hostDays(maxExpirySeconds)) };
}

function hostFacts({ about, maxExpirySeconds, defaultExpirySeconds }: ServerConfig): object {
  return {
    ...about,
    maxExpiryDays: maxExpirySeconds === 0 ? null : maxExpirySeconds / DAY_SECONDS,
    allowNever: maxExpirySeconds === 0,
    defaultExpiryDays: defaultExpirySeconds / DAY_SECONDS,
  };
}
