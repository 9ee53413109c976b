/** Sends a document's records to another host in the order of this one, from the disk (PEER-5), and keeps account of what is on the disk there (PEER-6, PEER-11). */
import type { Bytes, ErrorName, PeerMessage, Vector } from '@archipel/protocol';
import { peekRecord } from '@archipel/protocol';
import type { Chain } from '../primitives/log/chain.ts';
import { keyOf } from '../primitives/log/chain.ts';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import type { StoredRecord } from '../store/store.ts';

export interface PusherPorts {
  context: LogContext;
  document: Document;
  say(message: PeerMessage): void;
  isCongested(): boolean;
  /** Every record up to this position is on the other's disk. */
  pushed(position: number): void;
  isLevel(): void;
  failed(error: ErrorName): void;
}

interface Sent {
  position: number;
  key: string;
  n: number;
}

export class Pusher {
  readonly #ports: PusherPorts;
  /** What is on the disk of the other, session by session. */
  readonly #theirs = new Map<string, number>();
  /** What is there, or on the way there. */
  readonly #sent = new Map<string, number>();
  /** Not acknowledged yet, in order of position. */
  #waiting: Sent[] = [];
  /** Of sessions whose beginning is not here any more: how far the other would be if it took the base, or had them from elsewhere. */
  readonly #unsent = new Map<string, number>();
  /** Every record up to here was sent, or is there. */
  #cursor = 0;
  #checkpointSeq = 0;
  #isPumping = false;
  #isDirty = false;
  #isStopped = true;
  #holds = false;

  constructor(ports: PusherPorts) {
    this.#ports = ports;
  }

  /** The other has all that it can be sent. */
  get isLevel(): boolean {
    return this.#waiting.length === 0 && this.#cursor >= this.#ports.document.position && !this.#isPumping;
  }

  start(vector: Vector, checkpointSeq: number): void {
    this.#isStopped = false;
    this.#checkpointSeq = checkpointSeq;
    for (const { session, have } of vector) this.theyHave(session, have);
    this.#cursor = this.#whereToBegin();
    this.#hold(true);
    this.pump();
  }

