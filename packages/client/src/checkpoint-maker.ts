/**
 * Makes checkpoints (CKP-4): from what the relay would serve to somebody who comes now, read from nothing and verified, so
 * from durable records alone and never from live messages.
 */
import type { Bytes, FrontierEntry, Result } from '@archipel/protocol';
import { equal, fail, MAX_CHECKPOINT_BYTES, ok } from '@archipel/protocol';
import type { Suite } from '@archipel/protocol/secret';
import { sealCheckpoint } from '@archipel/protocol/secret';
import * as Y from 'yjs';
import { applyUpdate } from './apply-update.ts';
import type { ChainsContext } from './chains.ts';
import type { DurableState } from './durable-reader.ts';
import type { Report } from './errors.ts';
import type { Log } from './log.ts';
import type { Part } from './log-types.ts';
import { partOf } from './part.ts';
import type { Clock, Random, Timer } from './ports.ts';
import type { Timing } from './timing.ts';

export interface CheckpointPorts {
  suite: Suite;
  clock: Clock;
  random: Random;
  timing: Timing;
  report(report: Report): void;
}

/** How long the answer to a checkpoint is waited for. */
const ANSWER_MS = 10_000;

export class CheckpointMaker {
  readonly #log: Log;
  readonly #ports: CheckpointPorts;
  #timer: Timer | undefined;
  /** Grows when somebody made one: what is under way then is void. */
  #round = 0;
  #isMaking = false;
  /** A checkpoint over the size limit: it will not get smaller. */
  #isTooLarge = false;
  #answered: (() => void) | undefined;

  constructor(log: Log, ports: CheckpointPorts) {
    this.#log = log;
    this.#ports = ports;
    for (const name of ['records', 'sealed', 'phase'] as const) log.events.on(name, () => this.#consider());
    log.events.on('checkpointMade', () => this.#made());
  }

  /** At the end of the only editor's work. Resolves when the relay has it, or has refused it. */
  async finish(): Promise<void> {
    if (this.#log.tail.records > this.#ports.timing.checkpointOnCloseRecords) await this.#make();
    this.close();
  }

  /** Before the history is erased: what it does not cover would stay. */
  async cover(): Promise<void> {
    if (this.#log.tail.records > 0) await this.#make();
  }

  /** Whether what the relay has now fits a checkpoint. Errors: `too_large`; those of `readDurable`. */
  async fits(): Promise<Result<void>> {
    const state = await this.#log.readDurable();
    const { context } = this.#log;
    if (!state.ok) return state;
    if (context === undefined) return fail('unavailable');
    const { length } = await this.#sealed(context, state.value, true);
    return length > this.#mostBytes ? fail('too_large') : ok(undefined);
  }

  /** GEN-1: of everything that the relay has, and none of its sessions is retired: another host may still bring more of them. */
  async renew(): Promise<void> {
    await this.#make(true);
  }

  close(): void {
    this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#round++;
  }

  #consider(): void {
    const { tail, phase, canWrite } = this.#log;
    const { timing, clock, random } = this.#ports;
    const isDue = tail.records >= timing.checkpointRecords || tail.bytes >= timing.checkpointBytes;
    if (!isDue || !canWrite || phase !== 'live' || this.#timer !== undefined || this.#isMaking || this.#isTooLarge)
      return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#make();
    }, random() * timing.checkpointJitterMs);
  }

  #made(): void {
    this.#round++;
    this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#answered?.();
  }

  async #make(isRenewal = false): Promise<void> {
    if (this.#isMaking || this.#log.phase !== 'live') return;
    this.#isMaking = true;
    try {
      await this.#seal(this.#round, isRenewal);
    } finally {
      this.#isMaking = false;
    }
  }

  async #seal(round: number, isRenewal: boolean): Promise<void> {
    const { context } = this.#log;
    const state = await this.#log.readDurable();
    if (context === undefined || !state.ok || round !== this.#round) return;
    if (state.value.records.length === 0 && !isRenewal) return;
    const checkpoint = await this.#sealed(context, state.value, isRenewal);
    this.#isTooLarge = checkpoint.length > this.#mostBytes;
    if (this.#isTooLarge || round !== this.#round || this.#log.phase !== 'live') return;
    const answer = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    this.#log.send({ type: 'checkpoint', checkpoint });
    const timer = this.#ports.clock.setTimeout(() => this.#answered?.(), ANSWER_MS);
    await answer;
    this.#ports.clock.clearTimeout(timer);
  }

  get #mostBytes(): number {
    return Math.min(MAX_CHECKPOINT_BYTES, this.#log.maxCheckpointBytes);
  }

  #sealed({ suite, keys, gen }: ChainsContext, state: DurableState, keepsAll: boolean): Promise<Bytes> {
    const kept = keepsAll ? state.heads.map(({ session }) => session) : this.#log.sessions;
    return sealCheckpoint(suite, keys, { ...frontierOf(state, kept), gen, ...this.#contents(state) });
  }

  /** RMK-5: text of what wrote text, remarks of what wrote remarks. */
  #contents({ checkpoint, records }: DurableState): { plaintext: Bytes; remarks?: Bytes } {
    const { text, remarks } = checkpoint?.contents ?? {};
    const of = (part: Part): Bytes[] =>
      records.filter(({ session }) => partOf(session) === part).map(({ plaintext }) => plaintext);
    const said = [...(remarks ? [remarks] : []), ...of('remarks')];
    const plaintext = this.#merge([...(text ? [text] : []), ...of('text')]);
    return said.length === 0 ? { plaintext } : { plaintext, remarks: this.#merge(said, () => undefined) };
  }

  #merge(updates: Bytes[], bad = () => this.#bad()): Bytes {
    const doc = new Y.Doc();
    doc.transact(() => {
      for (const update of updates) {
        const applied = tryApply(doc, update);
        if (!applied.ok) bad();
      }
    });
    const plaintext = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    return plaintext;
  }

  #bad(): void {
    this.#ports.report({ code: 'open_failed', rule: 'CKP-4', detail: 'record that is no update' });
  }
}

function tryApply(doc: Y.Doc, update: Uint8Array): Result<void> {
  try {
    applyUpdate(doc, update);
    return ok(undefined);
  } catch {
    return { ok: false, error: 'open_failed' };
  }
}

/** CKP-2: sessions that had no record since the last checkpoint are retired, but for our own. */
export function frontierOf(
  { checkpoint, heads, passedOver }: DurableState,
  own: Uint8Array[],
): { seq: number; retired: number; frontier: FrontierEntry[]; previous?: Uint8Array } {
  const before = checkpoint?.fields.frontier ?? [];
  const isIdle = (head: FrontierEntry): boolean =>
    before.some(({ session, have }) => equal(session, head.session) && have === head.have);
  const isOwn = (head: FrontierEntry): boolean => own.some((session) => equal(session, head.session));
  // What we cannot open goes on behind its entry (GEN-2).
  const goesOn = (head: FrontierEntry): boolean => passedOver?.(head.session) === true;
  const frontier = heads.filter((head) => !isIdle(head) || isOwn(head) || goesOn(head));
  const retired = (checkpoint?.fields.retired ?? 0) + heads.length - frontier.length;
  const clear = { retired, frontier };
  return checkpoint ? { ...clear, seq: checkpoint.fields.seq + 1, previous: checkpoint.hash } : { ...clear, seq: 1 };
}
