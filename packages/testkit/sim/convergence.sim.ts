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

describe('the simulation itself', () => {
  it('does the same again for the same seed', async () => {
    const [one, two] = [await new Simulation(7).run(), await new Simulation(7).run()];
    expect(two).toEqual(one);
    expect(one.trace.length).toBeGreaterThan(50);
  });
});
