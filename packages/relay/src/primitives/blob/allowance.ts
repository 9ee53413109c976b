/** How much each address prefix may send (bytes of blobs, reports), in memory only, forgotten as soon as it is back to nothing. */
import { Bucket } from '../../ws/buckets.ts';

const HOUR_SECONDS = 3600;
/** From here on who is back to nothing is looked for at each new prefix. */
const MANY_PREFIXES = 10_000;

export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #byPrefix = new Map<string, Bucket>();

  constructor({ burst, perHour }: { burst: number; perHour: number }, now: () => number) {
    this.#burst = burst;
    this.#perSecond = perHour / HOUR_SECONDS;
    this.#now = now;
  }

  /** Milliseconds to wait, 0 for none. */
  take(prefix: string, amount: number): number {
    if (this.#byPrefix.size >= MANY_PREFIXES) this.sweep();
    const bucket = this.#byPrefix.get(prefix) ?? new Bucket(this.#burst, this.#now());
    this.#byPrefix.set(prefix, bucket);
    return bucket.take(this.#now(), this.#perSecond, this.#burst, amount);
  }

  /** What was taken for something that did not happen. */
  giveBack(prefix: string, amount: number): void {
    this.#byPrefix.get(prefix)?.charge(this.#now(), this.#perSecond, this.#burst, -amount);
  }

  sweep(): void {
    for (const [prefix, bucket] of this.#byPrefix) {
      if (bucket.isFull(this.#now(), this.#perSecond, this.#burst)) this.#byPrefix.delete(prefix);
    }
  }
}
