/** Taking records (docs/protocol.md §5): checked against the chain in memory, stored, then acknowledged and passed on. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { equal, isRemarkSession, peekRecord, recordHash } from '@archipel/protocol';
import type { AppendEntry, AppendFailure, DocRef } from '../../store/store.ts';
import type { Chain } from './chain.ts';
import { chainOf, keyOf } from './chain.ts';
import { compareLater } from './compare.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { committed } from './follow.ts';
import type { Arrival } from './judge.ts';
import { isByMemory, judgeLater } from './judge.ts';
import type { Refreshed } from './refresh.ts';
import type { Subscription } from './subscription.ts';

export const DISK_FULL_RETRY_MS = 10_000;
export const UNAVAILABLE_RETRY_MS = 2000;
const RATE_RETRY_MS = 1000;
/** People leave by and by. */
const FULL_RETRY_MS = 30_000;
/** Another process was first: the memory is as new as the store before long. */
const CONFLICT_RETRY_MS = 100;
/** Settled for a version that no document has. */
const NO_VERSION = -1;

/** What to answer when the store could not. */
export function retryMsOf(error: ErrorName): number {
  if (error === 'disk_full') return DISK_FULL_RETRY_MS;
  if (error === 'rate_limited') return RATE_RETRY_MS;
  if (error === 'full' || error === 'quota_reached') return FULL_RETRY_MS;
  return error === 'unavailable' ? UNAVAILABLE_RETRY_MS : 0;
}

export class PendingAppend implements AppendEntry {
  readonly #context: LogContext;
  readonly #writer: Subscription;
  readonly #chain: Chain;
  readonly #hash: Bytes;
  readonly #takenMs: number;
  readonly #epoch: number;
  readonly n: number;
  readonly body: Bytes;
  /** Other channels that sent the very same record meanwhile. */
  others: Subscription[] | undefined;

  constructor(context: LogContext, writer: Subscription, chain: Chain, body: Bytes, hash: Bytes) {
    this.#context = context;
    this.#writer = writer;
    this.#chain = chain;
    this.#hash = hash;
    this.#takenMs = context.clock.now();
    this.#epoch = writer.document.epoch;
    this.n = chain.have;
    this.body = body;
  }

  get ref(): DocRef {
    return this.#writer.document.ref;
  }

  get session(): Bytes {
    return this.#chain.id;
  }

  /** Own changes since it was judged do not stand against it; what another process changed may. */
  get version(): number {
    const { document } = this.#writer;
    return this.#epoch === document.epoch ? document.version : NO_VERSION;
  }

  settle(outcome: number | AppendFailure): void {
    const { document } = this.#writer;
    document.pendingAppends -= 1;
    document.pendingBytes -= this.body.length;
    this.#context.metrics.uncommittedBytes -= this.body.length;
    this.#chain.inFlight.shift();
    if (typeof outcome === 'number') this.#stored(outcome, document);
    else this.#failed(outcome, document);
    this.#context.settled();
  }

