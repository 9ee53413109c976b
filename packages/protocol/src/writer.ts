/**
 * Encoding into one buffer of exactly the right size: the same function runs twice, first to count, then to fill.
 * Wrong lengths and values throw: they are bugs of the caller, never input.
 */
import type { Bytes } from './bytes.ts';
import { encodeUtf8 } from './utf8.ts';
import { assertVarint, varintSize, writeVarint } from './varint.ts';

export class Writer {
  offset: number;
  readonly #bytes: Bytes | undefined;

  /** Without bytes it only counts. */
  constructor(bytes?: Bytes, offset = 0) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  u8(value: number): void {
    if (this.#bytes !== undefined) this.#bytes[this.offset] = value;
    this.offset += 1;
  }

  varint(value: number): void {
    if (this.#bytes === undefined) {
      assertVarint(value);
      this.offset += varintSize(value);
    } else {
      this.offset = writeVarint(this.#bytes, this.offset, value);
    }
  }

  raw(bytes: Bytes): void {
    this.#bytes?.set(bytes, this.offset);
    this.offset += bytes.length;
  }

  fixed(bytes: Bytes, length: number): void {
    if (bytes.length !== length) throw new RangeError(`${bytes.length} bytes where ${length} belong`);
    this.raw(bytes);
  }

  bytes(bytes: Bytes): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  utf8(text: string): void {
    this.bytes(encodeUtf8(text));
  }
}

/** Size in bytes of what `write` writes. */
export function sizeOf(write: (writer: Writer) => void): number {
  const counter = new Writer();
  write(counter);
  return counter.offset;
}

export function encode(write: (writer: Writer) => void): Bytes {
  const bytes = new Uint8Array(sizeOf(write));
  write(new Writer(bytes));
  return bytes;
}
