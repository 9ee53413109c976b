export interface StepSearchOptions {
  /** The lowest rate that is offered, per second. */
  first: number;
  /** Each step offers so many times what the one before did. */
  factor: number;
  /** No more steps than this. */
  steps: number;
  /** How often a step may fail before the search ends: once may be an accident of the machine. */
  attempts: number;
}

/** Goes up step by step until one does not hold. */
export class StepSearch {
  readonly #options: StepSearchOptions;
  #step = 0;
  #failures = 0;

  constructor(options: StepSearchOptions) {
    this.#options = options;
  }

  /** What is to be offered next, or undefined when the search is over. */
  get rate(): number | undefined {
    const { first, factor, steps, attempts } = this.#options;
    if (this.#step >= steps || this.#failures >= attempts) return undefined;
    return Math.round(first * factor ** this.#step);
  }

  held(): void {
    this.#step += 1;
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
  }

  /** The servers are not what they were before: a second try would say nothing. */
  abandon(): void {
    this.#failures = this.#options.attempts;
  }
}
