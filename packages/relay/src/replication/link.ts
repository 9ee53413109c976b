/** A line to another host: who it is, and the documents that the two have open with each other (PEER-1 to PEER-3). */
import type { Bytes, ErrorName, PeerBlobMessage, PeerMessage } from '@archipel/protocol';
import { decodePeerFrame, encodePeerFrame } from '@archipel/protocol';
import type { Timer } from '../clock.ts';
import { keyOf } from '../primitives/log/chain.ts';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import { Handshake } from './handshake.ts';
import type { PeerHost, PeerSocket, ReplicationDeps, Self } from './hosts.ts';
import { Mirror } from './mirror.ts';
import { receiveDocument } from './receive.ts';

const HANDSHAKE_MS = 10_000;
const REST_MAX_MS = 5 * 60_000;

export interface LinkPorts {
  context: LogContext;
  deps: ReplicationDeps;
  self: Self;
  /** It is known who is there. False: there is a line to it already that is kept instead. */
  ready(link: Link): boolean;
  ordered(link: Link, docId: Bytes, order: Bytes): void;
  /** A document was closed before the other host had all of it: it is to be tried again then. */
  leftOver(link: Link, afterMs: number): void;
  closed(link: Link): void;
}

export class Link {
  readonly #ports: LinkPorts;
  readonly #handshake: Handshake;
  readonly #mirrors = new Map<string, Mirror>();
  readonly #byChannel = new Map<number, Mirror>();
  /** Documents that were closed before the other had all of them: how long they rest, and until when. */
  readonly #resting = new Map<string, { ms: number; untilMs: number }>();
  readonly isDialled: boolean;
  #socket: PeerSocket | undefined;
  #peer: PeerHost | undefined;
  #timer: Timer | undefined;
  /** What came is looked at in order, also while a signature is verified. */
  #greeting: Promise<void> = Promise.resolve();
  isOpen = true;

  constructor(ports: LinkPorts, expected: PeerHost | undefined) {
    this.#ports = ports;
    this.isDialled = expected !== undefined;
    const { context, deps, self } = ports;
    this.#handshake = new Handshake({ context, deps, self, say: (message) => this.say(0, message) }, expected);
  }

  /** The other host; only a link that is ready has one. */
  get peer(): PeerHost {
    return this.#peer as PeerHost;
  }

  get isReady(): boolean {
    return this.isOpen && this.#peer !== undefined;
  }

