import type { Candidate } from './candidate.ts';
import { ROUTING } from './limits.ts';
import { STRICTNESSES, type Strictness, weightAmong } from './strictness.ts';
import { WeightedSet } from './weighted-set.ts';

/**
 * The hosts that offer what a wish asks for, ready to draw from. Weights are noted when something happens to a host (a
 * report, a signal) and only checked when it is drawn: our own assignments and time lower them, and what time raises comes
 * with the next report.
 */
export class Pool {
  readonly key: string;
  readonly #candidates: readonly Candidate[];
  readonly #places: ReadonlyMap<Candidate, number>;
  readonly #sets: Record<Strictness, WeightedSet>;
  /** All who may be looked at, however old what is known of them. */
  readonly #standing: WeightedSet;

  constructor(key: string, candidates: readonly Candidate[], nowMs: number) {
    this.key = key;
    this.#candidates = candidates;
    this.#places = new Map(candidates.map((candidate, place) => [candidate, place]));
    const setOf = (strictness: Strictness): WeightedSet =>
      new WeightedSet(candidates.map((candidate) => weightAmong(strictness, candidate, nowMs)));
    this.#standing = new WeightedSet(candidates.map((candidate) => candidate.standing(nowMs)));
    this.#sets = { earned: setOf('earned'), roomy: setOf('roomy'), open: setOf('open') };
  }

  get size(): number {
    return this.#candidates.length;
  }

  /** Whether some host had room for three sessions when last looked at. */
  get hasRoom(): boolean {
    return this.#sets.roomy.positive > 0;
  }

  /** How many hosts could take a session when last looked at. */
  get openHosts(): number {
    return this.#sets.open.positive;
  }

  /** Something happened to the host: its weights are noted anew. */
  refresh(candidate: Candidate, nowMs: number): void {
    const place = this.#places.get(candidate);
    if (place === undefined) return;
    this.#standing.set(place, candidate.standing(nowMs));
    for (const strictness of STRICTNESSES) {
      this.#sets[strictness].set(place, weightAmong(strictness, candidate, nowMs));
    }
  }

  /**
   * Draws one host with a chance proportional to its weight as it is now. Undefined when there is none to draw, null
   * when the draw missed: the weight of the drawn one has fallen since it was noted.
   */
  draw(strictness: Strictness, nowMs: number, random: () => number): Candidate | null | undefined {
    const set = this.#sets[strictness];
    const place = set.draw(random());
    if (place === undefined) return undefined;
    const candidate = this.#candidates[place];
    const noted = set.weight(place);
    if (candidate === undefined || noted === 0) return null;
    const weight = weightAmong(strictness, candidate, nowMs);
    if (weight === noted) return candidate;
    set.set(place, weight);
    return random() * noted < weight ? candidate : null;
  }

  /** Draws up to `count` different hosts by what they have earned, whatever is known of their load. */
  drawStanding(count: number, random: () => number): Candidate[] {
    const drawn = new Set<Candidate>();
    for (let draws = 0; draws < ROUTING.drawsMax && drawn.size < count; draws++) {
      const candidate = this.#candidates[this.#standing.draw(random()) ?? -1];
      if (candidate === undefined) break;
      drawn.add(candidate);
    }
    return [...drawn];
  }
}
