/** The addresses in the setting `bus`. The NATS library takes no credentials from an address, so they are taken out of it here. */

/** A user's nkey seed, which goes where a token would. */
const NKEY_SEED = /^SU[A-Z2-7]{56}$/;

export interface NatsAuth {
  user?: string;
  pass?: string;
  token?: string;
  nkeySeed?: string;
}

export interface NatsServers {
  /** `host[:port]` each, without credentials: may be shown. */
  hosts: string[];
  /** Only over TLS. */
  isTls: boolean;
  auth: NatsAuth;
}

interface Address {
  host: string;
  isTls: boolean;
  auth: NatsAuth;
}

/** What several addresses say together, or what is wrong with them, in words without credentials. */
export function parseNatsServers(addresses: readonly string[]): NatsServers | string {
  const parsed: Address[] = [];
  for (const text of addresses) {
    const address = parseAddress(text);
    if (typeof address === 'string') return address;
    parsed.push(address);
  }
  const [first] = parsed;
  if (first === undefined) return 'no address is given';
  if (parsed.some(({ isTls }) => isTls !== first.isTls)) return 'either all addresses begin with tls:// or none does';
  const auths = parsed.map(({ auth }) => auth).filter((auth) => Object.keys(auth).length > 0);
  const [auth = {}] = auths;
  // The library shows the same credentials to every server.
  if (auths.some((other) => !isSame(other, auth)))
    return 'all addresses must name the same user, or only one names any';
  return { hosts: parsed.map(({ host }) => host), isTls: first.isTls, auth };
}

function parseAddress(text: string): Address | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.host === '') {
    return 'an address is nats://host or nats://user:password@host:port, special characters of the password in percent (@ as %40)';
  }
  if (url.protocol === 'ws:' || url.protocol === 'wss:')
    return 'NATS over WebSocket is not supported, use nats:// or tls://';
  if (url.protocol !== 'nats:' && url.protocol !== 'tls:') return 'an address begins with nats:// or tls://';
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    return 'an address ends after the host and the port';
  }
  const auth = authOf(url);
  return typeof auth === 'string' ? auth : { host: url.host, isTls: url.protocol === 'tls:', auth };
}

function authOf(url: URL): NatsAuth | string {
  const user = unescaped(url.username);
  const pass = unescaped(url.password);
  if (user === undefined || pass === undefined) return 'a percent sign in the user or the password is written %25';
  if (user === '' && pass !== '') return 'an address with a password names its user too';
  if (pass !== '') return { user, pass };
  if (user === '') return {};
  return NKEY_SEED.test(user) ? { nkeySeed: user } : { token: user };
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function isSame(a: NatsAuth, b: NatsAuth): boolean {
  return a.user === b.user && a.pass === b.pass && a.token === b.token && a.nkeySeed === b.nkeySeed;
}
