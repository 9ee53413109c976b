/** Reads small parts of a file without loading all of it. */

const WINDOW_BYTES = 2 ** 18;

/** A part of a photo that stays: bytes of the file from `start` up to `end`, or others in their place. */
export type Piece = readonly [start: number, end: number] | Uint8Array<ArrayBuffer>;

export class Peek {
  readonly file: Blob;
  #start = 0;
  #window = new Uint8Array(0);

  constructor(file: Blob) {
    this.file = file;
  }

  get size(): number {
    return this.file.size;
  }

  /** At most `length` bytes, at most 256 KiB; fewer at the end of the file. Rejects when the file cannot be read. */
  async bytes(start: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, start + Math.min(length, WINDOW_BYTES));
    if (start < this.#start || end > this.#start + this.#window.length) {
      this.#window = new Uint8Array(await this.file.slice(start, start + WINDOW_BYTES).arrayBuffer());
      this.#start = start;
    }
    return this.#window.subarray(start - this.#start, Math.max(0, end - this.#start));
  }

  /** Four letters. */
  async letters(start: number): Promise<string> {
    return String.fromCharCode(...(await this.bytes(start, 4)));
  }
}

/** The photo that is made of the pieces; what is taken from the file is not copied. */
export function assemble(file: Blob, pieces: readonly Piece[]): Blob {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (!isBytes(piece) && last !== undefined && !isBytes(last) && last[1] === piece[0])
      joined[joined.length - 1] = [last[0], piece[1]];
    else joined.push(piece);
  }
  const parts = joined.map((piece) => (isBytes(piece) ? piece : file.slice(piece[0], piece[1])));
  return new Blob(parts, { type: file.type });
}

const isBytes = (piece: Piece): piece is Uint8Array<ArrayBuffer> => piece instanceof Uint8Array;
