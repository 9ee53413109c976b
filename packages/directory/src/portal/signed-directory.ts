/** The directory that browsers keep (protocol §17), out of what the portal has seen. */
import {
  type Bytes,
  compare,
  DIRECTORY,
  DIRECTORY_AGE_SECONDS,
  DIRECTORY_NO_REPORT,
  foreignIdOf,
  fromHex,
  type HostSigner,
  isOrigin,
  isPageUrl,
  type ListedHost,
  type ListedService,
  shareCode,
  shortHostId,
  signFact,
  weightCode,
} from '@archipel/protocol';
import type { AddressBook } from '../book.ts';
import { isAdmitted } from '../newcomer.ts';
import { PORTAL_LIMITS } from './limits.ts';
import type { WatchedHost } from './watched-host.ts';
import type { WatchedService } from './watched-service.ts';

const SECOND_MS = 1000;
const NOWHERE = 'ZZ';
const VERSION_MAX_CHARS = 40;

export interface Seen {
  portal: string;
  hosts: readonly WatchedHost[];
  services: readonly WatchedService[];
  book: AddressBook;
  nowMs: number;
}

export function signDirectory(seen: Seen, signer: HostSigner): Promise<Bytes> {
  const issued = Math.floor(seen.nowMs / SECOND_MS);
  const hosts = [...seen.hosts.map((host) => listedHost(host, seen)), ...seen.services.map(listedService)]
    .filter((listed) => listed !== undefined)
    .sort((a, b) => compare(a.id, b.id));
  const distinct = hosts.filter(({ id }, index) => index === 0 || compare((hosts[index - 1] as ListedHost).id, id) < 0);
  const directory = {
    portal: seen.portal,
    issued,
    expires: issued + PORTAL_LIMITS.directoryValidSeconds,
    hosts: distinct,
  };
  return signFact(DIRECTORY, directory, signer);
}

/** Undefined: it has never said who it is. */
function listedHost(host: WatchedHost, { book, nowMs }: Seen): ListedHost | undefined {
  const { manifest, load, id } = host;
  if (manifest === undefined || id === undefined) return undefined;
  const { url, country, languages, welcome, services } = manifest.fact;
  const facts = { vouched: host.isNamed, knownSinceMs: host.firstSeenMs ?? nowMs };
  const ageSteps = Math.floor((nowMs - (load?.fact.timeMs ?? 0)) / (DIRECTORY_AGE_SECONDS * SECOND_MS));
  return {
    id: shortHostId(fromHex(id) as Bytes),
    url,
    country,
    vouched: host.isNamed,
    newcomer: !isAdmitted({ ...facts, vouched: false }, nowMs),
    foreign: false,
    age: load === undefined ? DIRECTORY_NO_REPORT : Math.min(DIRECTORY_NO_REPORT, Math.max(0, ageSteps)),
    profile: { languages, welcome, softwareVersion: '' },
    services: services.map(({ service }): ListedService => {
      const said = load?.fact.services.find((one) => one.service === service);
      const isOpen = said?.accepting === true && !said.draining && !host.isAway;
      // Not by the age of the report: that is in the list, and the reader reckons with it.
      const units = isOpen ? (book.candidate(id, service)?.standing(nowMs) ?? 0) : 0;
      const share = said === undefined ? 0 : said.committed / Math.max(1, said.capacity);
      return { service, weight: weightCode(units), share: shareCode(share) };
    }),
  };
}

/** Undefined: its address is none that browsers would be sent to, as that of a voice server. */
function listedService({ listed, software, reading }: WatchedService): ListedHost | undefined {
  const url = listed.url.replace(/\/$/, '');
  if (!isOrigin(url) && !isPageUrl(url)) return undefined;
  const { users, usersMax } = reading?.load ?? {};
  const share = users === undefined || !usersMax ? 0 : users / usersMax;
  const weight = weightCode(reading?.health === 'up' ? 1 : 0);
  const version = `${software.name} ${reading?.version ?? ''}`.trim().slice(0, VERSION_MAX_CHARS);
  return {
    id: foreignIdOf(url),
    url,
    country: listed.country ?? NOWHERE,
    vouched: false,
    newcomer: false,
    foreign: true,
    age: DIRECTORY_NO_REPORT,
    profile: { languages: [], welcome: [], softwareVersion: version },
    services: [...software.purposes].sort().map((service) => ({ service, weight, share: shareCode(share) })),
  };
}
