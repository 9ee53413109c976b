/** An item of an inbox (§20): sealed to the inbox key by whoever may add, and what takes it back. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import { fail, ok, type Result } from './errors.ts';
import { sha256 as defaultSha256, type Sha256, type Verify } from './hash.ts';
import {
  HASH_BYTES,
  ITEM_CLASSES_BYTES,
  MAX_ITEM_BYTES,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  TAG_BYTES,
  VERSION,
} from './limits.ts';
import { Reader } from './reader.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

/** Types 1 to 4 are those of records, checkpoints and live messages. */
const TYPE_ITEM = 5;

export interface ItemFields {
  /** Ed25519, made for this item alone: whoever has its secret may take the item back. */
  sender: Bytes;
  /** The encapsulated key. */
  enc: Bytes;
  /** 16 bytes longer than one of the classes. */
  ciphertext: Bytes;
}

export interface Item extends ItemFields {
  signature: Bytes;
}

/** The bytes of an item that stand in the clear before `enc`: the associated data of its sealing. */
export function itemClearPart(sender: Bytes): Bytes {
  return encode((writer) => writeClearPart(writer, sender));
}

function writeClearPart(writer: Writer, sender: Bytes): void {
  writer.u8(VERSION);
  writer.u8(TYPE_ITEM);
  writer.fixed(sender, PUBLIC_KEY_BYTES);
}

function isClass(length: number): boolean {
  return ITEM_CLASSES_BYTES.some((bytes) => length === bytes + TAG_BYTES);
}

function writeFields(writer: Writer, { sender, enc, ciphertext }: ItemFields): void {
  if (!isClass(ciphertext.length)) throw new RangeError('length of an item');
  writeClearPart(writer, sender);
  writer.fixed(enc, PUBLIC_KEY_BYTES);
  writer.bytes(ciphertext);
}

/** All fields but the signature: what `itemSigningInput` takes. */
export function encodeUnsignedItem(item: ItemFields): Bytes {
  return encode((writer) => writeFields(writer, item));
}

export function encodeItem(item: Item): Bytes {
  return encode((writer) => {
    writeFields(writer, item);
    writer.fixed(item.signature, SIGNATURE_BYTES);
  });
}

/** Errors: `too_large`, `unsupported_version`, `bad_message` (INBOX-4). */
export function decodeItem(bytes: Bytes): Result<Item> {
  if (bytes.length > MAX_ITEM_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === TYPE_ITEM);
  const sender = reader.fixed(PUBLIC_KEY_BYTES);
  const enc = reader.fixed(PUBLIC_KEY_BYTES);
  const ciphertext = reader.bytes();
  reader.check(isClass(ciphertext.length));
  return reader.end({ sender, enc, ciphertext, signature: reader.fixed(SIGNATURE_BYTES) });
}

/** `unsigned`: the item's bytes without the signature. */
export function itemSigningInput(inboxId: Bytes, unsigned: Bytes): Bytes {
  return concat(label('arc1 item'), inboxId, unsigned);
}

/** 32 bytes by which an item is known, over all its bytes. */
export function itemHash(inboxId: Bytes, bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 item hash'), inboxId, bytes));
}

/** INBOX-3: decodes and checks that whoever holds the post key signed it for this inbox, else `bad_signature`. */
export async function checkItem(inboxId: Bytes, post: Bytes, bytes: Bytes, verify: Verify): Promise<Result<Item>> {
  const item = decodeItem(bytes);
  if (!item.ok) return item;
  const signed = await verify(post, itemSigningInput(inboxId, unsignedPart(bytes)), signatureOf(bytes));
  return signed ? item : fail('bad_signature');
}

/** What takes an item back (INBOX-9): its hash, and a signature by its sender key. */
export interface Withdrawal {
  hash: Bytes;
  signature: Bytes;
}

export function withdrawalSigningInput(inboxId: Bytes, hash: Bytes): Bytes {
  return concat(label('arc1 withdraw'), inboxId, hash);
}

export function encodeWithdrawal({ hash, signature }: Withdrawal): Bytes {
  return encode((writer) => {
    writer.fixed(hash, HASH_BYTES);
    writer.fixed(signature, SIGNATURE_BYTES);
  });
}

/** Error: `bad_message`. */
export function decodeWithdrawal(bytes: Bytes): Result<Withdrawal> {
  const reader = new Reader(bytes);
  return reader.end({ hash: reader.fixed(HASH_BYTES), signature: reader.fixed(SIGNATURE_BYTES) });
}

/** INBOX-9: `item` is what is to be taken back. Errors: those of `decodeWithdrawal` and `decodeItem`, `bad_signature`. */
export async function checkWithdrawal(
  inboxId: Bytes,
  item: Bytes,
  bytes: Bytes,
  verify: Verify,
): Promise<Result<Withdrawal>> {
  const withdrawal = decodeWithdrawal(bytes);
  if (!withdrawal.ok) return withdrawal;
  const decoded = decodeItem(item);
  if (!decoded.ok) return decoded;
  const { hash, signature } = withdrawal.value;
  const signed = await verify(decoded.value.sender, withdrawalSigningInput(inboxId, hash), signature);
  return signed ? ok(withdrawal.value) : fail('bad_signature');
}
