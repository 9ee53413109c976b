/** From a signed directory (protocol §17), checked already, to what the routing reckons with: for who routes by themselves (rule 7). */
import type { Directory, ListedHost } from '@archipel/protocol';
import { DIRECTORY_AGE_SECONDS, DIRECTORY_NO_REPORT, shareOf, toHex, weightUnits } from '@archipel/protocol';
import type { ClassLoad, HostFacts, LoadReport } from './facts.ts';
import { ROUTING } from './limits.ts';

const SECOND_MS = 1000;

export interface FromDirectory {
  facts: HostFacts;
  report: LoadReport;
}

/** Hosts by the 8 bytes of the list (16 hexadecimal digits); services of other software are none. */
export function hostsOfDirectory({ hosts, issued }: Directory): FromDirectory[] {
  const issuedMs = issued * SECOND_MS;
  return hosts
    .filter(({ foreign }) => !foreign)
    .map((host) => ({ facts: factsOf(host, issuedMs), report: reportOf(host, issuedMs) }));
}

function factsOf({ id, url, country, vouched, newcomer, profile, services }: ListedHost, issuedMs: number): HostFacts {
  return {
    id: toHex(id),
    url,
    country,
    languages: profile.languages,
    policies: profile.welcome,
    version: profile.softwareVersion,
    services: services.map(({ service }) => service),
    // All that the list says of it; two weeks later there is another list.
    knownSinceMs: newcomer ? issuedMs : 0,
    vouched,
    // The weight is the lower of what it declares and what it has earned (DIR-3).
    confirmedUnits: Object.fromEntries(
      services.map(({ service, weight }) => [service, weightUnits(weight) / ROUTING.earnedFactor]),
    ),
  };
}

/** As if it had declared what it has earned: until it is asked, that is what it may be given. */
function reportOf({ id, age, services }: ListedHost, issuedMs: number): LoadReport {
  const classes = services.map(({ service, weight, share }): [string, ClassLoad] => {
    const capacityUnits = weightUnits(weight);
    const committedUnits = shareOf(share) * capacityUnits;
    const isOpen = weight > 0;
    return [service, { capacityUnits, presentUnits: 0, committedUnits, accepting: isOpen, draining: false }];
  });
  const ageMs = age === DIRECTORY_NO_REPORT ? ROUTING.staleMs : age * DIRECTORY_AGE_SECONDS * SECOND_MS;
  return { host: toHex(id), atMs: issuedMs - ageMs, classes: Object.fromEntries(classes) };
}
