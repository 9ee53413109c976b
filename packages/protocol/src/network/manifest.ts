/** Manifest (§13): a host says who it is, what it offers and on which terms. */
import type { Bytes } from '../bytes.ts';
import { compare } from '../bytes.ts';
import type { Result } from '../errors.ts';
import type { Verify } from '../hash.ts';
import {
  HOST_ID_BYTES,
  MAX_CONTACT_BYTES,
  MAX_HOST_LIMITS,
  MAX_MANIFEST_BYTES,
  MAX_MANIFEST_ENTRIES,
  MAX_MANIFEST_ENTRY_BYTES,
  MAX_MANIFEST_VALID_SECONDS,
  MAX_NAME_BYTES,
  MAX_ORGANISATION_BYTES,
  MAX_PEERS,
  MAX_SERVICES,
  MAX_SOFTWARE_BYTES,
  MAX_UNITS,
  PUBLIC_KEY_BYTES,
} from '../limits.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { checkFact, type FactKind, type Signed, succeedFact } from './fact.ts';
import { byText, readAscending, writeAscending } from './lists.ts';
import { type Period, readPeriod, refuseLength, refusePeriod, writePeriod } from './period.ts';
import {
  type Audience,
  addressOf,
  optionalLine,
  readAudience,
  readCountry,
  readText,
  requiredLine,
  serviceName,
  word,
  writeAudience,
  writeCountry,
  writeText,
} from './text.ts';
import { isOrigin, isPageUrl } from './url.ts';

/** In hundredths of a degree, about a kilometre: latitude -9,000 to 9,000, longitude -18,000 to 17,999. */
export interface GeoPosition {
  latitude: number;
  longitude: number;
}
/** `service` is a class as `docs`, `files`, `rooms`; `capacity` in units of that class. */
export interface ServiceOffer {
  service: string;
  capacity: number;
}
/** A limit by its name, as `docs.per-day`. */
export interface HostLimit {
  name: string;
  value: number;
}
/** Another host that this one works with; `url` as in a manifest. */
export interface PeerHost {
  hostId: Bytes;
  url: string;
}

/** What a manifest says besides, by its name (MAN-4). */
export interface ManifestEntry {
  name: string;
  value: Bytes;
}

export interface Manifest extends Period, Audience {
  /** From 1; the highest wins. */
  seq: number;
  name: string;
  /** May be empty, as `contact`. */
  organisation: string;
  contact: string;
  /** ISO 3166, two letters. */
  country: string;
  position?: GeoPosition;
  /** `https://host[:port]`. */
  url: string;
  services: ServiceOffer[];
  limits: HostLimit[];
  /** 0 = as long as the owner of a document wants. */
  retentionDays: number;
  /** The page with the terms; empty: none. */
  legalUrl: string;
  software: string;
  softwareVersion: string;
  peers: PeerHost[];
  /** At least one; left out: none. */
  more?: ManifestEntry[];
}

/** REP-4: the X25519 public key to which reports to its people are sealed. */
const REPORTS = 'reports';

/** As an entry of a manifest. */
export function reportsEntry(key: Bytes): ManifestEntry {
  return { name: REPORTS, value: key };
}

/** Undefined: it names none. */
export function reportsKeyOf({ more = [] }: Manifest): Bytes | undefined {
  return more.find(({ name }) => name === REPORTS)?.value;
}

const NAME = requiredLine(MAX_NAME_BYTES);
const ORGANISATION = optionalLine(MAX_ORGANISATION_BYTES);
const CONTACT = optionalLine(MAX_CONTACT_BYTES);
const SOFTWARE = requiredLine(MAX_SOFTWARE_BYTES);
const ORIGIN = addressOf(isOrigin);
const LEGAL_URL = addressOf((text) => text === '' || isPageUrl(text));

const MAX_LATITUDE = 9_000;
const MAX_LONGITUDE = 18_000;

function writePosition(writer: Writer, position: GeoPosition | undefined): void {
  writer.u8(position === undefined ? 0 : 1);
  if (position === undefined) return;
  const { latitude, longitude } = position;
  if (Math.abs(latitude) > MAX_LATITUDE) throw new RangeError('no latitude');
  if (longitude < -MAX_LONGITUDE || longitude >= MAX_LONGITUDE) throw new RangeError('no longitude');
  writer.varint(latitude + MAX_LATITUDE);
  writer.varint(longitude + MAX_LONGITUDE);
}

function readPosition(reader: Reader): { position?: GeoPosition } {
  const isThere = reader.u8();
  reader.check(isThere <= 1);
  if (isThere === 0) return {};
  const latitude = reader.varint(2 * MAX_LATITUDE) - MAX_LATITUDE;
  const longitude = reader.varint(2 * MAX_LONGITUDE - 1) - MAX_LONGITUDE;
  return { position: { latitude, longitude } };
}

const byService = (a: ServiceOffer, b: ServiceOffer) => byText(a.service, b.service);
const byName = (a: HostLimit, b: HostLimit) => byText(a.name, b.name);
const byHostId = (a: PeerHost, b: PeerHost) => compare(a.hostId, b.hostId);

function writeOffers(writer: Writer, { services, limits }: Manifest): void {
  writeAscending(writer, services, {
    most: MAX_SERVICES,
    compare: byService,
    write({ service, capacity }) {
      if (capacity > MAX_UNITS) throw new RangeError('capacity too large');
      writeText(writer, serviceName, service);
      writer.varint(capacity);
    },
  });
  writeAscending(writer, limits, {
    most: MAX_HOST_LIMITS,
    compare: byName,
    write(limit) {
      writeText(writer, word, limit.name);
      writer.varint(limit.value);
    },
  });
}

