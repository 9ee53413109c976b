/**
 * Verifies the signatures of records off the hot path: one covers its session's whole chain up to there, so each session
 * that grew is looked at once in a while, a few per second. Clients verify on their own; this keeps forgeries from staying.
 */
import type { Bytes, WriterKeys } from '@archipel/protocol';
import { peekRecord, recordHash, verifyRecord, writersIn } from '@archipel/protocol';
import type { Timer } from '../../clock.ts';
import type { Chain } from './chain.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { changed } from './follow.ts';
import type { Peer } from './peer.ts';
import { reload } from './reload.ts';
import { scan } from './scan.ts';

const TICK_MS = 100;
const QUIET_TRY_MS = 50;
const STORE_RETRY_MS = 1000;

/** The chains of one document that grew, and who wrote them. */
interface Checks {
  dueMs: number;
  chains: Map<Chain, Peer | undefined>;
}

/** A record on disk, and its size. */
interface Stored {
  position: number;
  bytes: number;
}
/** One of a chain. */
interface Link extends Stored {
  n: number;
  previous: Bytes;
  hash: Bytes;
}

export class Verifier {
  readonly #context: LogContext;
  /** In the order in which they are due. */
  readonly #waiting = new Map<Document, Checks>();
  /** Their document is to leave the memory. */
  readonly #urgent = new Map<Document, Checks>();
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** A chain has records that nobody verified yet; the document stays in memory until it is done. */
  add(document: Document, chain: Chain, peer?: Peer): void {
    const known = this.#urgent.get(document) ?? this.#waiting.get(document);
    if (known !== undefined) {
      known.chains.set(chain, peer ?? known.chains.get(chain));
      return;
    }
    const { clock, config } = this.#context;
    document.holds += 1;
    this.#waiting.set(document, {
      dueMs: clock.now() + config.limits.verifyDelayMs,
      chains: new Map([[chain, peer]]),
    });
    this.#arm();
  }

  /** Nobody reads it any more: it need not wait. */
  hurry(document: Document): void {
    const checks = this.#waiting.get(document);
    if (checks === undefined) return;
    this.#waiting.delete(document);
    this.#urgent.set(document, { ...checks, dueMs: this.#context.clock.now() });
    this.#arm();
  }

  /** Resolves when all that is on disk of this document now is verified, or removed as forged (STM-6). */
  async level(document: Document): Promise<void> {
    document.holds += 1;
    for (let epoch = -1; epoch !== document.epoch && !document.isDropped; ) {
      epoch = document.epoch;
      const unchecked = [...document.chains.values()].filter((chain) => chain.unchecked !== undefined);
      for (const chain of unchecked) await this.#verify(document, chain, this.#writerOf(document, chain));
    }
    document.holds -= 1;
  }

  #writerOf(document: Document, chain: Chain): Peer | undefined {
    return (this.#urgent.get(document) ?? this.#waiting.get(document))?.chains.get(chain);
  }

  stop(): void {
    this.#cancelTimer();
    this.#waiting.clear();
    this.#urgent.clear();
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #first(): [Document, Checks] | undefined {
    const [urgent] = this.#urgent;
    const [waiting] = this.#waiting;
    return urgent ?? waiting;
  }

  #arm(): void {
    const first = this.#first();
    if (this.#isRunning || first === undefined || this.#context.isStopped) return;
    this.#cancelTimer();
    const wait = Math.max(TICK_MS, first[1].dueMs - this.#context.clock.now());
    this.#timer = this.#context.clock.setTimeout(() => void this.#run(), wait);
  }

  async #run(): Promise<void> {
    const { clock, config } = this.#context;
    let budget = Math.max(1, Math.floor((config.limits.verifiesPerSecond * TICK_MS) / 1000));
    this.#isRunning = true;
    for (let first = this.#first(); budget > 0 && first !== undefined; first = this.#first()) {
      const [document, checks] = first;
      if (checks.dueMs > clock.now()) break;
      const [chain, peer] = checks.chains.entries().next().value as [Chain, Peer | undefined];
      checks.chains.delete(chain);
      await this.#verify(document, chain, peer);
      budget -= 1;
      if (checks.chains.size === 0) this.#done(document);
    }
    this.#isRunning = false;
    this.#arm();
  }

  #done(document: Document): void {
    this.#urgent.delete(document);
    this.#waiting.delete(document);
    document.holds -= 1;
  }

  async #verify(document: Document, chain: Chain, peer: Peer | undefined): Promise<void> {
    if (document.isDropped) return;
    if (chain.hasForgery) return this.#removeForged(document, chain, peer);
    const { unchecked, durable, durableHash, durablePrevious } = chain;
    if (unchecked === undefined || durablePrevious === undefined || chain.closed !== undefined) return;
    const { verify, metrics } = this.#context;
    const { epoch } = document;
    const keys = keysFor(document, unchecked);
    const isGood = keys !== undefined && (await verifyRecord(verify, keys, document.docId, durablePrevious, unchecked));
    metrics.recordsVerified += 1;
    if (document.epoch !== epoch) return this.add(document, chain, peer);
    if (!isGood) return this.#suspect(document, chain, unchecked, peer);
    if (durable > chain.checked) {
      chain.checked = durable;
      chain.checkedHash = durableHash;
    }
    if (chain.durable === durable) chain.unchecked = undefined;
  }

  async #suspect(document: Document, chain: Chain, record: Bytes, peer: Peer | undefined): Promise<void> {
    // Signed with a key of a generation so old that the header does not name it any more.
    if (keysFor(document, record) === undefined) return;
    const { epoch } = document;
    const { metrics, refresher, log } = this.#context;
    const failure = await refresher.keepUp(document);
    if (failure !== undefined) await this.#pause(STORE_RETRY_MS);
    // By another process it may have other keys now, or lost the record already.
    if (failure !== undefined || document.epoch !== epoch) return this.add(document, chain, peer);
    chain.hasForgery = true;
    // Its honest writer, who is not to blame, seals again in a new session (CKP-6).
    chain.closed = 'session_closed';
    metrics.forgedSessions += 1;
    log.warn({}, 'a session has records without a good signature');
    peer?.goodbye('bad_signature', 0);
    await this.#removeForged(document, chain, peer);
  }

  /**
   * REC-5: what follows the last well-signed record of the chain can be opened by nobody; all up to it stays, whoever wrote on
   * behind it. Tried again until the store has done it.
   */
  async #removeForged(document: Document, chain: Chain, peer: Peer | undefined): Promise<void> {
    while (chain.inFlight.length > 0) await this.#pause(QUIET_TRY_MS);
    if (await document.exclusively(() => this.#cut(document, chain))) return;
    await this.#pause(STORE_RETRY_MS);
    this.add(document, chain, peer);
  }

  /** False when the store failed. */
  async #cut(document: Document, chain: Chain): Promise<boolean> {
    const { bus, store } = this.#context;
    for (let forged = await this.#forgedOf(document, chain); ; forged = await this.#forgedOf(document, chain)) {
      if (forged === undefined) return false;
      if (forged.length === 0) break;
      const positions = forged.map(({ position }) => position);
      const version = await store.removeRecords(document.ref, positions);
      if (typeof version === 'string') return false;
      for (const { bytes } of forged) document.tailBytes -= bytes;
      changed(this.#context, document, version);
      // Another process may have taken more behind them before it heard of it: then there is more to remove.
      if (!bus.isShared) break;
    }
    if (bus.isShared && (await reload(this.#context, document, false)) !== undefined) return false;
    chain.hasForgery = false;
    if (bus.isShared) return true;
    chain.cutToChecked();
    if (chain.durable === 0) document.chains.delete(keyOf(chain.id));
    return true;
  }

  /** Moves `checked` to the chain's last well-signed record and returns what follows it; undefined when the store fails. */
  async #forgedOf(document: Document, chain: Chain): Promise<Stored[] | undefined> {
    const { store, verify, metrics } = this.#context;
    const found = await this.#linksOf(document, chain);
    if (found === undefined) return undefined;
    const { links, strays } = found;
    for (let last = links.length - 1; last >= 0; last--) {
      const { position, n, previous, hash } = links[last] as Link;
      const page = await store.read(document.ref, position - 1, 1, 1);
      if (typeof page === 'string') return undefined;
      const body = page.records[0]?.body;
      if (body === undefined) continue;
      metrics.recordsVerified += 1;
      // Of a generation that the header does not name any more nobody can judge it here, so it stays.
      const keys = keysFor(document, body);
      if (keys !== undefined && !(await verifyRecord(verify, keys, document.docId, previous, body))) continue;
      chain.checked = n + 1;
      chain.checkedHash = hash;
      return [...links.slice(last + 1), ...strays];
    }
    return [...links, ...strays];
  }

  /** The chain's records on disk after the verified ones, and those behind a gap, which nobody can open. */
  async #linksOf(document: Document, chain: Chain): Promise<{ links: Link[]; strays: Stored[] } | undefined> {
    const key = keyOf(chain.id);
    const links: Link[] = [];
    const strays: Stored[] = [];
    let hash = chain.checkedHash;
    let next = chain.checked;
    const failure = await scan(this.#context, document, document.tailFrom - 1, ({ position, body }) => {
      const place = peekRecord(body);
      if (!place.ok || place.value.n < next || keyOf(place.value.session) !== key) return true;
      const bytes = body.length;
      if (place.value.n > next) {
        strays.push({ position, bytes });
        return true;
      }
      const previous = hash;
      hash = recordHash(document.docId, previous, body, this.#context.sha256);
      links.push({ position, bytes, n: next, previous, hash });
      next += 1;
      return true;
    });
    return failure === undefined ? { links, strays } : undefined;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.setTimeout(resolve, ms));
  }
}

/** Of the generation in which the record was taken (HDR-7). */
function keysFor({ header }: Document, record: Bytes): WriterKeys | undefined {
  const place = peekRecord(record);
  return place.ok ? writersIn(header, place.value.gen) : undefined;
}
