import { describe, expect, it } from 'vitest';
import { type Outcome, SharedRelays } from '../src/index.ts';
import { spans } from './seeds.ts';

const failures = ({ different, lost, unsaved, reports }: Outcome) => ({ different, lost, unsaved, reports });
const NONE = { different: [], lost: [], unsaved: [], reports: [] };

describe('people, several relay processes over one store, and a bus that loses, repeats and delays', () => {
  it.each(spans(400))(
    '[CHK-4] [CHK-5] [CON-5] [CON-7] [REC-3] [REC-6] seeds %i to %i end equal, with everything that was called saved and nothing to report',
    async (first, last) => {
      for (let seed = first; seed <= last; seed++) {
        const outcome = await new SharedRelays(seed).run();
        expect(failures(outcome), `seed ${seed}`).toEqual(NONE);
        expect(outcome.words, `seed ${seed} wrote nothing`).toBeGreaterThan(0);
      }
    },
  );
});

/** Seeds that found something, and what. */
const FOUND: [seed: number, what: string][] = [
  [18, 'a session that was retired was missed again by three people, because their programs still knew of it'],
  [33, 'the same, missed by the owner'],
];

describe('seeds that found something once', () => {
  it.each(FOUND)('[CHK-4] [CKP-6] seed %i: %s', async (seed) => {
    expect(failures(await new SharedRelays(seed).run())).toEqual(NONE);
  });
});

describe('the simulation itself', () => {
  it('does the same again for the same seed', async () => {
    const [one, two] = [await new SharedRelays(7).run(), await new SharedRelays(7).run()];
    expect(two).toEqual(one);
    expect(one.trace.length).toBeGreaterThan(50);
  });
});
