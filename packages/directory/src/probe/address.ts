/** Which addresses a probe may reach: those of the public internet, by the IANA special-purpose registries (RFC 6890). */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

type Range = readonly [network: string, prefixBits: number];

const REFUSED_IPV4: readonly Range[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata service of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/** All else is loopback, link-local, unique local, multicast, IPv4-mapped, NAT64 or not given to anyone. */
const GLOBAL_IPV6: readonly Range[] = [['2000::', 3]];

const REFUSED_IPV6: readonly Range[] = [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20], // documentation
];

const LOOPBACK_IPV4: readonly Range[] = [['127.0.0.0', 8]];

const refusedIpv4 = listOf(REFUSED_IPV4);
const globalIpv6 = listOf(GLOBAL_IPV6);
const refusedIpv6 = listOf(REFUSED_IPV6);
const loopbackIpv4 = listOf(LOOPBACK_IPV4);

function listOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of ranges) list.addSubnet(network, bits, isIPv4(network) ? 'ipv4' : 'ipv6');
  return list;
}

/** False for what is no address at all, and for an address with a zone. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refusedIpv4.check(address, 'ipv4');
  if (!isPlainIpv6(address)) return false;
  return globalIpv6.check(address, 'ipv6') && !refusedIpv6.check(address, 'ipv6');
}

/** 127.0.0.0/8 and ::1, but no IPv4 address inside an IPv6 address. */
export function isLoopbackAddress(address: string): boolean {
  if (isIPv4(address)) return loopbackIpv4.check(address, 'ipv4');
  return isPlainIpv6(address) && shortest(address) === '::1';
}

function isPlainIpv6(address: string): boolean {
  return isIPv6(address) && !address.includes('%');
}

/** RFC 5952. */
function shortest(ipv6: string): string {
  return new URL(`http://[${ipv6}]/`).hostname.slice(1, -1);
}

/** What counts as one host: an IPv4 address, or the /64 of an IPv6 address. */
export function hostKey(address: string): string {
  if (!isPlainIpv6(address)) return address;
  const [left = '', right] = shortest(address).split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
