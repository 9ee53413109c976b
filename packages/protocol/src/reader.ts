/**
 * Decoding without exceptions: the first failure is kept, later reads give zeros and empty views, and `end` tells (ENC-2).
 * Byte fields are views of the input, never copies.
 */
import type { Bytes } from './bytes.ts';
import type { ErrorName, Result } from './errors.ts';
import { fail, ok } from './errors.ts';
import { decodeUtf8 } from './utf8.ts';
import { readVarint, varintSize } from './varint.ts';

const EMPTY: Bytes = new Uint8Array(0);

export class Reader {
  readonly input: Bytes;
  offset: number;
  readonly limit: number;
  error: ErrorName | undefined;

  constructor(input: Bytes, offset = 0, limit: number = input.length) {
    this.input = input;
    this.offset = offset;
    this.limit = limit;
    this.error = undefined;
  }

  get failed(): boolean {
    return this.error !== undefined;
  }

  get atEnd(): boolean {
    return this.offset >= this.limit;
  }

  fail(error: ErrorName = 'bad_message'): void {
    this.error ??= error;
  }

  /** Fails unless the condition holds. */
  check(condition: boolean, error: ErrorName = 'bad_message'): void {
    if (!condition) this.fail(error);
  }

  u8(): number {
    if (this.failed || this.offset >= this.limit) {
      this.fail();
      return 0;
    }
    return this.input[this.offset++] as number;
  }

  /** A varint of at most `most`. */
  varint(most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.failed ? -1 : readVarint(this.input, this.offset, this.limit);
    if (value < 0 || value > most) {
      this.fail();
      return 0;
    }
    this.offset += varintSize(value);
    return value;
  }

  fixed(length: number): Bytes {
    if (this.failed || length > this.limit - this.offset) {
      this.fail();
      return EMPTY;
    }
    this.offset += length;
    return this.input.subarray(this.offset - length, this.offset);
  }

  skip(length: number): void {
    if (this.failed || length > this.limit - this.offset) this.fail();
    else this.offset += length;
  }

  bytes(most: number = Number.MAX_SAFE_INTEGER): Bytes {
    return this.fixed(this.varint(most));
  }

  rest(): Bytes {
    return this.fixed(this.limit - this.offset);
  }

  utf8(most: number): string {
    const text = decodeUtf8(this.bytes(most));
    if (text === undefined) this.fail();
    return text ?? '';
  }

  /** `count` items; stops at the first failure, so a false count costs nothing. */
  list<T>(count: number, read: () => T): T[] {
    const items: T[] = [];
    for (let i = 0; i < count && !this.failed; i++) items.push(read());
    return items;
  }

  /** The value when nothing failed and nothing is left over (ENC-2). */
  end<T>(value: T): Result<T> {
    if (!this.failed && this.offset !== this.limit) this.fail();
    return this.error === undefined ? ok(value) : fail(this.error);
  }
}
