/**
 * What a document has to say to its readers: one frame per flush, its bytes shared by all of them (docs/adr/0002-frame-batching.md).
 * Live messages are urgent; records, acks and peers ride with them, or go soon after, or at once when nothing is live.
 */
import type { Bytes } from '@archipel/protocol';
import type { Clock, Timer } from '../../clock.ts';
import type { Limits } from '../../limits.ts';
import type { RelayMetrics } from '../../metrics.ts';
import type { RelayFrame } from '../../ws/frame.ts';
import { ackFrame, documentFrame } from '../../ws/frame.ts';
import type { Author, Item } from './lane.ts';
import { authorOf, both, EVERYBODY, Lane } from './lane.ts';
import type { Subscription } from './subscription.ts';

/** A flush is forced before a frame comes near its bound of 4 MiB. */
const MAX_GATHERED_BYTES = 1024 * 1024;
/** A writer that was heard live within this time is assumed to go on. */
const LIVE_MEMORY_MS = 2000;
/** Of the last gap between two live messages in their mean. */
const GAP_WEIGHT = 0.1;
const NOTHING: readonly Item[] = [];

/** Runs the flushes that are due once the messages at hand are handled, each document once. */
export class Flusher {
  #due: Outbox[] = [];
  readonly #run = (): void => {
    const due = this.#due;
    this.#due = [];
    for (const outbox of due) outbox.flush();
  };

  add(outbox: Outbox): void {
    if (this.#due.push(outbox) === 1) queueMicrotask(this.#run);
  }
}

