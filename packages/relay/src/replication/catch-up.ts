/** PEER-11: after an outage, whatever another host has not acknowledged is opened with it, a few documents at a time. */
import type { Bytes } from '@archipel/protocol';
import type { Timer } from '../clock.ts';
import { keyOf } from '../primitives/log/chain.ts';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import type { PeerHost } from './hosts.ts';
import type { Ledger, PendingOrder, Share } from './ledger.ts';
import type { Mirror } from './mirror.ts';

const PAGE = 500;
const AT_ONCE = 8;
const RETRY_MS = 5000;
const AGAIN_MS = 10 * 60_000;
/** Something may have to be passed on before the other can obey. */
const ORDERS_MS = 30_000;

export interface CatchUpPorts {
  context: LogContext;
  ledger: Ledger;
  peer: PeerHost;
  /** Undefined: there is no line. */
  open(document: Document): Mirror | undefined;
  /** Tells the other host of an order that it has not obeyed yet (PEER-9). */
  order(pending: PendingOrder): void;
}

export class CatchUp {
  readonly #ports: CatchUpPorts;
  /** Another one makes what is under way void. */
  #run = 0;
  #timer: Timer | undefined;
  #timerMs = 0;

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#run += 1;
    const { ledger, peer, order } = this.#ports;
    const orders = ledger.orders(peer.id);
    for (const pending of orders) order(pending);
    void this.#all(this.#run);
    // Whatever was missed between the lines is found in the end.
    this.later(orders.length > 0 ? ORDERS_MS : AGAIN_MS);
  }

  /** Once more, when it is time; several that are due together are one. */
  later(afterMs: number): void {
    const { clock } = this.#ports.context;
    const atMs = clock.now() + afterMs;
    if (this.#timer !== undefined && this.#timerMs <= atMs) return;
    clock.clearTimeout(this.#timer);
    this.#timerMs = atMs;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.start();
    }, afterMs);
  }

  stop(): void {
    this.#run += 1;
    this.#ports.context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #all(run: number): Promise<void> {
    const { ledger, peer, context } = this.#ports;
    for (let after: Bytes | undefined; run === this.#run; ) {
      const shares = ledger.page(peer.id, after, PAGE);
      const behind = await this.#behind(shares);
      if (behind === undefined) {
        await new Promise<void>((resolve) => context.clock.setTimeout(resolve, RETRY_MS));
        continue;
      }
      await this.#passOn(behind, run);
      after = shares.at(-1)?.docId;
      if (shares.length < PAGE) return;
    }
  }

  /** Undefined: the store did not answer. */
  async #behind(shares: readonly Share[]): Promise<Bytes[] | undefined> {
    const { context, ledger } = this.#ports;
    const heads = await context.store.heads(shares.map(({ docId }) => docId));
    if (typeof heads === 'string') return undefined;
    const positions = new Map(heads.map((head) => [keyOf(head.docId), head]));
    return shares.flatMap(({ docId, pushed }) => {
      const head = positions.get(keyOf(docId));
      if (head?.version === undefined) {
        ledger.forget(docId);
        return [];
      }
      return pushed < head.position || pushed < 1 ? [docId] : [];
    });
  }

  async #passOn(docIds: readonly Bytes[], run: number): Promise<void> {
    const left = [...docIds];
    const work = async (): Promise<void> => {
      for (let docId = left.shift(); docId !== undefined && run === this.#run; docId = left.shift()) {
        const loaded = await this.#ports.context.documents.open(docId);
        if (typeof loaded !== 'string') await this.#ports.open(loaded.document)?.level;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}
