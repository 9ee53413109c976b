/** The header of an inbox (§20): the owner's signed statement of who may add to it, until when, and how much. */
import type { Bytes } from './bytes.ts';
import { concat, equal, label } from './bytes.ts';
import { fail, type Result } from './errors.ts';
import { sha256 as defaultSha256, type Sha256, type Verify } from './hash.ts';
import {
  HASH_BYTES,
  KIND_INBOX,
  MAX_INBOX_HEADER_BYTES,
  MAX_INBOX_ITEMS,
  MAX_WORDS_BYTES,
  PUBLIC_KEY_BYTES,
  SALT_BYTES,
  SIGNATURE_BYTES,
  TAG_BYTES,
  VERSION,
} from './limits.ts';
import { checkOwned, type OwnedFormat, succeedOwned } from './owned.ts';
import { Reader } from './reader.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

/** What the owner tells whoever may add; only they open it. */
export interface SealedWords {
  /** Fresh for each sealing. */
  salt: Bytes;
  ciphertext: Bytes;
}

/** What the drops may take that are sent for a request: in bytes, whole and sealed; 0 as much as the host takes. */
export interface DropLimits {
  /** Of one drop. */
  each: number;
  /** Of all that are there together. */
  all: number;
}

export interface InboxFields {
  seq: number;
  owner: Bytes;
  /** Ed25519: whoever may add signs with it. */
  post: Bytes;
  /** X25519: items are sealed to it. */
  inbox: Bytes;
  /** Unix seconds: from then on nothing is taken; not later than `expiry`. In the past: it is closed. */
  closes: number;
  /** Unix seconds: from then on nothing is there any more; an inbox always ends. */
  expiry: number;
  /** Items that may ever be added, those that are gone counted. */
  maxItems: number;
  /** Of all items that are there together; 0 the host's limit. */
  maxBytes: number;
  /** Each item announces a drop that its relay has (ASK-4); left out: items are of another kind. */
  drops?: DropLimits;
  words: SealedWords;
  /** Hash of the header before; exactly when seq > 1. */
  previous?: Bytes;
}

export interface InboxHeader extends InboxFields {
  signature: Bytes;
}

/** Bit 0 never had a meaning. */
const FLAG_DROPS = 2;

function isFit({ closes, expiry, maxItems, words }: InboxFields): boolean {
  const { length } = words.ciphertext;
  if (length < TAG_BYTES || length > MAX_WORDS_BYTES + TAG_BYTES) return false;
  return expiry > 0 && closes <= expiry && maxItems >= 1 && maxItems <= MAX_INBOX_ITEMS;
}

function writeFields(writer: Writer, header: InboxFields): void {
  if (header.seq < 1 || header.seq > 1 !== (header.previous !== undefined)) throw new RangeError('seq and previous');
  if (!isFit(header)) throw new RangeError('times, numbers or words of an inbox');
  writer.u8(VERSION);
  writer.u8(KIND_INBOX);
  writer.u8(header.drops === undefined ? 0 : FLAG_DROPS);
  writer.varint(header.seq);
  writer.fixed(header.owner, PUBLIC_KEY_BYTES);
  writer.fixed(header.post, PUBLIC_KEY_BYTES);
  writer.fixed(header.inbox, PUBLIC_KEY_BYTES);
  writer.varint(header.closes);
  writer.varint(header.expiry);
  writer.varint(header.maxItems);
  writer.varint(header.maxBytes);
  if (header.drops !== undefined) {
    writer.varint(header.drops.each);
    writer.varint(header.drops.all);
  }
  writer.fixed(header.words.salt, SALT_BYTES);
  writer.bytes(header.words.ciphertext);
  if (header.previous !== undefined) writer.fixed(header.previous, HASH_BYTES);
}

/** All fields but the signature: what `inboxSigningInput` takes. */
export function encodeUnsignedInboxHeader(header: InboxFields): Bytes {
  return encode((writer) => writeFields(writer, header));
}

export function encodeInboxHeader(header: InboxHeader): Bytes {
  return encode((writer) => {
    writeFields(writer, header);
    writer.fixed(header.signature, SIGNATURE_BYTES);
  });
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeInboxHeader(bytes: Bytes): Result<InboxHeader> {
  if (bytes.length > MAX_INBOX_HEADER_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === KIND_INBOX);
  const flags = reader.u8();
  reader.check((flags & ~FLAG_DROPS) === 0);
  const seq = reader.varint();
  reader.check(seq >= 1);
  const owner = reader.fixed(PUBLIC_KEY_BYTES);
  const post = reader.fixed(PUBLIC_KEY_BYTES);
  const inbox = reader.fixed(PUBLIC_KEY_BYTES);
  const [closes, expiry, maxItems, maxBytes] = [reader.varint(), reader.varint(), reader.varint(), reader.varint()];
  const drops = flags === FLAG_DROPS ? { drops: { each: reader.varint(), all: reader.varint() } } : {};
  const words = { salt: reader.fixed(SALT_BYTES), ciphertext: reader.bytes(MAX_WORDS_BYTES + TAG_BYTES) };
  const previous = seq > 1 ? { previous: reader.fixed(HASH_BYTES) } : {};
  const signature = reader.fixed(SIGNATURE_BYTES);
  const header = {
    seq,
    owner,
    post,
    inbox,
    closes,
    expiry,
    maxItems,
    maxBytes,
    ...drops,
    words,
    ...previous,
    signature,
  };
  reader.check(isFit(header));
  return reader.end(header);
}

/** `unsigned`: the header's bytes without the signature. */
export function inboxSigningInput(unsigned: Bytes): Bytes {
  return concat(label('arc1 inbox header'), unsigned);
}

/** 32 bytes over all bytes of a header, signature included. */
export function inboxHeaderHash(bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 inbox hash'), bytes));
}

const INBOX_HEADERS: OwnedFormat<InboxHeader> = {
  kind: KIND_INBOX,
  decode: decodeInboxHeader,
  signingInput: inboxSigningInput,
  hash: inboxHeaderHash,
  keeps: (before, after) => equal(after.post, before.post) && equal(after.inbox, before.inbox),
};

/** INBOX-1: decodes and checks that the header is of this inbox and signed by its owner, else `bad_header`. */
export function checkInboxHeader(inboxId: Bytes, bytes: Bytes, verify: Verify): Promise<Result<InboxHeader>> {
  return checkOwned(INBOX_HEADERS, inboxId, bytes, verify);
}

/** INBOX-2: as `succeedBlobHeader`. */
export function succeedInboxHeader(held: Bytes, next: Bytes, sha256?: Sha256): Result<'same' | 'next'> {
  return succeedOwned(INBOX_HEADERS, held, next, sha256);
}
