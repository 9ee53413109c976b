/**
 * One part of a document, its text or the remarks on it, as a Yjs document on a sealed log: local edits go out by two lanes (remarks by
 * the durable one alone), verified plaintext comes in.
 */

import type { Bytes } from '@archipel/protocol';
import { LIVE_UPDATE } from '@archipel/protocol';
import * as Y from 'yjs';
import { Adoption } from './adoption.ts';
import { applyUpdate } from './apply-update.ts';
import type { CachedPart } from './cache.ts';
import { DurableSet, markOf } from './durable-set.ts';
import { Lanes } from './lanes.ts';
import type { Log } from './log.ts';
import type { Part } from './log-types.ts';
import { partOf } from './part.ts';
import type { Clock, Random } from './ports.ts';
import type { Timing } from './timing.ts';

/** Origins of transactions that are not this program's edits. */
export const REMOTE_ORIGINS = ['record', 'live', 'cache'] as const;
type RemoteOrigin = (typeof REMOTE_ORIGINS)[number];

export interface YjsPorts {
  clock: Clock;
  random: Random;
  timing: Timing;
  /** For the id of this program in the document: 53 bits are more than Yjs uses. */
  clientId(): number;
  changed(): void;
  /** What the cache keeps has changed. */
  saveSoon(): void;
  /** A record that is no Yjs update. */
  bad(detail: string): void;
  /** Somebody edits whose link does not allow it: nothing of it can leave. */
  readOnlyEdit(): void;
}

export class YjsDocument {
  readonly ydoc = new Y.Doc();
  readonly lanes: Lanes;
  readonly #part: Part;
  readonly #log: Log;
  readonly #ports: YjsPorts;
  readonly #adoption: Adoption;
  #durable = new DurableSet();
  #peers = 0;
  #holdsContents = false;
  #wasReset = false;

