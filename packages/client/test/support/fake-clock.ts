import type { Clock } from '@archipel/client';

interface Due {
  at: number;
  run: () => void;
}

/** Time that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_800_000_000_000;
  #due = new Set<Due>();

  now = (): number => this.#now;

  setTimeout = (run: () => void, delayMs: number): Due => {
    const due = { at: this.#now + delayMs, run };
    this.#due.add(due);
    return due;
  };

  clearTimeout = (timer: unknown): void => {
    this.#due.delete(timer as Due);
  };

  /** Milliseconds until the next timer. */
  get next(): number | undefined {
    const times = [...this.#due].map(({ at }) => at - this.#now);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [first] = [...this.#due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (first === undefined) break;
      this.#due.delete(first);
      this.#now = Math.max(this.#now, first.at);
      first.run();
    }
    this.#now = end;
  }
}
