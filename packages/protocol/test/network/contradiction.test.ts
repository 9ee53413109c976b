import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, contradictionOf, type FrontierEntry, type Signed, type Statement } from '../../src/index.ts';

const T = 1_800_000_000;
const fill = (length: number, byte: number) => new Uint8Array(length).fill(byte);

function statementOf(changes: Partial<Statement>, key = fill(32, 1)): Signed<Statement> {
  const fact = { docId: fill(20, 1), time: T, headerSeq: 1, expiry: 0, checkpointSeq: 0, frontier: [], ...changes };
  return { key, fact, signature: fill(64, 0) };
}
function entry(session: number, have: number, hash = have): FrontierEntry {
  return { session: fill(16, session), have, hash: fill(32, hash) };
}

describe('two statements', () => {
  it('[STM-3] with two hashes for one place fork, whenever they were made and however much else they hold', () => {
    const one = statementOf({ frontier: [entry(1, 5, 0xaa)] });
    const other = statementOf({ frontier: [entry(1, 5, 0xbb), entry(2, 1)] });
    expect(contradictionOf(one, other)).toBe('forked');
    expect(contradictionOf(other, one)).toBe('forked');
    const farLater = statementOf({ time: T + 86_400, headerSeq: 9, frontier: [entry(1, 5, 0xbb)] });
    expect(contradictionOf(one, farLater)).toBe('forked');
  });

  it('[STM-4] of which the later lacks what the earlier has prove a loss', () => {
    const earlier = statementOf({ headerSeq: 2, frontier: [entry(1, 5)] });
    const later = (changes: Partial<Statement>) =>
      statementOf({ headerSeq: 2, frontier: [entry(1, 5)], time: T + 61, ...changes });
    expect(contradictionOf(earlier, later({}))).toBeUndefined();
    expect(contradictionOf(earlier, later({ frontier: [entry(1, 4)] }))).toBe('lost');
    expect(contradictionOf(earlier, later({ headerSeq: 1 }))).toBe('lost');
    expect(contradictionOf(earlier, later({ frontier: [] }))).toBe('lost');
    expect(contradictionOf(later({ frontier: [] }), earlier)).toBe('lost');
    const withCheckpoint = statementOf({ checkpointSeq: 3, checkpointHash: fill(32, 3) });
    expect(contradictionOf(withCheckpoint, statementOf({ time: T + 61 }))).toBe('lost');
  });

  it('[STM-5] of which an honest host may have made both prove nothing', () => {
    const earlier = statementOf({ frontier: [entry(1, 5)] });
    const grown = statementOf({ time: T + 61, headerSeq: 2, frontier: [entry(1, 7), entry(2, 1)] });
    expect(contradictionOf(earlier, grown)).toBeUndefined();
    expect(contradictionOf(grown, earlier)).toBeUndefined();
    // Within a minute either may be the earlier one.
    expect(contradictionOf(earlier, statementOf({ time: T + 60, frontier: [entry(1, 4)] }))).toBeUndefined();
    // A checkpoint may have retired a session that is no longer named.
    const retired = statementOf({ time: T + 61, checkpointSeq: 1, checkpointHash: fill(32, 1) });
    expect(contradictionOf(earlier, retired)).toBeUndefined();
    // A document that expired may be forgotten, and created again.
    const expiring = statementOf({ headerSeq: 4, expiry: T + 100, frontier: [entry(1, 5)] });
    expect(contradictionOf(expiring, statementOf({ time: T + 99 }))).toBe('lost');
    expect(contradictionOf(expiring, statementOf({ time: T + 100 }))).toBeUndefined();
    expect(contradictionOf(earlier, statementOf({ frontier: [entry(1, 5, 9)] }, fill(32, 2)))).toBeUndefined();
    expect(contradictionOf(earlier, statementOf({ docId: fill(20, 2), frontier: [entry(1, 5, 9)] }))).toBeUndefined();
  });

  it('[STM-5] of a host that only ever adds, with a clock that is set back a little, never contradict each other', () => {
    const step = fc.record({ session: fc.integer({ min: 1, max: 4 }), seconds: fc.integer({ min: -5, max: 90 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const held = new Map<number, number>();
        let time = T;
        let latest = T;
        const said = steps.map(({ session, seconds }) => {
          held.set(session, (held.get(session) ?? 0) + 1);
          // Never more than 60 s behind the latest time it has said.
          time = Math.max(time + seconds, latest - 60);
          latest = Math.max(latest, time);
          const frontier = [...held].map(([name, have]) => entry(name, have));
          return statementOf({ time, frontier: frontier.sort((a, b) => compare(a.session, b.session)) });
        });
        for (const a of said) for (const b of said) expect(contradictionOf(a, b)).toBeUndefined();
      }),
    );
  });
});
