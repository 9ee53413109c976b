import type { HostFacts } from './facts.ts';
import { ROUTING } from './limits.ts';

/** Whether a host may be given anybody yet: an operator answers for it, or it has been known for two weeks (rule 6). */
export function isAdmitted(
  { vouched, knownSinceMs }: Pick<HostFacts, 'vouched' | 'knownSinceMs'>,
  nowMs: number,
): boolean {
  return vouched || nowMs - knownSinceMs >= ROUTING.newcomerMs;
}

/**
 * What a host may carry before clients have confirmed anything: 1 % of what it declares, within bounds. Never less
 * than three mean sessions, else a small host could not take the first one and would never earn more.
 */
export function startUnits(capacityUnits: number, meanUnits: number): number {
  const share = Math.min(ROUTING.newcomerMaxUnits, ROUTING.newcomerShare * capacityUnits);
  return Math.max(share, ROUTING.roomSessions * meanUnits);
}
