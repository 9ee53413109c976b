/**
 * Changing the locks (GEN-1): the header of the next generation, then a checkpoint of it that covers everything. What was interrupted
 * in between is finished by whichever client of the owner opens the document next.
 */
import type { Result } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
import type { CheckpointMaker } from './checkpoint-maker.ts';
import type { DurableState } from './durable-reader.ts';
import type { Log } from './log.ts';
import type { Clock, Random, Timer } from './ports.ts';
import type { Timing } from './timing.ts';
import { decodeValue, encodeValue, isRecord } from './values.ts';

export interface RelockingPorts {
  clock: Clock;
  random: Random;
  timing: Timing;
  /** Everything written here is on the relay's disk, or the time for that is over. */
  settle(): Promise<void>;
}

/** Under it lies the generation in which everything is sealed, as this machine has seen. */
const KEY = 'relocked';

export class Relocking {
  readonly #log: Log;
  readonly #checkpoints: CheckpointMaker;
  readonly #ports: RelockingPorts;
  readonly #waiting = new Set<() => void>();
  /** Undefined until it was read. */
  #done: number | undefined;
  #timer: Timer | undefined;
  #tries = 0;
  #isRunning = false;
  #isClosed = false;

  constructor(log: Log, checkpoints: CheckpointMaker, ports: RelockingPorts) {
    this.#log = log;
    this.#checkpoints = checkpoints;
    this.#ports = ports;
    log.events.on('phase', () => this.#look());
    log.events.on('header', () => this.#look());
    log.events.on('records', (records) => {
      const { gen = 0 } = log.header ?? {};
      if (records.some((record) => record.gen < gen)) void this.#again();
    });
  }

  /**
   * New links. Resolves when the contents are sealed for them, however often the line breaks until then; the old ones stop
   * working on the way. Errors: `not_allowed`; `too_large`: no checkpoint would hold the contents; what the relay answers.
   */
  async change(): Promise<Result<void>> {
    if (this.#log.keys.ownerSigner === undefined) return fail('not_allowed');
    await this.#live();
    await this.#ports.settle();
    const target = this.#gen + 1;
    while (this.#gen < target) {
      const fits = await this.#checkpoints.fits();
      const renewed = fits.ok ? await this.#log.owner.renew(target) : fits;
      // Another browser of the owner was first, or nobody knows whether the header came through: the next answer tells.
      const isUnsure = !renewed.ok && (renewed.error === 'unavailable' || renewed.error === 'stale_header');
      if (!renewed.ok && !isUnsure) return renewed;
      if (this.#isClosed) return fail('unavailable');
      if (isUnsure) await this.#pause();
      await this.#live();
    }
    await this.#until(() => (this.#done ?? 0) >= target);
    return this.#isClosed ? fail('unavailable') : ok(undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#ports.clock.clearTimeout(this.#timer);
    this.#tell();
  }

  get #gen(): number {
    return this.#log.header?.gen ?? 0;
  }

  #live(): Promise<void> {
    return this.#until(() => this.#log.phase === 'live');
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#isClosed) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.setTimeout(resolve, this.#ports.timing.backoffMinMs));
  }

  #look(): void {
    this.#tell();
    const isOwner = this.#log.keys.ownerSigner !== undefined;
    if (isOwner && this.#gen > 0 && this.#log.phase === 'live') void this.#run();
  }

  /** Something was written with an old link, on a host that had not heard of the new ones yet. */
  async #again(): Promise<void> {
    this.#done = 0;
    await this.#log.store.delete(KEY);
    this.#look();
  }

  async #run(): Promise<void> {
    if (this.#isRunning || this.#timer !== undefined || this.#isClosed) return;
    this.#isRunning = true;
    this.#done ??= await this.#read();
    const gen = this.#gen;
    const isDone = this.#done >= gen || (await this.#seal(gen));
    this.#isRunning = false;
    if (!isDone) return this.#later();
    this.#tries = 0;
    if (this.#done < gen) await this.#log.store.put(KEY, encodeValue({ gen }));
    this.#done = Math.max(this.#done, gen);
    this.#tell();
    if (this.#gen > gen) this.#look();
  }

  /** True when everything on the relay is sealed in this generation. */
  async #seal(gen: number): Promise<boolean> {
    const before = await this.#log.readDurable();
    if (!before.ok) return false;
    if (isSealedIn(before.value, gen)) return true;
    await this.#checkpoints.renew();
    const after = await this.#log.readDurable();
    return after.ok && isSealedIn(after.value, gen);
  }

  #later(): void {
    const { clock, random, timing } = this.#ports;
    if (this.#isClosed) return;
    const waitMs = Math.min(timing.backoffMinMs * 2 ** this.#tries++, timing.backoffMaxMs);
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#look();
      },
      waitMs * (1 + random()),
    );
  }

  async #read(): Promise<number> {
    const value = decodeValue(await this.#log.store.get(KEY));
    return isRecord(value) ? Number(value.gen) || 0 : 0;
  }
}

function isSealedIn({ checkpoint, records }: DurableState, gen: number): boolean {
  return (checkpoint === undefined || checkpoint.fields.gen === gen) && records.every((record) => record.gen === gen);
}
