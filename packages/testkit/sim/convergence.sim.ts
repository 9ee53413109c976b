import { describe, expect, it } from 'vitest';
import { type Outcome, Simulation } from '../src/index.ts';

/** `npm run test:sim` runs 1,000 seeds; ARCHIPEL_SIM_SEEDS=20000 more, ARCHIPEL_SIM_FIRST=1234 from another one on. */
const SEEDS = Number(process.env.ARCHIPEL_SIM_SEEDS ?? 1000);
const FIRST = Number(process.env.ARCHIPEL_SIM_FIRST ?? 1);
const SEEDS_PER_TEST = 50;

const failures = ({ different, lost, unsaved }: Outcome) => ({ different, lost, unsaved });
const NONE = { different: [], lost: [], unsaved: [] };

describe('people, a relay that crashes and a network that misbehaves', () => {
  for (let first = FIRST; first < FIRST + SEEDS; first += SEEDS_PER_TEST) {
    const last = Math.min(first + SEEDS_PER_TEST, FIRST + SEEDS) - 1;
    it(`[CHK-5] [CHK-6] [CON-5] [REC-3] seeds ${first} to ${last} end equal, with everything that was called saved`, async () => {
      for (let seed = first; seed <= last; seed++) {
        const outcome = await new Simulation(seed).run();
        expect(failures(outcome), `seed ${seed}`).toEqual(NONE);
        expect(outcome.words, `seed ${seed} wrote nothing`).toBeGreaterThan(0);
      }
    });
  }
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
    expect(failures(await new Simulation(seed).run())).toEqual(NONE);
  });
});

describe('the simulation itself', () => {
  it('does the same again for the same seed', async () => {
    const [one, two] = [await new Simulation(7).run(), await new Simulation(7).run()];
    expect(two).toEqual(one);
    expect(one.trace.length).toBeGreaterThan(50);
  });
});
