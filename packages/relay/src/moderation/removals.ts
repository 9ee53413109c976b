/** What this host has taken down (protocol §21): asked at every door, and carried out on what it holds. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Log } from '../log.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { Moderation, Removal } from '../store/moderation.ts';

/** How many are carried out before others get their turn. */
const BATCH = 50;

export interface RemovalsDeps {
  file: Moderation;
  metrics: RelayMetrics;
  log: Log;
}

/** Takes away what is held under an id, if anything is; the error after which it is tried again. */
export type TakeAway = (docId: Bytes) => Promise<ErrorName | undefined>;

export class Removals {
  readonly #deps: RemovalsDeps;
  #known: ReadonlyMap<string, Removal> = new Map();
  #version: number | undefined;
  #working: Promise<void> | undefined;

  /** Throws the errors of the file. */
  constructor(deps: RemovalsDeps) {
    this.#deps = deps;
    this.refresh();
  }

  find(docId: Bytes): Removal | undefined {
    return this.#known.size === 0 ? undefined : this.#known.get(toHex(docId));
  }

  has(docId: Bytes): boolean {
    return this.find(docId) !== undefined;
  }

  /** What this host says itself, not what it follows. */
  get own(): Removal[] {
    return [...this.#known.values()].filter(({ source }) => source === '');
  }

  /** What a command or another host changed counts from here on. */
  refresh(): void {
    const { file, metrics } = this.#deps;
    this.#version = file.version;
    this.#known = new Map(file.removals().map((removal) => [toHex(removal.docId), removal]));
    metrics.removals = this.#known.size;
    metrics.reportsOpen = file.openReports;
  }

  /** Looks whether something changed, and carries out what is due; one round at a time. */
  tick(takeAway: TakeAway): Promise<void> {
    if (this.#deps.file.version !== this.#version) this.refresh();
    this.#working ??= this.#carryOut(takeAway).finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #carryOut(takeAway: TakeAway): Promise<void> {
    const { file, log } = this.#deps;
    for (const docId of file.due(BATCH)) {
      const error = await takeAway(docId);
      if (error === undefined) file.done(docId);
      else log.warn({ failure: error }, 'something that is to be removed could not be; next time');
    }
  }

  async stop(): Promise<void> {
    await this.#working;
  }
}
