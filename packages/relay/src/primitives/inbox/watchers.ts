/** Owners who wait for something to change in their inbox (INBOX-8). */
import { type Bytes, toHex } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';

type Wake = () => void;

export class Watchers {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #byInbox = new Map<string, Set<Wake>>();
  #count = 0;
  isStopped = false;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Resolves when something changes, or after so long; at once when too many wait already. `abort`: whoever waits has gone. */
  wait(inboxId: Bytes, ms: number, abort: AbortSignal): Promise<void> {
    if (this.isStopped || abort.aborted || this.#count >= this.#most) return Promise.resolve();
    const name = toHex(inboxId);
    const wakes = this.#byInbox.get(name) ?? new Set();
    this.#byInbox.set(name, wakes);
    this.#count += 1;
    return new Promise((resolve) => {
      const wake = (): void => {
        if (!wakes.delete(wake)) return;
        this.#clock.clearTimeout(timer);
        abort.removeEventListener('abort', wake);
        this.#count -= 1;
        if (wakes.size === 0) this.#byInbox.delete(name);
        resolve();
      };
      const timer = this.#clock.setTimeout(wake, ms);
      abort.addEventListener('abort', wake);
      wakes.add(wake);
    });
  }

  wake(inboxId: Bytes): void {
    for (const wake of [...(this.#byInbox.get(toHex(inboxId)) ?? [])]) wake();
  }

  /** Everybody is answered. */
  stop(): void {
    this.isStopped = true;
    for (const wakes of [...this.#byInbox.values()]) for (const wake of [...wakes]) wake();
  }
}
