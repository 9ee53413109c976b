/** The hosts of a directory (DIR-2), column by column: what is alike stands together, and DEFLATE finds it. */
import type { Bytes } from '../bytes.ts';
import { compare } from '../bytes.ts';
import {
  MAX_DIRECTORY_HOSTS,
  MAX_DIRECTORY_PROFILES,
  MAX_DIRECTORY_SERVICES,
  MAX_SOFTWARE_BYTES,
  SHORT_HOST_ID_BYTES,
} from '../limits.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { ascends, byText } from './lists.ts';
import {
  type Audience,
  addressOf,
  optionalLine,
  readAudience,
  readCountry,
  readServiceNames,
  readText,
  type TextRule,
  writeAudience,
  writeCountry,
  writeServiceNames,
  writeText,
} from './text.ts';
import { isOrigin, isServiceUrl } from './url.ts';

const FLAG_VOUCHED = 1;
const FLAG_NEWCOMER = 2;
const FLAG_FOREIGN = 4;
const FLAG_HTTP = 8;
const KNOWN_FLAGS = FLAG_VOUCHED | FLAG_NEWCOMER | FLAG_FOREIGN | FLAG_HTTP;
const MAX_CODE = 255;

/** What many hosts have in common. */
export interface HostProfile extends Audience {
  /** Of other software: its name and version, or empty. */
  softwareVersion: string;
}

/** A service class of a host; `weight` and `share` are codes of `quantities.ts`. */
export interface ListedService {
  service: string;
  weight: number;
  share: number;
}

export interface ListedHost {
  /** `shortHostId`, or `foreignIdOf` for other software. */
  id: Bytes;
  /** As in a manifest; that of other software may have a path. */
  url: string;
  country: string;
  /** An operator of the network answers for it. */
  vouched: boolean;
  /** Known for less than two weeks. */
  newcomer: boolean;
  /** Other software: probed by the portal, not signed by the host, not sealed. */
  foreign: boolean;
  /** Of its last report when the directory was issued, in steps of 10 s; `DIRECTORY_NO_REPORT` when there is none that new. */
  age: number;
  profile: HostProfile;
  /** Ascending by name. */
  services: ListedService[];
}

const VERSION_TEXT = optionalLine(MAX_SOFTWARE_BYTES);

function schemeOf(flags: number): string {
  return (flags & FLAG_HTTP) === 0 ? 'https://' : 'http://';
}

/** The address without its scheme, for each combination of the flags that matter. */
const ADDRESSES: readonly TextRule[] = [0, FLAG_FOREIGN, FLAG_HTTP, FLAG_FOREIGN | FLAG_HTTP].map((flags) => {
  const fits = (flags & FLAG_FOREIGN) === 0 ? isOrigin : isServiceUrl;
  return addressOf((text) => fits(schemeOf(flags) + text));
});

function addressRule(flags: number): TextRule {
  return ADDRESSES[(flags & (FLAG_FOREIGN | FLAG_HTTP)) / FLAG_FOREIGN] as TextRule;
}

function flagsOf({ vouched, newcomer, foreign, url }: ListedHost): number {
  const trust = (vouched ? FLAG_VOUCHED : 0) | (newcomer ? FLAG_NEWCOMER : 0);
  return trust | (foreign ? FLAG_FOREIGN : 0) | (url.startsWith('http:') ? FLAG_HTTP : 0);
}

function writeProfile(writer: Writer, profile: HostProfile): void {
  writeAudience(writer, profile);
  writeText(writer, VERSION_TEXT, profile.softwareVersion);
}

function readProfile(reader: Reader): HostProfile {
  return { ...readAudience(reader), softwareVersion: readText(reader, VERSION_TEXT) };
}

function keyOf({ languages, welcome, softwareVersion }: HostProfile): string {
  return JSON.stringify([languages, welcome, softwareVersion]);
}

/** The profiles in the order in which the hosts first use them, and the number of each host's. */
function profilesOf(hosts: readonly ListedHost[]): { profiles: HostProfile[]; numbers: number[] } {
  const known = new Map<string, number>();
  const profiles: HostProfile[] = [];
  const numbers = hosts.map(({ profile }) => {
    const key = keyOf(profile);
    const number = known.get(key) ?? profiles.push(profile) - 1;
    known.set(key, number);
    return number;
  });
  return { profiles, numbers };
}

/** Whether 0 to `count` - 1 are all used, each for the first time after those before it. */
function areInOrderOfUse(numbers: readonly number[], count: number): boolean {
  let used = 0;
  for (const number of numbers) {
    if (number > used) return false;
    if (number === used) used += 1;
  }
  return used === count;
}

function writeProfiles(writer: Writer, profiles: readonly HostProfile[]): void {
  if (profiles.length > MAX_DIRECTORY_PROFILES) throw new RangeError('too many profiles');
  writer.varint(profiles.length);
  for (const profile of profiles) writeProfile(writer, profile);
}

