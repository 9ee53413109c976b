/** Taking records (docs/protocol.md §5): checked against the chain in memory, stored, then acknowledged and passed on. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { equal, peekRecord, recordHash } from '@archipel/protocol';
import type { BusEvent } from '../../bus/bus.ts';
import type { AppendEntry, DocRef, StoreFailure } from '../../store/store.ts';
import type { Chain } from './chain.ts';
import { chainOf, keyOf } from './chain.ts';
import { compareLater } from './compare.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { refresh } from './refresh.ts';
import type { Subscription } from './subscription.ts';

export const DISK_FULL_RETRY_MS = 10_000;
export const UNAVAILABLE_RETRY_MS = 2000;
const RATE_RETRY_MS = 1000;

const CHANGED: BusEvent = { type: 'changed' };

/** What to answer when the store could not. */
export function retryMsOf(error: ErrorName): number {
  if (error === 'disk_full') return DISK_FULL_RETRY_MS;
  if (error === 'rate_limited') return RATE_RETRY_MS;
  return error === 'unavailable' ? UNAVAILABLE_RETRY_MS : 0;
}

export class PendingAppend implements AppendEntry {
  readonly #context: LogContext;
  readonly #writer: Subscription;
  readonly #chain: Chain;
  readonly #hash: Bytes;
  readonly #takenMs: number;
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
    this.n = chain.have;
    this.body = body;
  }

  get ref(): DocRef {
    return this.#writer.document.ref;
  }

  get session(): Bytes {
    return this.#chain.id;
  }

  settle(outcome: number | StoreFailure): void {
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
    const isNew = this.n === this.#chain.durable;
    if (isNew) this.#chain.addDurable(this.#hash, this.body);
    document.position = Math.max(document.position, position);
    if (isNew) document.tailBytes += this.body.length;
    metrics.recordsAppended += 1;
    metrics.observeAck((clock.now() - this.#takenMs) / 1000);
    this.#writer.ack(this.#chain);
    for (const other of this.others ?? []) other.ack(this.#chain);
    if (isNew) document.outbox.addRecord(this.body, position, this.#writer);
    this.#context.bus.publish(document.docId, CHANGED);
    verifier.add(document, this.#chain, this.#writer.peer);
  }

  #failed(error: StoreFailure, document: Document): void {
    this.#chain.rollBack();
    this.#chain.refusal = { n: this.#chain.durable, error };
    refuse(this.#context, this.#writer, this.#chain.id, this.n, error, retryMsOf(error));
    for (const other of this.others ?? []) {
      refuse(this.#context, other, this.#chain.id, this.n, error, retryMsOf(error));
    }
    if (error === 'unavailable') void refresh(this.#context, document, true);
  }
}

function refuse(context: LogContext, to: Subscription, session: Bytes, n: number, error: ErrorName, retryMs: number) {
  context.metrics.countRefused(error);
  if (to.isOpen) to.peer.refuse(to.document.channel, 'append', error, retryMs, { session, n });
}

/** What stands against any record on this channel now, whatever its place. */
function obstacle(context: LogContext, from: Subscription, body: Bytes): ErrorName | undefined {
  const { document } = from;
  const { limits } = context.config;
  if (!from.mayWrite) return 'not_allowed';
  const gone = document.goneBy(context.clock.now());
  if (gone !== undefined) return gone;
  if (body.length > limits.recordMaxBytes) return 'too_large';
  if (document.isUnsure) return 'unavailable';
  const most = document.header.maxBytes > 0 ? document.header.maxBytes : limits.documentMaxBytes;
  return document.bytes + body.length > Math.min(most, limits.documentMaxBytes) ? 'document_full' : undefined;
}

/** REC-3, REC-4, CON-10. Returns false when the bytes are no record at all (CON-6). */
export function append(context: LogContext, from: Subscription, body: Bytes, waitMs: number): boolean {
  const peeked = peekRecord(body);
  if (!peeked.ok) return false;
  const { gen, session, n } = peeked.value;
  const { document } = from;
  const error = obstacle(context, from, body) ?? (gen === document.header.gen ? undefined : 'wrong_generation');
  if (error !== undefined) {
    if (from.mayWrite) rememberRefusal(document, session, n, error);
    refuse(context, from, session, n, error, retryMsOf(error));
    return true;
  }
  const chain = chainFor(context, from, session, n);
  if (typeof chain === 'string') {
    refuse(context, from, session, n, chain, 0);
  } else if (n < chain.have) {
    known(context, from, chain, n, body, waitMs);
  } else if (waitMs > 0) {
    chain.refusal ??= { n, error: 'rate_limited' };
    refuse(context, from, session, n, 'rate_limited', waitMs);
  } else {
    take(context, from, chain, n, body);
  }
  return true;
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
  if (known === undefined && chains.size >= context.config.limits.sessionsPerDocument) return 'document_full';
  from.lastChain = known ?? chainOf(chains, session);
  return from.lastChain;
}

function take(context: LogContext, from: Subscription, chain: Chain, n: number, body: Bytes): void {
  const { document } = from;
  const { metrics, store, sha256, config } = context;
  const error = placeError(chain, n);
  if (error !== undefined) return refuse(context, from, chain.id, n, error, retryMsOf(error));
  if (metrics.uncommittedBytes + body.length > config.limits.uncommittedMaxBytes) {
    chain.refusal = { n, error: 'unavailable' };
    return refuse(context, from, chain.id, n, 'unavailable', UNAVAILABLE_RETRY_MS);
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
function known(context: LogContext, from: Subscription, chain: Chain, n: number, body: Bytes, waitMs: number): void {
  const { document } = from;
  if (n >= chain.durable) {
    const entry = chain.inFlight[n - chain.durable];
    if (entry === undefined || !equal(entry.body, body)) return refuse(context, from, chain.id, n, 'session_fork', 0);
    entry.others ??= [];
    entry.others.push(from);
    return;
  }
  if (n === chain.durable - 1 && chain.durablePrevious !== undefined) {
    const hash = recordHash(document.docId, chain.durablePrevious, body, context.sha256);
    if (equal(hash, chain.durableHash)) return from.ack(chain);
    return refuse(context, from, chain.id, n, 'session_fork', 0);
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
