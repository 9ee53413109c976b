import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  compare,
  DIRECTORY,
  type Directory,
  decodeFact,
  encodeFact,
  type HostProfile,
  type ListedHost,
  type ListedService,
  shareCode,
  shareOf,
  weightCode,
  weightUnits,
} from '../../src/index.ts';

const NOW = 1_800_000_000;
const SEED = 2020;

/** Mulberry32: the same list in every run. */
function seededRandom(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability: number): boolean => next() < probability,
    pick: <T>(items: readonly T[]): T => items[below(items.length)] as T,
    bytes: (length: number) => Uint8Array.from({ length }, () => below(256)),
  };
}
type SeededRandom = ReturnType<typeof seededRandom>;

const FIRST = ['pad', 'docs', 'archipel', 'libre', 'cloud', 'outils', 'www', 'tools', 'office', 'hub', 'notes', 'asso'];
const MIDDLE = ['framasoft', 'chaton', 'infini', 'nomagic', 'zaclys', 'univ', 'lycee', 'mairie', 'verein', 'colibre'];
const SYLLABLES = 'ba be bo ca chi do el fra ga he in ka la lo ma mi na no or pa qui ra ri sa so ta ti u va ze'.split(
  ' ',
);
const TOP = ['org', 'fr', 'net', 'eu', 'de', 'be', 'ch', 'it', 'es', 'coop', 'info', 'cloud', 'ac.uk', 'asso.fr'];
const COUNTRIES = [
  'FR',
  'FR',
  'FR',
  'DE',
  'DE',
  'BE',
  'CH',
  'IT',
  'ES',
  'NL',
  'GB',
  'CA',
  'US',
  'PL',
  'AT',
  'SE',
  'PT',
];
const FOREIGN = [
  'bigbluebutton',
  'cryptpad',
  'ethercalc',
  'etherpad',
  'framadate',
  'hedgedoc',
  'jitsi',
  'lufi',
  'send',
];
const LANGUAGES = [['fr'], ['en', 'fr'], ['de', 'en'], ['en'], ['en', 'it'], ['de', 'en', 'fr'], ['en', 'es'], ['nl']];
const WELCOME = [['everyone'], ['members'], ['schools'], ['everyone', 'schools'], ['members', 'non-profit']];
const VERSIONS = ['0.9.4', '0.10.0', '0.10.1', '0.10.2', '0.11.0'];

/** A quarter of the names have a middle that others have too, the rest is made of 3 to 5 syllables, half of it with a number. */
function hostName({ pick, below, chance }: SeededRandom): string {
  const made = Array.from({ length: 3 + below(3) }, () => pick(SYLLABLES)).join('');
  const middle = chance(0.25) ? `${pick(MIDDLE)}-${pick(SYLLABLES)}${pick(SYLLABLES)}${below(99)}` : made;
  const numbered = chance(0.3) ? `${middle}${below(1000)}` : middle;
  return chance(0.8) ? `${pick(FIRST)}.${numbered}.${pick(TOP)}` : `${numbered}.${pick(TOP)}`;
}

/** Capacities that differ a thousandfold, loads all over the range. */
function service(random: SeededRandom, name: string): ListedService {
  const takes = random.chance(0.93);
  return {
    service: name,
    weight: takes ? weightCode(10 * 1000 ** random.next()) : 0,
    share: shareCode(random.next() ** 1.5),
  };
}

function listedHost(random: SeededRandom, profiles: HostProfile[]): ListedHost {
  const foreign = random.chance(0.3);
  const own = ['docs', 'files', 'forms', 'rooms', 'sheets'].filter((name) => name === 'docs' || random.chance(0.4));
  return {
    id: random.bytes(8),
    url: `https://${hostName(random)}${foreign && random.chance(0.2) ? '/p' : ''}`,
    country: random.pick(COUNTRIES),
    vouched: random.chance(0.4),
    newcomer: random.chance(0.1),
    foreign,
    age: random.chance(0.95) ? random.below(12) : 255,
    profile: random.pick(profiles),
    services: (foreign ? [random.pick(FOREIGN)] : own).map((name) => service(random, name)),
  };
}

