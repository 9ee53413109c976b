/** From an address somebody wrote to the addresses a probe may connect to. */
import { isIP } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './address.ts';
import type { Budget } from './budget.ts';
import type { ProbeFailure } from './failure.ts';
import { failure } from './failure.ts';
import type { Resolver } from './resolver.ts';
import { isNoAddress } from './resolver.ts';

/** Probes may reach this machine, or only these of its addresses, at any port: for tests, and for networks that run on one machine. */
export type AllowLoopback = boolean | readonly string[];

export interface TargetRules {
  allowLoopback: AllowLoopback;
  urlMaxChars: number;
}

const WEB_PORTS = new Set([80, 443]);
/** Below it are mail, name servers and the like. */
const FIRST_FREE_PORT = 1024;

/** Undefined: no web address, or one that is not for us. */
export function webUrl(text: string, rules: TargetRules, base?: URL): URL | undefined {
  if (text.length > rules.urlMaxChars || !URL.canParse(text, base?.href)) return undefined;
  const url = new URL(text, base?.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return undefined;
  return isPortAllowed(portOf(url), rules) ? url : undefined;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function isPortAllowed(port: number, { allowLoopback }: TargetRules): boolean {
  return allowLoopback !== false || WEB_PORTS.has(port) || port >= FIRST_FREE_PORT;
}

/** The name without the brackets of an IPv6 address. Numbers in any spelling are dotted decimals already: `URL` saw to it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

export interface ResolveDeps {
  resolver: Resolver;
  rules: TargetRules;
  resolveMs: number;
}

export interface Addresses {
  kind: 'addresses';
  /** At least one; each may be connected to. */
  list: readonly string[];
}

/** Those of its addresses that are public; `refused_address` when it has only others. */
export async function allowedAddresses(
  host: string,
  budget: Budget,
  { resolver, rules, resolveMs }: ResolveDeps,
): Promise<Addresses | ProbeFailure> {
  const found =
    isIP(host) === 0 ? await resolved(host, budget, resolver, resolveMs) : { kind: 'addresses' as const, list: [host] };
  if (found.kind === 'failure') return found;
  if (found.list.length === 0) return failure('no_such_name', 'resolve');
  const list = found.list.filter((address) => isAllowed(address, rules));
  return list.length === 0 ? failure('refused_address', 'resolve') : { kind: 'addresses', list };
}

function isAllowed(address: string, { allowLoopback }: TargetRules): boolean {
  if (isPublicAddress(address)) return true;
  const isListed = typeof allowLoopback === 'boolean' ? allowLoopback : allowLoopback.includes(address);
  return isListed && isLoopbackAddress(address);
}

function resolved(
  host: string,
  budget: Budget,
  resolver: Resolver,
  resolveMs: number,
): Promise<Addresses | ProbeFailure> {
  return budget.run<Addresses>((work) => {
    work.enter('resolve', resolveMs);
    resolver(host).then(
      (list) => work.settle({ kind: 'addresses', list }),
      (error: NodeJS.ErrnoException) => work.fail(isNoAddress(error) ? 'no_such_name' : 'resolver_failed'),
    );
    // A look-up cannot be called off; its answer is not waited for.
    return () => undefined;
  });
}
