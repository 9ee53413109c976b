/** Vectors (§9): how many records of each session somebody holds, ascending by session. */
import type { Bytes } from './bytes.ts';
import { compare } from './bytes.ts';
import type { Result } from './errors.ts';
import { MAX_SESSIONS, SESSION_BYTES } from './limits.ts';
import { Reader } from './reader.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

/** Session of 16 bytes; `have` = n of the last record held + 1, at least 1. */
export interface VectorEntry {
  session: Bytes;
  have: number;
}
export type Vector = VectorEntry[];

/** Throws unless the sessions ascend strictly: encoders check what decoders refuse. */
export function assertAscending(items: readonly { session: Bytes }[]): void {
  for (let i = 1; i < items.length; i++) {
    if (compare((items[i - 1] as { session: Bytes }).session, (items[i] as { session: Bytes }).session) >= 0) {
      throw new RangeError('sessions do not ascend');
    }
  }
}

/** Fails the reader unless the sessions ascend strictly. */
export function checkAscending(reader: Reader, items: readonly { session: Bytes }[]): void {
  for (let i = 1; i < items.length && !reader.failed; i++) {
    reader.check(compare((items[i - 1] as { session: Bytes }).session, (items[i] as { session: Bytes }).session) < 0);
  }
}

export function writeVector(writer: Writer, vector: Vector): void {
  if (vector.length > MAX_SESSIONS) throw new RangeError('too many sessions');
  assertAscending(vector);
  writer.varint(vector.length);
  for (const { session, have } of vector) {
    if (have < 1) throw new RangeError('a vector entry without records');
    writer.fixed(session, SESSION_BYTES);
    writer.varint(have);
  }
}

export function readVector(reader: Reader): Vector {
  const vector = reader.list(reader.varint(MAX_SESSIONS), () => {
    const session = reader.fixed(SESSION_BYTES);
    const have = reader.varint();
    reader.check(have >= 1);
    return { session, have };
  });
  checkAscending(reader, vector);
  return vector;
}

export function encodeVector(vector: Vector): Bytes {
  return encode((writer) => writeVector(writer, vector));
}

export function decodeVector(bytes: Bytes): Result<Vector> {
  const reader = new Reader(bytes);
  return reader.end(readVector(reader));
}
