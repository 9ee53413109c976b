/** One connection's channel on a document: what it may do, and how far it has been served. */
import type { Bytes, RecordPlace, Role, Vector } from '@archipel/protocol';
import { encodeFrame, mayHold, peekRecord } from '@archipel/protocol';
import type { RecordPage, StoredRecord, StoreFailure } from '../../store/store.ts';
import type { AckEntry, RelayFrame } from '../../ws/frame.ts';
import { documentFrame } from '../../ws/frame.ts';
import type { Chain } from './chain.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import type { Peer } from './peer.ts';

const UNAVAILABLE_RETRY_MS = 2000;

export class Subscription {
  readonly peer: Peer;
  readonly document: Document;
  readonly role: Role;
  readonly #context: LogContext;
  isOpen = true;
  /** Resolves when it is caught up, or waits for its reader to take what was sent. */
  served: Promise<void> = Promise.resolve();
  /** Gets every frame of the document as it comes; otherwise it is served from the store, from `#cursor` on. */
  isFlowing = false;
  /** Resolves when what it sent to be taken was looked at. */
  judging: Promise<void> = Promise.resolve();
  /** Got the frame at hand together with its acks. */
  isServed = false;
  /** When it sent its last live message. */
  lastLiveMs = Number.NEGATIVE_INFINITY;
  /** The chain that wrote last: most writers have one. */
  lastChain: Chain | undefined;
  #acks: Chain[] = [];
  #cursor = 0;
  #isPumping = false;
  /** Until it is caught up: what the client said it holds. */
  #known: Map<string, number> | undefined;
  /** Until it is caught up: the frontier of the checkpoint that the client has. A later one covers more. */
  #frontier: Map<string, number> | undefined;
  #isCatchingUp = true;
  /** The checkpoint is sent before any record, as soon as the reader took what came before. */
  #owesCheckpoint = false;
  /** The checkpoint whose contents the reader has. */
  #checkpointSeq = 0;

  constructor(peer: Peer, document: Document, role: Role, context: LogContext) {
    this.peer = peer;
    this.document = document;
    this.role = role;
    this.#context = context;
  }

  /** The text, and checkpoints. */
  get mayWrite(): boolean {
    return this.role === 'edit' || this.role === 'own';
  }

  /** RMK-4 */
  get mayRemark(): boolean {
    return this.role !== 'view';
  }

  /** Whether a record of that generation of the links, and of that part, is taken from here (REC-4, RMK-4). */
  mayBring({ gen, session }: RecordPlace): boolean {
    const { header } = this.document;
    return gen === header.gen && mayHold(header, session);
  }

