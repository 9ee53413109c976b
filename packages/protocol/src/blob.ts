/** The header of a blob (§19): the owner's signed statement of how large it is, until when it is kept, and how often it may be taken. */
import type { Bytes } from './bytes.ts';
import { concat, equal, label } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail } from './errors.ts';
import type { Sha256, Verify } from './hash.ts';
import { sha256 as defaultSha256 } from './hash.ts';
import {
  HASH_BYTES,
  HOST_ID_BYTES,
  KIND_BLOB,
  MAX_BLOB_HEADER_BYTES,
  MAX_SEALED_MANIFEST_BYTES,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  VERSION,
} from './limits.ts';
import { checkOwned, type OwnedFormat, succeedOwned } from './owned.ts';
import { Reader } from './reader.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

/** The host that counts downloads from this header on (COPY-9), and how many it may give besides those that were its own. */
export interface BlobCounter {
  hostId: Bytes;
  more: number;
}

export interface BlobFields {
  seq: number;
  owner: Bytes;
  read: Bytes;
  /** Unix seconds; a blob always ends. */
  expiry: number;
  /** How often it may be taken; 0 as often as people want. */
  downloads: number;
  /** Bytes of the whole sealed blob. */
  length: number;
  /** Of them, the sealed manifest at the beginning. */
  manifest: number;
  /** Left out: nothing changes in who counts; once there was one, every later header has one. Never with seq 1. */
  counter?: BlobCounter;
  /** Hash of the header before; exactly when seq > 1. */
  previous?: Bytes;
}

export interface BlobHeader extends BlobFields {
  signature: Bytes;
}

const COUNTER_FLAG = 2;

function isSize({ length, manifest }: BlobFields): boolean {
  return manifest >= 1 && manifest <= MAX_SEALED_MANIFEST_BYTES && length > manifest;
}

function writeFields(writer: Writer, header: BlobFields): void {
  if (header.seq < 1 || header.seq > 1 !== (header.previous !== undefined)) throw new RangeError('seq and previous');
  if (header.seq === 1 && header.counter !== undefined) throw new RangeError('whoever takes it first counts');
  if (!isSize(header) || header.expiry === 0) throw new RangeError('length, manifest or expiry of a blob');
  writer.u8(VERSION);
  writer.u8(KIND_BLOB);
  writer.u8(header.counter === undefined ? 0 : COUNTER_FLAG);
  writer.varint(header.seq);
  writer.fixed(header.owner, PUBLIC_KEY_BYTES);
  writer.fixed(header.read, PUBLIC_KEY_BYTES);
  writer.varint(header.expiry);
  writer.varint(header.downloads);
  writer.varint(header.length);
  writer.varint(header.manifest);
  if (header.counter !== undefined) {
    writer.fixed(header.counter.hostId, HOST_ID_BYTES);
    writer.varint(header.counter.more);
  }
  if (header.previous !== undefined) writer.fixed(header.previous, HASH_BYTES);
}

/** All fields but the signature: what `blobSigningInput` takes. */
export function encodeUnsignedBlobHeader(header: BlobFields): Bytes {
  return encode((writer) => writeFields(writer, header));
}

export function encodeBlobHeader(header: BlobHeader): Bytes {
  return encode((writer) => {
    writeFields(writer, header);
    writer.fixed(header.signature, SIGNATURE_BYTES);
  });
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeBlobHeader(bytes: Bytes): Result<BlobHeader> {
  if (bytes.length > MAX_BLOB_HEADER_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === KIND_BLOB);
  const flags = reader.u8();
  reader.check((flags & ~COUNTER_FLAG) === 0);
  const seq = reader.varint();
  reader.check(seq >= 1 && (flags === 0 || seq > 1));
  const owner = reader.fixed(PUBLIC_KEY_BYTES);
  const read = reader.fixed(PUBLIC_KEY_BYTES);
  const [expiry, downloads, length, manifest] = [reader.varint(), reader.varint(), reader.varint(), reader.varint()];
  const counter = flags === 0 ? {} : { counter: { hostId: reader.fixed(HOST_ID_BYTES), more: reader.varint() } };
  const previous = seq > 1 ? { previous: reader.fixed(HASH_BYTES) } : {};
  const signature = reader.fixed(SIGNATURE_BYTES);
  const header = { seq, owner, read, expiry, downloads, length, manifest, ...counter, ...previous, signature };
  reader.check(isSize(header) && expiry > 0);
  return reader.end(header);
}

/** `unsigned`: the header's bytes without the signature. */
export function blobSigningInput(unsigned: Bytes): Bytes {
  return concat(label('arc1 blob'), unsigned);
}

/** 32 bytes over all bytes of a header, signature included. */
export function blobHeaderHash(bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 blob hash'), bytes));
}

/** What no later header of a blob changes, besides its owner (BLOB-2): its bytes, its keys, and that a host is named that counts. */
export function keepsBlob(before: BlobHeader, after: BlobHeader): boolean {
  const isSame = after.length === before.length && after.manifest === before.manifest;
  return isSame && equal(after.read, before.read) && (before.counter === undefined || after.counter !== undefined);
}

const BLOB_HEADERS: OwnedFormat<BlobHeader> = {
  kind: KIND_BLOB,
  decode: decodeBlobHeader,
  signingInput: blobSigningInput,
  hash: blobHeaderHash,
  keeps: keepsBlob,
};

/** BLOB-1: decodes and checks that the header is of this blob and signed by its owner, else `bad_header`. */
export function checkBlobHeader(blobId: Bytes, bytes: Bytes, verify: Verify): Promise<Result<BlobHeader>> {
  return checkOwned(BLOB_HEADERS, blobId, bytes, verify);
}

/**
 * BLOB-2: whether `next` may stand in the place of the header `held`, both checked by `checkBlobHeader`: `same` when it is that very
 * header. Errors: `stale_header`; `bad_header` when something changes that is fixed.
 */
export function succeedBlobHeader(held: Bytes, next: Bytes, sha256?: Sha256): Result<'same' | 'next'> {
  return succeedOwned(BLOB_HEADERS, held, next, sha256);
}