  /** Where records begin that the other may lack. */
  #whereToBegin(): number {
    const { chains, position, tailFrom } = this.#ports.document;
    let begin = position;
    for (const [key, { durable, covered }] of chains) {
      const have = this.#theirs.get(key) ?? 0;
      if (have < covered) return 0;
      if (have < durable) begin = Math.min(begin, tailFrom - 1);
    }
    return begin;
  }

  /** So many records of a session are on the other's disk. */
  theyHave(session: Bytes, have: number): void {
    const key = keyOf(session);
    if (have <= (this.#theirs.get(key) ?? 0)) return;
    this.#theirs.set(key, have);
    if (have > (this.#sent.get(key) ?? 0)) this.#sent.set(key, have);
    const chain = this.#ports.document.chains.get(key);
    if (chain !== undefined) this.#twice(chain, have);
  }

  /** PEER-6: who wrote it hears that it is on two hosts. */
  #twice(chain: Chain, have: number): void {
    const twice = Math.min(have, chain.durable);
    if (twice <= chain.elsewhere) return;
    chain.elsewhere = twice;
    for (const reader of this.#ports.document.readers) if (reader.lastChain === chain) reader.ack(chain);
  }

  /** Something more is on disk here, which the other may have from somebody else already. */
  committed(): void {
    for (const { lastChain: chain } of this.#ports.document.readers) {
      if (chain === undefined || chain.elsewhere >= chain.durable) continue;
      const have = this.#theirs.get(keyOf(chain.id));
      if (have !== undefined) this.#twice(chain, have);
    }
    this.pump();
  }

  acked(session: Bytes, have: number): void {
    this.theyHave(session, have);
    this.#account();
  }

  #account(): void {
    if (this.#isStopped) return;
    let done = 0;
    for (const { key, n } of this.#waiting) {
      if (n >= (this.#theirs.get(key) ?? 0)) break;
      done += 1;
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
    const [next] = this.#waiting;
    // What cannot be sent is looked at again later: the other may have it from somebody else by then.
    const position = next === undefined ? this.#cursor : next.position - 1;
    this.#ports.pushed(this.#lacksUnsent() ? 0 : position);
    if (this.isLevel) this.#ports.isLevel();
    this.#hold(!this.isLevel);
  }

  #lacksUnsent(): boolean {
    for (const [key, have] of this.#unsent) if (have > (this.#theirs.get(key) ?? 0)) return true;
    return false;
  }

  /** The document stays in memory until the other has all of it. */
  #hold(holds: boolean): void {
    if (this.#holds === holds) return;
    this.#holds = holds;
    const { document, context } = this.#ports;
    document.holds += holds ? 1 : -1;
    document.idleSinceMs = context.clock.now();
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
    this.#hold(false);
  }

  /** Sends what is missing as fast as the other takes it. */
  pump(): void {
    if (this.#isStopped) return;
    this.#isDirty = true;
    this.#hold(true);
    if (!this.#isPumping) void this.#pump();
  }

  async #pump(): Promise<void> {
    const { context, document, say, isCongested, failed } = this.#ports;
    this.#isPumping = true;
    while (this.#isDirty && !this.#isStopped && !isCongested()) {
      this.#isDirty = false;
      const page = await context.store.read(document.ref, this.#cursor, context.config.limits.pageBytes);
      if (this.#isStopped) break;
      if (typeof page === 'string') {
        failed(page);
        break;
      }
      const records = this.#missing(page.records);
      if (records === 'base') {
        await this.#base();
        this.#isDirty = true;
        continue;
      }
      if (records.length > 0) say({ type: 'peerRecords', records });
      this.#cursor = page.records.at(-1)?.position ?? this.#cursor;
      if (page.last) await this.#sendCheckpoint();
      else this.#isDirty = true;
    }
    this.#isPumping = false;
    this.#account();
  }

  /** `base`: what comes before one of them is not here any more. */
  #missing(page: readonly StoredRecord[]): Bytes[] | 'base' {
    const bodies: Bytes[] = [];
    for (const { position, body } of page) {
      const place = peekRecord(body);
      if (!place.ok) continue;
      const key = keyOf(place.value.session);
      const { n } = place.value;
      const next = this.#sent.get(key) ?? 0;
      if (n < next) continue;
      if (n > next && !this.#hasBase) return 'base';
      if (n > next) {
        this.#unsent.set(key, n + 1);
        continue;
      }
      this.#sent.set(key, n + 1);
      this.#waiting.push({ position, key, n });
      bodies.push(body);
    }
    return bodies;
  }

  /** The last checkpoint was sent as a base. */
  #hasBase = false;

  /** PEER-7: the other misses what comes before something that it got. */
  sendBase(): void {
    if (this.#isStopped || this.#hasBase) return;
    void this.#base().then(() => this.pump());
  }

  async #base(): Promise<void> {
    const { context, document, say, failed } = this.#ports;
    this.#hasBase = true;
    const stored = await context.store.readCheckpoint(document.ref);
    if (this.#isStopped) return;
    if (stored === undefined || typeof stored === 'string') return failed(stored ?? 'unavailable');
    this.#checkpointSeq = stored.seq;
    say({ type: 'peerBase', checkpoint: stored.body });
    for (const [key, { covered }] of document.chains) {
      if (covered > (this.#theirs.get(key) ?? 0)) this.#unsent.set(key, covered);
      if (covered > (this.#sent.get(key) ?? 0)) this.#sent.set(key, covered);
    }
    this.#cursor = Math.max(0, stored.tailFrom - 1);
    // What was sent after a gap was not taken.
    for (const { key, n } of this.#waiting)
      this.#sent.set(key, Math.min(this.#sent.get(key) ?? 0, Math.max(n, document.chains.get(key)?.covered ?? 0)));
    this.#waiting = [];
  }

  /** PEER-8: after the records that it covers. */
  async #sendCheckpoint(): Promise<void> {
    const { context, document, say } = this.#ports;
    if ((document.checkpoint?.seq ?? 0) <= this.#checkpointSeq) return;
    const stored = await context.store.readCheckpoint(document.ref);
    if (stored === undefined || typeof stored === 'string' || this.#isStopped) return;
    if (stored.seq <= this.#checkpointSeq) return;
    this.#checkpointSeq = stored.seq;
    say({ type: 'peerCheckpoint', checkpoint: stored.body });
  }
}
