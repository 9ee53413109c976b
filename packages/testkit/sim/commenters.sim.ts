import { describe, expect, it } from 'vitest';
import { CommentedRelay, CommentedRelays, HelpingRelay, type Outcome } from '../src/index.ts';
import { spans } from './seeds.ts';

const failures = ({ different, lost, unsaved, forged }: Outcome) => ({ different, lost, unsaved, forged });
const NONE = { different: [], lost: [], unsaved: [], forged: [] };

describe('people who write and people who only comment, a relay that crashes and a network that misbehaves', () => {
  it.each(spans(50))(
    '[RMK-1] [RMK-3] [RMK-5] seeds %i to %i: all who read see the same remarks, none that was called saved is lost, and none is in the text',
    async (first, last) => {
      let remarks = 0;
      for (let seed = first; seed <= last; seed++) {
        const outcome = await new CommentedRelay(seed).run();
        expect(failures(outcome), `seed ${seed}`).toEqual(NONE);
        remarks += outcome.remarks;
      }
      expect(remarks).toBeGreaterThan(last - first);
    },
  );
});

describe('the same over several relay processes and a bus that loses, repeats and delays', () => {
  it.each(spans(50))('[CHK-4] [RMK-1] [RMK-5] seeds %i to %i, with nothing to report', async (first, last) => {
    for (let seed = first; seed <= last; seed++) {
      const outcome = await new CommentedRelays(seed).run();
      expect([failures(outcome), outcome.reports], `seed ${seed}`).toEqual([NONE, []]);
      expect(outcome.remarks, `seed ${seed} remarked nothing`).toBeGreaterThan(0);
    }
  });
});

describe('a host that hands out text signed with the comment key', () => {
  it.each(spans(50))('[RMK-3] seeds %i to %i: nobody takes it, and it is said', async (first, last) => {
    let [handedOut, reports] = [0, 0];
    for (let seed = first; seed <= last; seed++) {
      const host = new HelpingRelay(seed);
      const outcome = await host.run();
      expect(failures(outcome), `seed ${seed}`).toEqual(NONE);
      handedOut += host.handedOut;
      reports += outcome.reports.filter((report) => report.includes('relay_forged')).length;
    }
    expect(handedOut).toBeGreaterThan(last - first);
    expect(reports).toBeGreaterThan(0);
  });
});

describe('the simulation itself', () => {
  it('does the same again for the same seed', async () => {
    const [one, two] = [await new HelpingRelay(7).run(), await new HelpingRelay(7).run()];
    expect(two).toEqual(one);
    expect(one.remarks).toBeGreaterThan(5);
  });
});
