/** Questions to other hosts about downloads, each waited for only so long. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';

export class Answers<T> {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, (answer: T) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: there was no answer. `key`: what the answer will name. */
  ask(key: string, ms: number, say: () => void): Promise<T | undefined> {
    return new Promise((resolve) => {
      const end = (answer: T | undefined): void => {
        this.#clock.clearTimeout(timer);
        this.#waiting.delete(key);
        resolve(answer);
      };
      const timer = this.#clock.setTimeout(() => end(undefined), ms);
      this.#waiting.set(key, end);
      say();
    });
  }

  answer(key: string, answer: T): void {
    this.#waiting.get(key)?.(answer);
  }
}

/** Of a ticket with a host. */
export const ticketKey = (host: string, blobId: Bytes, ticket: Bytes): string =>
  `${host} ${toHex(blobId)} ${toHex(ticket)}`;