function readOffers(reader: Reader): Pick<Manifest, 'services' | 'limits'> {
  const services = readAscending(reader, {
    most: MAX_SERVICES,
    compare: byService,
    read: () => ({ service: readText(reader, serviceName), capacity: reader.varint(MAX_UNITS) }),
  });
  const limits = readAscending(reader, {
    most: MAX_HOST_LIMITS,
    compare: byName,
    read: () => ({ name: readText(reader, word), value: reader.varint() }),
  });
  return { services, limits };
}

function writePeers(writer: Writer, peers: PeerHost[]): void {
  writeAscending(writer, peers, {
    most: MAX_PEERS,
    compare: byHostId,
    write({ hostId, url }) {
      writer.fixed(hostId, HOST_ID_BYTES);
      writeText(writer, ORIGIN, url);
    },
  });
}

function readPeers(reader: Reader): PeerHost[] {
  return readAscending(reader, {
    most: MAX_PEERS,
    compare: byHostId,
    read: () => ({ hostId: reader.fixed(HOST_ID_BYTES), url: readText(reader, ORIGIN) }),
  });
}

const byEntry = (a: ManifestEntry, b: ManifestEntry) => byText(a.name, b.name);
const isEntry = ({ name, value }: ManifestEntry): boolean => name !== REPORTS || value.length === PUBLIC_KEY_BYTES;

/** Hosts of before write nothing here, and so does whoever has nothing to say. */
function writeMore(writer: Writer, more: ManifestEntry[] | undefined): void {
  if (more === undefined) return;
  if (more.length === 0 || !more.every(isEntry)) throw new RangeError('entries of a manifest');
  writeAscending(writer, more, {
    most: MAX_MANIFEST_ENTRIES,
    compare: byEntry,
    write({ name, value }) {
      if (value.length > MAX_MANIFEST_ENTRY_BYTES) throw new RangeError('an entry too long');
      writeText(writer, word, name);
      writer.bytes(value);
    },
  });
}

function readMore(reader: Reader): Pick<Manifest, 'more'> {
  if (reader.failed || reader.atEnd) return {};
  const more = readAscending(reader, {
    most: MAX_MANIFEST_ENTRIES,
    compare: byEntry,
    read: () => ({ name: readText(reader, word), value: reader.bytes(MAX_MANIFEST_ENTRY_BYTES) }),
  });
  reader.check(more.length > 0 && more.every(isEntry));
  return { more };
}

export const MANIFEST: FactKind<Manifest> = {
  type: 1,
  label: 'arc1 manifest',
  maxBytes: MAX_MANIFEST_BYTES,
  write(writer, manifest) {
    if (manifest.seq < 1) throw new RangeError('seq');
    writer.varint(manifest.seq);
    writePeriod(writer, manifest, MAX_MANIFEST_VALID_SECONDS);
    writeText(writer, NAME, manifest.name);
    writeText(writer, ORGANISATION, manifest.organisation);
    writeText(writer, CONTACT, manifest.contact);
    writeCountry(writer, manifest.country);
    writePosition(writer, manifest.position);
    writeText(writer, ORIGIN, manifest.url);
    writeAudience(writer, manifest);
    writeOffers(writer, manifest);
    writer.varint(manifest.retentionDays);
    writeText(writer, LEGAL_URL, manifest.legalUrl);
    writeText(writer, SOFTWARE, manifest.software);
    writeText(writer, SOFTWARE, manifest.softwareVersion);
    writePeers(writer, manifest.peers);
    writeMore(writer, manifest.more);
  },
  read(reader) {
    const seq = reader.varint();
    reader.check(seq >= 1);
    const period = readPeriod(reader);
    const names = {
      name: readText(reader, NAME),
      organisation: readText(reader, ORGANISATION),
      contact: readText(reader, CONTACT),
      country: readCountry(reader),
    };
    const place = { ...readPosition(reader), url: readText(reader, ORIGIN) };
    const offers = { ...readAudience(reader), ...readOffers(reader) };
    const terms = { retentionDays: reader.varint(), legalUrl: readText(reader, LEGAL_URL) };
    const program = { software: readText(reader, SOFTWARE), softwareVersion: readText(reader, SOFTWARE) };
    const peers = readPeers(reader);
    return { seq, ...period, ...names, ...place, ...offers, ...terms, ...program, peers, ...readMore(reader) };
  },
  refuse: (manifest) => refuseLength(manifest, MAX_MANIFEST_VALID_SECONDS),
};

/** `host`: the id it must be of. Errors: those of `decodeFact`, `wrong_host`, `from_future`, `expired`, `bad_signature`. */
export function checkManifest(
  bytes: Bytes,
  { nowSeconds, host }: { nowSeconds: number; host?: Bytes },
  verify: Verify,
): Promise<Result<Signed<Manifest>>> {
  return checkFact(MANIFEST, bytes, { host, refuse: (manifest) => refusePeriod(manifest, nowSeconds) }, verify);
}

/**
 * Whether `next` may stand in the place of the manifest `held` (MAN-2), both checked: `same` when it is that very manifest.
 * Errors: `wrong_host`, `stale_fact`.
 */
export function succeedManifest(held: Bytes, next: Bytes): Result<'same' | 'next'> {
  return succeedFact(MANIFEST, held, next, ({ seq }) => seq);
}
