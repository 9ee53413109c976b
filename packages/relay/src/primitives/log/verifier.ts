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

interface Check {
  document: Document;
  chain: Chain;
  /** Who wrote it. */
  peer: Peer | undefined;
  dueMs: number;
}

export class Verifier {
  readonly #context: LogContext;
  /** In the order in which they are due. */
  #checks: Check[] = [];
  readonly #queued = new Set<Chain>();
  #timer: Timer | undefined;

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** A chain has records that nobody verified yet; the document stays in memory until it is done. */
  add(document: Document, chain: Chain, peer?: Peer): void {
    if (this.#queued.has(chain)) return;
    this.#queued.add(chain);
    document.holds += 1;
    const { clock, config } = this.#context;
    this.#checks.push({ document, chain, peer, dueMs: clock.now() + config.limits.verifyDelayMs });
    this.#arm();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#checks = [];
  }

  #arm(): void {
    const first = this.#checks[0];
    if (this.#timer !== undefined || first === undefined || this.#context.isStopped) return;
    const wait = Math.max(TICK_MS, first.dueMs - this.#context.clock.now());
    this.#timer = this.#context.clock.setTimeout(() => void this.#run(), wait);
  }

  async #run(): Promise<void> {
    const { clock, config } = this.#context;
    const budget = Math.max(1, Math.floor((config.limits.verifiesPerSecond * TICK_MS) / 1000));
    const isDue = (check: Check | undefined): check is Check => check !== undefined && check.dueMs <= clock.now();
    for (let i = 0; i < budget && isDue(this.#checks[0]); i++) {
      const check = this.#checks.shift() as Check;
      this.#queued.delete(check.chain);
      await this.#verify(check);
      check.document.holds -= 1;
    }
    this.#timer = undefined;
    this.#arm();
  }

  async #verify({ document, chain, peer }: Check): Promise<void> {
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
