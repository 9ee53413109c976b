/** The body of a drop: the bytes of its files one after the other, and where in it each begins. */
import type { Bytes } from '@archipel/protocol';
import { fail, ok, type Result } from '@archipel/protocol';

/** A file that is sent. */
export interface SourceFile {
  name: string;
  type: string;
  size: number;
  /** Unix seconds; 0 when it is not known. */
  modified: number;
  /** Another text when the file has changed, as far as can be seen without reading it. */
  identity(): Promise<string | undefined>;
  /** What `read` reads, where it can be given to another thread. */
  blob?: Blob;
  /** Fills `target` from an offset on; false when so many bytes are not there (any more). */
  read(offset: number, target: Bytes): Promise<boolean>;
}

export class Body {
  readonly #files: readonly SourceFile[];
  readonly #starts: number[] = [];
  readonly size: number;

  constructor(files: readonly SourceFile[]) {
    this.#files = files;
    let at = 0;
    for (const { size } of files) {
      this.#starts.push(at);
      at += size;
    }
    this.size = at;
  }

  /** Fills `target`, which does not go beyond the end. Error: `source_changed`. */
  async read(offset: number, target: Bytes): Promise<Result<void>> {
    let done = 0;
    for (const { file, start, count } of this.#pieces(offset, offset + target.length)) {
      if (!(await file.read(start, target.subarray(done, done + count)))) return fail('source_changed');
      done += count;
    }
    return ok(undefined);
  }

  /** The same bytes, not read yet, for another thread; undefined where one of the files cannot be given to it. */
  blob(from: number, end: number): Blob | undefined {
    const parts: Blob[] = [];
    for (const { file, start, count } of this.#pieces(from, end)) {
      if (file.blob === undefined) return undefined;
      parts.push(file.blob.slice(start, start + count));
    }
    return new Blob(parts);
  }

  *#pieces(from: number, end: number): Generator<{ file: SourceFile; start: number; count: number }> {
    for (let at = from, index = this.#indexAt(from); at < end; index++) {
      const file = this.#files[index] as SourceFile;
      const start = at - (this.#starts[index] as number);
      const count = Math.min(end - at, file.size - start);
      if (count <= 0) continue;
      yield { file, start, count };
      at += count;
    }
  }

  /** The last file that begins at or before a byte. */
  #indexAt(offset: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    // Files without bytes begin where the next one does.
    while (low > 0 && this.#starts[low - 1] === this.#starts[low]) low -= 1;
    return low;
  }
}
