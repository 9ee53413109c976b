import { seededRandom } from '../harness/random.ts';
import type { Measures } from '../harness/rounds.ts';
import { readPaper } from '../harness/trace.ts';
import { Crowd } from './crowd.ts';
import type { Load } from './loads.ts';
import { Servers, type Setup } from './servers.ts';
import { StepRun, type StepWindow } from './step.ts';
import { StepSearch, type StepSearchOptions } from './step-search.ts';

const CHECKED_ROOMS = 4;
const FULL: StepWindow & Omit<StepSearchOptions, 'first'> = {
  warmUpMs: 700,
  windowMs: 2_500,
  factor: 1.5,
  steps: 10,
  attempts: 2,
};
const QUICK: typeof FULL = { warmUpMs: 500, windowMs: 1_200, factor: 2, steps: 6, attempts: 1 };

/**
 * The highest step that this set-up held, by the names of step.ts, and the one that it did not hold, each with `end.` before its
 * name. `refused`: something was refused, and the documents were not looked at in the end.
 */
export async function measureScale(
  load: Load,
  setup: Setup,
  { folder, round, quick }: { folder: string; round: number; quick: boolean },
): Promise<Measures> {
  const options = quick ? QUICK : FULL;
  const random = seededRandom(9000 + round);
  const servers = await Servers.start(setup, folder);
  const crowd = await Crowd.gather(load.groups, servers.ports);
  const step = new StepRun(crowd, servers, load, readPaper().endContent);
  // Until servers and generator are compiled and every document has had its first record.
  await step.run(load.first, options, random);
  const search = new StepSearch({ ...options, first: load.first });
  let best: Measures = { perSecond: 0, offeredPerSecond: 0 };
  let end: Measures = {};
  for (let { rate } = search; rate !== undefined; rate = search.rate) {
    const { measures, isHeld, isClean } = await step.run(rate, options, random);
    if (isHeld) {
      best = measures;
      end = {};
      search.held();
    } else {
      end = measures;
      if (isClean) search.failed();
      else search.abandon();
    }
  }
  const isRefused = crowd.refusal !== undefined;
  if (isRefused) process.stderr.write(`${crowd.refusal}\n`);
  else await crowd.check(CHECKED_ROOMS, servers.ports);
  await servers.stop();
  const ends = Object.entries(end).map(([name, value]) => [`end.${name}`, value] as const);
  const lostPercent = 100 * (1 - crowd.deliveries.count / crowd.due);
  const all = [...Object.entries(best), ...ends, ['lostPercent', lostPercent], ['refused', isRefused ? 1 : 0]] as const;
  return Object.fromEntries(all.filter(([, value]) => Number.isFinite(value)));
}
