/** The portal that this process is beside being a host, when its settings say so. */
import { Portal } from '@archipel/directory/portal';
import { Prober } from '@archipel/directory/probe';
import { isLoopbackOrigin } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import { verify } from '../crypto.ts';
import type { Log } from '../log.ts';
import type { Announcements } from './announcements.ts';
import type { Identity } from './identity.ts';
import type { NetworkSettings } from './settings.ts';

export interface PortalDeps {
  config: ServerConfig;
  network: NetworkSettings;
  identity: Identity;
  announcements: Announcements;
  clock: Clock;
  random: () => number;
  log: Log;
}

/** Undefined: the settings say nothing of a portal. It watches from now on. */
export async function openPortal(deps: PortalDeps): Promise<Portal | undefined> {
  const { config, network, identity, announcements, clock, random, log } = deps;
  if (network.portal === undefined) return undefined;
  const portal = new Portal({
    clock,
    random,
    prober: new Prober({
      version: config.version,
      aboutUrl: `${network.url}/hosts`,
      // A network on one machine, to try it.
      allowLoopback: isLoopbackOrigin(network.url),
    }),
    verify,
    signer: identity,
    name: config.about.name,
    settings: { ...network.portal, peers: network.peers },
    own: { url: network.url, manifest: () => announcements.manifest(), load: () => announcements.load() },
    folder: config.dataFolder,
    note: (code) => log.warn({ code }, 'portal'),
  });
  await portal.begin();
  return portal;
}
