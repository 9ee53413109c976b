import { ROUTING } from './limits.ts';

/** What a load report of this age is still worth: 1, one half, or 0 when nothing is known any more (rule 1). */
export function freshness(ageMs: number): number {
  if (ageMs <= ROUTING.freshMs) return 1;
  return ageMs <= ROUTING.staleMs ? ROUTING.staleShare : 0;
}
