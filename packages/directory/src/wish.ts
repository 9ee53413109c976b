import type { HostFacts, Wish } from './facts.ts';

/** Whether a host offers what is wished: what changes only with its manifest (rule 1). */
export function offers(facts: HostFacts, wish: Wish): boolean {
  if (!facts.services.includes(wish.service)) return false;
  if (wish.host !== undefined && facts.id !== wish.host) return false;
  if (wish.country !== undefined && facts.country !== wish.country) return false;
  if (wish.language !== undefined && !facts.languages.includes(wish.language)) return false;
  if (wish.minVersion !== undefined && !isAtLeast(facts.version, wish.minVersion)) return false;
  return wish.policies === undefined || wish.policies.every((policy) => facts.policies.includes(policy));
}

/** The same text for wishes that mean the same. */
export function keyOf({ service, country, language, policies, minVersion, host }: Wish): string {
  const sorted = [...new Set(policies)].sort();
  return JSON.stringify([service, country ?? 0, language ?? 0, sorted, minVersion ?? 0, host ?? 0]);
}

/** Compares versions number by number: 1.10 is later than 1.9; what is no number counts as 0. */
function isAtLeast(version: string, wanted: string): boolean {
  const have = numbersOf(version);
  const want = numbersOf(wanted);
  for (let index = 0; index < Math.max(have.length, want.length); index++) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0);
}
