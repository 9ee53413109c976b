/** Time and timers, passed in: a browser gives its own, a simulation gives virtual ones. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}
