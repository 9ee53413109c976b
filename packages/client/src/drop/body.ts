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
    for (let done = 0, index = this.#indexAt(offset); done < target.length; index++) {
      const file = this.#files[index] as SourceFile;
      const start = offset + done - (this.#starts[index] as number);
      const count = Math.min(target.length - done, file.size - start);
      if (count <= 0) continue;
      if (!(await file.read(start, target.subarray(done, done + count)))) return fail('source_changed');
      done += count;
    }
    return ok(undefined);
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
