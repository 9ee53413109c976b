/** Live messages (§7): sealed, fanned out at once, never stored. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail } from './errors.ts';
import type { Verify } from './hash.ts';
import { MAX_LIVE_BYTES, SESSION_BYTES, SIGNATURE_BYTES, VERSION } from './limits.ts';
import { Reader } from './reader.ts';
import { clearPart } from './record.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

export const LIVE_PRESENCE = 3;
export const LIVE_UPDATE = 4;
export type LiveType = 3 | 4;

/** The clear part. */
export interface LiveFields {
  type: LiveType;
  gen: number;
  session: Bytes;
  count: number;
}
export interface LiveMessage extends LiveFields {
  ciphertext: Bytes;
  /** Live updates only: presence is not signed. */
  signature?: Bytes;
}

function writeFields(writer: Writer, live: LiveFields): void {
  writer.u8(VERSION);
  writer.u8(live.type);
  writer.varint(live.gen);
  writer.fixed(live.session, SESSION_BYTES);
  writer.varint(live.count);
}

/** The clear part: what the associated data is made of. */
export function encodeLiveFields(live: LiveFields): Bytes {
  return encode((writer) => writeFields(writer, live));
}

/** Everything but the signature: what `liveSigningInput` takes, and a whole presence message. */
export function encodeUnsignedLive(live: LiveFields & { ciphertext: Bytes }): Bytes {
  return encode((writer) => {
    writeFields(writer, live);
    writer.bytes(live.ciphertext);
  });
}

export function encodeLive(live: LiveMessage): Bytes {
  const { type, signature } = live;
  if ((type === LIVE_UPDATE) !== (signature !== undefined)) throw new RangeError('live updates alone are signed');
  return encode((writer) => {
    writeFields(writer, live);
    writer.bytes(live.ciphertext);
    if (signature !== undefined) writer.fixed(signature, SIGNATURE_BYTES);
  });
}

function readFields(reader: Reader): LiveFields {
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  const type = reader.u8();
  reader.check(type === LIVE_PRESENCE || type === LIVE_UPDATE);
  return { type: type as LiveType, gen: reader.varint(), session: reader.fixed(SESSION_BYTES), count: reader.varint() };
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeLive(bytes: Bytes): Result<LiveMessage> {
  if (bytes.length > MAX_LIVE_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  const fields = readFields(reader);
  const ciphertext = reader.bytes();
  const signature = fields.type === LIVE_UPDATE ? { signature: reader.fixed(SIGNATURE_BYTES) } : {};
  return reader.end({ ...fields, ciphertext, ...signature });
}

/** Type, generation and place of a whole live message, for the hot path of a relay; refuses exactly what `decodeLive` refuses. */
export function peekLive(bytes: Bytes): Result<LiveFields> {
  if (bytes.length > MAX_LIVE_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  const fields = readFields(reader);
  reader.skip(reader.varint());
  if (fields.type === LIVE_UPDATE) reader.skip(SIGNATURE_BYTES);
  return reader.end(fields);
}

/** docId and the clear part of an encoded live message. Throws on bytes that do not decode. */
export function liveAad(docId: Bytes, bytes: Bytes): Bytes {
  const live = decodeLive(bytes);
  if (!live.ok) throw new RangeError(`no live message: ${live.error}`);
  return concat(docId, clearPart(bytes, live.value.ciphertext, live.value.signature?.length ?? 0));
}

/** `unsigned`: the message's bytes without the signature. */
export function liveSigningInput(docId: Bytes, unsigned: Bytes): Bytes {
  return concat(label('arc1 live'), docId, unsigned);
}

/** LIVE-2: whether the edit key signed these bytes of a live update (signature included). */
export function verifyLive(
  verify: Verify,
  editPublicKey: Bytes,
  docId: Bytes,
  bytes: Bytes,
): boolean | Promise<boolean> {
  return verify(editPublicKey, liveSigningInput(docId, unsignedPart(bytes)), signatureOf(bytes));
}
