/** Names by DNS alone: no file of this machine, no search domain, and no thread of Node's pool, which slow name servers would block. */
import { Resolver as DnsResolver } from 'node:dns/promises';

/** All addresses of a name. Rejects with the error of the system. */
export type Resolver = (name: string) => Promise<readonly string[]>;

export interface DnsOptions {
  /** `address` or `address:port` of name servers; undefined: those of this machine. */
  servers?: readonly string[];
  timeoutMs?: number;
}

const TIMEOUT_MS = 2000;
const TRIES = 2;
/** RFC 6761: never asked of a name server. */
const LOCAL_NAME = /^(.*\.)?localhost\.?$/i;
const LOCAL_ADDRESSES = ['127.0.0.1', '::1'];
/** The name does not exist, has no such address, or could not be one. */
const NO_ADDRESS = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

export function dnsResolver({ servers, timeoutMs = TIMEOUT_MS }: DnsOptions = {}): Resolver {
  return async (name) => {
    if (LOCAL_NAME.test(name)) return LOCAL_ADDRESSES;
    const dns = new DnsResolver({ timeout: timeoutMs, tries: TRIES });
    if (servers !== undefined) dns.setServers(servers);
    const found = await Promise.allSettled([dns.resolve6(name), dns.resolve4(name)]);
    const lists = found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const errors = found.flatMap((each) => (each.status === 'rejected' ? [each.reason as NodeJS.ErrnoException] : []));
    const worst = errors.find((error) => !isNoAddress(error)) ?? errors[0];
    if (lists.length === 0 && worst !== undefined) throw worst;
    return alternating(lists);
  };
}

export function isNoAddress({ code = '' }: NodeJS.ErrnoException): boolean {
  return NO_ADDRESS.has(code);
}

/** The first of each list, then the second of each: where one kind of address leads nowhere, the other is tried soon. */
function alternating(lists: readonly (readonly string[])[]): readonly string[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