  /** An ack of all that this chain has on disk is due. */
  ack(chain: Chain): void {
    if (!this.isOpen || this.#acks.includes(chain)) return;
    if (this.#acks.push(chain) === 1) this.document.outbox.addAck(this);
  }

  takeAcks(): AckEntry[] {
    const acks: AckEntry[] = [];
    for (const { id, durable, elsewhere } of this.#acks) {
      acks.push({ level: 1, session: id, have: durable });
      if (elsewhere > 0) acks.push({ level: 2, session: id, have: elsewhere });
    }
    this.#acks = [];
    return acks;
  }

  /** CON-9: from here on served from the store, when it has drained. */
  lag(cursor: number): void {
    this.isFlowing = false;
    this.#cursor = cursor;
    this.peer.watchDraining();
  }

  /** Of those that keep up, one from whom something was kept: served from the store from here on, though it takes its data. */
  goBack(cursor: number): void {
    this.isFlowing = false;
    this.#cursor = cursor;
    void this.pump();
  }

  /** What it lacks is in the last checkpoint alone; whoever keeps up is sent back then. */
  needCheckpoint(): void {
    this.#owesCheckpoint = true;
  }

  /** CON-4: after Opened. `page`: the first records of the tail, when they were just read. */
  async catchUp(vector: Vector, sendCheckpoint: boolean, page: RecordPage | undefined): Promise<void> {
    const { document } = this;
    if (vector.length > 0) this.#known = new Map(vector.map(({ session, have }) => [keyOf(session), have]));
    this.#cursor = document.tailFrom - 1;
    this.#checkpointSeq = document.checkpoint?.seq ?? 0;
    this.#owesCheckpoint = sendCheckpoint;
    if (!sendCheckpoint) this.#frontier = frontierOf(document);
    await this.pump(page);
  }

  /** Sends what is missing, as fast as the reader takes it; called again when it has drained. */
  async pump(first?: RecordPage): Promise<void> {
    if (this.#isPumping || this.isFlowing) return;
    this.#isPumping = true;
    const failure = await this.#sendMissing(first);
    this.#isPumping = false;
    if (failure !== undefined) this.peer.goodbye(failure, UNAVAILABLE_RETRY_MS);
    // Sent back between the last page and this line: nobody else would go on.
    else if (this.isOpen && !this.isFlowing && !this.peer.congested) await this.pump();
  }

  /** Until it keeps up, or must drain, or the store fails. */
  async #sendMissing(first: RecordPage | undefined): Promise<StoreFailure | undefined> {
    const { document } = this;
    const { store, config } = this.#context;
    let page = first;
    let flushedBefore = -1;
    let knownBefore = 0;
    while (this.isOpen && !this.isFlowing) {
      if (this.peer.congested) {
        this.peer.watchDraining();
        return undefined;
      }
      this.#owesCheckpoint ||= this.#missesErased;
      if (this.#owesCheckpoint) {
        const failure = await this.#sendCheckpoint();
        if (failure !== undefined) return failure;
        if (this.#owesCheckpoint) continue;
      }
      if (page === undefined) {
        flushedBefore = document.outbox.flushedPosition;
        knownBefore = document.readPosition;
        const read = await store.read(document.ref, this.#cursor, config.limits.pageBytes);
        if (typeof read === 'string') return read;
        page = read;
      }
      const failure = this.#hasGap(page, knownBefore) ? await this.#context.refresher.refresh(document) : undefined;
      if (failure !== undefined) return failure;
      if (this.isOpen && !this.#missesErased) this.#sendPage(page, flushedBefore);
      page = undefined;
    }
    return undefined;
  }

  /** Records that it did not get were erased meanwhile: only a checkpoint has them. */
  get #missesErased(): boolean {
    const { erasedBefore, coveredBefore, checkpoint, header } = this.document;
    // Where the retention ends, nobody tells when the store removes what.
    const mayBeGone = header.retention > 0 ? coveredBefore : erasedBefore;
    return this.#cursor + 1 < mayBeGone && this.#checkpointSeq < (checkpoint?.seq ?? 0);
  }

  /**
   * Something before the end of this page, or before what was known when it was asked for, is gone: another process may have erased
   * it, and this one not know yet.
   */
  #hasGap(page: RecordPage, knownBefore: number): boolean {
    if (!this.#context.bus.isShared) return false;
    let next = this.#cursor + 1;
    for (const { position } of page.records) {
      if (position !== next) return true;
      next += 1;
    }
    return page.last && next <= knownBefore;
  }

  /** `flushedBefore`: what had been flushed to the others when the page was asked for. */
  #sendPage(page: RecordPage, flushedBefore: number): void {
    const { document } = this;
    const records = this.#isCatchingUp ? this.#missing(page.records) : page.records;
    this.#cursor = page.records.at(-1)?.position ?? this.#cursor;
    // What was flushed to the others while this page was read is still to be fetched.
    const { flushedPosition } = document.outbox;
    const isLevel = page.last && (this.#cursor >= flushedPosition || flushedPosition === flushedBefore);
    const caughtUp = isLevel && this.#isCatchingUp ? this.#cursor : undefined;
    if (isLevel) {
      this.isFlowing = true;
      this.#isCatchingUp = false;
      this.#known = undefined;
      this.#frontier = undefined;
    }
    if (records.length === 0 && caughtUp === undefined) return;
    this.peer.send(documentFrame({ channel: document.channel, records, live: [], caughtUp }));
  }

  /** Neither in the checkpoint that it has nor in the client's vector. */
  #missing(records: StoredRecord[]): StoredRecord[] {
    const known = this.#known;
    const frontier = this.#frontier;
    if (known === undefined && frontier === undefined) return records;
    return records.filter(({ body }) => {
      const place = peekRecord(body);
      if (!place.ok) return false;
      const key = keyOf(place.value.session);
      return place.value.n >= (frontier?.get(key) ?? 0) && place.value.n >= (known?.get(key) ?? 0);
    });
  }

  /** The last checkpoint, as one frame shared by all who catch up, unless they must drain first. */
  async #sendCheckpoint(): Promise<StoreFailure | undefined> {
    const { document } = this;
    let frame = document.checkpointFrame;
    if (frame === undefined) {
      const { checkpoint } = document;
      const stored = await this.#context.store.readCheckpoint(document.ref);
      if (typeof stored === 'string') return stored;
      // A newer one was made while this was read.
      if (document.checkpoint !== checkpoint) return undefined;
      // By another process, and this one does not know yet what it covers.
      if (this.#context.bus.isShared && stored?.seq !== checkpoint?.seq)
        return this.#context.refresher.refresh(document);
      this.#owesCheckpoint = stored !== undefined;
      if (stored === undefined) return undefined;
      frame = document.checkpointFrame ?? checkpointFrame(document.channel, stored.body);
      document.checkpointFrame = frame;
    }
    if (!this.isOpen || this.peer.congested) return undefined;
    this.#owesCheckpoint = false;
    this.#checkpointSeq = document.checkpoint?.seq ?? 0;
    this.#cursor = Math.max(this.#cursor, document.tailFrom - 1);
    if (this.#isCatchingUp) this.#frontier = frontierOf(document);
    this.peer.send(frame);
    return undefined;
  }
}

export function checkpointFrame(channel: number, checkpoint: Bytes): RelayFrame {
  return encodeFrame(channel, [{ type: 'checkpointData', checkpoint }]);
}

/** What the last checkpoint covers, session by session; undefined when there is none. */
function frontierOf({ checkpoint, chains }: Document): Map<string, number> | undefined {
  if (checkpoint === undefined) return undefined;
  return new Map([...chains].map(([key, { covered }]) => [key, covered]));
}
