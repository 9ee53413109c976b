/** Sealing (§5 to §7): plaintext to signed bytes that a relay can store and pass on. */
import { type Bytes, concat } from '../bytes.ts';
import {
  type CheckpointFields,
  checkpointSigningInput,
  encodeCheckpointFields,
  encodeContents,
  encodeUnsignedCheckpoint,
  FLAG_REMARKS,
  type FrontierEntry,
} from '../checkpoint.ts';
import { AES_NONCE_BYTES, MIN_DEFLATE_BYTES, SALT_BYTES } from '../limits.ts';
import { encodeLiveFields, encodeUnsignedLive, LIVE_UPDATE, type LiveType, liveSigningInput } from '../live.ts';
import {
  type Dep,
  encodeRecordFields,
  encodeUnsignedRecord,
  FLAG_DEFLATED,
  isRemarkSession,
  RECORD_REMARK,
  RECORD_UPDATE,
  recordSigningInput,
} from '../record.ts';
import { checkpointKey, liveKey, nonceOf, sessionKey } from './content-keys.ts';
import { type Keys, signerFor } from './keys.ts';
import type { Suite } from './suite.ts';

export interface RecordToSeal {
  n: number;
  /** Hash of the session's record before, NO_PREVIOUS for n = 0. */
  previous: Bytes;
  deps: Dep[];
  plaintext: Bytes;
}
export interface LiveToSeal {
  count: number;
  type: LiveType;
  plaintext: Bytes;
}
export interface CheckpointToSeal {
  gen: number;
  seq: number;
  retired: number;
  frontier: FrontierEntry[];
  previous?: Bytes;
  /** Of the text. */
  plaintext: Bytes;
  /** RMK-5; undefined: there are none. */
  remarks?: Bytes;
}
/** The writer of one session. It keeps no counter: REC-1 is its user's to keep. */
export interface Session {
  readonly session: Bytes;
  readonly gen: number;
  sealRecord(record: RecordToSeal): Promise<Bytes>;
  sealLive(live: LiveToSeal): Promise<Bytes>;
}

/** Deflated when that makes it smaller. */
async function pack(suite: Suite, plaintext: Bytes): Promise<{ flags: number; packed: Bytes }> {
  if (plaintext.length >= MIN_DEFLATE_BYTES) {
    const packed = await suite.deflate(plaintext);
    if (packed.length < plaintext.length) return { flags: FLAG_DEFLATED, packed };
  }
  return { flags: 0, packed: plaintext };
}

async function sealRecord(suite: Suite, keys: Keys, gen: number, session: Bytes, record: RecordToSeal): Promise<Bytes> {
  const { n, previous, deps, plaintext } = record;
  const [{ flags, packed }, key] = await Promise.all([
    pack(suite, plaintext),
    sessionKey(suite, keys, keys.docId, gen, session),
  ]);
  const isRemark = isRemarkSession(session);
  const fields = { type: isRemark ? RECORD_REMARK : RECORD_UPDATE, flags, gen, session, n, deps } as const;
  const aad = concat(keys.docId, encodeRecordFields(fields));
  const ciphertext = await suite.seal(key, nonceOf(n), aad, packed);
  const unsigned = encodeUnsignedRecord({ ...fields, ciphertext });
  const signer = signerFor(keys, isRemark ? 'comment' : 'edit');
  return concat(unsigned, await signer.sign(recordSigningInput(keys.docId, previous, unsigned)));
}

async function sealLive(suite: Suite, keys: Keys, gen: number, session: Bytes, live: LiveToSeal): Promise<Bytes> {
  const fields = { type: live.type, gen, session, count: live.count };
  const key = await liveKey(suite, keys, keys.docId, gen, session);
  const aad = concat(keys.docId, encodeLiveFields(fields));
  const ciphertext = await suite.seal(key, nonceOf(live.count), aad, live.plaintext);
  const unsigned = encodeUnsignedLive({ ...fields, ciphertext });
  if (live.type !== LIVE_UPDATE) return unsigned;
  return concat(unsigned, await signerFor(keys, 'edit').sign(liveSigningInput(keys.docId, unsigned)));
}

/**
 * A writer; `session` is 16 fresh random bytes, of remarks 8 and how such ids end (RMK-2). Records and live updates need the edit key,
 * remarks the comment key, presence neither.
 */
export function makeSession(suite: Suite, keys: Keys, gen: number, session: Bytes): Session {
  return {
    session,
    gen,
    sealRecord: (record) => sealRecord(suite, keys, gen, session, record),
    sealLive: (live) => sealLive(suite, keys, gen, session, live),
  };
}

/** A checkpoint with a fresh salt, so its key is used once and its nonce may be zero. */
export async function sealCheckpoint(suite: Suite, keys: Keys, checkpoint: CheckpointToSeal): Promise<Bytes> {
  const { plaintext: text, remarks, ...clear } = checkpoint;
  const { flags: packing, packed } = await pack(suite, encodeContents(remarks ? { text, remarks } : { text }));
  const flags = remarks === undefined ? packing : packing | FLAG_REMARKS;
  const fields: CheckpointFields = { ...clear, flags, salt: suite.random(SALT_BYTES) };
  const key = await checkpointKey(suite, keys, keys.docId, fields.gen, fields.salt);
  const aad = concat(keys.docId, encodeCheckpointFields(fields));
  const ciphertext = await suite.seal(key, new Uint8Array(AES_NONCE_BYTES), aad, packed);
  const unsigned = encodeUnsignedCheckpoint({ ...fields, ciphertext });
  return concat(unsigned, await signerFor(keys, 'edit').sign(checkpointSigningInput(keys.docId, unsigned)));
}
