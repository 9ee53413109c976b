/** Everything the process answers over HTTP: the pages, what the host says of itself, health and metrics. */
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { ServerConfig } from '../config.ts';
import type { Announcements } from '../network/announcements.ts';
import type { Store } from '../store/store.ts';
import { serveFront } from './front.ts';
import { securityHeaders } from './headers.ts';
import type { MetricsPage } from './metrics.ts';
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
}

/** Not listening yet. It logs nothing: addresses of pages and people are nobody's business. */
export async function createApp({ config, store, metrics, isBusUp, announcements }: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: config.limits.handshakeMaxMs,
    exposeHeadRoutes: true,
  });
  app.server.headersTimeout = config.limits.handshakeMaxMs;
  const headers = securityHeaders(config.https);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
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
    return hostFacts(config);
  });
  if (announcements !== undefined) serveAnnouncements(app, announcements);
  await serveFront(app, config.frontFolder);
  return app;
}

function hostFacts({ about, maxExpirySeconds, defaultExpirySeconds }: ServerConfig): object {
  return {
    ...about,
    maxExpiryDays: maxExpirySeconds === 0 ? null : maxExpirySeconds / DAY_SECONDS,
    allowNever: maxExpirySeconds === 0,
    defaultExpiryDays: defaultExpirySeconds / DAY_SECONDS,
  };
}
