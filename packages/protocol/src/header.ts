/** Header (§4): the owner's signed statement of what a document is. */
import type { Bytes } from './bytes.ts';
import { concat, equal, label } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';
import type { Sha256, Verify } from './hash.ts';
import { sha256 as defaultSha256 } from './hash.ts';
import { docIdOf } from './ids.ts';
import {
  HASH_BYTES,
  HOST_ID_BYTES,
  KIND_LOG,
  MAX_FORMER_KEYS,
  MAX_HEADER_BYTES,
  MAX_RELAY_URL_BYTES,
  MAX_RELAYS,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  VERSION,
} from './limits.ts';
import { Reader } from './reader.ts';
import type { WriterKeys } from './record.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import { encodeUtf8 } from './utf8.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

const FLAG_INBOX = 1;
const FLAG_POST = 2;
const FLAG_EDITORS_MAY_MOVE = 4;
const FLAG_PAST_OPEN = 16;
const FLAG_COMMENT = 32;
const FLAG_FORMER = 64;
const KNOWN_FLAGS = FLAG_INBOX | FLAG_POST | FLAG_EDITORS_MAY_MOVE | FLAG_PAST_OPEN | FLAG_COMMENT | FLAG_FORMER;

export interface RelayEntry {
  hostId: Bytes;
  url: string;
  role: number;
}

/** Public keys of 32 bytes; `expiry` in Unix seconds (0 never), `retention` in seconds (0 as long as the document). */
export interface UnsignedHeader {
  kind: 1;
  editorsMayMove: boolean;
  /** Readers may ask for the history, too (HDR-6); absent when not. */
  pastOpen?: true;
  seq: number;
  gen: number;
  owner: Bytes;
  edit: Bytes;
  read: Bytes;
  inbox?: Bytes;
  post?: Bytes;
  /** Signs remarks (§23); absent: there are none. */
  comment?: Bytes;
  expiry: number;
  maxBytes: number;
  retention: number;
  relays: RelayEntry[];
  /** What signed in the generations before this one, the last one first (HDR-7); absent when there is none. */
  former?: WriterKeys[];
  /** Hash of the header before; exactly when seq > 1. */
  previous?: Bytes;
}
export interface Header extends UnsignedHeader {
  signature: Bytes;
}

function flagsOf(header: UnsignedHeader): number {
  const inbox = header.inbox === undefined ? 0 : FLAG_INBOX;
  const post = header.post === undefined ? 0 : FLAG_POST;
  const move = header.editorsMayMove ? FLAG_EDITORS_MAY_MOVE : 0;
  const comment = header.comment === undefined ? 0 : FLAG_COMMENT;
  const former = header.former === undefined ? 0 : FLAG_FORMER;
  return inbox | post | move | comment | former | (header.pastOpen ? FLAG_PAST_OPEN : 0);
}

function writeUnsigned(writer: Writer, header: UnsignedHeader): void {
  if (header.seq < 1 || header.seq > 1 !== (header.previous !== undefined)) throw new RangeError('seq and previous');
  if (header.relays.length > MAX_RELAYS) throw new RangeError('too many relays');
  writer.u8(VERSION);
  writer.u8(header.kind);
  writer.u8(flagsOf(header));
  writer.varint(header.seq);
  writer.varint(header.gen);
  writer.fixed(header.owner, PUBLIC_KEY_BYTES);
  writer.fixed(header.edit, PUBLIC_KEY_BYTES);
  writer.fixed(header.read, PUBLIC_KEY_BYTES);
  if (header.inbox !== undefined) writer.fixed(header.inbox, PUBLIC_KEY_BYTES);
  if (header.post !== undefined) writer.fixed(header.post, PUBLIC_KEY_BYTES);
  if (header.comment !== undefined) writer.fixed(header.comment, PUBLIC_KEY_BYTES);
  writer.varint(header.expiry);
  writer.varint(header.maxBytes);
  writer.varint(header.retention);
  writer.varint(header.relays.length);
  for (const { hostId, url, role } of header.relays) {
    if (encodeUtf8(url).length > MAX_RELAY_URL_BYTES) throw new RangeError('relay address too long');
    writer.fixed(hostId, HOST_ID_BYTES);
    writer.utf8(url);
    writer.u8(role);
  }
  if (header.former !== undefined) writeFormer(writer, header.former);
  if (header.previous !== undefined) writer.fixed(header.previous, HASH_BYTES);
}

