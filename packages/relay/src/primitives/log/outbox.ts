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
import type { Subscription } from './subscription.ts';

/** A flush is forced before a frame comes near its bound of 4 MiB. */
const MAX_GATHERED_BYTES = 1024 * 1024;

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
  #live: Bytes[] = [];
  #records: Bytes[] = [];
  #position = 0;
  #peers = false;
  #acks: Subscription[] = [];
  #gatheredBytes = 0;
  /** Whose messages these are; undefined with `#mixed` set when they are of several. */
  #author: Subscription | undefined;
  #mixed = false;
  #lastFlushMs = 0;
  #lastLiveMs = 0;
  #isDue = false;
  #dueMs = 0;
  #timer: Timer | undefined;
  /** Position of the last record that was given to the readers who keep up. */
  flushedPosition = 0;

  constructor(deps: OutboxDeps, channel: number, readers: readonly Subscription[]) {
    this.#deps = deps;
    this.#channel = channel;
    this.#readers = readers;
  }

  addLive(body: Bytes, from: Subscription | undefined): void {
    const now = this.#deps.clock.now();
    this.#lastLiveMs = now;
    this.#live.push(body);
    this.#wrote(from);
    this.#gather(body.length, now, this.#earliest());
  }

  /** A record that is on disk. */
  addRecord(body: Bytes, position: number, from: Subscription | undefined): void {
    const now = this.#deps.clock.now();
    this.#records.push(body);
    this.#position = position;
    this.#wrote(from);
    this.#gather(body.length, now, this.#lazy(now));
  }

  addAck(to: Subscription): void {
    const now = this.#deps.clock.now();
    this.#acks.push(to);
    this.#gather(0, now, this.#lazy(now));
  }

  /** The number of connections changed. */
  addPeers(): void {
    this.#peers = true;
    const now = this.#deps.clock.now();
    this.#gather(0, now, now + this.#deps.limits.lazyFlushMs);
  }

  flush(): void {
    this.#isDue = false;
    this.#cancelTimer();
    this.#lastFlushMs = this.#deps.clock.now();
    const mixed = this.#mixed || this.#peers;
    const author = mixed ? undefined : this.#author;
    const acks = this.#acks;
    const liveCount = this.#live.length;
    const shared = this.#sharedFrame(author);
    if (acks.length > 0) {
      this.#acks = [];
      for (const writer of acks) this.#sendAcks(writer, writer === author ? undefined : shared);
    }
    if (shared !== undefined) this.#share(shared, author, liveCount);
    else if (this.#position > this.flushedPosition) this.flushedPosition = this.#position;
  }

  /** A writer's acks, and with them what it gets as a reader. */
  #sendAcks(writer: Subscription, shared: RelayFrame | undefined): void {
    const acks = writer.takeAcks();
    if (!writer.peer.open || acks.length === 0) return;
    const joined = writer.isFlowing ? shared : undefined;
    writer.isServed = joined !== undefined;
    writer.peer.send(ackFrame(this.#channel, acks, joined));
  }

  /** Nothing more is to be said: the document ended or leaves the memory. */
  discard(): void {
    this.#cancelTimer();
    this.#live = [];
    this.#records = [];
    this.#peers = false;
    this.#acks = [];
    this.#gatheredBytes = 0;
  }

  /** The frame for all readers, or undefined when there is nothing that another than the author would get. */
  #sharedFrame(author: Subscription | undefined): RelayFrame | undefined {
    const live = this.#live;
    const records = this.#records;
    const isEmpty = live.length === 0 && records.length === 0 && !this.#peers;
    const isForNobody = this.#readers.length === 0 || (this.#readers.length === 1 && this.#readers[0] === author);
    const frame =
      isEmpty || isForNobody
        ? undefined
        : documentFrame({
            channel: this.#channel,
            records,
            position: this.#position,
            peers: this.#peers ? this.#readers.length : undefined,
            live,
          });
    if (live.length > 0) this.#live = [];
    if (records.length > 0) this.#records = [];
    this.#peers = false;
    this.#mixed = false;
    this.#author = undefined;
    this.#gatheredBytes = 0;
    return frame;
  }

  #share(frame: RelayFrame, author: Subscription | undefined, liveCount: number): void {
    const before = this.flushedPosition;
    const { metrics } = this.#deps;
    for (const reader of this.#readers) {
      if (!reader.isFlowing) metrics.liveDropped += liveCount;
      if (reader.isServed) reader.isServed = false;
      else if (reader !== author && reader.isFlowing) reader.peer.send(frame);
      if (reader.isFlowing && reader.peer.congested) reader.lag(Math.max(before, this.#position));
    }
    if (this.#position > before) this.flushedPosition = this.#position;
  }

  #wrote(from: Subscription | undefined): void {
    if (this.#author === undefined && !this.#mixed && from !== undefined) this.#author = from;
    else if (this.#author !== from || from === undefined) this.#mixed = true;
  }

  /** The more readers, the longer messages are gathered: a write to each of them is what costs. */
  #earliest(): number {
    const { flushIntervalMaxMs, readersPerFlushMs } = this.#deps.limits;
    const interval = Math.min(flushIntervalMaxMs, Math.floor(this.#readers.length / readersPerFlushMs));
    return this.#lastFlushMs + interval;
  }

  #lazy(now: number): number {
    const { lazyFlushMs } = this.#deps.limits;
    return now - this.#lastLiveMs < 2 * lazyFlushMs ? now + lazyFlushMs : this.#earliest();
  }

  #gather(bytes: number, now: number, atMs: number): void {
    this.#gatheredBytes += bytes;
    if (this.#gatheredBytes >= MAX_GATHERED_BYTES) return this.flush();
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
