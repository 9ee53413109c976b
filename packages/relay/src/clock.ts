/** Time and timers, passed in so that a simulation can own them. */
export type Timer = unknown;

export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** The machine's clock. Its timers do not keep the process alive: sockets and the store do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