function realistic(count: number): Directory {
  const random = seededRandom(SEED);
  const profiles = LANGUAGES.flatMap((languages) =>
    WELCOME.flatMap((welcome) => VERSIONS.map((softwareVersion) => ({ languages, welcome, softwareVersion }))),
  );
  const hosts = Array.from({ length: count }, () => listedHost(random, profiles));
  hosts.sort((a, b) => compare(a.id, b.id));
  return { portal: 'entraide.example', issued: NOW, expires: NOW + 86_400, hosts };
}

function bytesOf(fact: Directory) {
  return encodeFact(DIRECTORY, { key: new Uint8Array(32), fact, signature: new Uint8Array(64) });
}

describe('the directory', () => {
  it(`[DIR-5] of 10,000 hosts is at most 300 kB by gzip (seed ${SEED})`, () => {
    const fact = realistic(10_000);
    const bytes = bytesOf(fact);
    const gzip = gzipSync(bytes).length;
    const deflate = deflateRawSync(bytes).length;
    expect(gzip, `${bytes.length} bytes, ${gzip} by gzip, ${deflate} by DEFLATE`).toBeLessThanOrEqual(300_000);
    expect(bytes.length).toBeLessThanOrEqual(DIRECTORY.maxBytes);
    const decoded = decodeFact(DIRECTORY, bytes);
    expect(decoded.ok && decoded.value.fact).toEqual(fact);
  });

  it('[DIR-2] is not made of more hosts than 10,000, nor of hosts or services out of order', () => {
    const { hosts, ...rest } = realistic(10);
    const [first, second] = hosts as [ListedHost, ListedHost];
    const made = (...listed: ListedHost[]) => bytesOf({ ...rest, hosts: listed });
    expect(made(first, second).length).toBeGreaterThan(100);
    expect(() => made(second, first)).toThrow(/ascend/);
    expect(() => made(first, first)).toThrow(/ascend/);
    const offers = [service(seededRandom(1), 'rooms'), service(seededRandom(1), 'docs')];
    expect(() => made({ ...first, services: offers })).toThrow(/ascend/);
    expect(() => made({ ...first, age: 256 })).toThrow(/code/);
    expect(() => made({ ...first, foreign: false, url: 'https://example.org/p' })).toThrow(/text/);
    const many = Array.from({ length: 10_001 }, () => first);
    expect(() => bytesOf({ ...rest, hosts: many })).toThrow(/too many/);
    const profiles = realistic(1100).hosts.map((host, i) => ({
      ...host,
      profile: { ...host.profile, softwareVersion: `0.0.${i}` },
    }));
    expect(() => bytesOf({ ...rest, hosts: profiles })).toThrow(/profiles/);
  });

  it('[DIR-2] that claims more hosts than it has bytes for is refused before anything is made of them', () => {
    const empty = bytesOf({ ...realistic(0) });
    // The count of hosts is the last byte of the payload; the length of the payload grows by one.
    const place = empty.length - 65;
    const claims = Uint8Array.from([...empty.slice(0, place), 0x90, 0x4e, ...empty.slice(place + 1)]);
    const lengthAt = 34;
    claims[lengthAt] = (claims[lengthAt] as number) + 1;
    expect(decodeFact(DIRECTORY, claims)).toEqual({ ok: false, error: 'bad_message' });
  });

  it('[DIR-3] never promises more than a host has, nor shows it emptier than it is', () => {
    for (const units of [0, 0.5, 1, 2, 3, 10, 99, 1000, 12_345, 2 ** 28 - 1]) {
      const told = weightUnits(weightCode(units));
      if (units >= 1) expect(told).toBeLessThanOrEqual(units * (1 + 1e-12));
      expect(told * 2 ** (1 / 8)).toBeGreaterThanOrEqual(units * (1 - 1e-12));
    }
    expect([weightCode(0), weightCode(0.1), weightCode(1), weightCode(2), weightCode(1024)]).toEqual([0, 1, 1, 9, 81]);
    expect(weightUnits(0)).toBe(0);
    expect(weightCode(Number.MAX_SAFE_INTEGER)).toBe(255);
    for (const share of [0, 0.001, 0.333, 0.5, 0.8, 1, 1.27]) {
      expect(shareOf(shareCode(share))).toBeGreaterThanOrEqual(share);
      expect(shareOf(shareCode(share)) - share).toBeLessThan(0.005 + 1e-9);
    }
    expect(shareCode(9)).toBe(255);
  });
});
