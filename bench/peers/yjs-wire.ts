import type { Doc } from 'yjs';
import { parseUpdateMeta } from 'yjs';
import type { KeyRange, Whole } from './peer.ts';
import { writerOf } from './peer.ts';

/** Which keys a Yjs update carries: every key of the load is one insertion, so one clock step of its writer. */
export function keysIn(update: Uint8Array): KeyRange[] {
  const { from, to } = parseUpdateMeta(update);
  return [...from].map(([client, clock]) => ({ writer: writerOf(client), from: clock, to: to.get(client) ?? clock }));
}

/** A promise with its handles. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, resolve };
}

/** Counts what was sent and what is acknowledged, and lets `close` wait for the difference. */
export class Outstanding {
  #sent = 0;
  #acknowledged = 0;
  #settled: (() => void) | undefined;

  get acknowledged(): number {
    return this.#acknowledged;
  }

  sent(): void {
    this.#sent++;
  }

  acknowledge(count: number): void {
    this.#acknowledged += count;
    if (this.#acknowledged >= this.#sent) this.#settled?.();
  }

  /** Resolves when all that was sent is acknowledged. */
  async settled(): Promise<void> {
    if (this.#acknowledged >= this.#sent) return;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
  }
}

/** Resolves when the document is whole; without `whole`, when its client calls back. */
export function contents(
  document: Doc,
  whole: Whole | undefined,
  onSynced: (resolve: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    if (whole === undefined) onSynced(resolve);
    else if (whole(document)) resolve();
    else document.on('update', () => whole(document) && resolve());
  });
}
