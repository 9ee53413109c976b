import type { AddressBook } from './book.ts';
import type { Candidate } from './candidate.ts';
import { type Choice, leastFullOf } from './choose.ts';
import type { Clock } from './clock.ts';
import type { HostFacts, LoadReport } from './facts.ts';
import { ROUTING } from './limits.ts';
import type { Pool } from './pool.ts';
import { within } from './within.ts';

/** Fetches the load report of one host and verifies it; undefined when it does not come or is not its own. */
export type LookUp = (host: HostFacts) => Promise<LoadReport | undefined>;

export interface LookPorts {
  clock: Clock;
  book: AddressBook;
  lookUp: LookUp;
}

/**
 * How a browser chooses that has only a cached directory (rule 7): it draws a few hosts by what the directory says of
 * them, asks them how full they are now, and takes the least full. Looks again a few times when none has room.
 */
export async function chooseByLooking(ports: LookPorts, pool: Pool, choice: Choice): Promise<Candidate | undefined> {
  for (let looks = 0; looks < ROUTING.looksMax; looks++) {
    const drawn = pool.drawStanding(ROUTING.lookHosts, choice.random);
    const seen = await Promise.all(drawn.map((candidate) => look(ports, candidate)));
    const host = leastFullOf(
      drawn.filter((_, index) => seen[index]),
      { ...choice, nowMs: ports.clock.now() },
    );
    if (host !== undefined) return host;
  }
  return undefined;
}

/** Whether the host said how full it is; one that does not is left alone for a while. */
async function look({ clock, book, lookUp }: LookPorts, candidate: Candidate): Promise<boolean> {
  const report = await within(clock, ROUTING.askMs, lookUp(candidate.facts), undefined);
  if (report === undefined) book.exclude(candidate, ROUTING.errorExclusionMs);
  else book.putLoad(report);
  return report !== undefined;
}