export interface OutboxDeps {
  clock: Clock;
  limits: Limits;
  metrics: RelayMetrics;
  flusher: Flusher;
}

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #channel: number;
  readonly #readers: readonly Subscription[];
  readonly #live = new Lane();
  readonly #records = new Lane();
  #recordsDueMs = 0;
  #peers = false;
  #acks: Subscription[] = [];
  #lastFlushMs = 0;
  #lastLiveMs = 0;
  /** Between live messages, as a moving mean. */
  #liveGapMs = LIVE_MEMORY_MS;
  #isDue = false;
  #dueMs = 0;
  #timer: Timer | undefined;
  /** Position of the last record that was given to the readers who keep up. */
  flushedPosition = 0;
  /** Connections on the document at other processes. */
  elsewhere = 0;

  constructor(deps: OutboxDeps, channel: number, readers: readonly Subscription[]) {
    this.#deps = deps;
    this.#channel = channel;
    this.#readers = readers;
  }

  addLive(body: Bytes, from: Subscription | undefined): void {
    const now = this.#deps.clock.now();
    const gapMs = Math.min(now - this.#lastLiveMs, LIVE_MEMORY_MS);
    this.#liveGapMs += (gapMs - this.#liveGapMs) * GAP_WEIGHT;
    this.#lastLiveMs = now;
    if (from !== undefined) from.lastLiveMs = now;
    this.#live.add(body, from);
    this.#plan(now, this.#earliest(now));
  }

  /** A record that is on disk. */
  addRecord(body: Bytes, position: number, from: Subscription | undefined): void {
    const now = this.#deps.clock.now();
    const { recordFlushMs } = this.#deps.limits;
    // Who heard its writer live has its contents already: it may wait for the writer's next live message.
    const wasLive = from !== undefined && now - from.lastLiveMs < LIVE_MEMORY_MS;
    const dueMs = wasLive ? now + recordFlushMs : this.#lazy(now);
    this.#recordsDueMs = this.#records.length === 0 ? dueMs : Math.min(dueMs, this.#recordsDueMs);
    this.#records.add(body, from, position);
    this.#plan(now, this.#recordsDueMs);
  }

  addAck(to: Subscription): void {
    const now = this.#deps.clock.now();
    this.#acks.push(to);
    this.#plan(now, this.#lazy(now));
  }

  /** The number of connections changed. */
  addPeers(): void {
    this.#peers = true;
    const now = this.#deps.clock.now();
    this.#plan(now, now + this.#deps.limits.lazyFlushMs);
  }

  /** What readers who keep up must get next cannot be had here any more: the store serves them. */
  sendBack(): void {
    const position = this.#servedPosition;
    for (const reader of [...this.#readers]) if (reader.isFlowing) reader.goBack(position);
  }

  /** Nothing more is to be said: the document ended or leaves the memory. */
  discard(): void {
    this.#cancelTimer();
    this.#live.takeAll();
    this.#records.takeAll();
    this.#peers = false;
    this.#acks = [];
  }

  flush(): void {
    this.#isDue = false;
    this.#cancelTimer();
    const now = this.#deps.clock.now();
    this.#lastFlushMs = now;
    const live = this.#live.takeAll();
    const liveAuthor = authorOf(live);
    const records = this.#recordsBeside(liveAuthor, now);
    this.flushedPosition = Math.max(this.flushedPosition, records.at(-1)?.position ?? 0);
    const author = both(this.#peers ? EVERYBODY : undefined, both(liveAuthor, authorOf(records)));
    const shared = this.#frame(author, live, records);
    const acks = this.#acks;
    if (acks.length > 0) {
      this.#acks = [];
      for (const writer of acks) this.#sendAcks(writer, writer === author ? undefined : shared);
    }
    if (shared !== undefined) this.#share(shared, author, live.length);
    if (this.#records.length > 0) this.#plan(now, this.#recordsDueMs);
  }

  /**
   * Records go along with whatever live messages are sent. Only of two people, what the one says does not carry what the other
   * wrote: that would be one more write than sending it along with the other's next word. What a third wrote may not be overtaken:
   * the one may have built on it (REC-6).
   */
  #recordsBeside(liveAuthor: Author, now: number): readonly Item[] {
    const records = this.#records;
    if (records.length === 0) return NOTHING;
    if (now >= this.#recordsDueMs || records.bytes >= MAX_GATHERED_BYTES) return records.takeAll();
    if (liveAuthor === undefined) return NOTHING;
    const isPair = this.#readers.length <= 2 && liveAuthor !== EVERYBODY && records.isAllOf(this.#readers);
    return isPair ? records.takeOf(liveAuthor) : records.takeAll();
  }

  /** The frame for all readers, or undefined when there is nothing that another than the author would get. */
  #frame(author: Author, live: readonly Item[], records: readonly Item[]): RelayFrame | undefined {
    const peers = this.#peers ? this.#readers.length + this.elsewhere : undefined;
    this.#peers = false;
    if (author === undefined) return undefined;
    const isForNobody = this.#readers.length === 0 || (this.#readers.length === 1 && this.#readers[0] === author);
    if (isForNobody) return undefined;
    return documentFrame({ channel: this.#channel, records, peers, live });
  }

  /** A writer's acks, and with them what it gets as a reader. */
  #sendAcks(writer: Subscription, shared: RelayFrame | undefined): void {
    const acks = writer.takeAcks();
    if (!writer.peer.open || acks.length === 0) return;
    const joined = writer.isFlowing ? shared : undefined;
    writer.isServed = joined !== undefined;
    writer.peer.send(ackFrame(this.#channel, acks, joined));
  }

  #share(frame: RelayFrame, author: Author, liveCount: number): void {
    const { metrics } = this.#deps;
    for (const reader of this.#readers) {
      if (!reader.isFlowing) metrics.liveDropped += liveCount;
      if (reader.isServed) reader.isServed = false;
      else if (reader !== author && reader.isFlowing) reader.peer.send(frame);
      if (reader.isFlowing && reader.peer.congested) reader.lag(this.#servedPosition);
    }
  }

  /** Every reader who keeps up has all records up to here: of those after it some wait still. */
  get #servedPosition(): number {
    return this.#records.length > 0
      ? Math.min(this.flushedPosition, this.#records.firstPosition - 1)
      : this.flushedPosition;
  }

  /**
   * The more readers, the longer messages are gathered: a write to each of them is what costs. Where an interval brings several
   * messages, one flush follows the other by so much; else each message waits a moment for another.
   */
  #earliest(now: number): number {
    const { flushIntervalMaxMs, readersPerFlushMs, gatherMaxMs, readersPerGatherMs } = this.#deps.limits;
    const readers = this.#readers.length;
    const interval = Math.min(flushIntervalMaxMs, Math.floor(readers / readersPerFlushMs));
    if (interval >= 2 * this.#liveGapMs) return this.#lastFlushMs + interval;
    return now + Math.min(gatherMaxMs, Math.floor(readers / readersPerGatherMs));
  }

  #lazy(now: number): number {
    const { lazyFlushMs } = this.#deps.limits;
    return now - this.#lastLiveMs < 2 * lazyFlushMs ? now + lazyFlushMs : this.#earliest(now);
  }

  #plan(now: number, atMs: number): void {
    if (this.#live.bytes + this.#records.bytes >= MAX_GATHERED_BYTES) return this.flush();
    if (this.#isDue) return;
    if (atMs <= now) {
      this.#isDue = true;
      this.#deps.flusher.add(this);
    } else if (this.#timer === undefined || this.#dueMs > atMs) {
      this.#cancelTimer();
      this.#dueMs = atMs;
      this.#timer = this.#deps.clock.setTimeout(this.#onTimer, atMs - now);
    }
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.flush();
  };

  #cancelTimer(): void {
    if (this.#timer === undefined) return;
    this.#deps.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
