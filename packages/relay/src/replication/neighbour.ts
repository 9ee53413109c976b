/** A host that documents are kept with: the line to it, dialled again and again while there is none, and since when it is away. */
import type { Timer } from '../clock.ts';
import type { LogContext } from '../primitives/log/context.ts';
import type { CatchUp } from './catch-up.ts';
import type { PeerHost } from './hosts.ts';
import type { Link } from './link.ts';

const DIAL_MIN_MS = 200;
const DIAL_MAX_MS = 10_000;
/** A line is looked for again after this part of the time for which there was none: what was cut for a moment heals in a moment. */
const DIAL_PART = 1 / 8;

export interface NeighbourPorts {
  context: LogContext;
  peer: PeerHost;
  catchUp: CatchUp;
  /** Begins to connect; `ended` is called once, when the line is closed or never came to be. */
  connect(ended: () => void): void;
  /** People are told otherwise of it from now on. */
  told(): void;
}

export class Neighbour {
  readonly peer: PeerHost;
  readonly catchUp: CatchUp;
  readonly #ports: NeighbourPorts;
  #link: Link | undefined;
  #awaySinceMs: number | undefined;
  /** As people were told last. */
  #isThere = false;
  #isDialling = false;
  #isStopped = false;
  #dialTimer: Timer | undefined;
  #awayTimer: Timer | undefined;
  #dialledMs = Number.NEGATIVE_INFINITY;

  constructor(ports: NeighbourPorts) {
    this.#ports = ports;
    this.peer = ports.peer;
    this.catchUp = ports.catchUp;
    this.#awaySinceMs = ports.context.clock.now();
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get isReached(): boolean {
    return this.#link?.isReady === true;
  }

  /** Since when there is no line; undefined while there is one. */
  get awaySinceMs(): number | undefined {
    return this.#awaySinceMs;
  }

  /** PEER-12: a line that is back within `hostAwayMs` was never away for people. */
  get isThere(): boolean {
    return this.#isThere;
  }

  reached(link: Link): void {
    this.#link = link;
    this.#awaySinceMs = undefined;
    this.#ports.context.clock.clearTimeout(this.#awayTimer);
    this.catchUp.start();
    if (this.#isThere) return;
    this.#isThere = true;
    this.#ports.told();
  }

  lost(): void {
    const { clock, config } = this.#ports.context;
    const wasDialled = this.#link?.isDialled;
    this.#link = undefined;
    this.#awaySinceMs = clock.now();
    this.catchUp.stop();
    if (this.#isStopped) return;
    clock.clearTimeout(this.#awayTimer);
    this.#awayTimer = clock.setTimeout(() => this.#gone(), config.limits.hostAwayMs);
    // One that this host dialled says itself that it ended.
    if (wasDialled === false) this.#dialLater();
  }

  #gone(): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    this.#ports.told();
  }

  dial(): void {
    if (this.#isStopped || this.#isDialling || this.#link?.isOpen === true) return;
    const { clock } = this.#ports.context;
    clock.clearTimeout(this.#dialTimer);
    this.#dialTimer = undefined;
    this.#isDialling = true;
    this.#dialledMs = clock.now();
    this.#ports.connect(() => {
      this.#isDialling = false;
      this.#dialLater();
    });
  }

  /** There is reason to believe that it is back. */
  hurry(): void {
    if (this.#dialTimer === undefined) return;
    this.#dialIn(Math.max(0, this.#dialledMs + DIAL_MIN_MS - this.#ports.context.clock.now()));
  }

  /** Spread, so that hosts that come back are not all met at once. */
  #dialLater(): void {
    const { clock, random } = this.#ports.context;
    if (this.#isStopped) return;
    const [chance = 0] = random(1);
    const awayMs = clock.now() - (this.#awaySinceMs ?? clock.now());
    const ms = Math.min(DIAL_MAX_MS, Math.max(DIAL_MIN_MS, awayMs * DIAL_PART)) * (1 + chance / 512);
    this.#dialIn(ms);
  }

  #dialIn(ms: number): void {
    const { clock } = this.#ports.context;
    clock.clearTimeout(this.#dialTimer);
    this.#dialTimer = clock.setTimeout(() => this.dial(), ms);
  }

  stop(): void {
    this.#isStopped = true;
    this.#ports.context.clock.clearTimeout(this.#dialTimer);
    this.#ports.context.clock.clearTimeout(this.#awayTimer);
  }
}
