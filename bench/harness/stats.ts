/** The middle value (mean of the two middle ones), or NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

/** The smallest value that at least `share` (0 to 1) of the values do not exceed, or NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

/** Medians by name over rounds; a name that only some rounds have counts where it is. */
export function medians(rounds: readonly Record<string, number>[]): Record<string, number> {
  const names = new Set(rounds.flatMap((round) => Object.keys(round)));
  const entries = [...names].map((name) => [name, median(rounds.map((round) => round[name] ?? Number.NaN))] as const);
  return Object.fromEntries(entries);
}

const STEP_MS = 0.01;
const STEPS = 2_000_000;

/** Latencies in milliseconds, counted in steps of 0.01 ms up to 20 s: millions of values in 8 MB, no sorting. */
export class Histogram {
  #steps = new Uint32Array(STEPS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number, times = 1): void {
    const step = Math.min(STEPS - 1, Math.max(0, Math.round(ms / STEP_MS)));
    this.#steps[step] = (this.#steps[step] as number) + times;
    this.#count += times;
  }

  /** The latency in ms that `share` (0 to 1) of the values do not exceed, or NaN of nothing. */
  percentile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let step = 0; step < STEPS; step++) {
      seen += this.#steps[step] as number;
      if (seen >= wanted) return Math.round(step * STEP_MS * 100) / 100;
    }
    return STEPS * STEP_MS;
  }
}
