/** The place of this tab in the queue of its host, so that a reload does not lose it. In this tab's memory alone, and never together with a document. */
import type { PlaceWish } from './placement.ts';

const STORED_AT = 'archipel.queue';
/** A host keeps a place for a minute after the time to come back, which is ten minutes away at the most. */
const KEPT_MS = 11 * 60_000;

export interface Tickets {
  /** Undefined: it has no place. */
  kept(wish: PlaceWish): string | undefined;
  /** Undefined: it needs none any more. */
  keep(wish: PlaceWish, ticket: string | undefined): void;
}

/** There is a queue for each (docs/limits.md, "Between hosts"). */
const queueOf = ({ country = '', host = '' }: PlaceWish): string => `${country} ${host}`;

export const tabTickets: Tickets = {
  kept(wish) {
    try {
      const { queue, ticket, atMs } = JSON.parse(sessionStorage.getItem(STORED_AT) ?? '{}');
      const isOurs = queue === queueOf(wish) && Math.abs(Date.now() - atMs) < KEPT_MS;
      return isOurs && typeof ticket === 'string' ? ticket : undefined;
    } catch {
      return undefined; // Blocked, or written by another program.
    }
  },
  keep(wish, ticket) {
    try {
      if (ticket === undefined) sessionStorage.removeItem(STORED_AT);
      else sessionStorage.setItem(STORED_AT, JSON.stringify({ queue: queueOf(wish), ticket, atMs: Date.now() }));
    } catch {
      return; // Blocked: the place lasts as long as the page.
    }
  },
};
