/** Addresses in what hosts sign (FACT-7), in their only spelling. By hand: the protocol has no URL parser that two platforms share. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const AUTHORITY = /^(\[::1\]|[a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?$/;
const IPV4_PART = /^(?:0|[1-9][0-9]{0,2})$/;
const MAX_HOST_CHARACTERS = 253;
const MAX_PORT = 65535;
/** No `%` but before two upper-case digits, no full stop spelt so, and nothing that a browser would spell in another way. */
const PATH = /^(?:\/(?:[A-Za-z0-9._~!$&()*+,;=:@-]|%(?!2E)[0-9A-F]{2})*)+$/;
const QUERY = /^\?(?:[A-Za-z0-9._~!$&()*+,;=:@/?-]|%[0-9A-F]{2})*$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { https: '443', http: '80' };

function isIpv4(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((part) => IPV4_PART.test(part) && Number(part) <= 255);
}

function isHost(host: string): boolean {
  if (host === '[::1]') return true;
  const labels = host.split('.');
  if (host.length > MAX_HOST_CHARACTERS || !labels.every((part) => HOST_LABEL.test(part))) return false;
  // What ends in a number is an address to some and a name to others.
  return /^[a-z]/.test(labels.at(-1) ?? '') || isIpv4(labels);
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (host.startsWith('127.') && isIpv4(host.split('.')));
}

/** Host of `scheme://host[:port]`; undefined when it is none in its only spelling. */
function hostOf(origin: string): string | undefined {
  const [scheme = '', authority = '', ...more] = origin.split('://');
  const [, host = '', port] = AUTHORITY.exec(authority) ?? [];
  const defaultPort = DEFAULT_PORTS[scheme];
  if (more.length > 0 || defaultPort === undefined || !isHost(host)) return undefined;
  return port === defaultPort || Number(port ?? 0) > MAX_PORT ? undefined : host;
}

/** `https://host[:port]`, or `http://` on this machine alone; without path, in lower case, no default port. */
export function isOrigin(text: string): boolean {
  const host = hostOf(text);
  return host !== undefined && (text.startsWith('https:') || isLoopbackHost(host));
}

/** Whether an origin can only be reached from the machine itself: worth nothing to anybody else. */
export function isLoopbackOrigin(origin: string): boolean {
  const host = hostOf(origin);
  return host !== undefined && isLoopbackHost(host);
}

/** An origin, a path, and perhaps a query: no credentials, no fragment, no `.` or `..` among the parts. */
export function isPageUrl(text: string): boolean {
  const [, origin = '', path = '', query] = /^([^/?#]+:\/\/[^/?#]*)(\/[^?#]*)(\?[^#]*)?$/.exec(text) ?? [];
  if (!isOrigin(origin) || !PATH.test(path)) return false;
  if (query !== undefined && !QUERY.test(query)) return false;
  return !path.split('/').some((part) => part === '.' || part === '..');
}

/** Where a service of other software is: an origin, or a page below it. */
export function isServiceUrl(text: string): boolean {
  return isOrigin(text) || (isPageUrl(text) && !/^[^/]+:\/\/[^/]+\/$/.test(text));
}
