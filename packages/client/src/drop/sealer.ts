/** What seals and opens the chunks of a body: on this thread, or on another (docs/adr/0019-large-files-in-a-browser.md). */
import type { Bytes, Result } from '@archipel/protocol';
import { CHUNK_BYTES, ok } from '@archipel/protocol';
import { openChunks, type Stream, sealChunksInto } from '@archipel/protocol/secret';
import type { Body } from './body.ts';

/** What is read and sealed at once. */
const BATCH_PLAIN_BYTES = 64 * CHUNK_BYTES;

/** Plaintext of a body, from the beginning of a chunk on. */
export interface PlainRange {
  from: number;
  /** The byte after the last. */
  end: number;
  /** The body ends with it. */
  isLast: boolean;
}

export interface Sealer {
  /** `memory`: as large as what is sealed; it may be used, and is free again when the part is sent. Error: `source_changed`. */
  seal(stream: Stream, body: Body, range: PlainRange, memory: () => Bytes): Promise<Result<Bytes>>;
  /** As `openChunks`; `sealed` is its own from then on. Errors: `stream_cut`, `stream_forged`, `unavailable`. */
  open(stream: Stream, first: number, sealed: Bytes, isLast: boolean): Promise<Result<Bytes>>;
}

/** On the thread that asks, one part at a time. */
export class OwnThread implements Sealer {
  readonly open = openChunks;
  #plain: Bytes | undefined;

  async seal(
    stream: Stream,
    body: Body,
    { from, end, isLast }: PlainRange,
    memory: () => Bytes,
  ): Promise<Result<Bytes>> {
    const sealed = memory();
    this.#plain ??= new Uint8Array(BATCH_PLAIN_BYTES);
    let filled = 0;
    for (let at = from; filled < sealed.length; at += BATCH_PLAIN_BYTES) {
      const batch = this.#plain.subarray(0, Math.min(BATCH_PLAIN_BYTES, end - at));
      const read = await body.read(at, batch);
      if (!read.ok) return read;
      const isEnd = isLast && at + BATCH_PLAIN_BYTES > end;
      filled += await sealChunksInto(stream, at / CHUNK_BYTES, batch, isEnd, sealed.subarray(filled));
    }
    return ok(sealed);
  }
}
