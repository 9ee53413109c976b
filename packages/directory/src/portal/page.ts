/** `/hosts.json` and `/hosts/<id>.json`: all that the pages show. What hosts say is passed on as they signed it. */
import { type Bytes, fingerprintOf, fromHex, toHex } from '@archipel/protocol';
import { isAdmitted } from '../newcomer.ts';
import type {
  Access,
  FileLimits,
  Health,
  Load,
  Notice,
  Purpose,
  ReadingReason,
} from '../third-party/software/software.ts';
import type { Series } from './history.ts';
import type { HostFailure, WatchedHost } from './watched-host.ts';
import type { WatchedService } from './watched-service.ts';

const HUNDREDTHS = 100;

/** `room`: takes new documents; `full`: takes none now; `leaving`: hands on what it has; `away`: does not answer. */
export type HostState = 'room' | 'full' | 'leaving' | 'away';

export interface ServiceView {
  service: string;
  capacity: number;
  present: number | null;
  committed: number | null;
}

export interface HostView {
  /** 40 hexadecimal digits. */
  id: string;
  fingerprint: string;
  url: string;
  name: string;
  organisation: string;
  contact: string;
  country: string;
  /** Latitude and longitude in degrees. */
  position: [number, number] | null;
  languages: string[];
  welcome: string[];
  services: ServiceView[];
  limits: { name: string; value: number }[];
  /** 0: as long as the owner wants. */
  retentionDays: number;
  legal: string;
  software: string;
  version: string;
  peers: { id: string; url: string }[];
  state: HostState;
  /** Why it is away. */
  failure: HostFailure | null;
  /** Who runs the portal answers for it. */
  vouched: boolean;
  /** Not given anybody yet: known for less than two weeks, and nobody answers for it. */
  waiting: boolean;
  /** Unix milliseconds, as all times here. */
  knownSince: number | null;
  lastAnswer: number | null;
  days: Series;
}

export interface SoftwareView {
  /** Of the catalogue. */
  software: string;
  softwareName: string;
  url: string;
  name: string;
  organisation: string;
  country: string;
  purposes: readonly Purpose[];
  notices: readonly Notice[];
  health: Health | null;
  reason: ReadingReason | null;
  access: Access;
  version: string;
  load: Load;
  limits: FileLimits;
  readAt: number | null;
  days: Series;
}

export interface HostsPage {
  at: number;
  portal: string;
  hosts: HostView[];
  services: SoftwareView[];
}

export interface HostPage {
  at: number;
  portal: string;
  host: HostView;
  hours: Series;
}

export function stateOf({ isAway, load }: WatchedHost): HostState {
  if (isAway || load === undefined) return 'away';
  const { services } = load.fact;
  if (services.some(({ accepting }) => accepting)) return 'room';
  return services.length > 0 && services.every(({ draining }) => draining) ? 'leaving' : 'full';
}

/** Undefined: it has never said who it is. */
export function viewOfHost(host: WatchedHost, nowMs: number): HostView | undefined {
  const { manifest, load, id } = host;
  if (manifest === undefined || id === undefined) return undefined;
  const { position, legalUrl: legal, softwareVersion: version, ...fact } = manifest.fact;
  const said = new Map(load?.fact.services.map((service) => [service.service, service]));
  const facts = { vouched: host.isNamed, knownSinceMs: host.firstSeenMs ?? nowMs };
  return {
    id,
    fingerprint: fingerprintOf(fromHex(id) as Bytes),
    url: fact.url,
    name: fact.name,
    organisation: fact.organisation,
    contact: fact.contact,
    country: fact.country,
    position: position === undefined ? null : [position.latitude / HUNDREDTHS, position.longitude / HUNDREDTHS],
    languages: fact.languages,
    welcome: fact.welcome,
    services: fact.services.map(({ service, capacity }) => {
      const { present = null, committed = null } = said.get(service) ?? {};
      return { service, capacity, present, committed };
    }),
    limits: fact.limits,
    retentionDays: fact.retentionDays,
    legal,
    software: fact.software,
    version,
    peers: fact.peers.map(({ hostId, url }) => ({ id: toHex(hostId), url })),
    state: stateOf(host),
    failure: host.failure ?? null,
    vouched: host.isNamed,
    waiting: !isAdmitted(facts, nowMs),
    knownSince: host.firstSeenMs ?? null,
    lastAnswer: host.lastAnswerMs ?? null,
    days: host.history.days(nowMs),
  };
}

export function viewOfService(service: WatchedService, nowMs: number): SoftwareView {
  const { listed, software, reading, readAtMs, history } = service;
  return {
    software: software.id,
    softwareName: software.name,
    url: listed.url,
    name: listed.name ?? '',
    organisation: listed.organisation ?? '',
    country: listed.country ?? 'ZZ',
    purposes: software.purposes,
    notices: software.notices,
    health: reading?.health ?? null,
    reason: reading?.reason ?? null,
    access: reading?.access ?? 'unknown',
    version: reading?.version ?? '',
    load: reading?.load ?? {},
    limits: reading?.limits ?? {},
    readAt: readAtMs ?? null,
    days: history.days(nowMs),
  };
}
