/** One client's connection (docs/protocol.md §9): greets it, hands each message to the log primitive, keeps to its limits. */
import type { Bytes, ClientMessage, ClientMessageType, ErrorName, RelayMessage } from '@archipel/protocol';
import {
  decodeClientFrame,
  encodeFrame,
  HELLO_NONCE_BYTES,
  LIVE_UPDATE,
  peekLive,
  peekRecord,
} from '@archipel/protocol';
import type { BusEvent } from '../bus/bus.ts';
import type { Timer } from '../clock.ts';
import { append, retryMsOf } from '../primitives/log/append.ts';
import { takeCheckpoint } from '../primitives/log/checkpoint.ts';
import type { LogContext } from '../primitives/log/context.ts';
import { sendHistory } from '../primitives/log/history.ts';
import { changeHeader, create, obey } from '../primitives/log/lifecycle.ts';
import { leave, open } from '../primitives/log/open.ts';
import type { Peer, RefusedReference } from '../primitives/log/peer.ts';
import type { Subscription } from '../primitives/log/subscription.ts';
import { Bucket } from './buckets.ts';
import type { RelayFrame } from './frame.ts';
import type { Visitors } from './visitors.ts';

/** A socket as the relay sees it; frames arrive and leave whole. */
export interface RelaySocket {
  send(frame: RelayFrame): void;
  /** Closes with a WebSocket code (RFC 6455 §7.4.1). */
  close(code: number): void;
  /** Bytes given to `send` that the peer's machine has not taken. */
  bufferedBytes(): number;
}

/** What the owner of the socket calls. */
export interface RelayConnection {
  receive(frame: Uint8Array): void;
  drained(): void;
  closed(): void;
}

export interface ConnectionInfo {
  /** IP address of the client. */
  address: string;
  /** The `host[:port]` that it dialled. */
  audience: string;
}

export interface ConnectionDeps {
  context: LogContext;
  visitors: Visitors;
  prefix: string;
  info: ConnectionInfo;
  onClosed(connection: Connection): void;
}

const CLOSE_NORMAL = 1000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_POLICY = 1008;
const MAX_RETRY_MS = 600_000;

type DocumentMessage = Exclude<ClientMessage, { type: 'open' | 'create' | 'ping' }>;

export class Connection implements RelayConnection, Peer {
  readonly #socket: RelaySocket;
  readonly #deps: ConnectionDeps;
  readonly #nonce: Bytes;
  readonly #audiences: readonly string[];
  readonly #channels = new Map<number, Subscription>();
  readonly #live: Bucket;
  readonly #appends: Bucket;
  readonly #appendBytes: Bucket;
  readonly #reads: Bucket;
  #opening = 0;
  #drainTimer: Timer | undefined;
  #idleTimer: Timer | undefined;
  open = true;

  constructor(socket: RelaySocket, deps: ConnectionDeps) {
    const { config, clock, random } = deps.context;
    const { limits, names } = config;
    this.#socket = socket;
    this.#deps = deps;
    this.#nonce = random(HELLO_NONCE_BYTES);
    this.#audiences = names.length > 0 ? audiencesOf(names, deps.info.audience) : [deps.info.audience];
    const now = clock.now();
    this.#live = new Bucket(limits.liveBurstPerConnection, now);
    this.#appends = new Bucket(limits.appendsBurstPerConnection, now);
    this.#appendBytes = new Bucket(limits.appendBytesBurstPerConnection, now);
    this.#reads = new Bucket(limits.readsBurstPerConnection, now);
    this.#welcome();
    this.#watchIdle();
  }

