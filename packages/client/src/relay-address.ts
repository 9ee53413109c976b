/** Addresses of relays: an origin (`https://host`) in headers and hints of relays, a socket (`wss://host/relay`) for the line, `host[:port]` in links. */
import type { RelayEntry } from '@archipel/protocol';
import { fromHex, HOST_ID_BYTES, isLoopbackOrigin, isOrigin } from '@archipel/protocol';

const SOCKET_PATH = '/relay';

/** Undefined for what is no address of a relay. */
export function originOfSocket(socket: string): string | undefined {
  if (!URL.canParse(socket)) return undefined;
  const { protocol, host } = new URL(socket);
  if (protocol !== 'wss:' && protocol !== 'ws:') return undefined;
  return `${protocol === 'wss:' ? 'https' : 'http'}://${host}`;
}

/** Undefined for what is no origin in its only spelling, and for plain http beyond this machine (FACT-7): nobody is sent there. */
export function socketOfOrigin(origin: string): string | undefined {
  return isOrigin(origin) ? `${origin.replace(/^http/, 'ws')}${SOCKET_PATH}` : undefined;
}

/** A link names hosts without a scheme: plain on this machine alone. */
export function originOfHint(hint: string): string {
  const plain = `http://${hint}`;
  return isLoopbackOrigin(plain) ? plain : `https://${hint}`;
}

export function hintOfOrigin(origin: string): string {
  return new URL(origin).host;
}

/** A host that keeps a document. */
export interface HostPlace {
  /** 40 hexadecimal digits. */
  hostId: string;
  /** Origin. */
  url: string;
}

/** As a header lists them. Throws on what is no host: a bug of the caller. */
export function entriesOf(places: readonly HostPlace[]): RelayEntry[] {
  return places.map(({ hostId, url }) => {
    const id = fromHex(hostId);
    if (id?.length !== HOST_ID_BYTES || !isOrigin(url)) throw new RangeError('no host');
    return { hostId: id, url, role: 0 };
  });
}
