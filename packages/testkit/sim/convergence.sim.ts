import { describe, expect, it } from 'vitest';
import { LoneRelay, type Outcome, SharedRelays } from '../src/index.ts';

/** `npm run test:sim` runs these seeds; ARCHIPEL_SIM_SEEDS=20000 as many of each, ARCHIPEL_SIM_FIRST=1234 from another one on. */
const { ARCHIPEL_SIM_SEEDS, ARCHIPEL_SIM_FIRST } = process.env;
const LONE_SEEDS = Number(ARCHIPEL_SIM_SEEDS ?? 1000);
const SHARED_SEEDS = Number(ARCHIPEL_SIM_SEEDS ?? 500);
const FIRST = Number(ARCHIPEL_SIM_FIRST ?? 1);
const SEEDS_PER_TEST = 50;

/** Where frames overtake each other the relay looks dishonest though it is not. */
const failures = ({ different, lost, unsaved }: Outcome) => ({ different, lost, unsaved });
const NONE = { different: [], lost: [], unsaved: [] };
const failuresAndReports = (outcome: Outcome) => ({ ...failures(outcome), reports: outcome.reports });
const NO_REPORT = { ...NONE, reports: [] };

/** The first and last seed of each test. */
function spans(seeds: number): [number, number][] {
  const count = Math.ceil(seeds / SEEDS_PER_TEST);
  return Array.from({ length: count }, (_, index) => {
    const first = FIRST + index * SEEDS_PER_TEST;
    return [first, Math.min(first + SEEDS_PER_TEST, FIRST + seeds) - 1];
  });
}

describe('people, a relay that crashes and a network that misbehaves', () => {
  it.each(spans(LONE_SEEDS))(
    '[CHK-5] [CHK-6] [CON-5] [REC-3] seeds %i to %i end equal, with everything that was called saved',
    async (first, last) => {
      for (let seed = first; seed <= last; seed++) {
        const outcome = await new LoneRelay(seed).run();
        expect(failures(outcome), `seed ${seed}`).toEqual(NONE);
        expect(outcome.words, `seed ${seed} wrote nothing`).toBeGreaterThan(0);
      }
    },
  );
});

describe('people, several relay processes over one store, and a bus that loses, repeats and delays', () => {
  it.each(spans(SHARED_SEEDS))(
    '[CHK-4] [CHK-5] [CON-5] [CON-7] [REC-3] [REC-6] seeds %i to %i end equal, with everything that was called saved and nothing to report',
    async (first, last) => {
      for (let seed = first; seed <= last; seed++) {
        const outcome = await new SharedRelays(seed).run();
        expect(failuresAndReports(outcome), `seed ${seed}`).toEqual(NO_REPORT);
        expect(outcome.words, `seed ${seed} wrote nothing`).toBeGreaterThan(0);
      }
    },
  );
});

/** Seeds that found something, and what. */
const FOUND: [seed: number, what: string][] = [
  [111, 'a message that overtook the answer to Open left the client waiting for ever'],
  [975, 'live text that waited for a record was not taken for undurable when the record came'],
  [1149, 'a checkpoint made while a reader caught up hid a record that it never got'],
  [2233, 'a reader who left while a frame was handed out cost the next one that frame'],
];

describe('seeds that found something once', () => {
  it.each(FOUND)('[CON-4] [CON-7] [LIVE-4] seed %i: %s', async (seed) => {
    expect(failures(await new LoneRelay(seed).run())).toEqual(NONE);
  });
});

describe('the simulations themselves', () => {
  it.each([LoneRelay, SharedRelays])('%o does the same again for the same seed', async (Kind) => {
    const [one, two] = [await new Kind(7).run(), await new Kind(7).run()];
    expect(two).toEqual(one);
    expect(one.trace.length).toBeGreaterThan(50);
  });
});
