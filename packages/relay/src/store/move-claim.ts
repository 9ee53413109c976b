/** Whether documents can move from one store to another, and that nobody else comes to them meanwhile. */
import { answered, MoveError } from './move-error.ts';
import type { MovableStore, Standing, StoreStanding } from './moving.ts';
import { standingError } from './moving.ts';

export interface Stores {
  source: MovableStore;
  target: MovableStore;
  /** Where they are, in words without a password. */
  from: string;
  to: string;
}
/** What they were before a move. */
export interface Before {
  source: StoreStanding;
  target: StoreStanding;
}

/** That documents can move from the one to the other; rejects with MoveError when they cannot. */
export async function claimStores({ source, target, from, to }: Stores): Promise<Before> {
  const standings = await Promise.all([source.standing(), target.standing()]);
  if (answered(standings[0], from).store === answered(standings[1], to).store) {
    throw new MoveError(`The documents are in ${to} already.`);
  }
  const here = await claimOne(source, from);
  const there = await claimOne(target, to);
  if (!isServing(here)) throw new MoveError(standingError(here, from) ?? '');
  // Another store's, of which nobody here knows whether it has left.
  if (there.kind === 'filled' && !there.move.startsWith(`${here.store}.`)) {
    throw new MoveError(
      `The move from ${there.place} to ${to} was interrupted in its last moment: it must be finished first.`,
    );
  }
  if (isServing(there) && answered(await target.count(), to) > 0) {
    throw new MoveError(`There are documents in ${to} already: they move to an empty store only.`);
  }
  return {
    source: { ...here, kind: 'serving' },
    target: { ...there, kind: isServing(there) ? 'serving' : there.kind },
  };
}

async function claimOne(store: MovableStore, place: string): Promise<StoreStanding> {
  if (answered(await store.claim(), place) === 'shared') {
    throw new MoveError(`Another Archipel uses ${place}: stop all but one.`);
  }
  return answered(await store.standing(), place);
}

export function isServing({ kind }: Standing): boolean {
  return kind === 'serving' || kind === 'leaving';
}
