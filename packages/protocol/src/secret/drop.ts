/** A drop (§19): the keys of its manifest and its body, and the manifest itself. Only who holds the link sees names, types and sizes. */

import { type BlobFields, blobSigningInput, encodeUnsignedBlobHeader } from '../blob.ts';
import { type Bytes, concat, label } from '../bytes.ts';
import type { Result } from '../errors.ts';
import {
  KEY_BYTES,
  MAX_BLOB_MANIFEST_BYTES,
  MAX_DROP_MESSAGE_BYTES,
  MAX_FILE_NAME_BYTES,
  MAX_FILE_TYPE_BYTES,
  MAX_FILES,
  MIN_PADDED_MANIFEST_BYTES,
  STREAM_SALT_BYTES,
  VERSION,
} from '../limits.ts';
import { Reader } from '../reader.ts';
import { encodeUtf8 } from '../utf8.ts';
import { encode } from '../writer.ts';
import { derive, type Keys, signerFor } from './keys.ts';
import { openMessage, Stream, sealMessage } from './stream.ts';
import type { Suite } from './suite.ts';

export interface DropFile {
  /** One name, without a folder; no two files of a drop have the same. */
  name: string;
  /** Media type; empty when it is not known. */
  type: string;
  /** In bytes. */
  size: number;
  /** Unix seconds; 0 when it is not known. */
  modified: number;
}

export interface DropManifest {
  message: string;
  /** Their bytes follow each other in this order in the body. */
  files: readonly DropFile[];
}

/** What no file's name may hold: what leads to another folder, control characters, and those that turn or break text (DROP-2). */
const UNFIT = /[\p{Cc}/\\\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const MEDIA_TYPE = /^(?:[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*)?$/;

/** DROP-2. */
export function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.search(UNFIT) >= 0 || !name.isWellFormed()) return false;
  return encodeUtf8(name).length <= MAX_FILE_NAME_BYTES;
}

/** The nearest name that a drop may hold, and that none of `taken` has. */
export function fileNameFor(wanted: string, taken: ReadonlySet<string> = new Set()): string {
  const fit = wanted.toWellFormed().replace(UNFIT, '_');
  const name = fit === '' || fit === '.' || fit === '..' ? '_' : fit;
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let n = 1; ; n++) {
    const ending = n === 1 ? extension : ` (${n})${extension}`;
    const tried = shortened(stem, ending);
    if (!taken.has(tried)) return tried;
  }
}

function shortened(stem: string, ending: string): string {
  const characters = [...stem];
  const tail = encodeUtf8(ending).length < MAX_FILE_NAME_BYTES ? ending : '';
  while (encodeUtf8(characters.join('') + tail).length > MAX_FILE_NAME_BYTES) characters.pop();
  return characters.join('') + tail;
}

export function bodySizeOf({ files }: DropManifest): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Bytes of a manifest with the zeros behind it (DROP-5). */
function paddedSize(bytes: number): number {
  let size = MIN_PADDED_MANIFEST_BYTES;
  while (size < bytes) size *= 2;
  return size;
}

/** Throws on names, types or sizes that no manifest may have: a bug of the caller. */
export function encodeManifest(manifest: DropManifest): Bytes {
  const fields = encodeBareManifest(manifest);
  const bytes = concat(fields, new Uint8Array(paddedSize(fields.length) - fields.length));
  if (!decodeManifest(bytes).ok) throw new RangeError('no manifest of a drop');
  return bytes;
}

/** Without zeros behind it, as programs sent it before DROP-5. */
export function encodeBareManifest(manifest: DropManifest): Bytes {
  return encode((writer) => {
    writer.u8(VERSION);
    writer.utf8(manifest.message);
    writer.varint(manifest.files.length);
    for (const { name, type, size, modified } of manifest.files) {
      writer.utf8(name);
      writer.utf8(type);
      writer.varint(size);
      writer.varint(modified);
    }
  });
}

/** Errors: `too_large`, `unsupported_version`, `bad_message` (DROP-2, DROP-5). */
export function decodeManifest(bytes: Bytes): Result<DropManifest> {
  const reader = new Reader(bytes);
  reader.check(bytes.length <= MAX_BLOB_MANIFEST_BYTES, 'too_large');
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  const message = reader.utf8(MAX_DROP_MESSAGE_BYTES);
  const files = reader.list(reader.varint(MAX_FILES), () => ({
    name: reader.utf8(MAX_FILE_NAME_BYTES),
    type: reader.utf8(MAX_FILE_TYPE_BYTES),
    size: reader.varint(),
    modified: reader.varint(),
  }));
  const names = new Set(files.map(({ name }) => name));
  reader.check(files.length > 0 && names.size === files.length);
  reader.check(files.every(({ name, type }) => isFileName(name) && MEDIA_TYPE.test(type)));
  reader.check(Number.isSafeInteger(bodySizeOf({ message, files })));
  const zeros = reader.rest();
  const isPadded = zeros.length === 0 || bytes.length === paddedSize(bytes.length - zeros.length);
  reader.check(isPadded && zeros.every((byte) => byte === 0));
  return reader.end({ message, files });
}

const MANIFEST = 'arc1 blob manifest';
const BODY = 'arc1 blob body';

function inputKey(suite: Suite, { contentRoot, docId }: Keys, name: string): Promise<Bytes> {
  return derive(suite, contentRoot, name, docId, KEY_BYTES);
}

const contextOf = (name: string, { docId }: Keys): Bytes => concat(label(name), docId);

export async function sealManifest(suite: Suite, keys: Keys, manifest: DropManifest): Promise<Bytes> {
  const key = await inputKey(suite, keys, MANIFEST);
  return sealMessage(suite, key, contextOf(MANIFEST, keys), encodeManifest(manifest));
}

/** Errors: those of `openMessage` and of `decodeManifest`. */
export async function openManifest(suite: Suite, keys: Keys, sealed: Bytes): Promise<Result<DropManifest>> {
  const plain = await openMessage(suite, await inputKey(suite, keys, MANIFEST), contextOf(MANIFEST, keys), sealed);
  return plain.ok ? decodeManifest(plain.value) : plain;
}

/** `salt`: of an upload that goes on; a new one for every other (STREAM-4). */
export async function sealBody(
  suite: Suite,
  keys: Keys,
  salt: Bytes = suite.random(STREAM_SALT_BYTES),
): Promise<Stream> {
  return Stream.derive(suite, await inputKey(suite, keys, BODY), salt, contextOf(BODY, keys));
}

/** `header`: the first 56 bytes of the sealed body. Errors: those of `Stream.read`. */
export async function openBody(suite: Suite, keys: Keys, header: Bytes): Promise<Result<Stream>> {
  return Stream.read(suite, await inputKey(suite, keys, BODY), header, contextOf(BODY, keys));
}

/** A header's bytes (§19), signed. */
export async function signBlobHeader(keys: Keys, fields: Omit<BlobFields, 'owner' | 'read'>): Promise<Bytes> {
  const owner = signerFor(keys, 'own');
  const read = keys.readSigner.publicKey;
  const unsigned = encodeUnsignedBlobHeader({ ...fields, owner: owner.publicKey, read });
  return concat(unsigned, await owner.sign(blobSigningInput(unsigned)));
}