function writeFormer(writer: Writer, former: readonly WriterKeys[]): void {
  if (former.length < 1 || former.length > MAX_FORMER_KEYS) throw new RangeError('number of former keys');
  writer.varint(former.length);
  for (const { edit, comment } of former) {
    writer.u8(comment === undefined ? 0 : 1);
    writer.fixed(edit, PUBLIC_KEY_BYTES);
    if (comment !== undefined) writer.fixed(comment, PUBLIC_KEY_BYTES);
  }
}

/** The keys that sign records of a generation of the links, as far as the header names them. */
export function writersIn(header: UnsignedHeader, generation: number): WriterKeys | undefined {
  const { gen, former = [] } = header;
  return generation === gen ? header : former[gen - 1 - generation];
}

/** All fields but the signature: what `headerSigningInput` takes. */
export function encodeUnsignedHeader(header: UnsignedHeader): Bytes {
  return encode((writer) => writeUnsigned(writer, header));
}

export function encodeHeader(header: Header): Bytes {
  return encode((writer) => {
    writeUnsigned(writer, header);
    writer.fixed(header.signature, SIGNATURE_BYTES);
  });
}

function readHeader(reader: Reader): Header {
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === KIND_LOG);
  const flags = reader.u8();
  reader.check((flags & ~KNOWN_FLAGS) === 0);
  const seq = reader.varint();
  reader.check(seq >= 1);
  const gen = reader.varint();
  const owner = reader.fixed(PUBLIC_KEY_BYTES);
  const edit = reader.fixed(PUBLIC_KEY_BYTES);
  const read = reader.fixed(PUBLIC_KEY_BYTES);
  const inbox = flags & FLAG_INBOX ? { inbox: reader.fixed(PUBLIC_KEY_BYTES) } : {};
  const post = flags & FLAG_POST ? { post: reader.fixed(PUBLIC_KEY_BYTES) } : {};
  const comment = flags & FLAG_COMMENT ? { comment: reader.fixed(PUBLIC_KEY_BYTES) } : {};
  const expiry = reader.varint();
  const maxBytes = reader.varint();
  const retention = reader.varint();
  const relays = reader.list(reader.varint(MAX_RELAYS), () => ({
    hostId: reader.fixed(HOST_ID_BYTES),
    url: reader.utf8(MAX_RELAY_URL_BYTES),
    role: reader.u8(),
  }));
  const former = flags & FLAG_FORMER ? { former: readFormer(reader, gen) } : {};
  const previous = seq > 1 ? { previous: reader.fixed(HASH_BYTES) } : {};
  const signature = reader.fixed(SIGNATURE_BYTES);
  const editorsMayMove = (flags & FLAG_EDITORS_MAY_MOVE) !== 0;
  const past = flags & FLAG_PAST_OPEN ? { pastOpen: true as const } : {};
  const policy = { editorsMayMove, ...past, expiry, maxBytes, retention, relays, ...former };
  const keys = { owner, edit, read, ...inbox, ...post, ...comment };
  return { kind: KIND_LOG, seq, gen, ...keys, ...policy, ...previous, signature };
}

function readFormer(reader: Reader, gen: number): WriterKeys[] {
  const count = reader.varint(MAX_FORMER_KEYS);
  reader.check(count >= 1 && count <= gen);
  return reader.list(count, () => {
    const hasComment = reader.u8();
    reader.check(hasComment <= 1);
    const edit = reader.fixed(PUBLIC_KEY_BYTES);
    return hasComment ? { edit, comment: reader.fixed(PUBLIC_KEY_BYTES) } : { edit };
  });
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeHeader(bytes: Bytes): Result<Header> {
  if (bytes.length > MAX_HEADER_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  return reader.end(readHeader(reader));
}

/** `unsigned`: the header's bytes without the signature. */
export function headerSigningInput(unsigned: Bytes): Bytes {
  return concat(label('arc1 header'), unsigned);
}

/** 32 bytes over all bytes of a header, signature included. */
export function headerHash(bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 header hash'), bytes));
}

/** HDR-1: decodes and checks that the header is of this document and signed by its owner, else `bad_header`. */
export async function checkHeader(docId: Bytes, bytes: Bytes, verify: Verify): Promise<Result<Header>> {
  const header = decodeHeader(bytes);
  if (!header.ok) return header;
  const { kind, owner } = header.value;
  if (!equal(docIdOf(kind, owner), docId)) return fail('bad_header');
  const signed = await verify(owner, headerSigningInput(unsignedPart(bytes)), signatureOf(bytes));
  return signed ? ok(header.value) : fail('bad_header');
}
