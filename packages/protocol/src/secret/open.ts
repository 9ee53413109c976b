/** Opening (§5 to §7): from signed bytes to plaintext, refusing what does not belong. */
import { type Bytes, concat } from '../bytes.ts';
import { decodeCheckpoint, verifyCheckpoint } from '../checkpoint.ts';
import { fail, ok, type Result } from '../errors.ts';
import { AES_NONCE_BYTES, MAX_INFLATED_BYTES, MAX_REMARK_BYTES, SIGNATURE_BYTES } from '../limits.ts';
import { decodeLive, LIVE_UPDATE, verifyLive } from '../live.ts';
import { clearPart, decodeRecord, FLAG_DEFLATED, RECORD_REMARK } from '../record.ts';
import { checkpointKey, liveKey, nonceOf, sessionKey } from './content-keys.ts';
import type { Keys } from './keys.ts';
import type { Suite } from './suite.ts';

/** REC-7: at most 64 MiB come out, or what the caller says. */
async function unpack(
  suite: Suite,
  flags: number,
  packed: Bytes | undefined,
  maxBytes: number = MAX_INFLATED_BYTES,
): Promise<Result<Bytes>> {
  if (packed === undefined) return fail('open_failed');
  if ((flags & FLAG_DEFLATED) === 0) return ok(packed);
  const plaintext = await suite.inflate(packed, maxBytes);
  if (plaintext === 'too_large') return fail('too_large');
  return plaintext === undefined ? fail('open_failed') : ok(plaintext);
}

/**
 * The plaintext of a record of `docId`. It does NOT look at the signature: REC-5 asks the caller to verify the chain first (`verifyChain`).
 * Errors: those of `decodeRecord`, `open_failed`, `too_large`.
 */
export async function openRecord(suite: Suite, keys: Keys, docId: Bytes, bytes: Bytes): Promise<Result<Bytes>> {
  const record = decodeRecord(bytes);
  if (!record.ok) return record;
  const { type, flags, gen, session, n, ciphertext } = record.value;
  const key = await sessionKey(suite, keys, docId, gen, session);
  const aad = concat(docId, clearPart(bytes, ciphertext, SIGNATURE_BYTES));
  const packed = await suite.open(key, nonceOf(n), aad, ciphertext);
  return unpack(suite, flags, packed, type === RECORD_REMARK ? MAX_REMARK_BYTES : MAX_INFLATED_BYTES);
}

/**
 * The plaintext of a live message; of a live update only with a good signature (LIVE-2). The count is the caller's to compare (LIVE-3).
 * Errors: those of `decodeLive`, `bad_signature`, `open_failed`.
 */
export async function openLive(
  suite: Suite,
  keys: Keys,
  docId: Bytes,
  bytes: Bytes,
  editPublicKey: Bytes,
): Promise<Result<Bytes>> {
  const live = decodeLive(bytes);
  if (!live.ok) return live;
  const { type, gen, session, count, ciphertext, signature } = live.value;
  if (type === LIVE_UPDATE && !(await verifyLive(suite.verify, editPublicKey, docId, bytes)))
    return fail('bad_signature');
  const key = await liveKey(suite, keys, docId, gen, session);
  const aad = concat(docId, clearPart(bytes, ciphertext, signature?.length ?? 0));
  const plaintext = await suite.open(key, nonceOf(count), aad, ciphertext);
  return plaintext === undefined ? fail('open_failed') : ok(plaintext);
}

/** The plaintext of a checkpoint with a good signature (CKP-5). Errors: those of `decodeCheckpoint`, `bad_signature`, `open_failed`, `too_large`. */
export async function openCheckpoint(
  suite: Suite,
  keys: Keys,
  docId: Bytes,
  bytes: Bytes,
  editPublicKey: Bytes,
): Promise<Result<Bytes>> {
  const checkpoint = decodeCheckpoint(bytes);
  if (!checkpoint.ok) return checkpoint;
  const { flags, gen, salt, ciphertext } = checkpoint.value;
  const opening = async (): Promise<Bytes | undefined> => {
    const key = await checkpointKey(suite, keys, docId, gen, salt);
    const aad = concat(docId, clearPart(bytes, ciphertext, SIGNATURE_BYTES));
    return suite.open(key, new Uint8Array(AES_NONCE_BYTES), aad, ciphertext);
  };
  // Both at once; nothing is inflated that an editor did not sign.
  const [isSigned, packed] = await Promise.all([
    verifyCheckpoint(suite.verify, editPublicKey, docId, bytes),
    opening(),
  ]);
  return isSigned ? unpack(suite, flags, packed) : fail('bad_signature');
}
