/** Answers about things that are asked for in order, each asked for a little before its turn: a thousand questions one by one take long. */
export class Ahead<T> {
  readonly #count: number;
  readonly #width: number;
  readonly #ask: (index: number) => Promise<T>;
  readonly #asked = new Map<number, Promise<T>>();

  /** `width`: so many are on their way at once. `ask` never rejects. */
  constructor(count: number, width: number, ask: (index: number) => Promise<T>) {
    this.#count = count;
    this.#width = width;
    this.#ask = ask;
  }

  /** Each answer is given once; asked for again, it is a new one. */
  take(index: number): Promise<T> {
    for (let next = index; next < Math.min(this.#count, index + this.#width); next++) {
      if (!this.#asked.has(next)) this.#asked.set(next, this.#ask(next));
    }
    const answer = this.#asked.get(index) ?? this.#ask(index);
    this.#asked.delete(index);
    return answer;
  }
}
