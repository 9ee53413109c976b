import type { Candidate } from './candidate.ts';

/**
 * Which hosts are chosen from; the next when there is none (rules 1, 5): those with room in what they have earned, those
 * with room, those that could just take a session.
 *
 * Within what they have earned hosts are drawn and compared by what they declare: they are held by the limit, not by the
 * weight. By what was earned, one that could earn more would look fuller than the others and seldom be drawn, and so never
 * get the chance. Beyond that limit only what was earned counts, and a boast gains nothing.
 */
export const STRICTNESSES = ['earned', 'roomy', 'open'] as const;
export type Strictness = (typeof STRICTNESSES)[number];

/** The weight of a host among those of a strictness, 0 when it is none of them. */
export function weightAmong(strictness: Strictness, candidate: Candidate, nowMs: number): number {
  const fits = strictness === 'open' ? candidate.couldTake(candidate.meanUnits) : candidate.hasRoom;
  if (!fits || !candidate.isOpen(nowMs)) return 0;
  if (strictness !== 'earned') return candidate.earnedUnits(nowMs);
  return candidate.hasEarned(nowMs) ? candidate.declaredUnits(nowMs) : 0;
}

/** How full a host is by its weight (rule 2). */
export function fullness(strictness: Strictness, candidate: Candidate, nowMs: number): number {
  return candidate.carriedUnits / weightAmong(strictness, candidate, nowMs);
}
