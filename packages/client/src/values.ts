/** Structured values for this machine's own storage (lib0's encoding of JSON with bytes); never sent anywhere. */

import type { Bytes } from '@archipel/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

const FORMAT = 1;

export type Value = undefined | null | boolean | number | string | Bytes | Value[] | { [name: string]: Value };

export function encodeValue(value: Value): Bytes {
  const encoder = encoding.createEncoder();
  encoding.writeUint8(encoder, FORMAT);
  encoding.writeAny(encoder, value as never);
  return encoding.toUint8Array(encoder);
}

/** Undefined for nothing, for another format, and for what does not decode: a damaged cache is as good as none. */
export function decodeValue(bytes: Bytes | undefined): Value {
  if (bytes === undefined || bytes[0] !== FORMAT) return undefined;
  try {
    return decoding.readAny(decoding.createDecoder(bytes.subarray(1))) as Value;
  } catch {
    return undefined;
  }
}

export function isRecord(value: Value): value is { [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
