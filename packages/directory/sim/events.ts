import { settle } from '@archipel/testkit';

type Event = { atMs: number; order: number; run: (() => void) | undefined };

/**
 * Virtual time with a heap, for hundreds of thousands of timers at once; a `Clock` for the routing. Events run in order
 * of time, then of creation.
 */
export class Events {
  #nowMs = 0;
  #order = 0;
  #isAsking = false;
  readonly #heap: Event[] = [];
  readonly #endMs: number;

  constructor(endMs: number) {
    this.#endMs = endMs;
  }

  now = (): number => this.#nowMs;

  setTimeout = (run: () => void, delayMs: number): Event => {
    const event = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
    // What would happen after the end need not be kept.
    if (event.atMs <= this.#endMs) this.#rise(event);
    return event;
  };

  clearTimeout = (timer: unknown): void => {
    (timer as Event).run = undefined;
  };

  /** Something waits for a promise: it is let run before the next event. */
  asking(): void {
    this.#isAsking = true;
  }

  async run(): Promise<void> {
    for (let event = this.#heap[0]; event !== undefined; event = this.#heap[0]) {
      this.#pop();
      if (event.run === undefined) continue;
      this.#nowMs = event.atMs;
      event.run();
      if (!this.#isAsking) continue;
      this.#isAsking = false;
      await settle();
    }
    this.#nowMs = this.#endMs;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  /** Finds the place of the newest, from the end up. */
  #rise(event: Event): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] as Event;
      if (!isBefore(event, above)) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = event;
  }

  /** Finds the place of an event that takes the place of the first, from there down. */
  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Event)) child += 1;
      const below = heap[child] as Event;
      if (!isBefore(below, event)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = event;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
