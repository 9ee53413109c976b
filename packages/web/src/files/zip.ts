/** Files that follow each other in one stream, as a zip that is made while it is read (kept as they are, not compressed). */
import { makeZip, predictLength } from 'client-zip';

export interface ZippedFile {
  name: string;
  /** Bytes. */
  size: number;
  /** Unix seconds; 0 when it is not known. */
  modified: number;
}

const SECOND_MS = 1000;
/** What a zip can say, with a day to spare for time zones. */
const FIRST_MS = Date.UTC(1980, 0, 2);
const LAST_MS = Date.UTC(2107, 11, 30);

/** Bytes of the whole zip. */
export function zipSize(files: readonly ZippedFile[]): number {
  return Number(predictLength(files.map(({ name, size }) => ({ name, size }))));
}

/** `body`: the bytes of the files, in this order, with nothing between them. Whatever ends it early, or as an error, ends the zip as an error. */
export function zipOf(body: ReadableStream<Uint8Array>, files: readonly ZippedFile[]): ReadableStream<Uint8Array> {
  const reader = new PartReader(body);
  const entries = function* () {
    for (const { name, size, modified } of files) {
      yield { name, size, lastModified: dateOf(modified), input: reader.part(size) };
    }
  };
  const zip = makeZip(entries(), { buffersAreUTF8: true }).getReader();
  return new ReadableStream({
    async pull(controller) {
      const next = await zip.read();
      if (!next.done) return controller.enqueue(next.value);
      await reader.end();
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function dateOf(modified: number): Date {
  return modified === 0 ? new Date() : new Date(Math.min(LAST_MS, Math.max(FIRST_MS, modified * SECOND_MS)));
}

/** Cuts a stream into parts of known sizes, read one after the other. */
export class PartReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** The next `size` bytes. */
  part(size: number): ReadableStream<Uint8Array> {
    let left = size;
    return new ReadableStream({
      pull: async (controller) => {
        if (left > 0) {
          const bytes = await this.read(left);
          left -= bytes.length;
          controller.enqueue(bytes);
        }
        if (left === 0) controller.close();
      },
    });
  }

  /** At least one byte, at most `most`. Rejects when the stream ends. */
  async read(most: number): Promise<Uint8Array> {
    while (this.#held.length === 0) {
      const next = await this.#reader.read();
      if (next.done) throw new Error('the stream ended too early');
      this.#held = next.value;
    }
    const bytes = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(bytes.length);
    return bytes;
  }

  /** After the last part: what comes later, an error too, belongs to the whole. */
  async end(): Promise<void> {
    const next = await this.#reader.read();
    if (this.#held.length > 0 || !next.done) throw new Error('more than all parts');
  }

  async cancel(reason: unknown): Promise<void> {
    await this.#reader.cancel(reason);
  }
}
