/**
 * Chunked encryption as https://c2sp.org/chunked-encryption specifies it, in the instantiation that is named Cobblestone-256: HKDF-Expand
 * with SHA-512, AES-256-GCM (§19). A message is 24 bytes of salt, 32 of commitment, then chunks of 16 KiB of which the last is shorter.
 */
import { expand } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { type Bytes, concat, equal, label } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import {
  AES_NONCE_BYTES,
  CHUNK_BYTES,
  KEY_BYTES,
  MAX_CHUNKS,
  STREAM_COMMITMENT_BYTES,
  STREAM_SALT_BYTES,
  TAG_BYTES,
} from '../limits.ts';
import type { AesKey, Suite } from './suite.ts';

export const STREAM_HEADER_BYTES = STREAM_SALT_BYTES + STREAM_COMMITMENT_BYTES;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const PREFIX = 'c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM';
/** Of SHA-512. */
const HASH_LENGTH_BYTES = 64;
const NO_AAD: Bytes = new Uint8Array(0);
/** The low bytes of a nonce that a chunk's number changes. */
const LOW_BYTES = 4;
const LOW = 2 ** (8 * LOW_BYTES);

/** Chunks of a message: the last one is always shorter than 16 KiB, and may be empty. */
export function chunksOf(plainBytes: number): number {
  return Math.floor(plainBytes / CHUNK_BYTES) + 1;
}

export function sealedSize(plainBytes: number): number {
  return STREAM_HEADER_BYTES + plainBytes + TAG_BYTES * chunksOf(plainBytes);
}

/** The size of what is sealed in so many bytes; undefined when no message has this size (STREAM-2). */
export function openedSize(sealedBytes: number): number | undefined {
  const chunks = sealedBytes - STREAM_HEADER_BYTES;
  const rest = chunks % SEALED_CHUNK_BYTES;
  if (chunks < 0 || rest < TAG_BYTES) return undefined;
  return Math.floor(chunks / SEALED_CHUNK_BYTES) * CHUNK_BYTES + rest - TAG_BYTES;
}

/** All of a stream, for another thread of the same program: its key is worth what the plaintext is. */
export interface StreamParts {
  key: AesKey;
  baseNonce: Bytes;
  header: Bytes;
}

/** One message: its keys are of its salt alone. */
export class Stream {
  /** Salt and commitment: what the sealed message begins with. */
  readonly header: Bytes;
  readonly #suite: Suite;
  readonly #key: AesKey;
  readonly #baseNonce: Bytes;

  /** The parts are those of a stream of the same suite. */
  constructor(suite: Suite, { key, baseNonce, header }: StreamParts) {
    this.#suite = suite;
    this.#key = key;
    this.#baseNonce = baseNonce;
    this.header = header;
  }

