/** Copies many documents, a few at once, at a pace that leaves room for others; what fails is tried again a few times. */
import type { Bytes } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { Change } from './gate.ts';
import { answered, MoveCancelled, MoveError } from './move-error.ts';
import type { MovableStore } from './moving.ts';
import type { Copied, CopyOutcome } from './transfer.ts';
import { copyDocument, SourceFailure, TargetFailure } from './transfer.ts';

const TRIES = 6;
const RETRY_MS = 500;

export interface Pace {
  /** Documents at once. */
  lanes: number;
  pageBytes: number;
  /** How long to rest after some work, as a part of the time that it took. */
  restPerWork: number;
}
/** `change`: since it was copied; undefined: it was not. */
export interface ToCopy {
  docId: Bytes;
  change: Change | undefined;
}
export interface CopierOptions {
  source: MovableStore;
  target: MovableStore;
  from: string;
  to: string;
  clock: Clock;
  signal: AbortSignal;
}

export class Copier {
  readonly #options: CopierOptions;

  constructor(options: CopierOptions) {
    this.#options = options;
  }

  /**
   * Those that changed too often to be copied: they are to be copied again. `copied`: called after each that was. Rejects with MoveError,
   * when no lane is at work any more.
   */
  async copy(all: readonly ToCopy[], pace: Pace, copied: (what: Copied) => void): Promise<ToCopy[]> {
    const restless: ToCopy[] = [];
    let next = 0;
    let failed = false;
    const lane = async (): Promise<void> => {
      for (let item = all[next++]; item !== undefined && !failed; item = all[next++]) {
        const outcome = await this.#copyOne(item, pace);
        if (outcome === 'restless') restless.push(item);
        else copied(outcome);
      }
    };
    const lanes = Array.from({ length: Math.min(pace.lanes, all.length) }, () =>
      lane().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    );
    const ended = await Promise.allSettled(lanes);
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
    return restless;
  }

  async #copyOne({ docId, change }: ToCopy, pace: Pace): Promise<Copied | 'restless'> {
    const { source, target } = this.#options;
    const rest = this.#rests(pace.restPerWork);
    // What a failure left of it in the target is copied over.
    for (let tries = 1; ; tries++) {
      const mode = tries === 1 ? change : 'changed';
      const outcome = await copyDocument(source, target, docId, mode, { pageBytes: pace.pageBytes, rest });
      await rest();
      const settled = this.#settled(outcome, tries === TRIES);
      if (settled !== 'again') return settled;
      await this.pause(RETRY_MS);
    }
  }

  #settled(outcome: CopyOutcome, isLast: boolean): Copied | 'restless' | 'again' {
    const { from, to } = this.#options;
    // Its creation was noted, and failed.
    if (outcome === 'gone') return { records: 0, bytes: 0 };
    if (outcome === 'differs') throw new MoveError(`What arrived in ${to} is not what was read from ${from}.`);
    if (outcome instanceof SourceFailure) return isLast ? answered(outcome.failure, from) : 'again';
    if (outcome instanceof TargetFailure) {
      return isLast || outcome.failure === 'disk_full' ? answered(outcome.failure, to) : 'again';
    }
    return outcome;
  }

  /** Each call rests in proportion to the time since the last one. */
  #rests(perWork: number): () => Promise<void> {
    const { clock } = this.#options;
    let sinceMs = clock.now();
    return async () => {
      this.checkSignal();
      if (perWork > 0) await this.pause((clock.now() - sinceMs) * perWork);
      sinceMs = clock.now();
    };
  }

  checkSignal(): void {
    if (this.#options.signal.aborted) throw new MoveCancelled();
  }

  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, ms));
    this.checkSignal();
  }
}
