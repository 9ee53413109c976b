/** How often one connection may ask for what (CON-10). Every method returns the milliseconds to wait, 0 for none. */
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import { Bucket } from './buckets.ts';

export class Rates {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #live: Bucket;
  readonly #liveBytes: Bucket;
  readonly #appends: Bucket;
  readonly #appendBytes: Bucket;
  readonly #reads: Bucket;
  readonly #answers: Bucket;

  constructor(limits: Limits, clock: Clock) {
    const now = clock.now();
    this.#clock = clock;
    this.#limits = limits;
    this.#live = new Bucket(limits.liveBurstPerConnection, now);
    this.#liveBytes = new Bucket(limits.liveBytesBurstPerConnection, now);
    this.#appends = new Bucket(limits.appendsBurstPerConnection, now);
    this.#appendBytes = new Bucket(limits.appendBytesBurstPerConnection, now);
    this.#reads = new Bucket(limits.readsBurstPerConnection, now);
    this.#answers = new Bucket(limits.answersBurstPerConnection, now);
  }

  live(length: number): number {
    const limits = this.#limits;
    const now = this.#clock.now();
    const waitMs = this.#live.take(now, limits.livePerSecondPerConnection, limits.liveBurstPerConnection);
    const { liveBytesPerSecondPerConnection, liveBytesBurstPerConnection } = limits;
    return waitMs || this.#liveBytes.take(now, liveBytesPerSecondPerConnection, liveBytesBurstPerConnection, length);
  }

  append(length: number): number {
    const { appendsPerSecondPerConnection, appendsBurstPerConnection } = this.#limits;
    const waitMs = this.#appends.take(this.#clock.now(), appendsPerSecondPerConnection, appendsBurstPerConnection);
    return waitMs || this.#bytes(length);
  }

  checkpoint(length: number): number {
    return this.read() || this.#bytes(length);
  }

  read(): number {
    const { readsPerSecondPerConnection, readsBurstPerConnection } = this.#limits;
    return this.#reads.take(this.#clock.now(), readsPerSecondPerConnection, readsBurstPerConnection);
  }

  /** Pongs and refusals: they cost the asker little. */
  answer(): number {
    const { answersPerSecondPerConnection, answersBurstPerConnection } = this.#limits;
    return this.#answers.take(this.#clock.now(), answersPerSecondPerConnection, answersBurstPerConnection);
  }

  #bytes(length: number): number {
    const { appendBytesPerSecondPerConnection, appendBytesBurstPerConnection } = this.#limits;
    const now = this.#clock.now();
    return this.#appendBytes.take(now, appendBytesPerSecondPerConnection, appendBytesBurstPerConnection, length);
  }
}
