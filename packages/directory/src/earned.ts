import { ROUTING } from './limits.ts';
import { startUnits } from './newcomer.ts';

/**
 * The capacity a host has earned in one service class (rule 5): it may carry a few times what clients have confirmed as
 * healthy. What it declares costs nothing to say; what clients saw does.
 */
export class Earned {
  #confirmedUnits: number;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #windowFromMs = Number.NEGATIVE_INFINITY;
  #signals = 0;
  #failures = 0;

  constructor(confirmedUnits = 0) {
    this.#confirmedUnits = confirmedUnits;
  }

  /** For a signed directory, which hands it on to those who route by themselves. */
  get confirmedUnits(): number {
    return this.#confirmedUnits;
  }

  /** The most it should carry now, in units; `capacityUnits` is what it declares. */
  limitUnits(capacityUnits: number, meanUnits: number, nowMs: number): number {
    const allowed = ROUTING.earnedFactor * this.#confirmedUnits;
    if (nowMs < this.#heldUntilMs) return Math.min(capacityUnits, allowed);
    return Math.min(capacityUnits, Math.max(allowed, startUnits(capacityUnits, meanUnits)));
  }

  /**
   * A client says how it was served while the host had `presentUnits` by its report; what is only promised proves nothing.
   * One signal at most doubles what is confirmed. Failing signals count once they are several and a fair share of all.
   * Returns whether this one made it a failure.
   */
  signal(healthy: boolean, presentUnits: number, meanUnits: number, nowMs: number): boolean {
    this.#count(healthy, nowMs);
    if (healthy) {
      if (nowMs >= this.#heldUntilMs) this.#confirm(presentUnits, meanUnits);
      return false;
    }
    const isFailure =
      this.#failures >= ROUTING.failureSignals && this.#failures >= ROUTING.failureSignalShare * this.#signals;
    if (isFailure) this.#fall(presentUnits, meanUnits, nowMs);
    return isFailure;
  }

  #confirm(presentUnits: number, meanUnits: number): void {
    const doubled = 2 * Math.max(this.#confirmedUnits, meanUnits);
    this.#confirmedUnits = Math.max(this.#confirmedUnits, Math.min(presentUnits, doubled));
  }

  /** It carries 0.6 of what it failed under, and earns again from there when the time is over; one session it may always show. */
  #fall(presentUnits: number, meanUnits: number, nowMs: number): void {
    const allowed = Math.max(ROUTING.failureShare * presentUnits, meanUnits);
    this.#confirmedUnits = Math.min(this.#confirmedUnits, allowed / ROUTING.earnedFactor);
    this.#heldUntilMs = nowMs + ROUTING.failureMs;
  }

  #count(healthy: boolean, nowMs: number): void {
    if (nowMs - this.#windowFromMs > ROUTING.signalWindowMs) {
      this.#windowFromMs = nowMs;
      this.#signals = 0;
      this.#failures = 0;
    }
    this.#signals += 1;
    if (!healthy) this.#failures += 1;
  }
}
