/** Lets work through until it is shut: whoever comes then waits, and whoever is inside comes out first. Work must not pass it again. */
export class Turnstile {
  #inside = 0;
  #shut: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #whenEmpty: () => void = () => undefined;
  #once: Promise<void> | undefined;

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#shut !== undefined) await this.#shut;
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#whenEmpty();
    }
  }

  /** The same; who comes with such work while some goes on waits for that, and does none. */
  passOnce(work: () => Promise<void>): Promise<void> {
    this.#once ??= this.pass(work).finally(() => {
      this.#once = undefined;
    });
    return this.#once;
  }

  /** Resolves when nobody is inside. */
  async shut(): Promise<void> {
    this.#shut ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    if (this.#inside === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  open(): void {
    this.#shut = undefined;
    this.#whenEmpty = () => undefined;
    this.#open();
  }
}
