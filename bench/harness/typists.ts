import type { KeyRange, Member, MemberEvents } from '../peers/peer.ts';
import { sleep } from './pool.ts';
import { Histogram } from './stats.ts';
import type { Key } from './typing.ts';

/** Knows when each key was sent, by `performance.now()`. */
export interface Sent {
  sentAt(writer: number, key: number): number;
}

/** Strikes every key of the schedule in its time and remembers when, so that deliveries can be timed. */
export class Typists implements Sent {
  readonly #schedule: readonly Key[];
  readonly #updates: readonly Uint8Array[][];
  readonly #sentAt: Float64Array[];
  #next = 0;
  #start = 0;
  #stopped = false;
  /** How late keys were struck: grows when the generator itself cannot keep up. */
  readonly lag = new Histogram();

  constructor(schedule: readonly Key[], updates: readonly Uint8Array[][]) {
    this.#schedule = schedule;
    this.#updates = updates;
    this.#sentAt = updates.map((own) => new Float64Array(own.length));
  }

  /** Keys struck so far. */
  get struck(): number {
    return this.#next;
  }

  get writers(): number {
    return this.#updates.length;
  }

  /** Keys that a writer has struck so far. */
  typedBy(writer: number): number {
    return this.#sentAt[writer]?.filter((at) => at > 0).length ?? 0;
  }

  sentAt(writer: number, key: number): number {
    return this.#sentAt[writer]?.[key] ?? Number.NaN;
  }

  /** Types until the schedule ends or `stop` is called; `members[w]` is writer w's connection. */
  async type(members: readonly Member[]): Promise<void> {
    this.#start = performance.now();
    while (this.#next < this.#schedule.length && !this.#stopped) {
      this.#strikeDue(members);
      await sleep(1);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #strikeDue(members: readonly Member[]): void {
    for (; this.#next < this.#schedule.length; this.#next++) {
      const { atMs, writer, number } = this.#schedule[this.#next] as Key;
      const now = performance.now();
      if (atMs > now - this.#start) return;
      this.lag.add(now - this.#start - atMs);
      (this.#sentAt[writer] as Float64Array)[number] = now;
      members[writer]?.send(this.#updates[writer]?.[number] as Uint8Array);
    }
  }
}

/** Counts every key at every connection that it reaches for the first time, and how long it took. */
export class Deliveries {
  readonly #sent: Sent;
  latency = new Histogram();
  /** Keys delivered: one key reaching one other person once. */
  count = 0;

  constructor(sent: Sent) {
    this.#sent = sent;
  }

  /**
   * The ear of one connection in a document whose writers are `first` to `first + writers - 1`; its own keys, sent back
   * to it, do not count.
   */
  listener(first: number, writers: number, own?: number): MemberEvents & { seen: Uint32Array } {
    const seen = new Uint32Array(writers);
    return {
      seen,
      acknowledged: () => undefined,
      delivered: (ranges) => {
        const now = performance.now();
        for (const range of ranges) if (range.writer !== own) this.#hear(range, first, seen, now);
      },
    };
  }

  #hear(range: KeyRange, first: number, seen: Uint32Array, now: number): void {
    const place = range.writer - first;
    // A key may come twice, live and by its record: only the first time counts.
    const from = Math.max(range.from, seen[place] ?? 0);
    if (range.to <= from) return;
    seen[place] = range.to;
    this.count += range.to - from;
    for (let key = from; key < range.to; key++) this.latency.add(now - this.#sent.sentAt(range.writer, key));
  }
}
