/** A Yjs document on a sealed log: local edits go out by two lanes, verified plaintext comes in. */

import type { Bytes } from '@archipel/protocol';
import { LIVE_UPDATE } from '@archipel/protocol';
import * as Y from 'yjs';
import { Adoption } from './adoption.ts';
import { applyUpdate } from './apply-update.ts';
import { Cache, readCache } from './cache.ts';
import { DurableSet, markOf } from './durable-set.ts';
import { Lanes } from './lanes.ts';
import type { Log } from './log.ts';
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
  /** A record of an editor that is no Yjs update. */
  bad(detail: string): void;
  /** Somebody with a link to read edits: nothing of it can leave. */
  readOnlyEdit(): void;
}

export class YjsDocument {
  readonly ydoc = new Y.Doc();
  readonly lanes: Lanes;
  readonly cache: Cache;
  readonly #log: Log;
  readonly #ports: YjsPorts;
  readonly #adoption: Adoption;
  #durable = new DurableSet();
  #peers = 0;
  #holdsContents = false;
  #wasReset = false;

  private constructor(log: Log, ports: YjsPorts) {
    this.#log = log;
    this.#ports = ports;
    this.ydoc.clientID = ports.clientId();
    this.lanes = new Lanes({
      ...ports,
      contents: (edits) => this.#contents(edits),
      append: (contents) => log.append(contents),
      sendLive: (update) => void log.sendLive(LIVE_UPDATE, update),
      persist: (edits) => log.savePending(edits),
      isConnected: () => log.phase === 'live',
      canSeal: () => log.header !== undefined,
      hasCompany: () => this.#peers > 1 && log.phase === 'live',
    });
    this.#adoption = new Adoption({
      ...ports,
      doc: this.ydoc,
      durable: () => this.#durable,
      isReady: () => log.canWrite && log.phase === 'live',
      adopt: () => this.lanes.adopt(),
      settled: () => {
        this.#wasReset = false;
        ports.changed();
      },
    });
    this.cache = new Cache({ ...ports, log, doc: this.ydoc, durable: () => this.#durable });
    log.holdsContents = () => this.#holdsContents;
    log.takeBack = (plaintexts) => this.#takeBack(plaintexts);
  }

  /** From the cache and what earlier programs left; edits go out from here on. */
  static async load(log: Log, ports: YjsPorts): Promise<YjsDocument> {
    const document = new YjsDocument(log, ports);
    await document.#load();
    document.#listen();
    return document;
  }

  /** The relay lost contents that are here: they are not saved before they were appended again (CHK-5). */
  get isRecovering(): boolean {
    return this.#wasReset;
  }

  get holdsContents(): boolean {
    return this.#holdsContents;
  }

  close(): void {
    this.lanes.close();
    this.cache.cancel();
    this.#adoption.cancel();
  }

  async #load(): Promise<void> {
    const cached = await readCache(this.#log.store);
    const { isRenewed } = this.#log;
    const durable = isRenewed || cached === undefined ? new DurableSet() : cached.durable;
    const isUsed = cached !== undefined && this.#useCache(cached.update, durable);
    this.#wasReset = isUsed && isRenewed;
    if (isUsed && !isRenewed) this.#log.restore(cached.log);
    else this.#log.restore({ heads: [], checkpoint: undefined, tail: { records: 0, bytes: 0 } });
    const { records, edits } = this.#log.inherited;
    for (const plaintext of records) this.#apply(plaintext, 'cache', true);
    for (const edit of edits) this.#apply(edit, 'cache', false);
    if (records.length > 0 || edits.length > 0) this.#holdsContents = true;
    if (edits.length > 0) await this.lanes.restore(edits);
    await this.#log.keptInheritedEdits();
  }

  /** A reader cannot make durable what is not: a cache with such content would show it for ever. */
  #useCache(update: Bytes, durable: DurableSet): boolean {
    if (!this.#log.canWrite) {
      const trial = new Y.Doc();
      applyUpdate(trial, update);
      if (durable.lacks(markOf(trial))) return false;
    }
    applyUpdate(this.ydoc, update, 'cache');
    this.#durable = durable;
    this.#holdsContents = true;
    return true;
  }

  #listen(): void {
    const { events } = this.#log;
    this.ydoc.on('update', (update: Bytes, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local || !isRemote(origin)) this.#edited(update);
    });
    events.on('checkpoint', (plaintext) => this.#received([plaintext]));
    events.on('records', (records) => this.#received(records.map(({ plaintext }) => plaintext)));
    events.on('sealed', (plaintext) => {
      this.#durable.add(plaintext);
      this.cache.saveSoon();
    });
    events.on('live', ({ type, plaintext }) => {
      if (type !== LIVE_UPDATE) return;
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
    events.on('outbox', () => this.cache.saveSoon());
    events.on('phase', (phase) => {
      if (phase === 'live') this.#caughtUp();
      else this.#adoption.cancel();
    });
  }

  #edited(update: Bytes): void {
    if (this.#log.canWrite) this.lanes.add(update);
    else this.#ports.readOnlyEdit();
  }

  /** As if they had never been sealed: they are kept on disk and leave again when they fit. */
  async #takeBack(plaintexts: Bytes[]): Promise<void> {
    for (const plaintext of plaintexts) this.#durable.remove(plaintext);
    await this.lanes.restore(plaintexts);
    this.cache.saveSoon();
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
    this.cache.saveSoon();
  }

  #apply(plaintext: Bytes, origin: RemoteOrigin, isDurable: boolean): void {
    try {
      applyUpdate(this.ydoc, plaintext, origin);
      if (isDurable) this.#durable.add(plaintext);
    } catch (error) {
      this.#ports.bad(String(error));
    }
  }

  #caughtUp(): void {
    this.#holdsContents = true;
    void this.lanes.seal();
    // What the relay lost is appended soon, what an author may still send is given time.
    this.#adoption.caughtUp(this.#wasReset ? 0 : this.#ports.timing.adoptAfterMs);
    this.cache.saveSoon();
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
