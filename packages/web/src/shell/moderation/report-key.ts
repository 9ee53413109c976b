/** The key to which the people of a host have reports sealed (docs/protocol.md REP-4, REP-5): by what the host has signed, where it signs. */
import { checkManifest, encodeBase64url, hostIdOf, reportsKeyOf, toHex } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { keptHosts } from '../../network/kept-hosts.ts';

const MANIFEST_ADDRESS = '/.well-known/archipel/manifest';
const TIMEOUT_MS = 10_000;
const NOT_FOUND = 404;
const SECOND_MS = 1000;

export interface ReportHost {
  /** Origin. */
  url: string;
  /** By the header of a document, in hexadecimal; undefined: nobody said. */
  hostId?: string | undefined;
}

/** In base64url; undefined: reports come as they are. `unusable`: it is not known to be of this host, so nothing is sent. */
export type ReportKey = string | undefined | 'unusable';

export interface ReportKeyDeps {
  request: typeof fetch;
  now: () => number;
  /** First digits of the id of the host at this origin, by the directory that this browser keeps. */
  listed: (url: string) => Promise<string | undefined>;
}

const deps: ReportKeyDeps = {
  request: (input, init) => fetch(input, init),
  now: Date.now,
  listed: async (url) => {
    const kept = await keptHosts();
    return kept?.hosts.find((host) => host.url === url && !host.isForeign)?.id;
  },
};

export async function reportKeyOf(
  { url, hostId }: ReportHost,
  { request, now, listed }: ReportKeyDeps = deps,
): Promise<ReportKey> {
  const expected = hostId ?? (await listed(url));
  const signed = await answerOf(request, `${url}${MANIFEST_ADDRESS}`);
  // One that tells other hosts nothing has no manifest, and is in no header and in no directory.
  if (signed === undefined || signed.status === NOT_FOUND) {
    return expected === undefined ? unsignedKey(request, url) : 'unusable';
  }
  if (!signed.ok) return 'unusable';
  const bytes = new Uint8Array(await signed.arrayBuffer());
  const checked = await checkManifest(bytes, { nowSeconds: Math.floor(now() / SECOND_MS) }, webSuite.verify);
  if (!checked.ok || !toHex(hostIdOf(checked.value.key)).startsWith(expected ?? '')) return 'unusable';
  const key = reportsKeyOf(checked.value.fact);
  // Hosts of before do not sign it.
  return key === undefined ? unsignedKey(request, url) : encodeBase64url(key);
}

async function unsignedKey(request: typeof fetch, url: string): Promise<string | undefined> {
  const answer = await answerOf(request, `${url}/report`);
  const said: unknown = answer?.ok === true ? await answer.json().catch(() => undefined) : undefined;
  const { key }: { key?: unknown } = typeof said === 'object' && said !== null ? said : {};
  return typeof key === 'string' ? key : undefined;
}

/** Undefined: nobody is there, who takes no report either. */
async function answerOf(request: typeof fetch, address: string): Promise<Response | undefined> {
  try {
    return await request(address, { credentials: 'omit', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    return undefined;
  }
}
