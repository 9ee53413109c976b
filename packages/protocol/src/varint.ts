/** Unsigned LEB128 of 0 to 2^53-1 in its shortest form (ENC-1). Arithmetic, not shifts: values pass 32 bits. */
import type { Bytes } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';

export const MAX_VARINT_BYTES = 8;

export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Writes at `offset` and returns the offset after it. Throws on what is no such integer (a bug of the caller). */
export function writeVarint(bytes: Bytes, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    bytes[at++] = 0x80 | (rest % 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  return at;
}

export function assertVarint(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a varint: ${value}`);
}

export function encodeVarint(value: number): Bytes {
  assertVarint(value);
  const bytes = new Uint8Array(varintSize(value));
  writeVarint(bytes, 0, value);
  return bytes;
}

/** Reads a varint that ends before `end`: its value, or -1 when it is cut, too long, too large or not the shortest. Its size is varintSize(value). */
export function readVarint(bytes: Bytes, offset: number, end: number): number {
  let value = 0;
  let scale = 1;
  const last = Math.min(end, offset + MAX_VARINT_BYTES);
  for (let at = offset; at < last; at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return (byte === 0 && at > offset) || value > Number.MAX_SAFE_INTEGER ? -1 : value;
    scale *= 0x80;
  }
  return -1;
}

export function decodeVarint(bytes: Bytes): Result<number> {
  const value = readVarint(bytes, 0, bytes.length);
  return value < 0 || varintSize(value) !== bytes.length ? fail('bad_message') : ok(value);
}
