/** Hosts of one machine that know each other, each a process of its own. */
import { join } from 'node:path';
import { checkManifest, fingerprintOf, hostIdOf, toHex } from '@archipel/protocol';
import type { Settings } from '../../src/index.ts';
import { verify } from '../../src/index.ts';
import { loadIdentity } from '../../src/network/identity.ts';
import type { HostPlan, HostProcess } from './host-process.ts';
import { hostProcess } from './host-process.ts';

const MANIFEST_PATH = '/.well-known/archipel/manifest';

type Network = NonNullable<Settings['network']>;

/** `network.url` and its peers are filled in. */
export interface KnownHostPlan extends Omit<HostPlan, 'settings'> {
  settings: Omit<HostPlan['settings'], 'network'> & { network: Omit<Network, 'url' | 'peers'> };
}

export interface KnownHost extends HostProcess {
  /** 40 digits. */
  id: string;
  fingerprint: string;
  /** `http://host:port` */
  origin: string;
  /** Throws when what answers there is another host. */
  compareFingerprint(): Promise<void>;
}

/**
 * Makes what keys are missing, and settings in which each names the others: what administrators do by comparing fingerprints, done by
 * whoever can read all keys. `way`: by which address one reaches another;
 * its own, if left out. None runs yet.
 */
export function makeKnownHosts(
  plans: readonly KnownHostPlan[],
  way?: (from: number, to: number) => string,
): KnownHost[] {
  const known = plans.map(({ folder, settings }) => {
    const hostId = hostIdOf(loadIdentity(join(folder, 'data')).publicKey);
    return {
      id: toHex(hostId),
      fingerprint: fingerprintOf(hostId),
      origin: `http://${settings.host}:${settings.port}`,
    };
  });
  return plans.map((plan, from) => {
    const { id, fingerprint, origin } = known[from] as (typeof known)[number];
    const peers = known.map((other, to) => ({ id: other.id, url: way?.(from, to) ?? other.origin }));
    const others = peers.filter((_, to) => to !== from);
    const { portal } = plan.settings.network;
    // A portal answers for those that it knows: otherwise they would be new for two weeks.
    const answersFor = portal && { portal: { hosts: others.map(({ url }) => url), ...portal } };
    const network = { ...plan.settings.network, url: origin, peers: others, ...answersFor };
    const names = [new URL(origin).host];
    const process = hostProcess({ ...plan, settings: { names, ...plan.settings, network } });
    return Object.assign(process, {
      id,
      fingerprint,
      origin,
      compareFingerprint: async () => {
        const found = await fingerprintAt(origin);
        if (found !== fingerprint) throw new Error(`${origin} is ${found}, not ${fingerprint}`);
      },
    });
  });
}

async function fingerprintAt(origin: string): Promise<string> {
  const answer = await fetch(`${origin}${MANIFEST_PATH}`);
  const manifest = new Uint8Array(await answer.arrayBuffer());
  const checked = await checkManifest(manifest, { nowSeconds: Math.floor(Date.now() / 1000) }, verify);
  if (!checked.ok) throw new Error(`${origin} does not say who it is: ${answer.status} ${checked.error}`);
  return fingerprintOf(hostIdOf(checked.value.key));
}
