/**
 * Verifies the signatures of records off the hot path: one covers its session's whole chain up to there, so each session
 * that grew is looked at once in a while, a few per second. Clients verify on their own; this keeps forgeries from staying.
 */
import { peekRecord, verifyRecord } from '@archipel/protocol';
import type { Timer } from '../../clock.ts';
import type { Chain } from './chain.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import type { Peer } from './peer.ts';
import { scan } from './scan.ts';

const TICK_MS = 100;
const QUIET_TRY_MS = 50;

/** The chains of one document that grew, and who wrote them. */
interface Checks {
  dueMs: number;
  chains: Map<Chain, Peer | undefined>;
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
      known.chains.set(chain, peer);
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
    const { unchecked, durable, durableHash, durablePrevious } = chain;
    if (unchecked === undefined || durablePrevious === undefined || chain.closed !== undefined) return;
    const { verify, metrics } = this.#context;
    const isGood = await verifyRecord(verify, document.header.edit, document.docId, durablePrevious, unchecked);
    metrics.recordsVerified += 1;
    if (isGood) {
      chain.checked = Math.max(chain.checked, durable);
      chain.checkedHash = durableHash;
      if (chain.durable === durable) chain.unchecked = undefined;
      return;
    }
    // Signed with the key of an older generation, while that was valid.
    if (generationOf(unchecked) !== document.header.gen) return;
    await this.#removeForged(document, chain, peer);
  }

  /** Nothing of the chain after its last verified record can be opened by anybody. */
  async #removeForged(document: Document, chain: Chain, peer: Peer | undefined): Promise<void> {
    const { store, log, metrics } = this.#context;
    chain.closed = 'bad_signature';
    metrics.forgedSessions += 1;
    log.warn({ records: chain.durable - chain.checked }, 'records without a good signature were removed');
    peer?.goodbye('bad_signature', 0);
    while (chain.inFlight.length > 0) await this.#pause(QUIET_TRY_MS);
    const key = keyOf(chain.id);
    const positions: number[] = [];
    let bytes = 0;
    await scan(this.#context, document, document.tailFrom - 1, ({ position, body }) => {
      const place = peekRecord(body);
      if (place.ok && place.value.n >= chain.checked && keyOf(place.value.session) === key) {
        positions.push(position);
        bytes += body.length;
      }
      return true;
    });
    if ((await store.removeRecords(document.ref, positions)) === 'removed') document.tailBytes -= bytes;
    chain.cutToChecked();
    if (chain.durable === 0) document.chains.delete(key);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.setTimeout(resolve, ms));
  }
}

function generationOf(record: Uint8Array): number {
  const place = peekRecord(record);
  return place.ok ? place.value.gen : -1;
}