  /** CON-1 */
  #welcome(): void {
    const { config, clock } = this.#deps.context;
    this.#say(0, {
      type: 'welcome',
      version: 1,
      nonce: this.#nonce,
      time: Math.floor(clock.now() / 1000),
      software: config.software,
      maxRecordBytes: config.limits.recordMaxBytes,
      maxCheckpointBytes: config.limits.checkpointMaxBytes,
      maxDocumentBytes: config.limits.documentMaxBytes,
      maxExpirySeconds: config.maxExpirySeconds,
      defaultExpirySeconds: config.defaultExpirySeconds,
    });
  }

  get congested(): boolean {
    return this.#socket.bufferedBytes() > this.#deps.context.config.limits.slowReaderBytes;
  }

  send(frame: RelayFrame): void {
    if (!this.open) return;
    const { metrics } = this.#deps.context;
    metrics.framesSent += 1;
    metrics.bytesSent += frame.length;
    this.#socket.send(frame);
  }

  #say(channel: number, message: RelayMessage): void {
    this.send(encodeFrame(channel, [message]));
  }

  refuse(channel: number, refused: ClientMessageType, error: ErrorName, retryMs: number, to?: RefusedReference): void {
    const retryAfterMs = Math.min(retryMs, MAX_RETRY_MS);
    this.#say(channel, { type: 'refused', refused, error, retryAfterMs, ...to });
  }

  goodbye(error: ErrorName, retryMs: number): void {
    if (!this.open) return;
    this.#deps.context.metrics.countRefused(error);
    this.#say(0, { type: 'goodbye', error, retryAfterMs: retryMs });
    this.#hangUp(error === 'shutting_down' ? CLOSE_GOING_AWAY : CLOSE_POLICY);
  }

  /** CON-8: no more is taken from here on; what was taken is still acknowledged until `hangUp`. */
  announceStop(retryMs: number): void {
    this.#say(0, { type: 'goodbye', error: 'shutting_down', retryAfterMs: retryMs });
    this.receive = () => undefined;
  }

  hangUp(): void {
    this.#hangUp(CLOSE_GOING_AWAY);
  }

  #hangUp(code: number): void {
    if (!this.open) return;
    this.#socket.close(code);
    this.closed();
  }

  closed(): void {
    if (!this.open) return;
    this.open = false;
    const { context, visitors, prefix } = this.#deps;
    for (const channel of this.#channels.values()) leave(context, channel);
    this.#channels.clear();
    context.clock.clearTimeout(this.#drainTimer);
    context.clock.clearTimeout(this.#idleTimer);
    visitors.leave(prefix);
    this.#deps.onClosed(this);
  }

  release(number: number): void {
    const before = this.#channels.get(number);
    if (before !== undefined) leave(this.#deps.context, before);
  }

  dropChannel(channel: number): void {
    this.#channels.delete(channel);
    this.#watchIdle();
  }

  /** A connection that serves nobody is not kept. */
  #watchIdle(): void {
    const { clock, config } = this.#deps.context;
    if (this.#idleTimer !== undefined || this.#channels.size > 0 || !this.open) return;
    this.#idleTimer = clock.setTimeout(() => {
      this.#idleTimer = undefined;
      if (this.#channels.size === 0 && this.#opening === 0) this.#hangUp(CLOSE_NORMAL);
    }, config.limits.idleConnectionMs);
  }

  /** CON-9: after a while without any progress it is dropped. */
  watchDraining(): void {
    if (this.#drainTimer !== undefined || !this.open) return;
    this.#deps.context.metrics.slowReaders += 1;
    this.#watchProgress(this.#socket.bufferedBytes());
  }

  #watchProgress(before: number): void {
    const { clock, config } = this.#deps.context;
    this.#drainTimer = clock.setTimeout(() => {
      this.#drainTimer = undefined;
      const now = this.#socket.bufferedBytes();
      if (now < before) this.#watchProgress(now);
      else this.goodbye('too_slow', 0);
    }, config.limits.slowReaderMs);
  }

  drained(): void {
    this.#deps.context.clock.clearTimeout(this.#drainTimer);
    this.#drainTimer = undefined;
    for (const channel of this.#channels.values()) {
      if (!channel.isFlowing) void channel.pump();
    }
  }

  receive(frame: Uint8Array): void {
    if (!this.open) return;
    const { metrics } = this.#deps.context;
    metrics.framesReceived += 1;
    metrics.bytesReceived += frame.length;
    const decoded = decodeClientFrame(frame);
    if (!decoded.ok) return this.goodbye('bad_message', 0);
    const { channel, messages } = decoded.value;
    for (const message of messages) {
      if (!this.open) return;
      if (channel === 0) this.#onConnection(message);
      else this.#onDocument(channel, message as DocumentMessage);
    }
  }

  #onConnection(message: ClientMessage): void {
    switch (message.type) {
      case 'open':
        void this.#openDocument(message);
        return;
      case 'create':
        void this.#createDocument(message.request, message.header);
        return;
      case 'ping':
        return this.#say(0, { type: 'pong', payload: message.payload });
      default:
        return this.goodbye('bad_message', 0);
    }
  }

  async #openDocument(message: Extract<ClientMessage, { type: 'open' }>): Promise<void> {
    const { context, visitors, prefix } = this.#deps;
    const waitMs = visitors.open(prefix);
    const isFull = this.#channels.size + this.#opening >= context.config.limits.channelsPerConnection;
    if (waitMs > 0 || isFull) {
      context.metrics.countRefused('rate_limited');
      return this.refuse(0, 'open', 'rate_limited', Math.max(waitMs, 1000), { request: message.request });
    }
    this.#opening += 1;
    const channel = await open(context, { peer: this, nonce: this.#nonce, audiences: this.#audiences }, message);
    this.#opening -= 1;
    if (channel === undefined) return this.#watchIdle();
    const { channel: number } = channel.document;
    this.#channels.set(number, channel);
    // It may have ended, or the connection closed, while it was opened.
    if (!this.open || !channel.isOpen) {
      this.#channels.delete(number);
      leave(context, channel);
    }
  }

  async #createDocument(request: number, header: Bytes): Promise<void> {
    const { context, visitors, prefix } = this.#deps;
    const waitMs = visitors.create(prefix);
    const error = waitMs > 0 ? 'rate_limited' : await create(context, header);
    if (error === undefined) return this.#say(0, { type: 'created', request });
    context.metrics.countRefused(error);
    this.refuse(0, 'create', error, waitMs > 0 ? waitMs : retryMsOf(error), { request });
  }

  #onDocument(number: number, message: DocumentMessage): void {
    const channel = this.#channels.get(number);
    if (channel === undefined) return this.#refuseUnknown(number, message);
    switch (message.type) {
      case 'live':
        return this.#pass(channel, message.live);
      case 'append':
        return this.#append(channel, message.record);
      case 'close':
        leave(this.#deps.context, channel);
        return this.dropChannel(number);
      case 'checkpoint': {
        const waitMs = this.#takeBytes(message.checkpoint.length);
        return this.#answer(channel, 'checkpoint', waitMs, () =>
          takeCheckpoint(this.#deps.context, channel, message.checkpoint),
        );
      }
      case 'history': {
        const { request, from, limit } = message;
        const ask = () => sendHistory(this.#deps.context, channel, request, from, limit);
        return this.#answer(channel, 'history', this.#takeRead(), ask, { request });
      }
      case 'header':
        return this.#answer(channel, 'header', this.#takeRead(), () =>
          changeHeader(this.#deps.context, channel, message.header),
        );
      case 'order':
        return this.#answer(channel, 'order', this.#takeRead(), () => obey(this.#deps.context, channel, message.order));
    }
  }

  /** CON-6: a channel that is not open (any more) is only told so. */
  #refuseUnknown(number: number, message: DocumentMessage): void {
    if (message.type === 'close') return;
    if (message.type !== 'append') {
      const reference = message.type === 'history' ? { request: message.request } : {};
      return this.refuse(number, message.type, 'bad_message', 0, reference);
    }
    const place = peekRecord(message.record);
    if (!place.ok) return this.goodbye('bad_message', 0);
    const { session, n } = place.value;
    this.refuse(number, 'append', 'bad_message', 0, { session, n });
  }

  /** LIVE-1, LIVE-5 */
  #pass(from: Subscription, body: Bytes): void {
    const { context } = this.#deps;
    const { limits } = context.config;
    const live = peekLive(body);
    if (!live.ok) return this.goodbye('bad_message', 0);
    if (live.value.type === LIVE_UPDATE && !from.mayWrite) {
      context.metrics.countRefused('not_allowed');
      return this.refuse(from.document.channel, 'live', 'not_allowed', 0);
    }
    const now = context.clock.now();
    const { livePerSecondPerConnection, liveBurstPerConnection } = limits;
    if (this.#live.take(now, livePerSecondPerConnection, liveBurstPerConnection) > 0) {
      context.metrics.liveDropped += 1;
      return;
    }
    context.metrics.liveMessages += 1;
    from.document.outbox.addLive(body, from);
    const event: BusEvent = { type: 'live', body };
    context.bus.publish(from.document.docId, event);
  }

  #append(from: Subscription, record: Bytes): void {
    const { context } = this.#deps;
    const { appendsPerSecondPerConnection, appendsBurstPerConnection } = context.config.limits;
    const now = context.clock.now();
    const waitMs =
      this.#appends.take(now, appendsPerSecondPerConnection, appendsBurstPerConnection) ||
      this.#takeBytes(record.length);
    if (!append(context, from, record, waitMs)) this.goodbye('bad_message', 0);
  }

  #takeBytes(length: number): number {
    const { clock, config } = this.#deps.context;
    const { appendBytesPerSecondPerConnection, appendBytesBurstPerConnection } = config.limits;
    return this.#appendBytes.take(
      clock.now(),
      appendBytesPerSecondPerConnection,
      appendBytesBurstPerConnection,
      length,
    );
  }

  #takeRead(): number {
    const { clock, config } = this.#deps.context;
    return this.#reads.take(
      clock.now(),
      config.limits.readsPerSecondPerConnection,
      config.limits.readsBurstPerConnection,
    );
  }

  /** Does what was asked and says so when it was refused; bytes that are no such thing end the connection (CON-6). */
  #answer(
    channel: Subscription,
    refused: ClientMessageType,
    waitMs: number,
    work: () => Promise<ErrorName | undefined>,
    reference: RefusedReference = {},
  ): void {
    const { metrics } = this.#deps.context;
    const { channel: number } = channel.document;
    if (waitMs > 0) {
      metrics.countRefused('rate_limited');
      return this.refuse(number, refused, 'rate_limited', waitMs, reference);
    }
    void work().then((error) => {
      if (error === undefined || !this.open) return;
      metrics.countRefused(error);
      this.refuse(number, refused, error, retryMsOf(error), reference);
    });
  }
}

/** CON-2: the configured names, the one that was dialled first. */
function audiencesOf(names: readonly string[], dialled: string): readonly string[] {
  return names.includes(dialled) ? [dialled] : names;
}
