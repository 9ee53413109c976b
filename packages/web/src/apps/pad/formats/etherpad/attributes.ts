import { Refusal } from '../refusal.ts';

/** What is said of a sign: `author`, `bold`, `list` and so on. The same set is the same object. */
export type Attributes = ReadonlyMap<string, string>;

export const NO_ATTRIBUTES: Attributes = new Map();

/** Numbers of the file to what they say. */
export class AttributePool {
  readonly #pairs: ReadonlyMap<number, readonly [string, string]>;
  readonly #sets = new Map<string, Attributes>([['[]', NO_ATTRIBUTES]]);
  readonly #changed = new Map<Attributes, Map<string, Attributes>>();

  constructor(pairs: ReadonlyMap<number, readonly [string, string]>) {
    this.#pairs = pairs;
  }

  /** A set that these numbers change: one without a value takes away. Throws `Refusal`: `broken`, for a number that says nothing. */
  change(attributes: Attributes, numbers: readonly number[]): Attributes {
    if (numbers.length === 0) return attributes;
    const known = this.#changed.get(attributes) ?? new Map<string, Attributes>();
    this.#changed.set(attributes, known);
    const key = numbers.join();
    const found = known.get(key) ?? this.#make(attributes, numbers);
    known.set(key, found);
    return found;
  }

  #make(attributes: Attributes, numbers: readonly number[]): Attributes {
    const made = new Map(attributes);
    for (const number of numbers) {
      const pair = this.#pairs.get(number);
      if (pair === undefined) throw new Refusal('broken');
      if (pair[1] === '') made.delete(pair[0]);
      else made.set(...pair);
    }
    const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(sorted);
    const same = this.#sets.get(key) ?? new Map(sorted);
    this.#sets.set(key, same);
    return same;
  }
}
