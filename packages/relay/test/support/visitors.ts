/** Processes that share their visitors over a bus and a time that the test holds in its hands. */
import type { Bus } from '../../src/bus/bus.ts';
import { createLocalBus } from '../../src/bus/local.ts';
import type { Clock } from '../../src/clock.ts';
import { sha256 } from '../../src/crypto.ts';
import { makeLimits } from '../../src/limits.ts';
import type { SharedVisitors } from '../../src/ws/visitors-share.ts';
import { createVisitors } from '../../src/ws/visitors-share.ts';

export const LIMITS = makeLimits({
  connections: 100_000,
  connectionsPerPrefix: 4,
  createsPerHourPerPrefix: 3600,
  createsBurstPerPrefix: 4,
  opensPerMinutePerPrefix: 60,
  opensBurstPerPrefix: 10,
});

/** Time that goes by when the test says so. */
export class HandClock implements Clock {
  #nowMs = 1_000_000;
  #timers: { atMs: number; run: () => void }[] = [];

  now = (): number => this.#nowMs;

  setTimeout(run: () => void, delayMs: number): unknown {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.clearTimeout(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = endMs;
  }
}

/** Processes whose announcements arrive at once, unless `loses` says that they do not. */
export class Processes {
  readonly clock = new HandClock();
  readonly said: Uint8Array[] = [];
  loses = (): boolean => false;
  readonly #ears = new Map<number, (message: Uint8Array) => void>();

  start(id: number): SharedVisitors {
    const bus: Bus = {
      ...createLocalBus(),
      isShared: true,
      announce: (message) => {
        this.said.push(message);
        if (this.loses()) return;
        for (const [other, hear] of this.#ears) if (other !== id) hear(message);
      },
      listen: (receive) => {
        this.#ears.set(id, receive);
        return () => this.#ears.delete(id);
      },
    };
    return createVisitors({ bus, config: { limits: LIMITS }, clock: this.clock, sha256, processId: idOf(id) });
  }

  /** As if a process that is none of these had said it. */
  say(message: Uint8Array): void {
    for (const hear of this.#ears.values()) hear(message);
  }

  /** It ends without a word. */
  kill(id: number, { stop }: SharedVisitors): void {
    const loses = this.loses;
    this.loses = () => true;
    stop();
    this.loses = loses;
    this.#ears.delete(id);
  }
}

export const idOf = (id: number): Uint8Array => new Uint8Array(8).fill(id);
