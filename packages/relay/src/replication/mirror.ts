/** One document with one other host: opened by whoever has something to pass on, then each sends what the other lacks (PEER-3 to PEER-10). */
import type { Bytes, ErrorName, PeerMessage, Vector } from '@archipel/protocol';
import { decodeHeader, LIVE_PRESENCE, MAX_PRESENCE_BYTES, peekLive } from '@archipel/protocol';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import { Intake } from './intake.ts';
import type { Ledger } from './ledger.ts';
import type { Link } from './link.ts';
import { Pusher } from './pusher.ts';

/** Whatever the reason, a document that was closed is not opened again at once. */
const RETRY_MIN_MS = 1000;

export interface MirrorPorts {
  context: LogContext;
  ledger: Ledger;
  link: Link;
  document: Document;
  /** From here on messages on this channel of the other host are for it. */
  listen(channel: number): void;
  /** `retryMs`: not to be opened again before; undefined: nothing is left to pass on. */
  ended(channel: number | undefined, retryMs: number | undefined): void;
}
/** What the other host says of the document when it is opened. */
interface Theirs {
  channel: number;
  checkpointSeq: number;
  vector: Vector;
  header: Bytes;
}

export class Mirror {
  readonly document: Document;
  /** Resolves when the other host has all that is here, or the document is not open with it any more. */
  readonly level: Promise<void>;
  readonly #ports: MirrorPorts;
  readonly #pusher: Pusher;
  readonly #intake: Intake;
  #channel: number | undefined;
  /** Of the header that the other has, as far as is known. */
  #saidHeaderSeq = 0;
  #hasEnded = false;
  #isLevel: () => void = () => undefined;

  constructor(ports: MirrorPorts) {
    const { context, link, document, ledger } = ports;
    this.#ports = ports;
    this.document = document;
    this.level = new Promise((resolve) => {
      this.#isLevel = resolve;
    });
    const say = (message: PeerMessage): void => link.say(document.channel, message);
    this.#pusher = new Pusher({
      context,
      document,
      say,
      isCongested: () => link.isCongested,
      pushed: (position) => ledger.pushed(document.docId, link.peer.id, position),
      isLevel: () => this.#isLevel(),
      failed: (error) => this.end(error, 0),
    });
    this.#intake = new Intake({
      context,
      document,
      say,
      has: (session, have) => this.#pusher.theyHave(session, have),
      refused: (error, retryMs) => this.close(error, retryMs),
    });
  }

  /** It waits for the answer of the other host. */
  get isAsked(): boolean {
    return this.#channel === undefined && !this.#hasEnded;
  }

  get isOpen(): boolean {
    return this.#channel !== undefined && !this.#hasEnded;
  }

  ask(): void {
    this.#ports.link.say(0, { type: 'peerOpen', docId: this.document.docId, ...this.#own() });
  }

  answer(theirs: Theirs): void {
    this.#ports.link.say(0, { type: 'peerOpened', of: theirs.channel, ...this.#own() });
    this.bound(theirs);
  }

  #own() {
    const { channel, checkpoint, headerBytes } = this.document;
    return { channel, checkpointSeq: checkpoint?.seq ?? 0, vector: this.document.vector(), header: headerBytes };
  }

  bound({ channel, checkpointSeq, vector, header }: Theirs): void {
    if (this.#hasEnded || this.#channel !== undefined) return;
    this.#channel = channel;
    this.#ports.listen(channel);
    const theirs = decodeHeader(header);
    this.#saidHeaderSeq = theirs.ok ? theirs.value.seq : 0;
    this.changed();
    this.#intake.header(header);
    this.#pusher.start(vector, checkpointSeq);
  }

  receive(message: PeerMessage): void {
    if (this.#hasEnded) return;
    switch (message.type) {
      case 'peerRecords':
        return this.#intake.records(message.records);
      case 'peerCheckpoint':
        return this.#intake.checkpoint(message.checkpoint);
      case 'peerBase':
        return this.#intake.base(message.checkpoint);
      case 'peerHeader':
        return this.#intake.header(message.header);
      case 'peerLive':
        return this.#hear(message.live);
      case 'peerAck':
        return this.#pusher.acked(message.session, message.have);
      case 'askBase':
        return this.#pusher.sendBase();
      case 'peerClose':
        return this.end(message.error, message.retryAfterMs);
      default:
        return this.#ports.link.close();
    }
  }

  /** LIVE-1 holds between hosts too; whether an editor signed it, clients look (LIVE-2). */
  #hear(body: Bytes): void {
    const live = peekLive(body);
    if (!live.ok) return this.#ports.link.close();
    if (live.value.type === LIVE_PRESENCE && body.length > MAX_PRESENCE_BYTES) return;
    this.document.outbox.addLive(body.slice(), undefined);
  }

  /** Something more is on disk here. */
  committed(): void {
    this.#intake.committed();
    if (this.isOpen) this.#pusher.committed();
  }

  pump(): void {
    if (this.isOpen) this.#pusher.pump();
  }

  /** The header or the checkpoint is another one. */
  changed(): void {
    if (!this.isOpen) return;
    const { header, headerBytes, channel } = this.document;
    if (header.seq > this.#saidHeaderSeq) this.#ports.link.say(channel, { type: 'peerHeader', header: headerBytes });
    this.#saidHeaderSeq = header.seq;
    this.#pusher.pump();
  }

  live(body: Bytes): void {
    if (this.isOpen && !this.#ports.link.isCongested) {
      this.#ports.link.say(this.document.channel, { type: 'peerLive', live: body });
    }
  }

  /** Tells the other host; nothing more comes of it. */
  close(error: ErrorName, retryAfterMs: number): void {
    if (this.isOpen) this.#ports.link.say(this.document.channel, { type: 'peerClose', error, retryAfterMs });
    this.end(error, retryAfterMs);
  }

  end(error: ErrorName, retryAfterMs: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const isDone = this.#pusher.isLevel && error === 'shutting_down';
    if (error === 'bad_signature') this.#ports.context.metrics.peersRefused += 1;
    this.#pusher.stop();
    this.#intake.stop();
    this.#ports.ended(this.#channel, isDone ? undefined : Math.max(retryAfterMs, RETRY_MIN_MS));
    this.#isLevel();
  }
}
