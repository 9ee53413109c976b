import type { SimHost } from './host.ts';

const BIN = 0.002;
const BINS = 30_000;

/** How often each value came, in steps of 0.002: quantiles of millions of samples in little memory. */
class Histogram {
  readonly #counts = new Uint32Array(BINS);
  #total = 0;
  max = 0;

  add(value: number): void {
    const bin = Math.min(BINS - 1, Math.round(value / BIN));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#total += 1;
    this.max = Math.max(this.max, value);
  }

  quantile(share: number): number {
    let left = this.#total * share;
    for (let bin = 0; bin < BINS; bin++) {
      left -= this.#counts[bin] ?? 0;
      if (left <= 0) return bin * BIN;
    }
    return this.max;
  }
}

/** What a run ends in; shares are of 1. */
export interface Outcome {
  /** Share of all time people spent that they spent on hosts above their true capacity. */
  overloaded: number;
  /** The same share at the worst moment. */
  overloadedWorst: number;
  /** Utilisation of the fullest host at its fullest, and the 99.9 % quantile over hosts and time. */
  fullest: number;
  utilisationP999: number;
  /** Utilisation of a host over that of all together, at the peak, 99 % quantile. */
  imbalanceP99: number;
  /** People who were refused at first or turned away at the door of a room, and those who gave up: they came back three times in vain. */
  refused: number;
  gaveUp: number;
  /** Hosts asked per session that was placed. */
  tries: number;
  /** Rooms handed off per room. */
  handoffs: number;
  /** Sessions placed. */
  sessions: number;
}

/** What is counted while a run goes on; from the moment when the crowd begins. */
export class Measures {
  wanted = 0;
  refused = 0;
  gaveUp = 0;
  asked = 0;
  sessions = 0;
  handoffs = 0;
  /** The highest utilisation of each host at the peak, in the order of the hosts. */
  readonly peaks: number[] = [];
  readonly #utilisations = new Histogram();
  readonly #imbalances = new Histogram();
  #time = 0;
  #overloadedTime = 0;
  #worst = 0;

  sample(hosts: readonly SimHost[], isPeak: boolean): void {
    let users = 0;
    let capacity = 0;
    let overloaded = 0;
    for (const host of hosts) {
      if (!host.isAlive) continue;
      users += host.presentUnits;
      capacity += host.trueUnits;
      if (host.utilisation > 1) overloaded += host.presentUnits;
      this.#utilisations.add(host.utilisation);
    }
    this.#time += users;
    this.#overloadedTime += overloaded;
    this.#worst = Math.max(this.#worst, users === 0 ? 0 : overloaded / users);
    if (isPeak) this.#samplePeak(hosts, users / capacity);
  }

  #samplePeak(hosts: readonly SimHost[], mean: number): void {
    for (const [index, host] of hosts.entries()) {
      if (!host.isAlive) continue;
      this.#imbalances.add(host.utilisation / mean);
      this.peaks[index] = Math.max(this.peaks[index] ?? 0, host.utilisation);
    }
  }

  outcome(): Outcome {
    return {
      overloaded: this.#overloadedTime / this.#time,
      overloadedWorst: this.#worst,
      fullest: this.#utilisations.max,
      utilisationP999: this.#utilisations.quantile(0.999),
      imbalanceP99: this.#imbalances.quantile(0.99),
      refused: this.refused / this.wanted,
      gaveUp: this.gaveUp / this.wanted,
      tries: this.asked / Math.max(1, this.sessions),
      handoffs: this.handoffs / Math.max(1, this.sessions),
      sessions: this.sessions,
    };
  }
}
