import type { Candidate } from './candidate.ts';
import { ROUTING } from './limits.ts';
import type { Pool } from './pool.ts';
import { fullness, STRICTNESSES, type Strictness, weightAmong } from './strictness.ts';

/** What one choice needs beside the pool. */
export interface Choice {
  nowMs: number;
  /** In [0, 1). */
  random: () => number;
  /** People expected of the session. */
  units: number;
  /** Hosts asked already for this session. */
  tried: readonly Candidate[];
}

/**
 * Two weighted draws, and of the two the host that is less full by its weight (rule 2); among hosts with room, or when
 * nobody has it among all that could take the session (rule 1). Undefined when there is none.
 */
export function chooseHost(pool: Pool, choice: Choice): Candidate | undefined {
  for (const strictness of STRICTNESSES) {
    const host = betterOfTwo(pool, strictness, choice);
    if (host !== undefined) return host;
  }
  return undefined;
}

/** The least full of these few, under the same preferences; undefined when none can take the session. */
export function leastFullOf(candidates: readonly Candidate[], choice: Choice): Candidate | undefined {
  const usable = candidates.filter((candidate) => isUsable(candidate, choice));
  for (const strictness of STRICTNESSES) {
    const among = usable.filter((candidate) => weightAmong(strictness, candidate, choice.nowMs) > 0);
    if (among.length > 0) return among.reduce((one, other) => lessFull(strictness, one, other, choice.nowMs));
  }
  return undefined;
}

function betterOfTwo(pool: Pool, strictness: Strictness, choice: Choice): Candidate | undefined {
  let first: Candidate | undefined;
  for (let draws = 0; draws < ROUTING.drawsMax; draws++) {
    const drawn = pool.draw(strictness, choice.nowMs, choice.random);
    if (drawn === undefined) break;
    if (drawn === null || drawn === first || !isUsable(drawn, choice)) continue;
    if (first !== undefined) return lessFull(strictness, first, drawn, choice.nowMs);
    first = drawn;
  }
  return first;
}

function isUsable(candidate: Candidate, { units, tried }: Choice): boolean {
  return candidate.couldTake(units) && !tried.includes(candidate);
}

function lessFull(strictness: Strictness, one: Candidate, other: Candidate, nowMs: number): Candidate {
  return fullness(strictness, other, nowMs) < fullness(strictness, one, nowMs) ? other : one;
}