  get isCongested(): boolean {
    const { slowReaderBytes } = this.#ports.context.config.limits;
    return (this.#socket?.bufferedBytes() ?? 0) > slowReaderBytes;
  }

  opened(socket: PeerSocket): void {
    this.#socket = socket;
    this.#timer = this.#ports.context.clock.setTimeout(() => this.close(), HANDSHAKE_MS);
    this.#handshake.begin();
  }

  say(channel: number, message: PeerMessage): void {
    if (this.isOpen) this.#socket?.send(encodePeerFrame(channel, [message]));
  }

  receive(frame: Bytes): void {
    if (!this.isOpen) return;
    const decoded = decodePeerFrame(frame);
    if (!decoded.ok) return this.close();
    const { channel, messages } = decoded.value;
    for (const message of messages) {
      if (this.#peer === undefined) this.#greet(message);
      else if (channel === 0) this.#onLink(message);
      else this.#byChannel.get(channel)?.receive(message);
    }
  }

  #greet(message: PeerMessage): void {
    const done = this.#greeting.then(async () => {
      if (!this.isOpen) return;
      // The other side may go on as soon as it has said its last word of it.
      if (this.#peer !== undefined) return this.#onLink(message);
      const outcome = await this.#handshake.hear(message);
      if (outcome === undefined || !this.isOpen) return;
      if (outcome === 'wrong') return this.#unknown();
      this.#ports.context.clock.clearTimeout(this.#timer);
      this.#peer = outcome;
      if (!this.#ports.ready(this)) this.close();
    });
    this.#greeting = done.catch((error: unknown) => {
      this.close();
      throw error;
    });
  }

  #unknown(): void {
    this.#ports.context.log.warn({}, 'another host could not prove who it is, or is none that this one works with');
    this.close();
  }

  #onLink(message: PeerMessage): void {
    switch (message.type) {
      case 'peerOpen':
        return this.#onOpen(message);
      case 'peerOpened':
        return this.#find(message.of)?.bound(message);
      case 'peerRefused':
        return this.#find(message.of)?.end(message.error, message.retryAfterMs);
      case 'peerOrder':
        return this.#ports.ordered(this, message.docId, message.order);
      case 'peerOrdered':
        return this.#ports.deps.ledger.dropOrder(message.docId, this.peer.id);
      case 'blobOffer':
      case 'blobHas':
      case 'blobRefused':
      case 'blobTicket':
      case 'blobTicketKept':
      case 'blobTake':
      case 'blobTaken':
      case 'blobCount':
      case 'blobDone':
        return this.#onBlob(message);
      default:
        return this.close();
    }
  }

  #onBlob(message: PeerBlobMessage): void {
    const { blobs } = this.#ports.deps;
    if (blobs !== undefined) return blobs.hear(this.peer.id, message);
    const { docId } = message;
    if (message.type === 'blobOffer')
      this.say(0, { type: 'blobRefused', docId, error: 'not_offered', retryAfterMs: 0 });
  }

  #find(own: number): Mirror | undefined {
    for (const mirror of this.#mirrors.values()) if (mirror.document.channel === own) return mirror;
    return undefined;
  }

  /** Both may ask at once: each then takes the question of the other for its answer. */
  #onOpen(message: Extract<PeerMessage, { type: 'peerOpen' }>): void {
    const known = this.#mirrors.get(keyOf(message.docId));
    if (known?.isAsked) return known.bound(message);
    known?.end('shutting_down', 0);
    const { context, deps, self } = this.#ports;
    void receiveDocument({ context, deps, self, link: this }, message).then((outcome) => {
      if (!this.isOpen) return;
      if (!(outcome instanceof Object)) return this.refuse(message.channel, outcome);
      const meanwhile = this.#mirrors.get(keyOf(message.docId));
      if (meanwhile !== undefined) return meanwhile.isAsked ? meanwhile.bound(message) : undefined;
      this.#enter(outcome).answer(message);
    });
  }

  refuse(of: number, error: ErrorName): void {
    this.say(0, { type: 'peerRefused', of, error, retryAfterMs: 0 });
  }

  mirrorOf(document: Document): Mirror | undefined {
    return this.#mirrors.get(keyOf(document.docId));
  }

  /** Opens the document with the other host, unless it is; undefined: it was closed a moment ago. */
  open(document: Document): Mirror | undefined {
    const key = keyOf(document.docId);
    const known = this.#mirrors.get(key);
    if (known !== undefined) return known;
    if (this.#ports.context.clock.now() < (this.#resting.get(key)?.untilMs ?? 0)) return undefined;
    const mirror = this.#enter(document);
    mirror.ask();
    return mirror;
  }

  #enter(document: Document): Mirror {
    const { context, deps } = this.#ports;
    const mirror = new Mirror({
      context,
      ledger: deps.ledger,
      link: this,
      document,
      listen: (channel) => this.#byChannel.set(channel, mirror),
      ended: (channel, retryMs) => {
        const key = keyOf(document.docId);
        if (this.#mirrors.get(key) === mirror) this.#mirrors.delete(key);
        if (channel !== undefined && this.#byChannel.get(channel) === mirror) this.#byChannel.delete(channel);
        if (retryMs === undefined) return void this.#resting.delete(key);
        if (!this.isOpen) return;
        const ms = Math.max(retryMs, Math.min(REST_MAX_MS, 2 * (this.#resting.get(key)?.ms ?? 0)));
        this.#resting.set(key, { ms, untilMs: context.clock.now() + ms });
        this.#ports.leftOver(this, ms);
      },
    });
    this.#mirrors.set(keyOf(document.docId), mirror);
    return mirror;
  }

  /** Resolves when the other host has all that is here of every open document. */
  async level(): Promise<void> {
    await Promise.all([...this.#mirrors.values()].map((mirror) => mirror.level));
  }

  drained(): void {
    for (const mirror of this.#mirrors.values()) mirror.pump();
  }

  close(): void {
    if (!this.isOpen) return;
    this.#socket?.close();
    this.closed();
  }

  closed(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#ports.context.clock.clearTimeout(this.#timer);
    for (const mirror of [...this.#mirrors.values()]) mirror.end('unavailable', 0);
    this.#ports.closed(this);
  }
}
