/** What people say of the hosts to which they were sent: the only thing that confirms what a host can carry (VOU-4, routing rule 5). */
import type { Bytes, Result } from '@archipel/protocol';
import { encodeBase64url, fail, ok } from '@archipel/protocol';
import type { Clock } from '../clock.ts';

const RECEIPT_BYTES = 16;
const KEPT_MS = 10 * 60_000;
/** Of receipts, and of sites that have spoken; the oldest go first. */
const KEPT_MAX = 50_000;

export interface ServedDeps {
  clock: Pick<Clock, 'now'>;
  random: (length: number) => Bytes;
  /** `host`: its id in hexadecimal. */
  note(host: string, healthy: boolean): void;
}

interface Kept<Value> {
  value: Value;
  untilMs: number;
}

export class Served {
  readonly #deps: ServedDeps;
  /** The host for which each was handed out. */
  readonly #receipts = new Map<string, Kept<string>>();
  /** By host and site. */
  readonly #spoken = new Map<string, Kept<undefined>>();

  constructor(deps: ServedDeps) {
    this.#deps = deps;
  }

  /** A secret for who is sent to this host; the host does not learn it, or it could speak for them. */
  receiptFor(host: string): string {
    const receipt = encodeBase64url(this.#deps.random(RECEIPT_BYTES));
    this.#keep(this.#receipts, receipt, host);
    return receipt;
  }

  /** Counts once for a receipt, and once in ten minutes for a site. `not_found`: a receipt that was never handed out, is used, or is old. */
  take(receipt: string, healthy: boolean, site: string): Result<void> {
    this.#forget(this.#receipts);
    this.#forget(this.#spoken);
    const kept = this.#receipts.get(receipt);
    if (kept === undefined) return fail('not_found');
    this.#receipts.delete(receipt);
    const speaker = `${kept.value} ${site}`;
    if (this.#spoken.has(speaker)) return ok(undefined);
    this.#keep(this.#spoken, speaker, undefined);
    this.#deps.note(kept.value, healthy);
    return ok(undefined);
  }

  #keep<Value>(all: Map<string, Kept<Value>>, key: string, value: Value): void {
    this.#forget(all);
    all.set(key, { value, untilMs: this.#deps.clock.now() + KEPT_MS });
    const [oldest = key] = all.keys();
    if (all.size > KEPT_MAX) all.delete(oldest);
  }

  /** They were kept in the order in which their time is over. */
  #forget<Value>(all: Map<string, Kept<Value>>): void {
    const nowMs = this.#deps.clock.now();
    for (const [key, { untilMs }] of all) {
      if (nowMs < untilMs) return;
      all.delete(key);
    }
  }
}
