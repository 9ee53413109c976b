const CACHED_FRAMES = 20_000;
const CACHED_BYTES = 8_192;

/**
 * Decodes each distinct message once: in a fan-out all readers get the same bytes, and decoding a hundred times would
 * saturate the load generator before the server.
 */
export class FrameCache<T> {
  readonly #decode: (frame: Buffer) => T;
  readonly #known = new Map<string, T>();

  constructor(decode: (frame: Buffer) => T) {
    this.#decode = decode;
  }

  read(frame: Buffer): T {
    if (frame.length > CACHED_BYTES) return this.#decode(frame);
    const key = frame.toString('latin1');
    let meaning = this.#known.get(key);
    if (meaning === undefined) {
      if (this.#known.size >= CACHED_FRAMES) this.#known.clear();
      meaning = this.#decode(frame);
      this.#known.set(key, meaning);
    }
    return meaning;
  }
}
