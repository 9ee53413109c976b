/**
 * A relay of the document may be behind another one that served before (CHK-7): that is no lie, and mostly passes by itself.
 * It is looked at again after a while; what is still missing then, whoever holds it appends.
 */
import type { Vector } from '@archipel/protocol';
import type { HeadMemory } from './head-memory.ts';
import type { Clock, Random, Timer } from './ports.ts';
import type { Timing } from './timing.ts';

export interface LagPorts {
  clock: Clock;
  random: Random;
  timing: Timing;
  /** What this browser has held, whoever served it. */
  held: HeadMemory;
  /** Opens the document again, to compare. */
  look(): void;
  catchUp(): void;
  /** What the records build on had time to come. */
  missing(): void;
}

interface Caught {
  /** What the relay lost is being appended: what it has is the measure. */
  isRecovering: boolean;
  /** The document lives on other relays, too. */
  hasOthers: boolean;
}

export class Lag {
  readonly #ports: LagPorts;
  #behind: string | undefined;
  /** Looked at once already. */
  #wasBehind = false;
  #timer: Timer | undefined;

  constructor(ports: LagPorts) {
    this.#ports = ports;
  }

  /** `holds`: what the relay must have when nothing lags. */
  opened(served: { checkpointSeq: number; vector: Vector }, holds: Vector): void {
    const { held } = this.#ports;
    held.sawRecords(holds);
    this.#behind = held.behind(served);
  }

  caughtUp(checkpoint: { seq: number; retired: number } | undefined, { isRecovering, hasOthers }: Caught): void {
    const { held, missing } = this.#ports;
    if (isRecovering) held.restart(checkpoint?.seq ?? 0, checkpoint?.retired ?? 0);
    else this.#behind ??= held.proven(checkpoint);
    const isBehind = hasOthers && !isRecovering && this.#behind !== undefined;
    if (isBehind) this.#later(() => this.#again());
    else if (hasOthers) this.#later(missing);
    if (!isBehind) this.#wasBehind = false;
  }

  stop(): void {
    this.#ports.clock.clearTimeout(this.#timer);
  }

  #again(): void {
    const { catchUp, look } = this.#ports;
    if (this.#wasBehind) return catchUp();
    this.#wasBehind = true;
    look();
  }

  #later(run: () => void): void {
    const { clock, random, timing } = this.#ports;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(run, timing.lagMs * (1 + random()));
  }
}
