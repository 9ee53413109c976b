/** One host as the portal sees it: what it signed of itself, when it answered, and why not. */
import type { Bytes, ErrorName, Load, Manifest, Signed, Verify } from '@archipel/protocol';
import {
  checkLoad,
  checkManifest,
  decodeFact,
  fromHex,
  hostIdOf,
  MANIFEST,
  succeedManifest,
  toHex,
} from '@archipel/protocol';
import type { ProbeFailureCode } from '../probe/failure.ts';
import type { GetOutcome } from '../probe/prober.ts';
import { History } from './history.ts';
import { PORTAL_LIMITS } from './limits.ts';
import type { StoredHost } from './memory.ts';

const SECOND_MS = 1000;

/** Why nothing is known of a host just now. `other_address`: what is signed there says that the host lives elsewhere. */
export type HostFailure = ProbeFailureCode | ErrorName | 'error_status' | 'other_address';

/** A signed fact, or why there is none. */
export type Fetched = { bytes: Bytes } | { failure: HostFailure };

export interface Asking {
  /** Of `manifest` or `load`. */
  fetch: (what: 'manifest' | 'load') => Promise<Fetched>;
  verify: Verify;
  now: () => number;
}

export class WatchedHost {
  readonly origin: string;
  /** The settings name it: it is vouched for and never forgotten. */
  readonly isNamed: boolean;
  readonly history: History;
  /** 40 hexadecimal digits; whoever else answers there is another host (FACT-3). */
  id: string | undefined;
  firstSeenMs: number | undefined;
  lastAnswerMs: number | undefined;
  failure: HostFailure | undefined;
  /** By service class, what people who were sent there have confirmed (routing rule 5). */
  readonly confirmedUnits: Record<string, number>;
  #manifest: Signed<Manifest> | undefined;
  #manifestBytes: Bytes | undefined;
  #manifestAtMs = Number.NEGATIVE_INFINITY;
  #load: Signed<Load> | undefined;
  #failures = 0;

  constructor(origin: string, options: { nowMs: number; isNamed: boolean; id?: string; stored?: StoredHost }) {
    const { stored } = options;
    this.origin = origin;
    this.isNamed = options.isNamed;
    this.id = options.id ?? stored?.id;
    // What is remembered of another host at this address is not of this one.
    const known = stored?.id === this.id ? stored : undefined;
    this.firstSeenMs = known?.firstSeenMs;
    this.lastAnswerMs = known?.lastAnswerMs;
    this.confirmedUnits = { ...known?.confirmed };
    this.history = new History(options.nowMs, known?.history);
    if (known?.manifest === undefined) return;
    const bytes = new Uint8Array(Buffer.from(known.manifest, 'base64'));
    const decoded = decodeFact(MANIFEST, bytes);
    if (!decoded.ok || toHex(hostIdOf(decoded.value.key)) !== this.id) return;
    this.#manifest = decoded.value;
    this.#manifestBytes = bytes;
  }

  get manifest(): Signed<Manifest> | undefined {
    return this.#manifest;
  }

  get load(): Signed<Load> | undefined {
    return this.#load;
  }

  /** It failed several times in a row, or has never answered. */
  get isAway(): boolean {
    return this.#failures >= PORTAL_LIMITS.failuresUntilAway || this.#load === undefined;
  }

  /** How long until it is asked again. */
  get pauseMs(): number {
    const { loadEveryMs, awayEveryMs } = PORTAL_LIMITS;
    return Math.min(awayEveryMs, loadEveryMs * 2 ** Math.max(0, this.#failures - 1));
  }

  /** One round of questions. Returns whether it answered as a host does. */
  async ask(asking: Asking): Promise<boolean> {
    const failure = (await this.#askManifest(asking)) ?? (await this.#askLoad(asking));
    const nowMs = asking.now();
    this.failure = failure;
    this.#failures = failure === undefined ? 0 : this.#failures + 1;
    if (failure === undefined) {
      this.firstSeenMs ??= nowMs;
      this.lastAnswerMs = nowMs;
    }
    this.history.note(nowMs, failure === undefined, failure === undefined ? this.#share() : undefined);
    return failure === undefined;
  }

  async #askManifest({ fetch, verify, now }: Asking): Promise<HostFailure | undefined> {
    const isFresh = now() - this.#manifestAtMs < PORTAL_LIMITS.manifestEveryMs;
    if (isFresh && this.#failures === 0) return undefined;
    const answer = await fetch('manifest');
    if ('failure' in answer) return answer.failure;
    const host = this.id === undefined ? {} : { host: fromHex(this.id) as Bytes };
    const nowSeconds = Math.floor(now() / SECOND_MS);
    const checked = await checkManifest(answer.bytes, { nowSeconds, ...host }, verify);
    if (!checked.ok) return checked.error;
    if (checked.value.fact.url !== this.origin) return 'other_address';
    const held = this.#manifestBytes;
    const order = held === undefined ? undefined : succeedManifest(held, answer.bytes);
    if (order?.ok === false) return order.error;
    this.id = toHex(hostIdOf(checked.value.key));
    this.#manifest = checked.value;
    this.#manifestBytes = answer.bytes;
    this.#manifestAtMs = now();
    return undefined;
  }

  async #askLoad({ fetch, verify, now }: Asking): Promise<HostFailure | undefined> {
    const answer = await fetch('load');
    if ('failure' in answer) return answer.failure;
    const afterMs = this.#load?.fact.timeMs;
    const wish = { nowMs: now(), host: fromHex(this.id ?? '') as Bytes, ...(afterMs !== undefined && { afterMs }) };
    const checked = await checkLoad(answer.bytes, wish, verify);
    // It is new enough (LOAD-1) and was seen before: the host makes one every 15 s only.
    if (!checked.ok && checked.error === 'stale_fact') return undefined;
    if (!checked.ok) return checked.error;
    this.#load = checked.value;
    return undefined;
  }

  /** How full it is by what it says, over all it offers. */
  #share(): number | undefined {
    const shares = (this.#load?.fact.services ?? []).map(
      ({ committed, capacity }) => committed / Math.max(1, capacity),
    );
    return shares.length === 0 ? undefined : Math.max(...shares);
  }

  stored(): StoredHost {
    const { origin, id, firstSeenMs, lastAnswerMs, confirmedUnits: confirmed } = this;
    const manifest = this.#manifestBytes && Buffer.from(this.#manifestBytes).toString('base64');
    return { origin, id, firstSeenMs, lastAnswerMs, manifest, confirmed, history: this.history.stored() };
  }
}

/** Of an answer over HTTP. */
export function fetchedOf(outcome: GetOutcome): Fetched {
  if (outcome.kind === 'failure') return { failure: outcome.code };
  return outcome.status === 200 ? { bytes: outcome.body as Bytes } : { failure: 'error_status' };
}
