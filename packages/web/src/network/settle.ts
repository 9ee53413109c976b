/** Puts a new document where the network says, and somewhere else when it is refused there. */
import { type Client, ClientError, type CreateOptions, type Document } from '@archipel/client';
import { decodeBase64url } from '@archipel/protocol';
import type { Placed, PlacedRelay, Placement, PlaceWish } from './placement.ts';

/** Refusals after which another host, or the same one a moment later, may take it. */
const MOVABLE: ReadonlySet<string> = new Set([
  'full',
  'quota_reached',
  'unknown_host',
  'voucher_used',
  'not_welcome',
  'expired',
]);
/** After it the host counts as one that does not answer. */
const NO_ANSWER_MS = 20_000;
const WAIT_MIN_MS = 1000;
/** Between two questions while hosts promise room and then refuse. */
const WAIT_MAX_MS = 60_000;

export interface SettleDeps {
  client: Client;
  /** Address of the socket of this page's own relay. */
  relay: string;
  place: (wish: PlaceWish) => Promise<Placement>;
  wait: (ms: number) => Promise<void>;
  /** Tells of the queue that the document is in; undefined: of none. */
  tell: (queue: Queue | undefined) => void;
  /** For who sent the document there: whether it was served. */
  report: (receipt: string, healthy: boolean) => void;
}

/** There is no room yet. */
export interface Queue {
  /** 1 is next; undefined: nobody keeps a queue, as at a host that knows no other. */
  place: number | undefined;
}

type Spot = Pick<CreateOptions, 'relays' | 'voucher'>;
/** What a page found before it left for the one that creates. */
type Found = Pick<Placed, 'kind' | 'voucher' | 'receipt'> & { relays: readonly Pick<PlacedRelay, 'hostId' | 'url'>[] };
type Answer = Found | Exclude<Placement, Placed>;

/** Where an answer says; undefined when it leaves the document to the relay of this page. */
function spotOf(placement: Answer): Spot | undefined {
  if (placement.kind !== 'placed' || placement.relays.length === 0) return undefined;
  const relays = placement.relays.map(({ hostId, url }) => ({ hostId, url }));
  const voucher = decodeBase64url(placement.voucher ?? '');
  return { relays, ...(placement.voucher !== undefined && voucher.ok && { voucher: voucher.value }) };
}

/**
 * A new document, which works at once; where it is not let in, it moves on in the background. `expiry` as the client wants it; `found`:
 * where it may go first.
 */
export async function createSettled(
  deps: SettleDeps,
  wish: PlaceWish,
  expiry: number,
  found?: Found,
): Promise<Document> {
  const placement: Answer = found ?? (await deps.place(wish));
  const document = await deps.client.create({ expiry, ...(spotOf(placement) ?? { relay: deps.relay }) });
  void settle(deps, document, wish, placement);
  return document;
}

/** Resolves when some host has created it, or when asking on is of no use: then the document says what is in the way. */
export async function settle(
  { place, wait, tell, report }: Pick<SettleDeps, 'place' | 'wait' | 'tell' | 'report'>,
  document: Document,
  wish: PlaceWish,
  placement?: Answer,
): Promise<void> {
  let last = placement;
  let ticket: string | undefined;
  for (let asked = 0; await isMovable(document, reporterOf(last, report)); asked++) {
    tell(queueOf(last));
    await wait(
      last?.kind === 'full' ? Math.max(last.retryAfterMs, WAIT_MIN_MS) : Math.min(asked * WAIT_MIN_MS, WAIT_MAX_MS),
    );
    // An answer without one, as of who is asked too often, takes no place away.
    if (last?.kind === 'full') ticket = last.ticket ?? ticket;
    last = await place({ ...wish, ...(ticket !== undefined && { ticket }) });
    const spot = spotOf(last);
    if (spot?.relays !== undefined) await document.createAt(spot.relays, spot.voucher);
    else if (last.kind !== 'full') document.retry();
  }
  tell(undefined);
}

function queueOf(answer: Answer | undefined): Queue | undefined {
  if (answer?.kind !== 'full') return undefined;
  return { place: answer.ahead === undefined ? undefined : answer.ahead + 1 };
}

type Reporter = (healthy: boolean) => void;

/** Says once how the host of this answer served. */
function reporterOf(answer: Answer | undefined, report: SettleDeps['report']): Reporter {
  let receipt = answer?.kind === 'placed' ? answer.receipt : undefined;
  return (healthy) => {
    if (receipt !== undefined) report(receipt, healthy);
    receipt = undefined;
  };
}

/** Waits for the host's answer: true when it was refused in a way that another host may not. */
async function isMovable(document: Document, report: Reporter): Promise<boolean> {
  const late = setTimeout(() => report(false), NO_ANSWER_MS);
  try {
    await document.created();
    report(true);
    return false;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // A voucher that is too old was left lying here.
    if (MOVABLE.has(error.code) && error.code !== 'expired') report(false);
    return MOVABLE.has(error.code);
  } finally {
    clearTimeout(late);
  }
}
