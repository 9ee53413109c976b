/** Record (§5): one step of a document's log, sealed and signed. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail } from './errors.ts';
import type { Sha256, Verify } from './hash.ts';
import { sha256 as defaultSha256 } from './hash.ts';
import {
  DEP_SESSION_BYTES,
  HASH_BYTES,
  MAX_DEPS,
  MAX_RECORD_BYTES,
  SESSION_BYTES,
  SIGNATURE_BYTES,
  VERSION,
} from './limits.ts';
import { Reader } from './reader.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import { varintSize } from './varint.ts';
import { assertAscending, checkAscending } from './vector.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

export const RECORD_UPDATE = 1;
/** What those with a link to comment write (§23): never a part of the text. */
export const RECORD_REMARK = 6;
export type RecordType = 1 | 6;
/** RMK-2: how the id of a session of remarks ends, and that of no other. */
export const REMARK_SESSION_END: Bytes = label('remarks');
/** Flag bit 0 of records and checkpoints: the plaintext is raw DEFLATE. */
export const FLAG_DEFLATED = 1;
/** The previous hash of a session's first record. */
export const NO_PREVIOUS: Bytes = new Uint8Array(HASH_BYTES);

/** Head of another session: the first 8 bytes of its id and the n seen last. */
export interface Dep {
  session: Bytes;
  n: number;
}
/** The clear part. */
export interface RecordFields {
  type: RecordType;
  flags: number;
  gen: number;
  session: Bytes;
  n: number;
  deps: Dep[];
}
export interface SealedRecord extends RecordFields {
  ciphertext: Bytes;
  signature: Bytes;
}
export interface RecordPlace {
  gen: number;
  session: Bytes;
  n: number;
}

/** The keys of a document that sign records: `comment` is undefined when its header names none. */
export interface WriterKeys {
  edit: Bytes;
  comment?: Bytes;
}

/** RMK-2: by its session, whose records are all of one type, a record is a remark or a part of the text. */
export function isRemarkSession(session: Bytes): boolean {
  const from = session.length - REMARK_SESSION_END.length;
  return REMARK_SESSION_END.every((byte, index) => session[from + index] === byte);
}

function writeFields(writer: Writer, record: RecordFields): void {
  const isRemark = record.type === RECORD_REMARK;
  if ((record.flags & ~FLAG_DEFLATED) !== 0) throw new RangeError('unknown flag');
  if (record.deps.length > (isRemark ? 0 : MAX_DEPS)) throw new RangeError('too many deps');
  if (isRemark !== isRemarkSession(record.session)) throw new RangeError('a session has one type of records');
  assertAscending(record.deps);
  writer.u8(VERSION);
  writer.u8(record.type);
  writer.u8(record.flags);
  writer.varint(record.gen);
  writer.fixed(record.session, SESSION_BYTES);
  writer.varint(record.n);
  writer.varint(record.deps.length);
  for (const { session, n } of record.deps) {
    writer.fixed(session, DEP_SESSION_BYTES);
    writer.varint(n);
  }
}

/** The clear part: what the associated data is made of. */
export function encodeRecordFields(record: RecordFields): Bytes {
  return encode((writer) => writeFields(writer, record));
}

/** Everything but the signature: what `recordSigningInput` takes. */
export function encodeUnsignedRecord(record: RecordFields & { ciphertext: Bytes }): Bytes {
  return encode((writer) => {
    writeFields(writer, record);
    writer.bytes(record.ciphertext);
  });
}

export function encodeRecord(record: SealedRecord): Bytes {
  return encode((writer) => {
    writeFields(writer, record);
    writer.bytes(record.ciphertext);
    writer.fixed(record.signature, SIGNATURE_BYTES);
  });
}