  get parts(): StreamParts {
    return { key: this.#key, baseNonce: this.#baseNonce, header: this.header };
  }

  /** From 32 uniformly random bytes; no salt is ever used with an input key for two messages. Throws on other lengths. */
  static async derive(suite: Suite, inputKey: Bytes, salt: Bytes, context: Bytes): Promise<Stream> {
    if (inputKey.length !== KEY_BYTES || salt.length !== STREAM_SALT_BYTES) throw new RangeError('lengths of a stream');
    const size = KEY_BYTES + AES_NONCE_BYTES + STREAM_COMMITMENT_BYTES;
    // HMAC fills its key up with zeros itself (RFC 2104); @noble wants as many bytes as the hash has.
    const prk = concat(inputKey, new Uint8Array(HASH_LENGTH_BYTES - KEY_BYTES));
    const derived = expand(sha512, prk, concat(label(PREFIX), salt, context), size);
    const key = await suite.aesKey(derived.subarray(0, KEY_BYTES));
    const baseNonce = derived.subarray(KEY_BYTES, KEY_BYTES + AES_NONCE_BYTES);
    return new Stream(suite, { key, baseNonce, header: concat(salt, derived.subarray(KEY_BYTES + AES_NONCE_BYTES)) });
  }

  /** For a message that begins with `header`. Errors: `stream_cut` when it is too short, `stream_key` (STREAM-1). */
  static async read(suite: Suite, inputKey: Bytes, header: Bytes, context: Bytes): Promise<Result<Stream>> {
    if (header.length < STREAM_HEADER_BYTES) return fail('stream_cut');
    if (inputKey.length !== KEY_BYTES) return fail('stream_key');
    const stream = await Stream.derive(suite, inputKey, header.subarray(0, STREAM_SALT_BYTES), context);
    return equal(stream.header, header.subarray(0, STREAM_HEADER_BYTES)) ? ok(stream) : fail('stream_key');
  }

  /** Seals the chunk `number`: `plain` is 16 KiB, or less for the last one; `target` 16 bytes more. */
  async seal(number: number, plain: Bytes, target: Bytes): Promise<void> {
    if (plain.length > CHUNK_BYTES) throw new RangeError('more than a chunk');
    const nonce = this.#nonce(number);
    if (this.#suite.sealInto !== undefined) this.#suite.sealInto(this.#key, nonce, NO_AAD, plain, target);
    else target.set(await this.#suite.seal(this.#key, nonce, NO_AAD, plain));
  }

  /** Opens into `target`, 16 bytes shorter. False: it is not this chunk (STREAM-3). */
  async open(number: number, sealed: Bytes, target: Bytes): Promise<boolean> {
    const nonce = this.#nonce(number);
    if (this.#suite.openInto !== undefined) return this.#suite.openInto(this.#key, nonce, NO_AAD, sealed, target);
    const plain = await this.#suite.open(this.#key, nonce, NO_AAD, sealed);
    if (plain !== undefined) target.set(plain);
    return plain !== undefined;
  }

  #nonce(number: number): Bytes {
    if (!Number.isSafeInteger(number) || number < 0 || number >= MAX_CHUNKS) throw new RangeError('number of a chunk');
    const nonce = this.#baseNonce.slice();
    const view = new DataView(nonce.buffer, nonce.byteOffset);
    const low = AES_NONCE_BYTES - LOW_BYTES;
    view.setUint32(low, view.getUint32(low) ^ (number % LOW));
    view.setUint8(low - 1, view.getUint8(low - 1) ^ Math.floor(number / LOW));
    return nonce;
  }
}

/** Several chunks that follow each other from `first` on; only the last of the message is shorter than 16 KiB. */
export async function sealChunks(stream: Stream, first: number, plain: Bytes, isLast: boolean): Promise<Bytes> {
  const sealed = new Uint8Array(
    plain.length + TAG_BYTES * (isLast ? chunksOf(plain.length) : plain.length / CHUNK_BYTES),
  );
  await sealChunksInto(stream, first, plain, isLast, sealed);
  return sealed;
}

/** The same into the beginning of `target`; how many bytes of it. */
export async function sealChunksInto(
  stream: Stream,
  first: number,
  plain: Bytes,
  isLast: boolean,
  target: Bytes,
): Promise<number> {
  if (!isLast && plain.length % CHUNK_BYTES !== 0) throw new RangeError('a chunk in the middle is 16 KiB');
  const count = isLast ? chunksOf(plain.length) : plain.length / CHUNK_BYTES;
  const size = plain.length + count * TAG_BYTES;
  const sealed = target.subarray(0, size);
  await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const chunk = plain.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      return stream.seal(first + i, chunk, sealed.subarray(i * SEALED_CHUNK_BYTES, (i + 1) * SEALED_CHUNK_BYTES));
    }),
  );
  return size;
}

/** Their plaintext. `isLast`: the message ends with them. Errors: `stream_cut`, `stream_forged`. */
export async function openChunks(
  stream: Stream,
  first: number,
  sealed: Bytes,
  isLast: boolean,
): Promise<Result<Bytes>> {
  const rest = sealed.length % SEALED_CHUNK_BYTES;
  if (isLast ? rest < TAG_BYTES : rest !== 0) return fail('stream_cut');
  const count = Math.ceil(sealed.length / SEALED_CHUNK_BYTES);
  const plain = new Uint8Array(sealed.length - count * TAG_BYTES);
  const opened = await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const chunk = sealed.subarray(i * SEALED_CHUNK_BYTES, (i + 1) * SEALED_CHUNK_BYTES);
      return stream.open(first + i, chunk, plain.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
    }),
  );
  return opened.every((isGood) => isGood) ? ok(plain) : fail('stream_forged');
}

/** A message that fits into memory. */
export async function sealMessage(suite: Suite, inputKey: Bytes, context: Bytes, plain: Bytes): Promise<Bytes> {
  const stream = await Stream.derive(suite, inputKey, suite.random(STREAM_SALT_BYTES), context);
  return concat(stream.header, await sealChunks(stream, 0, plain, true));
}

/** Errors: `stream_cut`, `stream_key`, `stream_forged`. */
export async function openMessage(
  suite: Suite,
  inputKey: Bytes,
  context: Bytes,
  sealed: Bytes,
): Promise<Result<Bytes>> {
  const stream = await Stream.read(suite, inputKey, sealed, context);
  if (!stream.ok) return stream;
  return openChunks(stream.value, 0, sealed.subarray(STREAM_HEADER_BYTES), true);
}
