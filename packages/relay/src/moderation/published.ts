/** The list of what this host has taken down, signed for hosts that follow it (protocol REM-5). */
import type { Bytes } from '@archipel/protocol';
import { compare, MAX_REMOVALS, MAX_REMOVALS_VALID_SECONDS, REMOVALS, signFact } from '@archipel/protocol';
import type { Identity } from '../network/identity.ts';
import type { Removal } from '../store/moderation.ts';
import type { Removals } from './removals.ts';

const SECOND_MS = 1000;
const HOUR_SECONDS = 3600;

export class PublishedRemovals {
  readonly #removals: Removals;
  readonly #identity: Identity;
  readonly #now: () => number;
  #made: { of: string; issued: number; bytes: Bytes } | undefined;

  constructor(removals: Removals, identity: Identity, now: () => number) {
    this.#removals = removals;
    this.#identity = identity;
    this.#now = now;
  }

  /** The newest 10,000. Signed anew when something changed, and every hour. */
  async get(): Promise<Bytes> {
    const own = newest(this.#removals.own);
    const of = JSON.stringify(own.map(({ docId, category, time }) => [String(docId), category, time]));
    const now = Math.floor(this.#now() / SECOND_MS);
    const made = this.#made;
    if (made?.of === of && now >= made.issued && now < made.issued + HOUR_SECONDS) return made.bytes;
    // One that follows takes only what was issued later.
    const issued = Math.max(now, (made?.issued ?? 0) + 1);
    const list = { issued, expires: issued + MAX_REMOVALS_VALID_SECONDS, removed: own };
    const bytes = await signFact(REMOVALS, list, this.#identity);
    this.#made = { of, issued, bytes };
    return bytes;
  }
}

function newest(removals: readonly Removal[]): Removal[] {
  const latest = [...removals].sort((a, b) => b.time - a.time).slice(0, MAX_REMOVALS);
  return latest.sort((a, b) => compare(a.docId, b.docId));
}
