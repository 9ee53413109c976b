/** Without a portal that answers, the browser finds a host by itself in the directory that it kept (design: routing rule 7). */
import {
  AddressBook,
  type Clock,
  type HostFacts,
  hostsOfDirectory,
  type LoadReport,
  loadReportOf,
  Router,
} from '@archipel/directory';
import { type Bytes, checkDirectory, checkLoad, hostIdOf, toHex, type Verify } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { askHost, SERVICE } from './ask.ts';
import type { Placed, Placement, PlaceWish } from './placement.ts';

const LOAD_ADDRESS = '/.well-known/archipel/load';
const SECOND_MS = 1000;
/** What the directory calls a host: the first 8 bytes of its id. */
const SHORT_DIGITS = 16;

export interface AloneDeps {
  request: typeof fetch;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  verify: Verify;
}

const deps = (request: typeof fetch): AloneDeps => ({
  request,
  clock: {
    now: Date.now,
    setTimeout: (run, delayMs) => setTimeout(run, delayMs),
    clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  },
  random: Math.random,
  verify: webSuite.verify,
});

export interface DirectoryReading {
  book: AddressBook;
  /** In which a document could live, whoever has room. */
  hosts: number;
}

/** Undefined: it is not signed, or its time is over. */
export async function readDirectory(bytes: Bytes, { clock, verify }: AloneDeps): Promise<DirectoryReading | undefined> {
  const checked = await checkDirectory(bytes, { nowSeconds: Math.floor(clock.now() / SECOND_MS) }, verify);
  if (!checked.ok) return undefined;
  const book = new AddressBook({ clock });
  const hosts = hostsOfDirectory(checked.value.fact);
  for (const { facts, report } of hosts) {
    book.putHost(facts);
    book.putLoad(report);
  }
  return { book, hosts: hosts.length };
}

/** Asks the hosts of a directory, as its routing says; each answers for itself alone. */
export async function placeAlone(bytes: Bytes, wish: PlaceWish, request: typeof fetch): Promise<Placement> {
  const ports = deps(request);
  const reading = await readDirectory(bytes, ports);
  if (reading === undefined) return { kind: 'unreachable' };
  const { country, host, ticket: _ticket, ...others } = wish;
  const router = new Router<Placed>({
    clock: ports.clock,
    random: ports.random,
    book: reading.book,
    lookUp: (facts) => lookUp(facts, ports),
    ask: async (facts) => {
      const answer = await askHost(others, { request, origin: facts.url }, false);
      if (answer.kind === 'full') return { kind: 'full' };
      return answer.kind === 'placed' && isOf(facts, answer) ? { kind: 'granted', voucher: answer } : { kind: 'error' };
    },
  });
  const placement = await router.place({
    service: SERVICE,
    ...(country !== undefined && { country }),
    ...(host !== undefined && { host: host.slice(0, SHORT_DIGITS) }),
  });
  // Of a host that speaks for itself: there is nobody to tell.
  if (placement.kind === 'placed') return { ...placement.voucher, receipt: undefined, moved: true };
  if (placement.reason === 'nobody') return { kind: 'nobody' };
  return { kind: 'full', retryAfterMs: placement.waiting?.comeBackInMs ?? 0 };
}

/** It speaks for the host of the list, not for another (protocol §17). */
function isOf(facts: HostFacts, { relays }: Placed): boolean {
  const [first] = relays;
  return first?.hostId.startsWith(facts.id) === true && first.url === facts.url;
}

async function lookUp(facts: HostFacts, { request, clock, verify }: AloneDeps): Promise<LoadReport | undefined> {
  let bytes: Bytes;
  try {
    const response = await request(`${facts.url}${LOAD_ADDRESS}`, { credentials: 'omit' });
    if (!response.ok) return undefined;
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch {
    return undefined; // Away: another is asked.
  }
  const checked = await checkLoad(bytes, { nowMs: clock.now() }, verify);
  if (!checked.ok || !toHex(hostIdOf(checked.value.key)).startsWith(facts.id)) return undefined;
  return { ...loadReportOf(checked.value), host: facts.id };
}
