import { contradictionOf, type Signed, type Statement } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { LoneRelay, loneHost, type Outcome } from '../src/index.ts';
import { spans } from './seeds.ts';

const failures = ({ different, lost, unsaved }: Outcome) => ({ different, lost, unsaved });
const NONE = { different: [], lost: [], unsaved: [] };

describe('people, a relay that crashes and a network that misbehaves', () => {
  it.each(spans(800))(
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

/** On a network as real ones are, which deliver in order or not at all, nobody has anything to say against an honest relay. */
class OrderlyNetwork extends LoneRelay {
  protected override readonly storm = { minDelayMs: 1, maxDelayMs: 200, cut: 0.01, duplicate: 0, reorder: 0 };
}

const FALSE_ALARMS: [seed: number, what: string][] = [
  [9, 'a session that was retired was missed again, because the program still knew of it'],
  [158, 'an own session was not missed when it was retired, and so was missed later'],
];

describe('seeds in which an honest relay was reported once', () => {
  it.each(FALSE_ALARMS)('[CHK-4] [REC-6] seed %i: %s', async (seed) => {
    const outcome = await new OrderlyNetwork(seed).run();
    expect([failures(outcome), outcome.reports]).toEqual([NONE, []]);
  });
});

/** Its host signs what it holds, and is asked all the time: what it signed before and after a crash, a checkpoint, a retired session. */
class SigningHost extends OrderlyNetwork {
  readonly signed: Signed<Statement>[] = [];
  protected override readonly replication = loneHost((statement) => this.signed.push(statement));

  constructor(seed: number) {
    super(seed);
    this.ports.timing = { statementAfterMs: 500, statementEveryMs: 0, statementAgainMs: 1000 };
  }

  /** What any two of them prove when a long time lies between them. */
  get contradictions(): string[] {
    const spread = this.signed.map((one, index) => ({
      ...one,
      fact: { ...one.fact, time: one.fact.time + index * 1000 },
    }));
    return spread.flatMap((later, index) => spread.slice(0, index).flatMap((one) => contradictionOf(one, later) ?? []));
  }
}

describe('people whose honest host signs', () => {
  it.each(spans(100))('[CHK-10] [STM-6] seeds %i to %i: it never contradicts itself', async (first, last) => {
    for (let seed = first; seed <= last; seed++) {
      const host = new SigningHost(seed);
      const outcome = await host.run();
      expect(failures(outcome), `seed ${seed}`).toEqual(NONE);
      expect(host.signed.length, `seed ${seed} stated nothing`).toBeGreaterThan(1);
      expect(host.contradictions, `seed ${seed}`).toEqual([]);
      expect(
        outcome.reports.filter((report) => report.startsWith('relay_contradicts')),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });
});

describe('the simulation itself', () => {
  it('does the same again for the same seed', async () => {
    const [one, two] = [await new LoneRelay(7).run(), await new LoneRelay(7).run()];
    expect(two).toEqual(one);
    expect(one.trace.length).toBeGreaterThan(50);
  });
});