  /** CON-5, CON-7: only now is it acknowledged and passed on. */
  #stored(position: number, document: Document): void {
    const { metrics, clock, verifier } = this.#context;
    // A refresh may have met it in the store before this answer came.
    const isMet = position <= document.readPosition;
    if (this.n === this.#chain.durable && !isMet) {
      this.#chain.addDurable(this.#hash, this.body);
      document.tailBytes += this.body.length;
    }
    document.position = Math.max(document.position, position);
    metrics.recordsAppended += 1;
    metrics.observeAck((clock.now() - this.#takenMs) / 1000);
    if (this.n < this.#chain.durable) this.#acknowledge(this.#chain);
    else void this.#acknowledgeLater(document);
    if (!isMet) committed(this.#context, document, position, this.body, this.#writer);
    verifier.add(document, this.#chain, this.#writer.peer);
  }

  #acknowledge(chain: Chain): void {
    this.#writer.ack(chain);
    for (const other of this.others ?? []) other.ack(chain);
  }

  /** The memory was read anew while this was on its way: whether it is there still, or again, the next comparison tells. */
  async #acknowledgeLater(document: Document): Promise<void> {
    const failure = await this.#context.refresher.refresh(document);
    const chain = document.chains.get(keyOf(this.#chain.id));
    if (failure === undefined && chain !== undefined && this.n < chain.durable) this.#acknowledge(chain);
    else this.#refuse('unavailable', CONFLICT_RETRY_MS);
  }

  #failed(failure: AppendFailure, document: Document): void {
    const isConflict = failure === 'conflict';
    const error = isConflict ? 'unavailable' : failure;
    const retryMs = isConflict ? CONFLICT_RETRY_MS : retryMsOf(error);
    if (this.#epoch === document.epoch) {
      document.rollBack(error);
      if (isConflict) this.#contested(document);
    }
    this.#refuse(error, retryMs);
    if (failure !== 'disk_full') void this.#context.refresher.distrust(document);
  }

  #refuse(error: ErrorName, retryMs: number): void {
    for (const to of [this.#writer, ...(this.others ?? [])]) {
      refuse(this.#context, to, this.#chain.id, this.n, error, retryMs);
    }
  }

  /**
   * CKP-6: twice the store had this place taken, and the memory, compared with it in between, knows of nothing there: the session was
   * retired, and its records come again.
   */
  #contested({ checkpoint, version }: Document): void {
    const chain = this.#chain;
    const { contested, durable } = chain;
    const isAgain = contested?.version === version && contested.durable === durable;
    if (isAgain && (checkpoint?.retired ?? 0) > 0) chain.closed = 'session_closed';
    chain.contested = { version, durable };
  }
}

function refuse(context: LogContext, to: Subscription, session: Bytes, n: number, error: ErrorName, retryMs: number) {
  context.metrics.countRefused(error);
  if (to.isOpen) to.peer.refuse(to.document.channel, 'append', error, retryMs, { session, n });
}

/** Of a document's room, what those who may only comment can fill (RMK-6). */
const COMMENTERS_SHARE = 1 / 2;

/** CON-3, RMK-4 */
function mayAppend(from: Subscription, session: Bytes): boolean {
  return isRemarkSession(session) ? from.mayRemark : from.mayWrite;
}

/** What stands against a record of this session on this channel now, whatever its place. */
function obstacle(context: LogContext, { from, body, place }: Arrival): ErrorName | undefined {
  const { document } = from;
  const { limits } = context.config;
  if (!mayAppend(from, place.session)) return 'not_allowed';
  const gone = document.goneBy(context.clock.now());
  if (gone !== undefined) return gone;
  if (body.length > limits.recordMaxBytes) return 'too_large';
  if (document.isUnsure) return 'unavailable';
  const most = document.header.maxBytes > 0 ? document.header.maxBytes : limits.documentMaxBytes;
  const share = from.mayWrite ? 1 : COMMENTERS_SHARE;
  return document.bytes + body.length > share * Math.min(most, limits.documentMaxBytes) ? 'document_full' : undefined;
}

/** REC-3, REC-4, CON-10. Returns false when the bytes are no record at all (CON-6). */
export function append(context: LogContext, from: Subscription, body: Bytes, waitMs: number): boolean {
  const place = peekRecord(body);
  if (!place.ok) return false;
  judge(context, { from, body, place: place.value, waitMs, isCurrent: !context.bus.isShared });
  return true;
}

function judge(context: LogContext, arrival: Arrival): void {
  const { from, place, waitMs } = arrival;
  const { session, n } = place;
  const error = obstacle(context, arrival) ?? (from.mayBring(place) ? undefined : 'wrong_generation');
  if (error !== undefined) return reject(context, arrival, error);
  const chain = chainFor(context, from, session, n);
  if (typeof chain === 'string') return reject(context, arrival, chain);
  if (n < chain.have) return known(context, arrival, chain);
  if (waitMs > 0) {
    chain.refusal ??= { n, error: 'rate_limited' };
    refuse(context, from, session, n, 'rate_limited', waitMs);
  } else {
    take(context, arrival, chain);
  }
}

/** Says so, unless the memory may be behind the store. */
function reject(context: LogContext, arrival: Arrival, error: ErrorName): void {
  const { from, place, isCurrent } = arrival;
  const { document } = from;
  const mayBeBehind = isByMemory(error) || (document.isUnsure && error === 'unavailable');
  if (!isCurrent && mayBeBehind) return compareFirst(context, arrival);
  if (mayAppend(from, place.session)) rememberRefusal(document, place.session, place.n, error);
  refuse(context, from, place.session, place.n, error, retryMsOf(error));
}

function compareFirst(context: LogContext, arrival: Arrival): void {
  const judgeAgain = (later: Arrival, failure: Refreshed): void => {
    if (failure !== undefined) reject(context, later, failure);
    // Who is not served any more sends again where it is.
    else if (later.from.isOpen) judge(context, later);
  };
  if (!judgeLater(context, arrival, judgeAgain)) reject(context, { ...arrival, isCurrent: true }, 'unavailable');
}

/** What follows a record that may be sent again must not look like a gap. */
function rememberRefusal(document: Document, session: Bytes, n: number, error: ErrorName): void {
  if (retryMsOf(error) === 0) return;
  const chain = n === 0 ? chainOf(document.chains, session) : document.chains.get(keyOf(session));
  if (chain !== undefined) chain.refusal ??= { n, error };
}

/** CKP-6: a session that the relay does not know may have been retired. */
function chainFor(context: LogContext, from: Subscription, session: Bytes, n: number): Chain | ErrorName {
  if (from.lastChain !== undefined && equal(from.lastChain.id, session)) return from.lastChain;
  const { chains, checkpoint } = from.document;
  const known = chains.get(keyOf(session));
  if (known === undefined && n > 0) return (checkpoint?.retired ?? 0) > 0 ? 'session_closed' : 'session_gap';
  const most = context.config.limits.sessionsPerDocument * (from.mayWrite ? 1 : COMMENTERS_SHARE);
  if (known === undefined && chains.size >= most) return 'document_full';
  from.lastChain = known ?? chainOf(chains, session);
  return from.lastChain;
}

function take(context: LogContext, arrival: Arrival, chain: Chain): void {
  const { from, body, place } = arrival;
  const { document } = from;
  const { metrics, store, sha256, config } = context;
  const error = placeError(chain, place.n);
  if (error !== undefined) return reject(context, arrival, error);
  if (metrics.uncommittedBytes + body.length > config.limits.uncommittedMaxBytes) {
    chain.refusal = { n: place.n, error: 'unavailable' };
    return refuse(context, from, chain.id, place.n, 'unavailable', UNAVAILABLE_RETRY_MS);
  }
  const hash = recordHash(document.docId, chain.hash, body, sha256);
  const entry = new PendingAppend(context, from, chain, body, hash);
  chain.hash = hash;
  chain.have += 1;
  chain.refusal = undefined;
  chain.inFlight.push(entry);
  document.pendingAppends += 1;
  document.pendingBytes += body.length;
  metrics.uncommittedBytes += body.length;
  store.append(entry);
}

function placeError(chain: Chain, n: number): ErrorName | undefined {
  if (chain.closed !== undefined) return chain.closed;
  if (n === chain.have) return undefined;
  return chain.refusal !== undefined && n > chain.refusal.n ? chain.refusal.error : 'session_gap';
}

/** REC-3: a record whose n is taken is either the very same or a fork. */
function known(context: LogContext, arrival: Arrival, chain: Chain): void {
  const { from, body, place, waitMs } = arrival;
  const { document } = from;
  const { n } = place;
  if (n >= chain.durable) {
    const entry = chain.underWay(n);
    if (entry === undefined || !equal(entry.body, body)) return reject(context, arrival, 'session_fork');
    entry.others ??= [];
    entry.others.push(from);
    return;
  }
  // Nothing is acknowledged on the word of the bus.
  if (document.hearsayPosition > 0 && !arrival.isCurrent) return compareFirst(context, arrival);
  if (n === chain.durable - 1 && chain.durablePrevious !== undefined) {
    const hash = recordHash(document.docId, chain.durablePrevious, body, context.sha256);
    if (equal(hash, chain.durableHash)) return from.ack(chain);
    return reject(context, arrival, 'session_fork');
  }
  if (waitMs > 0) return refuse(context, from, chain.id, n, 'rate_limited', waitMs);
  const isWaiting = compareLater(context, document, {
    chain,
    n,
    body,
    answer: (error) =>
      error === undefined ? from.ack(chain) : refuse(context, from, chain.id, n, error, retryMsOf(error)),
  });
  if (!isWaiting) refuse(context, from, chain.id, n, 'rate_limited', RATE_RETRY_MS);
}
