/** With which host a blob is kept (COPY-1): one that is reached and keeps copies, another for each blob so that all take a part. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { KeepingDeps, Lines, PeerLine } from './context.ts';

/** A host that did not take a blob is not asked for it again before. */
const REFUSED_MS = 10 * 60_000;
/** From here on what is over is looked for. */
const MANY_REFUSALS = 10_000;

export class Choice {
  readonly #deps: Pick<KeepingDeps, 'store' | 'clock'>;
  readonly #lines: Lines;
  readonly #refused = new Map<string, number>();

  constructor(deps: Pick<KeepingDeps, 'store' | 'clock'>, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
  }

  refused(blobId: Bytes, host: string, retryAfterMs: number): void {
    const now = this.#deps.clock.now();
    if (this.#refused.size >= MANY_REFUSALS) {
      for (const [key, untilMs] of this.#refused) if (untilMs <= now) this.#refused.delete(key);
    }
    this.#refused.set(nameOf(blobId, host), now + Math.max(REFUSED_MS, retryAfterMs));
  }

  /** Undefined: there is none. */
  choose(blobId: Bytes): PeerLine | undefined {
    const now = this.#deps.clock.now();
    const holders = new Set(this.#deps.store.copies.of(blobId).map(({ host }) => host));
    const able = [...this.#lines.values()].filter(({ peer }) => {
      const isRefused = now < (this.#refused.get(nameOf(blobId, peer.id)) ?? 0);
      return peer.copies && !holders.has(peer.id) && !isRefused;
    });
    const [first = 0, second = 0] = blobId;
    return able[(first * 256 + second) % Math.max(1, able.length)];
  }
}

const nameOf = (blobId: Bytes, host: string): string => `${host} ${toHex(blobId)}`;
