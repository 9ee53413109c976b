import { ROUTING } from './limits.ts';

/** A place in the queue, as it is told to the person who waits. */
export interface Waiting {
  /** To show when coming back; undefined when too many wait for another place to be kept. */
  ticket: string | undefined;
  /** At most so many are before them. */
  ahead: number;
  comeBackInMs: number;
}

type Place = { ticket: string; dueMs: number };

/** Those who could not be placed, first come first served (rule 4). A place is kept for a minute after its time to come back. */
export class WaitingLine {
  /** By order of coming. */
  readonly #places = new Map<number, Place>();
  #nextOrder = 0;
  #lastServedMs: number | undefined;
  #msPerPlace: number = ROUTING.firstPlaceMs;

  /** How many wait. */
  size(nowMs: number): number {
    this.#dropAbsent(nowMs);
    return this.#places.size;
  }

  /** Whether this one comes after others: with no place while others wait, or before their own time. */
  mustWait(ticket: string | undefined, nowMs: number): boolean {
    if (this.size(nowMs) === 0) return false;
    const order = this.#orderOf(ticket);
    return order === undefined || nowMs < (this.#places.get(order)?.dueMs ?? 0);
  }

  /** Keeps the place of `ticket`, or gives the last one, and says when to come back. */
  wait(ticket: string | undefined, nowMs: number, random: () => number): Waiting {
    this.#dropAbsent(nowMs);
    const known = this.#orderOf(ticket);
    if (known === undefined && this.#places.size >= ROUTING.waitingMax) {
      return { ticket: undefined, ahead: this.#places.size, comeBackInMs: ROUTING.comeBackMaxMs };
    }
    const order = known ?? this.#nextOrder++;
    const [first = order] = this.#places.keys();
    const ahead = order - first;
    const place = this.#places.get(order) ?? { ticket: ticketOf(order, random), dueMs: nowMs };
    // Who comes too early is told the same time again.
    if (place.dueMs <= nowMs) place.dueMs = nowMs + this.#waitMs(ahead);
    this.#places.set(order, place);
    return { ticket: place.ticket, ahead, comeBackInMs: place.dueMs - nowMs };
  }

  /** Placed: the place is free, and the line has moved. */
  served(ticket: string | undefined, nowMs: number): void {
    const order = this.#orderOf(ticket);
    if (order === undefined) return;
    this.#places.delete(order);
    if (this.#lastServedMs !== undefined) {
      const gapMs = nowMs - this.#lastServedMs;
      this.#msPerPlace += (Math.min(gapMs, ROUTING.comeBackMaxMs) - this.#msPerPlace) / 8;
    }
    this.#lastServedMs = nowMs;
  }

  #waitMs(ahead: number): number {
    const ms = Math.ceil(ahead * this.#msPerPlace);
    return Math.min(ROUTING.comeBackMaxMs, Math.max(ROUTING.comeBackMinMs, ms));
  }

  #orderOf(ticket: string | undefined): number | undefined {
    if (ticket === undefined) return undefined;
    const order = Number.parseInt(ticket, 36);
    return this.#places.get(order)?.ticket === ticket ? order : undefined;
  }

  #dropAbsent(nowMs: number): void {
    for (const [order, { dueMs }] of this.#places) {
      if (nowMs <= dueMs + ROUTING.placeKeptMs) return;
      this.#places.delete(order);
    }
  }
}

/** The order, and a part that is not guessed, so that nobody takes the place of somebody else. */
function ticketOf(order: number, random: () => number): string {
  const part = (): string => Math.floor(random() * 36 ** 6).toString(36);
  return `${order.toString(36)}-${part()}${part()}`;
}
