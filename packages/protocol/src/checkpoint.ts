/** Checkpoint (§6): the sealed state of a document up to a frontier. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';
import type { Sha256, Verify } from './hash.ts';
import { sha256 as defaultSha256 } from './hash.ts';
import {
  HASH_BYTES,
  MAX_CHECKPOINT_BYTES,
  MAX_SESSIONS,
  SALT_BYTES,
  SESSION_BYTES,
  SIGNATURE_BYTES,
  VERSION,
} from './limits.ts';
import { Reader } from './reader.ts';
import { clearPart, FLAG_DEFLATED } from './record.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import { assertAscending, checkAscending } from './vector.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

export const CHECKPOINT_TYPE = 2;
/** Flag bit 1: the plaintext is that of `encodeContents` (RMK-5). */
export const FLAG_REMARKS = 2;
const KNOWN_FLAGS = FLAG_DEFLATED | FLAG_REMARKS;

/** `have` = n of the last covered record + 1; `hash` of that record. */
export interface FrontierEntry {
  session: Bytes;
  have: number;
  hash: Bytes;
}
/** The clear part. */
export interface CheckpointFields {
  flags: number;
  gen: number;
  seq: number;
  salt: Bytes;
  retired: number;
  frontier: FrontierEntry[];
  /** Hash of the checkpoint before; exactly when seq > 1. */
  previous?: Bytes;
}
export interface Checkpoint extends CheckpointFields {
  ciphertext: Bytes;
  signature: Bytes;
}

function writeFields(writer: Writer, checkpoint: CheckpointFields): void {
  const { seq, previous, frontier } = checkpoint;
  if ((checkpoint.flags & ~KNOWN_FLAGS) !== 0) throw new RangeError('unknown flag');
  if (seq < 1 || seq > 1 !== (previous !== undefined)) throw new RangeError('seq and previous');
  if (frontier.length > MAX_SESSIONS) throw new RangeError('too many sessions');
  assertAscending(frontier);
  writer.u8(VERSION);
  writer.u8(CHECKPOINT_TYPE);
  writer.u8(checkpoint.flags);
  writer.varint(checkpoint.gen);
  writer.varint(seq);
  writer.fixed(checkpoint.salt, SALT_BYTES);
  writer.varint(checkpoint.retired);
  writer.varint(frontier.length);
  for (const { session, have, hash } of frontier) {
    if (have < 1) throw new RangeError('a frontier entry without records');
    writer.fixed(session, SESSION_BYTES);
    writer.varint(have);
    writer.fixed(hash, HASH_BYTES);
  }
  if (previous !== undefined) writer.fixed(previous, HASH_BYTES);
}

/** The clear part: what the associated data is made of. */
export function encodeCheckpointFields(checkpoint: CheckpointFields): Bytes {
  return encode((writer) => writeFields(writer, checkpoint));
}

/** Everything but the signature: what `checkpointSigningInput` takes. */
export function encodeUnsignedCheckpoint(checkpoint: CheckpointFields & { ciphertext: Bytes }): Bytes {
  return encode((writer) => {
    writeFields(writer, checkpoint);
    writer.bytes(checkpoint.ciphertext);
  });
}

export function encodeCheckpoint(checkpoint: Checkpoint): Bytes {
  return encode((writer) => {
    writeFields(writer, checkpoint);
    writer.bytes(checkpoint.ciphertext);
    writer.fixed(checkpoint.signature, SIGNATURE_BYTES);
  });
}

function readFrontier(reader: Reader): FrontierEntry[] {
  const frontier = reader.list(reader.varint(MAX_SESSIONS), () => {
    const session = reader.fixed(SESSION_BYTES);
    const have = reader.varint();
    reader.check(have >= 1);
    return { session, have, hash: reader.fixed(HASH_BYTES) };
  });
  checkAscending(reader, frontier);
  return frontier;
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeCheckpoint(bytes: Bytes): Result<Checkpoint> {
  if (bytes.length > MAX_CHECKPOINT_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === CHECKPOINT_TYPE);
  const flags = reader.u8();
  reader.check((flags & ~KNOWN_FLAGS) === 0);
  const gen = reader.varint();
  const seq = reader.varint();
  reader.check(seq >= 1);
  const salt = reader.fixed(SALT_BYTES);
  const retired = reader.varint();
  const frontier = readFrontier(reader);
  const previous = seq > 1 ? { previous: reader.fixed(HASH_BYTES) } : {};
  const ciphertext = reader.bytes();
  const signature = reader.fixed(SIGNATURE_BYTES);
  return reader.end({ flags, gen, seq, salt, retired, frontier, ...previous, ciphertext, signature });
}

/** docId and the clear part of an encoded checkpoint. Throws on bytes that do not decode. */
export function checkpointAad(docId: Bytes, bytes: Bytes): Bytes {
  const checkpoint = decodeCheckpoint(bytes);
  if (!checkpoint.ok) throw new RangeError(`no checkpoint: ${checkpoint.error}`);
  return concat(docId, clearPart(bytes, checkpoint.value.ciphertext, SIGNATURE_BYTES));
}

/** `unsigned`: the checkpoint's bytes without the signature. */
export function checkpointSigningInput(docId: Bytes, unsigned: Bytes): Bytes {
  return concat(label('arc1 checkpoint'), docId, unsigned);
}

/** 32 bytes over document and all bytes of a checkpoint, signature included. */
export function checkpointHash(docId: Bytes, bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 checkpoint hash'), docId, bytes));
}

/** Whether the edit key signed these checkpoint bytes (signature included) for this document. */
export function verifyCheckpoint(
  verify: Verify,
  editPublicKey: Bytes,
  docId: Bytes,
  bytes: Bytes,
): boolean | Promise<boolean> {
  return verify(editPublicKey, checkpointSigningInput(docId, unsignedPart(bytes)), signatureOf(bytes));
}

/** What a document says, each as a Yjs update: the text, and the remarks, which no text is ever made of. */
export interface Contents {
  text: Bytes;
  remarks?: Bytes;
}

/** The plaintext of a checkpoint: with remarks that of flag 1, else the text alone. */
export function encodeContents({ text, remarks }: Contents): Bytes {
  if (remarks === undefined) return text;
  return encode((writer) => {
    writer.bytes(text);
    writer.raw(remarks);
  });
}

/** Of a checkpoint with these flags. Error: `bad_message`. */
export function decodeContents(flags: number, plaintext: Bytes): Result<Contents> {
  if ((flags & FLAG_REMARKS) === 0) return ok({ text: plaintext });
  const reader = new Reader(plaintext);
  return reader.end({ text: reader.bytes(), remarks: reader.rest() });
}
