/** What a host says of itself, for the people whose documents it keeps: its signed manifest, or the portal's list when it is away. */
import { checkManifest, hostIdOf, toHex } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';

const MANIFEST_ADDRESS = '/.well-known/archipel/manifest';
const LIST_ADDRESS = '/hosts.json';
const ASK_MS = 4000;
const SECOND_MS = 1000;

export interface HostCard {
  name: string;
  /** Empty: it does not say. */
  organisation: string;
  /** `ZZ`: not known. */
  country: string;
  /** Page with its terms; empty: none. */
  legal: string;
}

interface CardDeps {
  request: typeof fetch;
  now: () => number;
}

/** `isPortal`: this front has a list of hosts. Undefined when nobody says. */
export async function hostCard(
  host: { hostId: string | undefined; url: string },
  isPortal: boolean,
  { request, now }: CardDeps = { request: fetch, now: Date.now },
): Promise<HostCard | undefined> {
  const manifest = await answerOf(request, `${host.url}${MANIFEST_ADDRESS}`);
  if (manifest !== undefined) {
    const bytes = new Uint8Array(await manifest.arrayBuffer());
    const checked = await checkManifest(bytes, { nowSeconds: Math.floor(now() / SECOND_MS) }, webSuite.verify);
    const isIt = checked.ok && (host.hostId === undefined || toHex(hostIdOf(checked.value.key)) === host.hostId);
    if (isIt) return { ...checked.value.fact, legal: checked.value.fact.legalUrl };
  }
  return isPortal ? listed(host.url, await answerOf(request, LIST_ADDRESS)) : undefined;
}

async function answerOf(request: typeof fetch, address: string): Promise<Response | undefined> {
  try {
    const response = await request(address, { credentials: 'omit', signal: AbortSignal.timeout(ASK_MS) });
    return response.ok ? response : undefined;
  } catch {
    return undefined; // Away: its address alone is shown.
  }
}

async function listed(url: string, answer: Response | undefined): Promise<HostCard | undefined> {
  const list: { hosts?: (Partial<HostCard> & { url?: string })[] } = (await answer?.json().catch(() => ({}))) ?? {};
  const found = Array.isArray(list.hosts) ? list.hosts.find((host) => host.url === url) : undefined;
  if (typeof found?.name !== 'string') return undefined;
  const { name, organisation = '', country = 'ZZ', legal = '' } = found;
  return { name, organisation, country, legal: /^https?:\/\//.test(legal) ? legal : '' };
}
