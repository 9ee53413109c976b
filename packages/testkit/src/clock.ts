/** Timers of a virtual clock; compatible with the `Clock` that relay and client take. */
export interface VirtualTimer {
  at: number;
  order: number;
  run: () => void;
  cancelled: boolean;
}

/**
 * Virtual time in milliseconds. Nothing happens by itself: `advance` runs what is due, in order of time and then of
 * creation, and lets every promise settle in between, so a run depends on its seed alone.
 */
export class VirtualClock {
  #now: number;
  #order = 0;
  #timers: VirtualTimer[] = [];

  constructor(startMs = 1_800_000_000_000) {
    this.#now = startMs;
  }

  now = (): number => this.#now;

  setTimeout = (run: () => void, delayMs: number): VirtualTimer => {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run, cancelled: false };
    let index = this.#timers.length;
    while (index > 0 && isLater(this.#timers[index - 1], timer)) index--;
    this.#timers.splice(index, 0, timer);
    return timer;
  };

  clearTimeout = (timer: unknown): void => {
    if (timer) (timer as VirtualTimer).cancelled = true;
  };

  /** Runs everything due within the next `ms` milliseconds. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#timers[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      if (next.cancelled) continue;
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets all promise callbacks run: they all precede the next immediate. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isLater(a: VirtualTimer | undefined, b: VirtualTimer): boolean {
  return a !== undefined && (a.at > b.at || (a.at === b.at && a.order > b.order));
}