  constructor(log: Log, part: Part, ports: YjsPorts) {
    this.#log = log;
    this.#part = part;
    this.#ports = ports;
    this.ydoc.clientID = ports.clientId();
    const { timing } = ports;
    const isText = part === 'text';
    this.lanes = new Lanes({
      ...ports,
      timing: isText ? timing : { ...timing, sealAfterMs: timing.sealRemarkAfterMs },
      contents: (edits) => this.#contents(edits),
      append: (contents) => log.append(part, contents),
      sendLive: (update) => void log.sendLive(LIVE_UPDATE, update),
      persist: (edits) => log.savePending(part, edits),
      isConnected: () => log.phase === 'live',
      canSeal: () => log.header !== undefined && log.mayAppend(part),
      hasCompany: () => isText && this.#peers > 1 && log.phase === 'live',
    });
    this.#adoption = new Adoption({
      ...ports,
      doc: this.ydoc,
      durable: () => this.#durable,
      isReady: () => log.mayAppend(part) && log.phase === 'live',
      adopt: () => this.lanes.adopt(),
      settled: () => {
        this.#wasReset = false;
        ports.changed();
      },
    });
  }

  /** The relay lost contents that are here: they are not saved before they were appended again (CHK-5). */
  get isRecovering(): boolean {
    return this.#wasReset;
  }

  get holdsContents(): boolean {
    return this.#holdsContents;
  }

  get durable(): DurableSet {
    return this.#durable;
  }

  close(): void {
    this.lanes.close();
    this.#adoption.cancel();
  }

  /** What earlier programs left; edits go out from here on. */
  async begin(): Promise<void> {
    const { records, edits } = this.#log.inherited(this.#part);
    for (const plaintext of records) this.#apply(plaintext, 'cache', true);
    for (const edit of edits) this.#apply(edit, 'cache', false);
    if (records.length > 0 || edits.length > 0) this.#holdsContents = true;
    if (edits.length > 0) await this.lanes.restore(edits);
    this.#listen();
  }

  /** Who may not write there cannot make durable what is not: a cache with such content would show it for ever. */
  mayUse({ update, durable }: CachedPart): boolean {
    if (this.#log.mayAppend(this.#part)) return true;
    const trial = new Y.Doc();
    applyUpdate(trial, update);
    return !durable.lacks(markOf(trial));
  }

  /** Goes on from what a cache kept. */
  use({ update, durable }: CachedPart): void {
    applyUpdate(this.ydoc, update, 'cache');
    this.#durable = durable;
    this.#holdsContents = true;
  }

  /** What a cache kept under other links: it is appended where the relay lacks it (GEN-4), if this link is one to write there. */
  bringOver({ update }: CachedPart): void {
    if (!this.#log.holdsKeyOf(this.#part)) return;
    this.use({ update, durable: new DurableSet() });
    this.#wasReset = true;
  }

  #listen(): void {
    const { events } = this.#log;
    this.ydoc.on('update', (update: Bytes, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local || !isRemote(origin)) this.#edited(update);
    });
    events.on('checkpoint', ({ [this.#part]: contents }) => this.#received(contents === undefined ? [] : [contents]));
    events.on('records', (records) => {
      const own = records.filter(({ session }) => partOf(session) === this.#part);
      this.#received(own.map(({ plaintext }) => plaintext));
    });
    events.on('sealed', ({ part, plaintext }) => {
      if (part !== this.#part) return;
      this.#durable.add(plaintext);
      this.#ports.saveSoon();
    });
    events.on('live', ({ type, plaintext }) => {
      if (type !== LIVE_UPDATE || this.#part !== 'text') return;
      this.#apply(plaintext, 'live', false);
      this.#adoption.suspect();
    });
    events.on('reset', () => {
      this.#durable = new DurableSet();
      this.#wasReset = true;
    });
    events.on('peers', (peers) => {
      this.#peers = peers;
    });
    events.on('outbox', () => this.#ports.saveSoon());
    events.on('phase', (phase) => {
      if (phase === 'live') this.#caughtUp();
      else this.#adoption.cancel();
    });
  }

  #edited(update: Bytes): void {
    if (this.#log.mayAppend(this.#part)) this.lanes.add(update);
    else this.#ports.readOnlyEdit();
  }

  /** As if they had never been sealed: they are kept on disk and leave again when they fit. */
  async takeBack(plaintexts: Bytes[]): Promise<void> {
    for (const plaintext of plaintexts) this.#durable.remove(plaintext);
    await this.lanes.restore(plaintexts);
    this.#ports.saveSoon();
    // Not awaited: it appends, and what asked us to take them back is an append that ends first.
    void this.lanes.seal();
  }

  #received(plaintexts: Bytes[]): void {
    // Live text that waited for what these records bring appears now, and is no more durable than before.
    const { pendingStructs, pendingDs } = this.ydoc.store;
    const hasWaiting = pendingStructs !== null || pendingDs !== null;
    // One transaction, so that an editor draws once.
    Y.transact(
      this.ydoc,
      () => {
        for (const plaintext of plaintexts) this.#apply(plaintext, 'record', true);
      },
      'record',
      false,
    );
    if (hasWaiting) this.#adoption.suspect();
    this.#holdsContents = true;
    this.#ports.saveSoon();
  }

  #apply(plaintext: Bytes, origin: RemoteOrigin, isDurable: boolean): void {
    try {
      applyUpdate(this.ydoc, plaintext, origin);
      if (isDurable) this.#durable.add(plaintext);
    } catch (error) {
      // RMK-1: a commenter is no reason to doubt the document.
      if (this.#part === 'text') this.#ports.bad(String(error));
    }
  }

  #caughtUp(): void {
    this.#holdsContents = true;
    // Who may not write there has nothing to append again.
    this.#wasReset &&= this.#log.mayAppend(this.#part);
    void this.lanes.seal();
    // What the relay lost is appended soon, what an author may still send is given time.
    this.#adoption.caughtUp(this.#wasReset ? 0 : this.#ports.timing.adoptAfterMs);
    this.#ports.saveSoon();
  }

  #contents(edits: Bytes | undefined): Bytes | undefined {
    if (edits === undefined) return this.#durable.difference(this.ydoc);
    const isHeavy = this.lanes.problem === 'too_large';
    return isHeavy || this.#durable.needsMore(edits) ? this.#durable.difference(this.ydoc) : edits;
  }
}

function isRemote(origin: unknown): boolean {
  return (REMOTE_ORIGINS as readonly unknown[]).includes(origin);
}
