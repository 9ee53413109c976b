/** What a host answers to who asks where to create a document. It is read leniently: what makes no sense counts as no answer. */
import type { Placed, PlacedRelay, Placement } from './placement.ts';

const RELAYS_MAX = 3;
const RETRY_DEFAULT_MS = 10_000;
const RETRY_MAX_MS = 600_000;
const TEXT_MAX = 400;

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string => (typeof value === 'string' && value.length <= TEXT_MAX ? value : '');
const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;

/** An address that a page may speak to: an origin, written as browsers write it. */
function originOf(value: unknown): string | undefined {
  const text = textOf(value);
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text ? text : undefined;
}

function relayOf(value: unknown): PlacedRelay | undefined {
  const { hostId, url, name, country, retentionDays, legal } = fieldsOf(value);
  const origin = originOf(url);
  if (origin === undefined || !/^[0-9a-f]{40}$/.test(textOf(hostId))) return undefined;
  const page = textOf(legal);
  return {
    hostId: textOf(hostId),
    url: origin,
    name: textOf(name) || new URL(origin).host,
    country: /^[A-Z]{2}$/.test(textOf(country)) ? textOf(country) : 'ZZ',
    retentionDays: countOf(retentionDays) ?? 0,
    legal: /^https?:\/\//.test(page) ? page : '',
  };
}

/** `asked`: origin of the host that answers. */
export function readPlaced(answer: unknown, asked: string): Placed | { kind: 'unreachable' } {
  const { relays, moved, receipt } = fieldsOf(answer);
  const listed: unknown[] = Array.isArray(relays) ? relays.slice(0, RELAYS_MAX) : [];
  const known = listed.map(relayOf).filter((relay) => relay !== undefined);
  const [first] = known;
  // It knows no other host, and takes what is made at it.
  if (Array.isArray(relays) && relays.length === 0) return { kind: 'placed', relays: [], moved: false };
  if (first === undefined || known.length < listed.length) return { kind: 'unreachable' };
  const { voucher } = fieldsOf(listed[0]);
  const isElsewhere = typeof moved === 'boolean' ? moved : first.url !== asked;
  return {
    kind: 'placed',
    relays: known,
    voucher: textOf(voucher) || undefined,
    receipt: textOf(receipt) || undefined,
    moved: isElsewhere,
  };
}

export function readRefusal(status: number, answer: unknown): Placement {
  const { error, retryAfterMs, ahead, ticket } = fieldsOf(answer);
  if (error === 'nobody') return { kind: 'nobody' };
  // A host that speaks with no other has no such address: it takes what is made at it.
  if (status === 404 || status === 405) return { kind: 'placed', relays: [], moved: false };
  if (error !== 'full' && status !== 503 && status !== 429) return { kind: 'unreachable' };
  const retryMs = Math.min(RETRY_MAX_MS, countOf(retryAfterMs) ?? RETRY_DEFAULT_MS);
  return { kind: 'full', retryAfterMs: retryMs, ahead: countOf(ahead), ticket: textOf(ticket) || undefined };
}
