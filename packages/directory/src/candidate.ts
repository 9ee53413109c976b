import { Assignments } from './assignments.ts';
import { Earned } from './earned.ts';
import type { ClassLoad, HostFacts } from './facts.ts';
import { freshness } from './freshness.ts';
import { ROUTING } from './limits.ts';
import { isAdmitted } from './newcomer.ts';

const NEVER_MS = Number.NEGATIVE_INFINITY;

/** A host in one service class, with all that the routing knows of it. Units are people at once. */
export class Candidate {
  facts: HostFacts;
  readonly service: string;
  readonly meanUnits: number;
  readonly earned: Earned;
  readonly own = new Assignments();
  #load: ClassLoad | undefined;
  #loadAtMs = NEVER_MS;
  #excludedUntilMs = NEVER_MS;

  constructor(facts: HostFacts, service: string, meanUnits: number) {
    this.facts = facts;
    this.service = service;
    this.meanUnits = meanUnits;
    this.earned = new Earned(facts.confirmedUnits?.[service]);
  }

  /** A report; false when one at least as new is known already: an old one played again tells nothing. */
  report(load: ClassLoad, atMs: number): boolean {
    if (atMs <= this.#loadAtMs) return false;
    this.#load = load;
    this.#loadAtMs = atMs;
    this.own.reported(atMs);
    return true;
  }

  /** What it has promised by its own report, and what we sent since. */
  get carriedUnits(): number {
    return (this.#load?.committedUnits ?? 0) + this.own.units;
  }

  /** Not to be asked for a while, because it said "full" or did not answer (rule 3). */
  exclude(untilMs: number): void {
    this.#excludedUntilMs = Math.max(this.#excludedUntilMs, untilMs);
  }

  /** Whether anybody may be sent there at all. */
  isOpen(nowMs: number): boolean {
    const { accepting = false, draining = true } = this.#load ?? {};
    return accepting && !draining && this.#isKnownGood(nowMs);
  }

  /** What it says it can carry, halved when the report is old, 0 when it is too old. */
  declaredUnits(nowMs: number): number {
    return (this.#load?.capacityUnits ?? 0) * freshness(nowMs - this.#loadAtMs);
  }

  /** The same of what it has earned. */
  earnedUnits(nowMs: number): number {
    return this.#limitUnits(nowMs) * freshness(nowMs - this.#loadAtMs);
  }

  /** What it has earned, however old the report; 0 for a stranger and for one that is excluded. */
  standing(nowMs: number): number {
    return this.#isKnownGood(nowMs) ? this.#limitUnits(nowMs) : 0;
  }

  /** Whether `units` more stay under the soft limit, over which the host itself would say "full". */
  couldTake(units: number): boolean {
    return this.carriedUnits + units <= ROUTING.softShare * (this.#load?.capacityUnits ?? 0);
  }

  /** Whether it has room for three mean sessions in what it declares (rule 1). */
  get hasRoom(): boolean {
    return this.couldTake(ROUTING.roomSessions * this.meanUnits);
  }

  /** Whether what it has earned allows one more mean session (rule 5). */
  hasEarned(nowMs: number): boolean {
    return this.carriedUnits + this.meanUnits <= this.#limitUnits(nowMs);
  }

  /** What a client saw there; true when it makes the host fall (rule 5). */
  signal(healthy: boolean, nowMs: number): boolean {
    return this.earned.signal(healthy, this.#load?.presentUnits ?? 0, this.meanUnits, nowMs);
  }

  #limitUnits(nowMs: number): number {
    const { capacityUnits = 0 } = this.#load ?? {};
    return this.earned.limitUnits(capacityUnits, this.meanUnits, nowMs);
  }

  /** No stranger (rule 6), and not excluded (rule 3). */
  #isKnownGood(nowMs: number): boolean {
    return nowMs >= this.#excludedUntilMs && isAdmitted(this.facts, nowMs);
  }
}
