/** Pages that are ready to be sent, the last ones that were asked for, within a bound of bytes. */
export interface Shown {
  html: Buffer;
  /** Strong, with its quotes. */
  etag: string;
  /** Unix seconds. */
  time: number;
}

export class Shelf {
  readonly #maxBytes: number;
  readonly #shown = new Map<string, Shown>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): Shown | undefined {
    const shown = this.#shown.get(name);
    if (shown !== undefined) {
      this.#shown.delete(name);
      this.#shown.set(name, shown);
    }
    return shown;
  }

  put(name: string, shown: Shown): void {
    this.#drop(name);
    if (shown.html.length > this.#maxBytes) return;
    this.#shown.set(name, shown);
    this.#bytes += shown.html.length;
    for (const [oldest] of this.#shown) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#bytes -= this.#shown.get(name)?.html.length ?? 0;
    this.#shown.delete(name);
  }
}
