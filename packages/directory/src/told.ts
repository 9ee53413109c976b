/** From what a host has signed of itself (protocol §13, §14), checked already, to what the routing reckons with. */
import type { Load, Manifest, Signed } from '@archipel/protocol';
import { hostIdOf, toHex } from '@archipel/protocol';
import type { ClassLoad, HostFacts, LoadReport } from './facts.ts';

/** What others know of a host, and it cannot say of itself. */
export type Acquaintance = Pick<HostFacts, 'knownSinceMs' | 'vouched' | 'confirmedUnits'>;

/** Its id is the whole host id in hex. */
export function hostFactsOf({ key, fact }: Signed<Manifest>, acquaintance: Acquaintance): HostFacts {
  const { url, country, languages, welcome, softwareVersion, services } = fact;
  return {
    id: toHex(hostIdOf(key)),
    url,
    country,
    languages,
    policies: welcome,
    version: softwareVersion,
    services: services.map(({ service }) => service),
    ...acquaintance,
  };
}

/** Of the host whose facts are those of `hostFactsOf`. */
export function loadReportOf({ key, fact }: Signed<Load>): LoadReport {
  const classes = fact.services.map(({ service, capacity, present, committed, accepting, draining }) => {
    const load: ClassLoad = {
      capacityUnits: capacity,
      presentUnits: present,
      committedUnits: committed,
      accepting,
      draining,
    };
    return [service, load] as const;
  });
  return { host: toHex(hostIdOf(key)), atMs: fact.timeMs, classes: Object.fromEntries(classes) };
}
