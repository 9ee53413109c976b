/** The clock of the platform: browsers and Node 24 alike. */
import type { Clock, Timer } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs): Timer => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
};
