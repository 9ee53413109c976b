/** Moves documents without a running host, or finishes a move that a host could not. */
import { systemClock } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import { silentLog } from '../log.ts';
import type { MoveProgress } from '../store/move.ts';
import { moveDocuments } from '../store/move.ts';
import { answered, MoveError } from '../store/move-error.ts';
import type { MovableStore } from '../store/moving.ts';
import { standingError } from '../store/moving.ts';
import type { StoreDeps } from '../store/open.ts';
import { openStore } from '../store/open.ts';
import type { StorePlace } from '../store/places.ts';
import { isSamePlace, nameOf, parsePlace } from '../store/places.ts';
import { StoreOpenError } from '../store/store-error.ts';
import { Belongings, type BelongingsOptions } from './belongings.ts';
import type { MigrateRequest, MovePlan, MoveResult } from './control-messages.ts';
import { HostFiles } from './host-files.ts';
import { planMove } from './plan.ts';

interface Offline {
  from: StorePlace;
  to: StorePlace;
  files: HostFiles;
  deps: StoreDeps;
  holdings: Pick<BelongingsOptions, 'folder' | 'namesFiles' | 'running'>;
}

/** Rejects with MoveError. */
export async function migrateOffline(
  config: ServerConfig,
  request: MigrateRequest,
  report: (progress: MoveProgress) => void,
  signal: AbortSignal,
): Promise<MoveResult> {
  const move = offline(config, request);
  const { from, to, files } = move;
  const names = { from: nameOf(from), to: nameOf(to), origin: config.origin };
  if (isSamePlace(from, to)) return { ...names, done: undefined };
  return withStore(from, move.deps, async (source) => {
    const standing = answered(await source.standing(), names.from);
    return withStore(to, move.deps, async (target) => {
      if (standing.kind === 'left') {
        await finishMove(source, target, names);
        return { ...names, done: undefined };
      }
      const luggage = await Belongings.open({ from, to, log: silentLog, ...move.holdings });
      const carry = (): string[] => files.carry(to);
      const options = { source, target, ...names, user: undefined, clock: systemClock, report, luggage, carry, signal };
      try {
        const done = await moveDocuments({ ...options, isStopping: () => signal.aborted });
        await luggage.keep();
        return { ...names, done };
      } catch (error) {
        if (!(error instanceof MoveError && error.serves === 'nobody')) {
          files.undo();
          await luggage.undo();
        } else await luggage.close();
        throw error;
      }
    });
  });
}

/** Rejects with MoveError. */
export function planOffline(config: ServerConfig, request: MigrateRequest): Promise<MovePlan> {
  const { from, to, deps, holdings } = offline(config, request);
  return withStore(from, deps, (source) => planMove(source, from, to, deps, holdings));
}

function offline(config: ServerConfig, { to: text }: MigrateRequest): Offline {
  const { store: from, dataFolder, storePool, limits, network } = config;
  const to = parsePlace(text, dataFolder, storePool);
  if ('wrong' in to) throw new MoveError(`That is not where documents can go: ${to.wrong}.`);
  const files = new HostFiles(dataFolder, undefined);
  if (!isSamePlace(from, to)) files.check(to, network !== undefined);
  const { filesFolder: folder, namesFiles } = config;
  return { from, to, files, deps: { limits, log: silentLog }, holdings: { folder, namesFiles, running: undefined } };
}

async function withStore<T>(place: StorePlace, deps: StoreDeps, work: (store: MovableStore) => Promise<T>): Promise<T> {
  const store = await openStore(place, deps, 'mover').catch((error: unknown) => {
    if (error instanceof StoreOpenError) throw new MoveError(error.message);
    throw error;
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The source has left, and whoever moved its documents ended before the target served: it may now. */
export async function finishMove(
  source: MovableStore,
  target: MovableStore,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const left = answered(await source.standing(), from);
  const there = answered(await target.standing(), to);
  if (there.move !== left.move) throw new MoveError(standingError(left, from) ?? '');
  if (there.kind !== 'filled') return;
  if (answered(await target.claim(), to) === 'shared') throw new MoveError(`Another Archipel uses ${to}.`);
  const set = answered(await target.setStanding({ ...there, kind: 'serving' }, there.changes), to);
  if (set === 'conflict') throw new MoveError(`Another Archipel uses ${to}.`);
}
