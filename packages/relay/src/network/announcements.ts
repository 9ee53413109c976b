/** The manifest and the load of this host (protocol MAN, LOAD), signed anew when somebody asks and the last ones have become old. */
import type { Bytes, Load, Manifest, ServiceLoad } from '@archipel/protocol';
import {
  decodeBase64url,
  fingerprintOf,
  hostIdOf,
  LOAD,
  MANIFEST,
  MAX_MANIFEST_VALID_SECONDS,
  reportsEntry,
  signFact,
} from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import { StartError } from '../start-error.ts';
import type { Identity } from './identity.ts';
import type { Room } from './room.ts';
import type { NetworkSettings } from './settings.ts';

const SECOND_MS = 1000;
/** Others may keep a manifest for the rest of its seven days. */
const MANIFEST_AGE_MS = 86_400 * SECOND_MS;
const LOAD_AGE_MS = 15 * SECOND_MS;
const DAY_SECONDS = 86_400;
const HUNDREDTHS = 100;
/** Documents that people edit together. */
const DOCUMENTS = 'docs';
/** Nobody said where it is (ISO 3166). */
const NOWHERE = 'ZZ';

export interface AnnouncementsDeps {
  config: ServerConfig;
  network: NetworkSettings;
  identity: Identity;
  clock: Clock;
  room: Room;
  /** False when nothing more can be stored. */
  isWritable(): Promise<boolean>;
}

export class Announcements {
  readonly #deps: AnnouncementsDeps;
  readonly #manifest: Renewed;
  readonly #load: Renewed;

  private constructor(deps: AnnouncementsDeps) {
    this.#deps = deps;
    const { clock, identity } = deps;
    this.#manifest = new Renewed(clock, MANIFEST_AGE_MS, (nowMs) =>
      signFact(MANIFEST, this.#manifestAt(nowMs), identity),
    );
    this.#load = new Renewed(clock, LOAD_AGE_MS, async (nowMs) => signFact(LOAD, await this.#loadAt(nowMs), identity));
  }

  /** Rejects with StartError when the settings make no manifest. */
  static async begin(deps: AnnouncementsDeps): Promise<Announcements> {
    const announcements = new Announcements(deps);
    try {
      await announcements.manifest();
      return announcements;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const sentence = `What the settings say of this host cannot be told to others: ${error.message}.`;
      throw new StartError(sentence, { cause: error });
    }
  }

  /** FACT-4: for people to compare. */
  get fingerprint(): string {
    return fingerprintOf(hostIdOf(this.#deps.identity.publicKey));
  }

  manifest(): Promise<Bytes> {
    return this.#manifest.get();
  }

  load(): Promise<Bytes> {
    return this.#load.get();
  }

  #manifestAt(nowMs: number): Manifest {
    const { config, network } = this.#deps;
    const { name, operator, contact, country } = config.about;
    const issued = Math.floor(nowMs / SECOND_MS);
    const { latitude, longitude } = network.position ?? {};
    const isSomewhere = latitude !== undefined && longitude !== undefined;
    return {
      // The highest wins, and the clock goes on over restarts.
      seq: issued,
      issued,
      expires: issued + MAX_MANIFEST_VALID_SECONDS,
      name,
      organisation: operator,
      contact,
      country: country === '' ? NOWHERE : country,
      ...(isSomewhere && { position: { latitude: hundredths(latitude), longitude: hundredths(longitude) % 18_000 } }),
      url: network.url,
      languages: ascending(network.languages),
      welcome: ascending(network.welcome),
      services: [{ service: DOCUMENTS, capacity: network.people }],
      limits: limitsOf(network),
      retentionDays: config.maxExpirySeconds / DAY_SECONDS,
      legalUrl: network.legal,
      software: 'archipel',
      softwareVersion: config.version,
      peers: peersOf(network),
      ...moreOf(config),
    };
  }

  async #loadAt(nowMs: number): Promise<Load> {
    const { room, isWritable } = this.#deps;
    const { capacityUnits, presentUnits, committedUnits } = room.load;
    const documents: ServiceLoad = {
      service: DOCUMENTS,
      capacity: capacityUnits,
      present: presentUnits,
      committed: committedUnits,
      accepting: room.isOpen && (await isWritable()),
      draining: room.isDraining,
    };
    return { timeMs: nowMs, services: [documents] };
  }
}

/** Made once for all who ask within its age. */
class Renewed {
  readonly #clock: Clock;
  readonly #ageMs: number;
  readonly #make: (nowMs: number) => Promise<Bytes>;
  #made: Promise<Bytes> | undefined;
  #madeMs = 0;

  constructor(clock: Clock, ageMs: number, make: (nowMs: number) => Promise<Bytes>) {
    this.#clock = clock;
    this.#ageMs = ageMs;
    this.#make = make;
  }

  get(): Promise<Bytes> {
    const nowMs = this.#clock.now();
    if (this.#made !== undefined && Math.abs(nowMs - this.#madeMs) < this.#ageMs) return this.#made;
    const made = this.#make(nowMs);
    this.#made = made;
    this.#madeMs = nowMs;
    made.catch(() => {
      if (this.#made === made) this.#made = undefined;
    });
    return made;
  }
}

const hundredths = (degrees: number): number => Math.round(degrees * HUNDREDTHS);

function peersOf({ peers }: NetworkSettings): Manifest['peers'] {
  const sorted = [...peers].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.map(({ id, url }) => ({ hostId: new Uint8Array(Buffer.from(id, 'hex')), url }));
}

/** What the host takes, as far as it says so; in the order of their names. */
function limitsOf({ capacity: { docsPerDay, filesBytes } }: NetworkSettings): Manifest['limits'] {
  const limits = [
    { name: 'docs.per-day', value: docsPerDay },
    { name: 'files.bytes', value: filesBytes },
  ];
  return limits.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
}

/** REP-5. */
function moreOf({ reportsKey }: ServerConfig): Pick<Manifest, 'more'> {
  const key = reportsKey === undefined ? undefined : decodeBase64url(reportsKey);
  return key?.ok === true ? { more: [reportsEntry(key.value)] } : {};
}

function ascending(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}
