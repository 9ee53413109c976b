/** Items on their way to the disk: what came meanwhile is written together, so that a flood costs no more syncs than a trickle (INBOX-12). */
import type { Clock } from '../../clock.ts';
import type { Added, InboxStore, NewItem } from '../../store/inboxes.ts';

interface Waiting {
  item: NewItem;
  resolve(added: Added): void;
  reject(error: unknown): void;
}

export class Intake {
  readonly #store: () => Pick<InboxStore, 'add'>;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #most: number;
  #waiting: Waiting[] = [];
  #nextMs = Number.NEGATIVE_INFINITY;
  #isArmed = false;
  #writing: Promise<void> = Promise.resolve();

  /** `intervalMs`: between the starts of two writes; `most`: items that may wait. */
  constructor(store: () => Pick<InboxStore, 'add'>, clock: Clock, intervalMs: number, most: number) {
    this.#store = store;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#most;
  }

  /** Resolves when it is on the disk. Rejects as the store does. */
  add(item: NewItem): Promise<Added> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    const waitMs = Math.max(0, this.#nextMs - this.#clock.now());
    this.#clock.setTimeout(() => {
      this.#writing = this.#write();
    }, waitMs);
  }

  async #write(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#nextMs = this.#clock.now() + this.#intervalMs;
    try {
      const added = await this.#store().add(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, at) => {
        resolve(added[at] as Added);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#isArmed = false;
    if (this.#waiting.length > 0) this.#arm();
  }

  /** Resolves when nothing is on its way any more. */
  async quiet(): Promise<void> {
    while (this.#isArmed) {
      await this.#writing;
      if (this.#isArmed) await new Promise<void>((resolve) => void this.#clock.setTimeout(() => resolve(), 1));
    }
  }
}
