/** What a move would do, without doing it. */
import { claimStores } from '../store/move-claim.ts';
import { answered, MoveError } from '../store/move-error.ts';
import type { MovableStore } from '../store/moving.ts';
import type { StoreDeps } from '../store/open.ts';
import { isStore, openStore } from '../store/open.ts';
import type { StorePlace } from '../store/places.ts';
import { isSamePlace, nameOf } from '../store/places.ts';
import { StoreOpenError } from '../store/store-error.ts';
import { Belongings, type BelongingsOptions } from './belongings.ts';
import type { MovePlan } from './control-messages.ts';

/** Afterwards the source is claimed, when it could be. */
export async function planMove(
  source: MovableStore,
  place: StorePlace,
  to: StorePlace,
  deps: StoreDeps,
  holdings: Omit<BelongingsOptions, 'from' | 'to' | 'log' | 'isPlan'>,
): Promise<MovePlan> {
  const names = { from: nameOf(place), to: nameOf(to) };
  const documents = answered(await source.count(), names.from);
  const { bytes } = await source.status();
  const options = { from: place, to, log: deps.log, ...holdings };
  const belongings = await Belongings.open({ ...options, isPlan: true });
  try {
    const carried = await belongings.count();
    const { filesStay } = belongings;
    return {
      ...names,
      documents,
      bytes,
      carried,
      filesStay,
      obstacle: await obstacleTo(source, options, belongings, deps),
    };
  } finally {
    await belongings.close();
  }
}

async function obstacleTo(
  source: MovableStore,
  options: BelongingsOptions,
  belongings: Belongings,
  deps: StoreDeps,
): Promise<string | undefined> {
  const { from: place, to } = options;
  if (isSamePlace(place, to)) return `The documents are in ${nameOf(to)} already.`;
  try {
    await belongings.check(false);
    // Opening it would make it.
    if (!(await isStore(to))) return undefined;
    const target = await openStore(to, deps, 'mover');
    try {
      const before = await claimStores({ source, target, from: nameOf(place), to: nameOf(to) });
      const there = await Belongings.open(options);
      await there.check(before.target.kind === 'serving').finally(() => there.close());
    } finally {
      await target.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof MoveError || error instanceof StoreOpenError) return error.message;
    throw error;
  }
}
