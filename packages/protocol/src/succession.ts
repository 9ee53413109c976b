/** What may follow what: the next header (HDR-2, HDR-5) and the next checkpoint (CKP-1, CKP-2). For records it is REC-3. */
import { type Bytes, equal, toHex } from './bytes.ts';
import type { Checkpoint, FrontierEntry } from './checkpoint.ts';
import { type ErrorName, fail, ok, type Result } from './errors.ts';
import { sha256 as defaultSha256, type Sha256 } from './hash.ts';
import { decodeHeader, type Header, headerHash } from './header.ts';

/**
 * Whether `next` may stand in the place of the header `held`, both checked by `checkHeader`: `same` when it is that very header.
 * Errors: `stale_header`; `bad_header` when owner, kind or generation go where they must not.
 */
export function succeedHeader(held: Bytes, next: Bytes, sha256: Sha256 = defaultSha256): Result<'same' | 'next'> {
  if (equal(held, next)) return ok('same');
  const before = decodeHeader(held);
  const after = decodeHeader(next);
  if (!before.ok) return before;
  if (!after.ok) return after;
  const { seq, previous } = after.value;
  const isNext = seq === before.value.seq + 1 && previous !== undefined && equal(previous, headerHash(held, sha256));
  if (!isNext) return fail('stale_header');
  return mayReplace(before.value, after.value) ? ok('next') : fail('bad_header');
}

/** HDR-5, HDR-8. */
export function mayReplace(before: Header, after: Header): boolean {
  if (after.kind !== before.kind || !equal(after.owner, before.owner) || after.gen < before.gen) return false;
  if (before.comment === undefined || after.gen > before.gen) return true;
  return after.comment !== undefined && equal(after.comment, before.comment);
}

/** The checkpoint that a relay holds: `hash` of its bytes. */
export interface HeldCheckpoint {
  seq: number;
  hash: Bytes;
  retired: number;
  frontier: readonly Pick<FrontierEntry, 'session' | 'have'>[];
}

/** The records that a relay holds, covered ones included. */
export interface HeldRecords {
  /** How many of a session; 0 for one that is not known. */
  have(session: Bytes): number;
  /** Hash of the record n = have - 1 of a session, when it is held. */
  hashAt(session: Bytes, have: number): Bytes | undefined;
}

/** How many entries of the frontier before are left out; undefined when one of them goes back or left out a session that went on. */
function leftOut(held: HeldCheckpoint, next: Checkpoint, records: HeldRecords): number | undefined {
  const covered = new Map(next.frontier.map(({ session, have }) => [toHex(session), have]));
  let count = 0;
  for (const { session, have } of held.frontier) {
    const now = covered.get(toHex(session));
    if (now === undefined ? records.have(session) > have : now < have) return undefined;
    if (now === undefined) count += 1;
  }
  return count;
}

/**
 * Whether `next` may follow the checkpoint held (undefined: none yet). Its signature is another matter (`verifyCheckpoint`).
 * The answer is undefined or `checkpoint_behind` or `checkpoint_uncovered`.
 */
export function refuseCheckpoint(
  held: HeldCheckpoint | undefined,
  next: Checkpoint,
  records: HeldRecords,
): ErrorName | undefined {
  const before = held ?? { seq: 0, hash: new Uint8Array(0), retired: 0, frontier: [] };
  if (next.seq !== before.seq + 1 || !equal(next.previous ?? new Uint8Array(0), before.hash))
    return 'checkpoint_behind';
  const count = leftOut(before, next, records);
  if (count === undefined || next.retired !== before.retired + count) return 'checkpoint_uncovered';
  const isHeld = ({ session, have, hash }: FrontierEntry) => {
    const known = records.hashAt(session, have);
    return known !== undefined && equal(known, hash);
  };
  return next.frontier.every(isHeld) ? undefined : 'checkpoint_uncovered';
}
