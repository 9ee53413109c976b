/** What a move would do, without doing it. */
import { claimStores } from '../store/move-claim.ts';
import { answered, MoveError } from '../store/move-error.ts';
import type { MovableStore } from '../store/moving.ts';
import type { StoreDeps } from '../store/open.ts';
import { isStore, openStore } from '../store/open.ts';
import type { StorePlace } from '../store/places.ts';
import { isSamePlace, nameOf } from '../store/places.ts';
import { StoreOpenError } from '../store/store-error.ts';
import type { MovePlan } from './control-messages.ts';

/** Afterwards the source is claimed, when it could be. */
export async function planMove(
  source: MovableStore,
  place: StorePlace,
  to: StorePlace,
  deps: StoreDeps,
): Promise<MovePlan> {
  const names = { from: nameOf(place), to: nameOf(to) };
  const documents = answered(await source.count(), names.from);
  const { bytes } = await source.status();
  return { ...names, documents, bytes, obstacle: await obstacleTo(source, place, to, deps) };
}

async function obstacleTo(
  source: MovableStore,
  place: StorePlace,
  to: StorePlace,
  deps: StoreDeps,
): Promise<string | undefined> {
  if (isSamePlace(place, to)) return `The documents are in ${nameOf(to)} already.`;
  try {
    // Opening it would make it.
    if (!(await isStore(to))) return undefined;
    const target = await openStore(to, deps, 'mover');
    try {
      await claimStores({ source, target, from: nameOf(place), to: nameOf(to) });
    } finally {
      await target.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof MoveError || error instanceof StoreOpenError) return error.message;
    throw error;
  }
}
