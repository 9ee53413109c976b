/** A relay as a process: its parts, pages and sockets on one port. */
import { enableCompileCache } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { ServerConfig } from './config.ts';
import type { Control } from './host/control.ts';
import { openControl } from './host/control.ts';
import { controlPath } from './host/control-messages.ts';
import { createApp } from './http/app.ts';
import { createMetricsPage } from './http/metrics.ts';
import type { Log } from './log.ts';
import { RelayMetrics } from './metrics.ts';
import { openParts } from './parts.ts';
import { StartError } from './start-error.ts';
import { acceptUpgrades } from './ws/upgrade.ts';

const STDERR = 2;

export interface RelayServer {
  port: number;
  /** To open in a browser on this machine. */
  url: string;
  /** By which people recognise this host (FACT-4); undefined when it tells other hosts nothing. */
  fingerprint: string | undefined;
  /** CON-8: takes nothing more, commits and acknowledges what it has, closes. */
  stop(): Promise<void>;
}

/** Starts listening; rejects with StartError when the port is taken, or the store or the bus cannot be used. */
export async function startServer(config: ServerConfig): Promise<RelayServer> {
  // The thread of the store would otherwise load its own copy of Node's type stripper.
  enableCompileCache();
  const log = createLog(config);
  const metrics = new RelayMetrics();
  const { host, blobs, inboxes, pages, moderating, network, announcements, meeting, portal, ...parts } =
    await openParts(config, metrics, log);
  const metricsPage = createMetricsPage(metrics, host);
  const app = await createApp({
    config,
    store: host,
    metrics: metricsPage,
    isBusUp: () => host.isBusUp,
    announcements,
    meeting,
    portal,
    files: blobs && { blobs, metrics },
    asking: inboxes && { inboxes, metrics },
    publishing: pages && { pages, metrics },
    moderation: moderating.routes(network?.identity),
  });
  const upgrades = acceptUpgrades(app.server, { relay: host, config, log });
  const controls: Control[] = [];
  const stop = async (): Promise<void> => {
    upgrades.stop();
    for (const control of controls) control.stop();
    await host.stop();
    await Promise.all(controls.map((control) => control.close()));
    await upgrades.allClosed();
    await parts.quiet();
    await app.close();
    metricsPage.stop();
    await parts.close();
    log.info({}, 'stopped');
  };
  const port = await listen(app, config, stop);
  const listenIn = async (folder: string): Promise<void> => {
    const control = await openControl(controlPath(folder, port), { host, config, log });
    if (control !== undefined) controls.push(control);
  };
  await listenIn(config.dataFolder);
  // The settings name the new folder from now on, and commands look there.
  host.whenMoved = async (place) => {
    if (place.kind === 'sqlite' && place.folder !== config.dataFolder) await listenIn(place.folder);
  };
  log.info({ version: config.version, port }, 'started');
  return { port, url: `http://${urlHost(config.host)}:${port}`, fingerprint: announcements?.fingerprint, stop };
}

function createLog({ logLevel, logDetail }: ServerConfig): Log {
  const redact = logDetail ? [] : ['address', 'docId', 'url'];
  return pino({ level: logLevel, base: null, redact }, pino.destination({ fd: STDERR, sync: true }));
}

async function listen(app: FastifyInstance, { host, port }: ServerConfig, stop: () => Promise<void>): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await stop();
    throw new StartError(sentenceFor((error as NodeJS.ErrnoException).code, host, port, error), { cause: error });
  }
  const address = app.server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

function sentenceFor(code: string | undefined, host: string, port: number, error: unknown): string {
  if (code === 'EADDRINUSE') return `Port ${port} is taken: another program listens there. Set ARCHIPEL_PORT.`;
  if (code === 'EACCES') return `Port ${port} may not be used by this user. Set ARCHIPEL_PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address ${host}. Set ARCHIPEL_HOST.`;
  return `Cannot listen on ${host}:${port}: ${(error as Error).message}.`;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
