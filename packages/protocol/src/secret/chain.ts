/** Chains (REC-5): one signature vouches for all records of a session before it. */
import { type Bytes, equal } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import { peekRecord, recordHash, verifyRecord, type WriterKeys } from '../record.ts';
import type { Suite } from './suite.ts';

/**
 * Checks consecutive records of one session that follow `previous` (the trusted hash before the first, NO_PREVIOUS at n = 0), by the
 * signature of the last by the key of its type. Value: the hash of each record. Errors: those of `peekRecord`, `session_gap` when the records are not
 * consecutive records of one session, `bad_signature`: then any of them may be the bad one.
 */
export async function verifyChain(
  suite: Suite,
  writers: WriterKeys,
  docId: Bytes,
  previous: Bytes,
  records: readonly Bytes[],
): Promise<Result<Bytes[]>> {
  const hashes: Bytes[] = [];
  let before = previous;
  let first: { session: Bytes; n: number } | undefined;
  for (const [index, bytes] of records.entries()) {
    const place = peekRecord(bytes);
    if (!place.ok) return place;
    first ??= place.value;
    if (place.value.n !== first.n + index || !equal(place.value.session, first.session)) return fail('session_gap');
    if (index === records.length - 1 && !(await verifyRecord(suite.verify, writers, docId, before, bytes))) {
      return fail('bad_signature');
    }
    before = recordHash(docId, before, bytes, suite.sha256);
    hashes.push(before);
  }
  return ok(hashes);
}
