/** Where a document that somebody starts shall live: the host of this page answers; if it cannot, the browser looks by itself. */
import type { Bytes } from '@archipel/protocol';
import { type AskDeps, askHost } from './ask.ts';
import { keptDirectory } from './directory-store.ts';
import type { Placement, PlaceWish } from './placement.ts';
import { type Tickets, tabTickets } from './queue-ticket.ts';

export interface PlaceDeps extends AskDeps {
  /** The signed directory as it came from the portal; undefined: none is kept. */
  directory: () => Promise<Bytes | undefined>;
  tickets?: Tickets;
}

/** Where to create a document. Never rejects. */
export async function placeDocument(
  wish: PlaceWish = {},
  deps: PlaceDeps = { request: fetch, origin: location.origin, directory: keptDirectory },
): Promise<Placement> {
  const { tickets = tabTickets } = deps;
  const ticket = wish.ticket ?? tickets.kept(wish);
  const answer = await askHost({ ...wish, ...(ticket !== undefined && { ticket }) }, deps, true);
  if (answer.kind === 'placed') tickets.keep(wish, undefined);
  // An answer without one, as of who is asked too often, takes no place away.
  if (answer.kind === 'full' && answer.ticket !== undefined) tickets.keep(wish, answer.ticket);
  if (answer.kind === 'placed') return answer;
  const bytes = await deps.directory();
  if (bytes === undefined) return answer;
  const { placeAlone } = await import('./alone.ts');
  const found = await placeAlone(bytes, wish, deps.request);
  // Who answered keeps the queue: its place counts, not one that this page gave itself.
  return found.kind === 'placed' || answer.kind === 'unreachable' ? found : answer;
}
