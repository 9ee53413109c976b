/** How fast a transfer is, and how long it still takes. */

/** Speed is that of the last seconds: a line that is slow now was perhaps fast before. */
const WINDOW_MS = 10_000;
const SECOND_MS = 1000;

export class Pace {
  readonly #now: () => number;
  #marks: { ms: number; bytes: number }[] = [];

  /** `now` in ms. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** So many bytes have passed by now. */
  mark(bytes: number): void {
    const ms = this.#now();
    this.#marks.push({ ms, bytes });
    while (this.#marks.length > 2 && ms - (this.#marks[0]?.ms ?? ms) > WINDOW_MS) this.#marks.shift();
  }

  /** After a pause: what lay between is no speed. */
  restart(): void {
    this.#marks = [];
  }

  /** Undefined: not known yet, or nothing moves. */
  get bytesPerSecond(): number | undefined {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || last.ms === first.ms) return undefined;
    const perMs = (last.bytes - first.bytes) / (last.ms - first.ms);
    return perMs > 0 ? perMs * SECOND_MS : undefined;
  }

  /** In ms, at least a second; undefined: not known. */
  leftMs(total: number): number | undefined {
    const last = this.#marks.at(-1);
    const speed = this.bytesPerSecond;
    if (last === undefined || speed === undefined) return undefined;
    return Math.max(SECOND_MS, ((total - last.bytes) / speed) * SECOND_MS);
  }
}