function readProfiles(reader: Reader): HostProfile[] {
  const profiles = reader.list(reader.varint(MAX_DIRECTORY_PROFILES), () => readProfile(reader));
  reader.check(new Set(profiles.map(keyOf)).size === profiles.length);
  return profiles;
}

function writeCode(writer: Writer, code: number): void {
  if (!Number.isInteger(code) || code < 0 || code > MAX_CODE) throw new RangeError(`no code: ${code}`);
  writer.u8(code);
}

/** Of each host a set of bits, one per service; then of each service the weights and the shares. */
function writeServices(writer: Writer, hosts: readonly ListedHost[], names: readonly string[]): void {
  const bits = new Map(names.map((service, i) => [service, 1 << i]));
  for (const { services } of hosts) {
    writer.varint(services.reduce((set, { service }) => set | (bits.get(service) as number), 0));
  }
  for (const listed of names) {
    const offers = hosts.flatMap(({ services }) => services.filter(({ service }) => service === listed));
    for (const { weight } of offers) writeCode(writer, weight);
    for (const { share } of offers) writeCode(writer, share);
  }
}

function readServices(reader: Reader, count: number, names: readonly string[]): ListedService[][] {
  const sets = reader.list(count, () => reader.varint(2 ** names.length - 1));
  const services: ListedService[][] = sets.map(() => []);
  for (const [i, service] of names.entries()) {
    const offering = services.filter((_, host) => ((sets[host] as number) & (1 << i)) !== 0);
    reader.check(offering.length > 0);
    const weights = reader.fixed(offering.length);
    const shares = reader.fixed(offering.length);
    if (reader.failed) return services;
    for (const [at, offers] of offering.entries()) {
      offers.push({ service, weight: weights[at] as number, share: shares[at] as number });
    }
  }
  return services;
}

function assertHosts(hosts: readonly ListedHost[]): void {
  if (hosts.length > MAX_DIRECTORY_HOSTS) throw new RangeError('too many hosts');
  if (!ascends(hosts, (a, b) => compare(a.id, b.id))) throw new RangeError('hosts do not ascend');
  const isInOrder = ({ services }: ListedHost) => ascends(services, (a, b) => byText(a.service, b.service));
  if (!hosts.every(isInOrder)) throw new RangeError('services do not ascend');
}

/** Throws on hosts or services that do not ascend, and on more than the limits. */
export function writeHosts(writer: Writer, hosts: readonly ListedHost[]): void {
  assertHosts(hosts);
  const { profiles, numbers } = profilesOf(hosts);
  const names = [...new Set(hosts.flatMap(({ services }) => services.map(({ service }) => service)))].sort(byText);
  writeServiceNames(writer, MAX_DIRECTORY_SERVICES, names);
  writeProfiles(writer, profiles);
  writer.varint(hosts.length);
  for (const { id } of hosts) writer.fixed(id, SHORT_HOST_ID_BYTES);
  for (const host of hosts) writer.u8(flagsOf(host));
  for (const host of hosts) {
    const flags = flagsOf(host);
    writeText(writer, addressRule(flags), host.url.slice(schemeOf(flags).length));
  }
  for (const { country } of hosts) writeCountry(writer, country);
  for (const { age } of hosts) writeCode(writer, age);
  for (const number of numbers) writer.varint(number);
  writeServices(writer, hosts, names);
}

function readUrl(reader: Reader, flags: number): string {
  reader.check((flags & ~KNOWN_FLAGS) === 0);
  return schemeOf(flags) + readText(reader, addressRule(flags));
}

/** Nothing is made before the bytes for it are known to be there. */
export function readHosts(reader: Reader): ListedHost[] {
  const names = readServiceNames(reader, MAX_DIRECTORY_SERVICES);
  const profiles = readProfiles(reader);
  const count = reader.varint(MAX_DIRECTORY_HOSTS);
  const ids = reader.list(count, () => reader.fixed(SHORT_HOST_ID_BYTES));
  const flags = reader.fixed(count);
  let at = 0;
  const urls = reader.list(count, () => readUrl(reader, flags[at++] as number));
  const countries = reader.list(count, () => readCountry(reader));
  const ages = reader.fixed(count);
  const numbers = reader.list(count, () => reader.varint(MAX_DIRECTORY_PROFILES));
  const services = readServices(reader, count, names);
  if (reader.failed) return [];
  reader.check(ascends(ids, compare));
  reader.check(areInOrderOfUse(numbers, profiles.length));
  if (reader.failed) return [];
  return ids.map((id, i) => {
    const flag = flags[i] as number;
    return {
      id,
      url: urls[i] as string,
      country: countries[i] as string,
      vouched: (flag & FLAG_VOUCHED) !== 0,
      newcomer: (flag & FLAG_NEWCOMER) !== 0,
      foreign: (flag & FLAG_FOREIGN) !== 0,
      age: ages[i] as number,
      profile: profiles[numbers[i] as number] as HostProfile,
      services: services[i] as ListedService[],
    };
  });
}
