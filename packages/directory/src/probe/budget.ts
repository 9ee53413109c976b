/** The time a probe has: as a whole, and for each stage of it. Whatever the peer does, the work ends in time. */
import type { ProbeFailure, ProbeFailureCode, ProbeStage } from './failure.ts';
import { failure } from './failure.ts';

export interface ProbeClock {
  /** Milliseconds from any beginning; never goes back. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemClock: ProbeClock = {
  now: () => performance.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** One piece of work. It is settled once; all later calls change nothing. */
export interface Work<T> {
  readonly stage: ProbeStage;
  /** From now on it is in this stage, which may take so long. */
  enter(stage: ProbeStage, limitMs: number): void;
  settle(value: T): void;
  fail(code: ProbeFailureCode): void;
}

/** Begins the work and returns what frees all that it holds: called exactly once, however the work ends. */
export type Begin<T> = (work: Work<T>) => () => void;

export class Budget {
  readonly #clock: ProbeClock;
  readonly #endMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(clock: ProbeClock, totalMs: number, signal: AbortSignal | undefined) {
    this.#clock = clock;
    this.#endMs = clock.now() + totalMs;
    this.#signal = signal;
  }

  leftMs(): number {
    return Math.max(0, this.#endMs - this.#clock.now());
  }

  /** Never rejects, unless `begin` throws. */
  run<T>(begin: Begin<T>): Promise<T | ProbeFailure> {
    const signal = this.#signal;
    if (signal?.aborted === true) return Promise.resolve(failure('stopped', 'wait'));
    return new Promise((resolve) => {
      const state: { stage: ProbeStage; timer: unknown; isDone: boolean } = {
        stage: 'wait',
        timer: undefined,
        isDone: false,
      };
      let free: (() => void) | undefined;
      const end = (outcome: T | ProbeFailure): void => {
        if (state.isDone) return;
        state.isDone = true;
        this.#clock.clearTimeout(state.timer);
        signal?.removeEventListener('abort', onAbort);
        free?.();
        resolve(outcome);
      };
      const fail = (code: ProbeFailureCode): void => end(failure(code, state.stage));
      const onAbort = (): void => fail('stopped');
      const enter = (stage: ProbeStage, limitMs: number): void => {
        if (state.isDone) return;
        state.stage = stage;
        this.#clock.clearTimeout(state.timer);
        state.timer = this.#clock.setTimeout(() => fail('timeout'), Math.min(limitMs, this.leftMs()));
      };
      signal?.addEventListener('abort', onAbort);
      enter('wait', this.leftMs());
      const release = begin({
        get stage() {
          return state.stage;
        },
        enter,
        settle: end,
        fail,
      });
      if (state.isDone) release();
      else free = release;
    });
  }
}
