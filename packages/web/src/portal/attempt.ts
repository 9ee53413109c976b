/** Somebody starts a document: a host is looked for, and when none has room, again until one has. */
import { signal } from '@preact/signals';
import type { Placed, Placement, PlaceWish } from '../network/placement.ts';

const AGAIN_MIN_MS = 2000;

export type AttemptState =
  | { at: 'rest' }
  | { at: 'asking' }
  /** `place` 1 is next; undefined: not known. `again`: when it is tried, in the clock's milliseconds. */
  | { at: 'waiting'; place: number | undefined; again: number }
  /** Nobody offers what is wished. */
  | { at: 'nobody' };

export interface AttemptPorts {
  /** Never rejects. */
  place: (wish: PlaceWish) => Promise<Placement>;
  now: () => number;
  /** Returns how to take it back. */
  after: (delayMs: number, run: () => void) => () => void;
  /** Undefined: nobody answers; it is created at the host of the page when that is back. */
  go: (placed: Placed | undefined) => void;
}

export class Attempt {
  readonly state = signal<AttemptState>({ at: 'rest' });
  readonly #ports: AttemptPorts;
  #wish: PlaceWish = {};
  #run = 0;
  #takeBack: () => void = () => undefined;

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
  }

  async start(wish: PlaceWish): Promise<void> {
    this.stop();
    this.#wish = wish;
    this.state.value = { at: 'asking' };
    await this.tryNow();
  }

  /** Keeps the place in the queue. */
  async tryNow(): Promise<void> {
    this.#takeBack();
    this.#run += 1;
    const run = this.#run;
    const { place, now, after, go } = this.#ports;
    const answer = await place(this.#wish);
    // It was stopped, or begun anew, in the meantime.
    if (run !== this.#run) return;
    if (answer.kind === 'nobody') this.state.value = { at: 'nobody' };
    else if (answer.kind !== 'full') {
      this.state.value = { at: 'rest' };
      go(answer.kind === 'placed' ? answer : undefined);
    } else {
      const delayMs = Math.max(AGAIN_MIN_MS, answer.retryAfterMs);
      if (answer.ticket !== undefined) this.#wish = { ...this.#wish, ticket: answer.ticket };
      const behind = answer.ahead;
      this.state.value = {
        at: 'waiting',
        place: behind === undefined ? undefined : behind + 1,
        again: now() + delayMs,
      };
      this.#takeBack = after(delayMs, () => void this.tryNow());
    }
  }

  stop(): void {
    this.#takeBack();
    this.#run += 1;
    this.state.value = { at: 'rest' };
  }
}
