/** A document that somebody has open: its header, how far each session goes, who reads, what is on its way to the disk. */
import type { Bytes, ErrorName, Header, Sha256, Vector } from '@archipel/protocol';
import { checkpointHash, compare, decodeCheckpoint, decodeHeader, peekRecord, recordHash } from '@archipel/protocol';
import type { DocRef, RecordPage, StoredCheckpoint, StoredDocument, StoredRecord } from '../../store/store.ts';
import type { RelayFrame } from '../../ws/frame.ts';
import { Chain, chainOf, keyOf } from './chain.ts';
import type { Comparison } from './compare.ts';
import type { Held } from './follow.ts';
import type { Arrival } from './judge.ts';
import type { OutboxDeps } from './outbox.ts';
import { Outbox } from './outbox.ts';
import type { Subscription } from './subscription.ts';

export interface CheckpointState {
  seq: number;
  hash: Bytes;
  retired: number;
  bytes: number;
}

/** The store holds something that does not decode: its disk is broken or somebody changed it. */
export class CorruptDocumentError extends Error {}

export class Document {
  readonly ref: DocRef;
  /** The same number on every connection, so that a frame can be shared. */
  readonly channel: number;
  readonly chains = new Map<string, Chain>();
  readonly readers: Subscription[] = [];
  readonly outbox: Outbox;
  /** Of the store's document that is in memory: when another process changes it, the store has another one. */
  version: number;
  /** Grows when records that were judged before must not be stored any more. */
  epoch = 0;
  header: Header;
  headerBytes: Bytes;
  checkpoint: CheckpointState | undefined;
  /** Every record before this position is covered by the checkpoint. */
  tailFrom = 1;
  historyBytes = 0;
  tailBytes = 0;
  /** Of the last record on disk that is known. */
  position = 0;
  /** Every record up to here is known, and was handed out in order; other processes may have stored more before `position`. */
  readPosition = 0;
  /** Own records, and what other processes told, behind something that is not known yet: each by the position of the one before. */
  held: Map<number, Held> | undefined;
  /** Up to here something is known from the bus alone; 0 when the store has said the same. */
  hearsayPosition = 0;
  /** The last checkpoint covers no record from here on. */
  coveredBefore = 1;
  /** Records before this position that the last checkpoint covers may be gone from the store. */
  erasedBefore = 0;
  /** Appends that the store has not answered yet, and their bytes. */
  pendingAppends = 0;
  pendingBytes = 0;
  /** Other work that needs this document in memory. */
  holds = 0;
  idleSinceMs = 0;
  ended: 'expired' | 'deleted' | undefined;
  /** It left the memory: what still knows this object has nobody to tell. */
  isDropped = false;
  /** Commits that left open what is on disk: nothing is taken until the store was read again. */
  doubts = 0;
  isCheckpointing = false;
  /** Records that came long ago and came again, to be compared with the store's; undefined when no search is under way. */
  comparing: Comparison[] | undefined;
  /** Records that wait until the memory was compared with the store; undefined when none do. */
  judging: Arrival[] | undefined;
  #lastWork: Promise<unknown> = Promise.resolve();
  #checkpointFrame: RelayFrame | undefined;
  #sentCheckpointFrame: WeakRef<RelayFrame> | undefined;

  constructor(stored: StoredDocument, channel: number, deps: OutboxDeps, sha256: Sha256) {
    const header = decodeHeader(stored.header);
    if (!header.ok) throw new CorruptDocumentError(`stored header: ${header.error}`);
    this.ref = stored.ref;
    this.version = stored.version;
    this.channel = channel;
    this.header = header.value;
    this.headerBytes = stored.header;
    this.outbox = new Outbox(deps, channel, this.readers);
    if (stored.checkpoint !== undefined) this.#takeCheckpoint(stored.checkpoint, sha256);
  }

  get docId(): Bytes {
    return this.ref.docId;
  }

  /** The last checkpoint as a frame, while readers catch up or any socket holds a part of it. */
  get checkpointFrame(): RelayFrame | undefined {
    return this.#checkpointFrame ?? this.#sentCheckpointFrame?.deref();
  }

