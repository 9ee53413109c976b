/**
 * Content that nobody made durable (its author vanished after a live message, or the relay lost it) is appended by whoever
 * holds it: the first of them, after a random wait, and the others see that it is done.
 */
import type * as Y from 'yjs';
import type { DurableSet, Mark } from './durable-set.ts';
import { markOf } from './durable-set.ts';
import type { Clock, Random, Timer } from './ports.ts';
import type { Timing } from './timing.ts';

export interface AdoptionPorts {
  clock: Clock;
  random: Random;
  timing: Timing;
  doc: Y.Doc;
  durable(): DurableSet;
  /** Caught up, and allowed to write. */
  isReady(): boolean;
  adopt(): Promise<void>;
  /** What was suspect is durable, or on its way. */
  settled(): void;
}

export class Adoption {
  readonly #ports: AdoptionPorts;
  #timer: Timer | undefined;
  #again = false;

  constructor(ports: AdoptionPorts) {
    this.#ports = ports;
  }

  /** Something came that may not be durable. What comes during the wait gets a wait of its own. */
  suspect(afterMs = this.#ports.timing.adoptAfterMs): void {
    if (!this.#ports.isReady()) return;
    if (this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    const { clock, random, timing, doc } = this.#ports;
    const mark = markOf(doc);
    this.#timer = clock.setTimeout(() => void this.#check(mark), afterMs + random() * timing.adoptJitterMs);
  }

  /** Caught up: whatever we hold beyond what the relay told is suspect. */
  caughtUp(afterMs: number): void {
    this.cancel();
    if (!this.#ports.isReady()) return;
    if (this.#ports.durable().lacks(markOf(this.#ports.doc))) this.suspect(afterMs);
    else this.#ports.settled();
  }

  cancel(): void {
    this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
  }

  async #check(mark: Mark): Promise<void> {
    this.#timer = undefined;
    if (!this.#ports.isReady()) return;
    if (this.#ports.durable().lacks(mark)) await this.#ports.adopt();
    this.#ports.settled();
    if (this.#again) {
      this.#again = false;
      this.suspect();
    }
  }
}
