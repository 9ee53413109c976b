/**
 * The two ways of an edit. Live lane: at once, when others are here; may be lost. Durable lane: merged into a record at
 * most a second after the first unsaved edit. Until then the edits lie on this machine's disk.
 */

import type { Bytes, ErrorName, Result } from '@archipel/protocol';
import { ok } from '@archipel/protocol';
import * as Y from 'yjs';
import type { Clock, Timer } from './ports.ts';
import type { Timing } from './timing.ts';
import { MAX_LIVE_PLAINTEXT_BYTES } from './timing.ts';

export interface LanesPorts {
  clock: Clock;
  timing: Timing;
  /** The contents of the record that these edits need (LIVE-4); undefined when all of it is durable already. */
  contents(edits: Bytes | undefined): Bytes | undefined;
  append(contents: Bytes): Promise<Result<void>>;
  sendLive(update: Bytes): void;
  /** Replaces the unsealed edits on disk. */
  persist(edits: Bytes | undefined): Promise<void>;
  /** Caught up with the relay: what is sealed now is sent now. */
  isConnected(): boolean;
  /** A header is known, so records can be made. */
  canSeal(): boolean;
  hasCompany(): boolean;
  changed(): void;
}

export class Lanes {
  readonly #ports: LanesPorts;
  #pending: Bytes[] = [];
  #pendingBytes = 0;
  #sealing: Bytes[] = [];
  #running: Promise<Result<void>> | undefined;
  #sealTimer: Timer | undefined;
  #persistTimer: Timer | undefined;
  #live: Bytes[] = [];
  #liveTimer: Timer | undefined;
  #closed = false;
  /** Why the last record could not be made. */
  problem: ErrorName | undefined;

  constructor(ports: LanesPorts) {
    this.#ports = ports;
  }

  /** Edits that are in no record yet. */
  get unsealed(): number {
    return this.#pending.length + this.#sealing.length;
  }

  add(edit: Bytes): void {
    this.#pending.push(edit);
    this.#pendingBytes += edit.length;
    if (this.#ports.hasCompany()) this.#addLive(edit);
    this.#persistSoon();
    this.#sealSoon();
    this.#ports.changed();
  }

  /** Edits of an earlier program that were not sealed. */
  async restore(edits: Bytes[]): Promise<void> {
    this.#pending.push(...edits);
    for (const edit of edits) this.#pendingBytes += edit.length;
    await this.persist();
  }

  /** Connected again, or asked to hurry: everything so far leaves, live and as a record. Nothing before a header is known. */
  async seal(): Promise<Result<void>> {
    this.#sendLive();
    while (this.#running !== undefined) await this.#running;
    return this.#pending.length > 0 && this.#ports.canSeal() ? this.#seal() : ok(undefined);
  }

  /** Makes durable what others left behind, and our own edits with it. */
  async adopt(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#seal();
  }

  async persist(): Promise<void> {
    this.#ports.clock.clearTimeout(this.#persistTimer);
    this.#persistTimer = undefined;
    const edits = [...this.#sealing, ...this.#pending];
    await this.#ports.persist(edits.length === 0 ? undefined : Y.mergeUpdates(edits));
  }

  close(): void {
    this.#closed = true;
    for (const timer of [this.#sealTimer, this.#persistTimer, this.#liveTimer]) this.#ports.clock.clearTimeout(timer);
  }

  #persistSoon(): void {
    const { clock, timing } = this.#ports;
    this.#persistTimer ??= clock.setTimeout(() => void this.persist(), timing.persistAfterMs);
  }

  #sealSoon(): void {
    const { clock, timing } = this.#ports;
    // Without a relay only a full record is sealed: an hour offline makes a few records, not thousands.
    const isFull = this.#pendingBytes >= timing.sealBytes && this.#ports.canSeal();
    if (isFull && this.#running === undefined && this.problem === undefined) void this.seal();
    else if (this.#ports.isConnected()) this.#sealTimer ??= clock.setTimeout(() => this.#sealDue(), timing.sealAfterMs);
  }

  #sealDue(): void {
    this.#sealTimer = undefined;
    if (this.#ports.isConnected()) void this.seal();
  }

  #seal(): Promise<Result<void>> {
    const run = this.#sealNow().finally(() => {
      if (this.#running === run) this.#running = undefined;
      if (this.#pending.length > 0 && !this.#closed && this.problem === undefined) this.#sealSoon();
      this.#ports.changed();
    });
    this.#running = run;
    return run;
  }

  async #sealNow(): Promise<Result<void>> {
    this.#ports.clock.clearTimeout(this.#sealTimer);
    this.#sealTimer = undefined;
    this.#sealing = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const contents = this.#ports.contents(this.#sealing.length === 0 ? undefined : Y.mergeUpdates(this.#sealing));
    const appended = contents === undefined ? ok(undefined) : await this.#ports.append(contents);
    if (!appended.ok) {
      this.#pending = [...this.#sealing, ...this.#pending];
      this.#pendingBytes = this.#pending.reduce((sum, { length }) => sum + length, 0);
    }
    this.#sealing = [];
    this.problem = appended.ok ? undefined : appended.error;
    await this.persist();
    return appended;
  }

  #addLive(edit: Bytes): void {
    const { clock, timing } = this.#ports;
    this.#live.push(edit);
    if (this.#liveTimer !== undefined) return;
    this.#sendLive();
    const next = (): void => {
      const more = this.#live.length > 0;
      this.#sendLive();
      this.#liveTimer = more ? clock.setTimeout(next, timing.liveEveryMs) : undefined;
    };
    this.#liveTimer = clock.setTimeout(next, timing.liveEveryMs);
  }

  /** What is too large for a live message comes by record within a second. */
  #sendLive(): void {
    const edits = this.#live;
    this.#live = [];
    if (edits.length === 0) return;
    const update = edits.length === 1 ? edits[0] : Y.mergeUpdates(edits);
    if (update && update.length <= MAX_LIVE_PLAINTEXT_BYTES && this.#ports.hasCompany()) this.#ports.sendLive(update);
  }
}