  set checkpointFrame(frame: RelayFrame | undefined) {
    this.#checkpointFrame = frame;
    this.#sentCheckpointFrame = frame && new WeakRef(frame);
  }

  /** Nobody catches up. */
  loosenCheckpointFrame(): void {
    this.#checkpointFrame = undefined;
  }

  /** A failed commit left open what is on disk. */
  get isUnsure(): boolean {
    return this.doubts > 0;
  }

  /** Connections at all processes. */
  get connections(): number {
    return this.readers.length + this.outbox.elsewhere;
  }

  get bytes(): number {
    return this.historyBytes + this.tailBytes + this.pendingBytes + (this.checkpoint?.bytes ?? 0);
  }

  #takeCheckpoint(stored: StoredCheckpoint, sha256: Sha256): void {
    const checkpoint = decodeCheckpoint(stored.body);
    if (!checkpoint.ok) throw new CorruptDocumentError(`stored checkpoint: ${checkpoint.error}`);
    const { seq, retired, frontier } = checkpoint.value;
    for (const { session, have, hash } of frontier) {
      this.chains.set(keyOf(session), Chain.covered(session, have, hash));
    }
    const hash = checkpointHash(this.docId, stored.body, sha256);
    this.checkpoint = { seq, hash, retired, bytes: stored.body.length };
    this.tailFrom = stored.tailFrom;
    this.historyBytes = stored.historyBytes;
    this.position = stored.tailFrom - 1;
    this.readPosition = this.position;
    this.outbox.flushedPosition = this.position;
  }

  /** Adds records that the store holds after `readPosition`, in order. */
  takeStored(page: RecordPage, sha256: Sha256): void {
    for (const record of page.records) this.take(record, sha256);
  }

  /**
   * Adds the record that comes next after `readPosition`; the chain that grew by it. An own one is known already, and so is
   * what the checkpoint covers.
   */
  take({ body, position }: StoredRecord, sha256: Sha256): Chain | undefined {
    const place = peekRecord(body);
    if (!place.ok) throw new CorruptDocumentError(`stored record: ${place.error}`);
    const chain = chainOf(this.chains, place.value.session);
    const isNew = place.value.n === chain.durable;
    if (isNew) chain.addDurable(recordHash(this.docId, chain.durableHash, body, sha256), body);
    if (isNew || position > this.position) this.tailBytes += body.length;
    this.readPosition = position;
    this.position = Math.max(this.position, position);
    return isNew ? chain : undefined;
  }

  /** What is on its way to the disk will not get there, and the same may be sent again. */
  rollBack(error: ErrorName): void {
    this.epoch += 1;
    for (const chain of this.chains.values()) {
      if (chain.have === chain.durable) continue;
      chain.rollBack();
      chain.refusal = { n: chain.durable, error };
    }
  }

  /** The store took an own change: false when another process made one before it that is not known yet. */
  follows(version: number): boolean {
    const isNext = version === this.version || version === this.version + 1;
    if (isNext) this.version = version;
    return isNext;
  }

  /** Changes of the store, and readings of all it has, come one after the other. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastWork.then(work);
    this.#lastWork = done.catch(() => undefined);
    return done;
  }

  /** What is on disk, session by session. */
  vector(): Vector {
    const vector: Vector = [];
    for (const chain of this.chains.values()) {
      if (chain.durable > 0) vector.push({ session: chain.id, have: chain.durable });
    }
    return vector.sort((a, b) => compare(a.session, b.session));
  }

  /** CON-11, ORD-2, ORD-4: why this document is not served any more. */
  goneBy(nowMs: number): ErrorName | undefined {
    if (this.ended !== undefined) return this.ended;
    return this.header.expiry > 0 && nowMs >= this.header.expiry * 1000 ? 'expired' : undefined;
  }

  get isIdle(): boolean {
    return this.readers.length === 0 && this.pendingAppends === 0 && this.holds === 0;
  }
}
