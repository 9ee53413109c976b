/** What headers that an owner signs have in common, when they are replaced by the next one as a whole: blobs (§19) and inboxes (§20). */
import { type Bytes, equal } from './bytes.ts';
import { fail, ok, type Result } from './errors.ts';
import { sha256 as defaultSha256, type Sha256, type Verify } from './hash.ts';
import { docIdOf } from './ids.ts';
import { signatureOf, unsignedPart } from './signed.ts';

interface Owned {
  seq: number;
  owner: Bytes;
  previous?: Bytes;
}

export interface OwnedFormat<T extends Owned> {
  /** Of CAP-3. */
  kind: number;
  decode(bytes: Bytes): Result<T>;
  /** What the owner signs, of the bytes before the signature. */
  signingInput(unsigned: Bytes): Bytes;
  /** Of all bytes. */
  hash(bytes: Bytes, sha256: Sha256): Bytes;
  /** Whether everything is the same that never changes, besides the owner. */
  keeps(before: T, after: T): boolean;
}

/** Decodes and checks that the header is of this id and signed by its owner, else `bad_header`. */
export async function checkOwned<T extends Owned>(
  { kind, decode, signingInput }: OwnedFormat<T>,
  docId: Bytes,
  bytes: Bytes,
  verify: Verify,
): Promise<Result<T>> {
  const header = decode(bytes);
  if (!header.ok) return header;
  const { owner } = header.value;
  if (!equal(docIdOf(kind, owner), docId)) return fail('bad_header');
  return (await verify(owner, signingInput(unsignedPart(bytes)), signatureOf(bytes))) ? header : fail('bad_header');
}

/** Whether `next` may stand in the place of `held`. Errors: `stale_header`, `bad_header`, those of decoding. */
export function succeedOwned<T extends Owned>(
  { decode, hash, keeps }: OwnedFormat<T>,
  held: Bytes,
  next: Bytes,
  sha256: Sha256 = defaultSha256,
): Result<'same' | 'next'> {
  if (equal(held, next)) return ok('same');
  const before = decode(held);
  const after = decode(next);
  if (!before.ok) return before;
  if (!after.ok) return after;
  const { seq, previous, owner } = after.value;
  const isNext = seq === before.value.seq + 1 && previous !== undefined && equal(previous, hash(held, sha256));
  if (!isNext) return fail('stale_header');
  return equal(owner, before.value.owner) && keeps(before.value, after.value) ? ok('next') : fail('bad_header');
}
