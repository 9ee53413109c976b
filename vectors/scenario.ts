/** One test vector: an operation of the protocol, its input in JSON, and what must come out. */
import { type Bytes, type ErrorName, fromHex, toHex } from '@archipel/protocol';

export type Json = string | number | boolean | Json[] | { [name: string]: Json };
export type Input = { [name: string]: Json };

export interface Scenario {
  /** Folder and file name without `.json`. */
  name: string;
  rules: string[];
  description: string;
  operation: string;
  input: Input;
  expect: { value: Json } | { error: ErrorName };
}

/** Bytes as lower-case hexadecimal, fields that are undefined left out. */
export function toJson(value: unknown): Json {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) throw new TypeError(`not for JSON: ${String(value)}`);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, toJson(field)]));
}

/** Bytes too long to be written out: each piece so many times. */
export type Pieces = { hex: string; times: number }[];

/** The bytes of a hexadecimal text or of pieces. */
export function hex(json: Json | undefined): Bytes {
  const text = Array.isArray(json) ? (json as Pieces).map((piece) => piece.hex.repeat(piece.times)).join('') : json;
  const bytes = typeof text === 'string' ? fromHex(text) : undefined;
  if (bytes === undefined) throw new TypeError(`no hexadecimal: ${JSON.stringify(json)}`);
  return bytes;
}

/** The bytes with one of them changed by `xor`; a negative place counts from the end. */
export function flip(bytes: Bytes, at: number, xor = 1): Bytes {
  const place = at < 0 ? bytes.length + at : at;
  return bytes.with(place, (bytes[place] as number) ^ xor);
}

/** The bytes with `count` of them at a place replaced by others. */
export function splice(bytes: Bytes, at: number, count: number, ...others: number[]): Bytes {
  return Uint8Array.from([...bytes.subarray(0, at), ...others, ...bytes.subarray(at + count)]);
}
