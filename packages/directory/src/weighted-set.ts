/**
 * Numbers 0 to size - 1 with weights, one of which is drawn with a chance proportional to its weight. A binary indexed
 * tree (Fenwick 1994): a draw and a change of weight take a logarithmic number of steps.
 */
export class WeightedSet {
  readonly #weights: Float64Array;
  readonly #sums: Float64Array;
  readonly #topBit: number;
  #positive = 0;

  constructor(weights: ArrayLike<number>) {
    this.#weights = Float64Array.from(weights);
    const size = this.#weights.length;
    this.#sums = new Float64Array(size + 1);
    this.#topBit = size === 0 ? 0 : 2 ** (31 - Math.clz32(size));
    for (let index = 1; index <= size; index++) {
      const weight = this.weight(index - 1);
      if (weight > 0) this.#positive += 1;
      this.#grow(index, weight);
      const parent = index + (index & -index);
      if (parent <= size) this.#grow(parent, this.#sum(index));
    }
  }

  weight(index: number): number {
    return this.#weights[index] ?? 0;
  }

  /** How many can be drawn. */
  get positive(): number {
    return this.#positive;
  }

  set(index: number, weight: number): void {
    const before = this.weight(index);
    if (weight === before) return;
    this.#positive += Number(weight > 0) - Number(before > 0);
    this.#weights[index] = weight;
    for (let at = index + 1; at < this.#sums.length; at += at & -at) this.#grow(at, weight - before);
  }

  /** `chance` is in [0, 1). Undefined when there is none; by a rounding error one without weight may come. */
  draw(chance: number): number | undefined {
    if (this.#positive === 0) return undefined;
    let left = chance * this.#total();
    let at = 0;
    for (let bit = this.#topBit; bit > 0; bit >>= 1) {
      const next = at + bit;
      if (next < this.#sums.length && this.#sum(next) <= left) {
        left -= this.#sum(next);
        at = next;
      }
    }
    return Math.min(at, this.#weights.length - 1);
  }

  #total(): number {
    let total = 0;
    for (let at = this.#weights.length; at > 0; at -= at & -at) total += this.#sum(at);
    return total;
  }

  #sum(at: number): number {
    return this.#sums[at] ?? 0;
  }

  #grow(at: number, by: number): void {
    this.#sums[at] = this.#sum(at) + by;
  }
}
