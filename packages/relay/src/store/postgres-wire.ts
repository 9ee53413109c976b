/** Values as PostgreSQL's protocol carries them, where node-postgres would take a detour over text, or share memory. */
import type { Bytes } from '@archipel/protocol';
import type { types } from 'pg';

export const BYTEA = 17;
export const INT8 = 20;
export const UUID = 2950;
const BOOL = 16;
const INT2 = 21;
const INT4 = 23;

const ARRAY_HEADER_BYTES = 12;
const DIMENSION_BYTES = 8;
const LENGTH_BYTES = 4;
const HEX_PREFIX = '\\x';

/** Bytes of their own: whoever keeps a record keeps nothing else alive. */
function parseBytes(text: string): Bytes {
  const bytes = new Uint8Array((text.length - HEX_PREFIX.length) / 2);
  Buffer.from(bytes.buffer).write(text.slice(HEX_PREFIX.length), 'hex');
  return bytes;
}

/** Positions, sizes, times and versions stay far below 2^53. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [BOOL]: (text) => text === 't',
  [BYTEA]: parseBytes,
  [INT8]: Number,
  [INT2]: Number,
  [INT4]: Number,
};

export const resultTypes = {
  getTypeParser: ((type: number) => PARSERS[type] ?? String) as typeof types.getTypeParser,
};

/** An array parameter in binary, half as long as in text: node-postgres sends a Buffer as it is. */
export function binaryArray(type: number, elements: readonly Bytes[]): Buffer {
  const dimensions = elements.length === 0 ? 0 : 1;
  let size = ARRAY_HEADER_BYTES + dimensions * DIMENSION_BYTES;
  for (const element of elements) size += LENGTH_BYTES + element.length;
  const array = Buffer.allocUnsafe(size);
  // Dimensions, no nulls, type of the elements; for the one dimension its length and its first index.
  let at = array.writeInt32BE(dimensions, 0);
  at = array.writeInt32BE(0, at);
  at = array.writeInt32BE(type, at);
  if (dimensions > 0) {
    at = array.writeInt32BE(elements.length, at);
    at = array.writeInt32BE(1, at);
  }
  for (const element of elements) {
    at = array.writeInt32BE(element.length, at);
    array.set(element, at);
    at += element.length;
  }
  return array;
}

export function int8(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
  return bytes;
}