/** Version, type, flags, and the place of the record; leaves the reader before the deps. */
function readPlace(reader: Reader): RecordPlace & { type: RecordType; flags: number } {
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  const type = reader.u8();
  reader.check(type === RECORD_UPDATE || type === RECORD_REMARK);
  const flags = reader.u8();
  reader.check((flags & ~FLAG_DEFLATED) === 0);
  const gen = reader.varint();
  const session = reader.fixed(SESSION_BYTES);
  reader.check((type === RECORD_REMARK) === isRemarkSession(session));
  return { type: type as RecordType, flags, gen, session, n: reader.varint() };
}

function readDeps(reader: Reader, type: RecordType): Dep[] {
  const deps = reader.list(reader.varint(type === RECORD_REMARK ? 0 : MAX_DEPS), () => ({
    session: reader.fixed(DEP_SESSION_BYTES),
    n: reader.varint(),
  }));
  checkAscending(reader, deps);
  return deps;
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeRecord(bytes: Bytes): Result<SealedRecord> {
  if (bytes.length > MAX_RECORD_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  const { type, flags, gen, session, n } = readPlace(reader);
  const deps = readDeps(reader, type);
  const ciphertext = reader.bytes();
  const signature = reader.fixed(SIGNATURE_BYTES);
  return reader.end({ type, flags, gen, session, n, deps, ciphertext, signature });
}

/**
 * Whether the bytes are a whole record, and its place, without building deps: for the hot path of a relay.
 * It refuses exactly what `decodeRecord` refuses.
 */
export function peekRecord(bytes: Bytes): Result<RecordPlace> {
  if (bytes.length > MAX_RECORD_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  const { type, gen, session, n } = readPlace(reader);
  if (bytes[reader.offset] === 0) reader.skip(1);
  else readDeps(reader, type);
  reader.skip(reader.varint());
  reader.skip(SIGNATURE_BYTES);
  return reader.end({ gen, session, n });
}

/** docId and the clear part of an encoded record (REC-2). Throws on bytes that do not decode. */
export function recordAad(docId: Bytes, bytes: Bytes): Bytes {
  const record = decodeRecord(bytes);
  if (!record.ok) throw new RangeError(`no record: ${record.error}`);
  return concat(docId, clearPart(bytes, record.value.ciphertext, SIGNATURE_BYTES));
}

/** The bytes before a ciphertext field that is followed by `after` bytes. */
export function clearPart(bytes: Bytes, ciphertext: Bytes, after: number): Bytes {
  return bytes.subarray(0, bytes.length - after - ciphertext.length - varintSize(ciphertext.length));
}

/** `unsigned`: the record's bytes without the signature; `previous`: hash of the session's record before, or NO_PREVIOUS. */
export function recordSigningInput(docId: Bytes, previous: Bytes, unsigned: Bytes): Bytes {
  return concat(label('arc1 record'), docId, previous, unsigned);
}

const HASH_LABEL = label('arc1 record hash');

/** 32 bytes over document, previous hash and all bytes of a record, signature included. */
export function recordHash(docId: Bytes, previous: Bytes, bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(HASH_LABEL, docId, previous, bytes));
}

/** RMK-3: the one key that signs records of this one's type; undefined: nobody's signature counts. */
export function signingKeyOf(keys: WriterKeys, bytes: Bytes): Bytes | undefined {
  return bytes[1] === RECORD_REMARK ? keys.comment : keys.edit;
}

/** Whether anybody's signature counts of a record of this session (RMK-3). */
export function mayHold(keys: WriterKeys, session: Bytes): boolean {
  return keys.comment !== undefined || !isRemarkSession(session);
}

/** Whether the key of its type signed these record bytes (which decode; signature included) after `previous` in this document. */
export function verifyRecord(
  verify: Verify,
  keys: WriterKeys,
  docId: Bytes,
  previous: Bytes,
  bytes: Bytes,
): boolean | Promise<boolean> {
  const key = signingKeyOf(keys, bytes);
  if (key === undefined) return false;
  return verify(key, recordSigningInput(docId, previous, unsignedPart(bytes)), signatureOf(bytes));
}
