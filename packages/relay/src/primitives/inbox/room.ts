/** What inboxes may take of a host's disk, all together: a bound of their own, so that documents lack nothing (INBOX-12). */
import type { InboxDeps } from './context.ts';

/** So often the disk is looked at. */
const LOOK_MS = 1000;

export class Room {
  readonly #deps: InboxDeps;
  #freeBytes = Number.POSITIVE_INFINITY;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  async has(bytes: number): Promise<boolean> {
    const { metrics, config, clock, freeBytes } = this.#deps;
    const { inboxesMaxBytes, inboxMinFreeBytes } = config.limits;
    if (metrics.inboxBytes + bytes > inboxesMaxBytes) return false;
    if (freeBytes !== undefined && clock.now() - this.#lookedMs >= LOOK_MS) {
      this.#lookedMs = clock.now();
      this.#freeBytes = await freeBytes();
    }
    return this.#freeBytes - bytes >= inboxMinFreeBytes;
  }

  add(inboxes: number, bytes: number): void {
    this.#deps.metrics.inboxes += inboxes;
    this.#deps.metrics.inboxBytes += bytes;
  }

  /** From what is there, whoever wrote it. */
  async count(): Promise<void> {
    const { inboxes, bytes } = await this.#deps.store.totals();
    this.#deps.metrics.inboxes = inboxes;
    this.#deps.metrics.inboxBytes = bytes;
  }
}
