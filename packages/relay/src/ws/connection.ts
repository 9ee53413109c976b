/** One client's connection (docs/protocol.md §9): greets it, hands each message to the log primitive, keeps to its limits. */
import type { Bytes, ClientMessage, ClientMessageType, ErrorName, Open, RelayMessage } from '@archipel/protocol';
import {
  decodeClientFrame,
  encodeFrame,
  HELLO_NONCE_BYTES,
  LIVE_PRESENCE,
  LIVE_UPDATE,
  MAX_PRESENCE_BYTES,
  peekLive,
  peekRecord,
} from '@archipel/protocol';
import type { Timer } from '../clock.ts';
import { retryMsOf } from '../primitives/log/append.ts';
import { takeCheckpoint } from '../primitives/log/checkpoint.ts';
import type { LogContext } from '../primitives/log/context.ts';
import { sendHistory } from '../primitives/log/history.ts';
import { changeHeader, create, obey } from '../primitives/log/lifecycle.ts';
import { leave, open } from '../primitives/log/open.ts';
import type { Peer, RefusedReference } from '../primitives/log/peer.ts';
import { takeRecord } from '../primitives/log/remark.ts';
import { sayStatement } from '../primitives/log/statement.ts';
import type { Subscription } from '../primitives/log/subscription.ts';
import { audiencesOf } from './audiences.ts';
import type { ConnectionInfo, RelayConnection, RelaySocket } from './ends.ts';
import type { RelayFrame } from './frame.ts';
import { Rates } from './rates.ts';
import type { Visitors } from './visitors.ts';

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
const ANSWERS_RETRY_MS = 10_000;
/** Openings that wait while more are read. */
const MAX_WAITING_OPENS = 16;

type Creation = Extract<ClientMessage, { type: 'create' | 'createWith' }>;
type DocumentMessage = Exclude<ClientMessage, Creation | { type: 'open' | 'ping' }>;

export class Connection implements RelayConnection, Peer {
  readonly #socket: RelaySocket;
  readonly #deps: ConnectionDeps;
  readonly #nonce: Bytes;
  readonly #audiences: readonly string[];
  readonly #channels = new Map<number, Subscription>();
  readonly #rates: Rates;
  #opening = 0;
  /** Openings that wait for others, or for the reader to take what was sent. */
  readonly #toOpen: Open[] = [];
  /** It creates a document, or has, and has not opened it yet. */
  #hasCreated = false;
  /** Counted among the people. */
  #isPresent = false;
  #isPaused = false;
  #hasDrained = false;
  #isServing = false;
  /** The last page of history asked for, and who waits for room to read it. */
  #history: Promise<unknown> = Promise.resolve();
  #whenDrained: (() => void) | undefined;
  #drainTimer: Timer | undefined;
  #idleTimer: Timer | undefined;
  open = true;

  constructor(socket: RelaySocket, deps: ConnectionDeps) {
    const { config, clock, random } = deps.context;
    const { limits, names } = config;
    this.#socket = socket;
    this.#deps = deps;
    this.#nonce = random(HELLO_NONCE_BYTES);
    this.#audiences = audiencesOf(names, deps.info.audience);
    this.#rates = new Rates(limits, clock);
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

  gather(): void {
    this.#socket.gather?.();
  }

  #say(channel: number, message: RelayMessage): void {
    this.send(encodeFrame(channel, [message]));
  }

  refuse(channel: number, refused: ClientMessageType, error: ErrorName, retryMs: number, to?: RefusedReference): void {
    if (!this.#mayAnswer()) return;
    const retryAfterMs = Math.min(retryMs, MAX_RETRY_MS);
    this.#say(channel, { type: 'refused', refused, error, retryAfterMs, ...to });
  }

  /** CON-10: pongs and refusals cost the asker little, so they have a rate of their own. */
  #mayAnswer(): boolean {
    const waitMs = this.#rates.answer();
    if (waitMs > 0) this.goodbye('rate_limited', ANSWERS_RETRY_MS);
    return waitMs === 0;
  }

  goodbye(error: ErrorName, retryMs: number): void {
    if (!this.open) return;
    this.#deps.context.metrics.countRefused(error);
    this.#say(0, { type: 'goodbye', error, retryAfterMs: retryMs });
    this.#hangUp(error === 'shutting_down' ? CLOSE_GOING_AWAY : CLOSE_POLICY);
  }

  /** CON-8: no more is taken from here on; what was taken is still acknowledged until `hangUp`. */
  announceStop(retryMs: number): void {
    const retryAfterMs = this.#deps.info.backAfterMs?.() ?? retryMs;
    this.#say(0, { type: 'goodbye', error: 'shutting_down', retryAfterMs });
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
    this.#toOpen.length = 0;
    this.#whenDrained?.();
    this.#countPresence();
    visitors.leave(prefix);
    this.#deps.onClosed(this);
  }

  enter(channel: Subscription): void {
    const { channel: number } = channel.document;
    const before = this.#channels.get(number);
    if (before !== undefined) leave(this.#deps.context, before);
    this.#channels.set(number, channel);
  }

  dropChannel(channel: number): void {
    this.#channels.delete(channel);
    this.#countPresence();
    this.#watchIdle();
  }

  /** Who only has a connection is nobody yet: tabs that wait, and programs that look around. */
  #countPresence(): void {
    const count = this.#channels.size + this.#opening + this.#toOpen.length;
    const isPresent = this.open && (count > 0 || this.#hasCreated);
    if (isPresent !== this.#isPresent) this.#deps.context.metrics.people += isPresent ? 1 : -1;
    this.#isPresent = isPresent;
  }

  /** A connection that serves nobody is not kept. */
  #watchIdle(): void {
    const { clock, config } = this.#deps.context;
    if (this.#idleTimer !== undefined || this.#channels.size > 0 || !this.open) return;
    this.#idleTimer = clock.setTimeout(() => {
      this.#idleTimer = undefined;
      if (this.#channels.size === 0 && this.#opening + this.#toOpen.length === 0) this.#hangUp(CLOSE_NORMAL);
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
    this.#whenDrained?.();
    this.#openNext();
    this.#adjustReading();
    this.#hasDrained = true;
    if (!this.#isServing) void this.#serve();
  }

  /** One channel after the other, so that one page or checkpoint at a time is fetched for a slow reader. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    while (this.#hasDrained) {
      this.#hasDrained = false;
      for (const channel of this.#channels.values()) if (!channel.isFlowing) await channel.pump();
    }
    this.#isServing = false;
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
    this.#adjustReading();
  }

  /** CON-9: who leaves its answers lying is not asked for more until it has taken them. */
  #adjustReading(): void {
    const isFull = this.#socket.bufferedBytes() > this.#deps.context.config.limits.unreadBytes;
    const mustPause = this.open && (isFull || this.#toOpen.length > MAX_WAITING_OPENS);
    if (mustPause && isFull) this.watchDraining();
    if (mustPause === this.#isPaused || !this.open) return;
    this.#isPaused = mustPause;
    if (mustPause) this.#socket.pause();
    else this.#socket.resume();
  }

  #onConnection(message: ClientMessage): void {
    switch (message.type) {
      case 'open':
        return this.#askOpen(message);
      case 'create':
      case 'createWith':
        void this.#createDocument(message);
        return;
      case 'ping':
        if (this.#mayAnswer()) this.#say(0, { type: 'pong', payload: message.payload });
        return;
      default:
        return this.goodbye('bad_message', 0);
    }
  }

  #askOpen(message: Open & { type: 'open' }): void {
    const { context, visitors, prefix } = this.#deps;
    const waitMs = visitors.open(prefix);
    const count = this.#channels.size + this.#opening + this.#toOpen.length;
    // Who has a document open is here already.
    if (count === 0 && !this.#hasCreated && context.admission?.admitsPerson === false) {
      context.metrics.countRefused('full');
      return this.refuse(0, 'open', 'full', retryMsOf('full'), { request: message.request });
    }
    const isFull = count >= context.config.limits.channelsPerConnection;
    if (waitMs > 0 || isFull) {
      context.metrics.countRefused('rate_limited');
      return this.refuse(0, 'open', 'rate_limited', Math.max(waitMs, 1000), { request: message.request });
    }
    this.#toOpen.push(message);
    this.#hasCreated = false;
    this.#countPresence();
    this.#openNext();
  }

  /** A few at once: each may send a checkpoint before the socket shows that its peer does not read. */
  #openNext(): void {
    const { openingPerConnection } = this.#deps.context.config.limits;
    while (this.#toOpen.length > 0 && this.#opening < openingPerConnection) {
      if (this.congested) return this.watchDraining();
      const next = this.#toOpen.shift() as Open;
      this.#opening += 1;
      void this.#openDocument(next).then(() => {
        this.#opening -= 1;
        this.#countPresence();
        this.#openNext();
        this.#adjustReading();
        this.#watchIdle();
      });
    }
  }

  async #openDocument(message: Open): Promise<void> {
    const { context } = this.#deps;
    const channel = await open(context, { peer: this, nonce: this.#nonce, audiences: this.#audiences }, message);
    await channel?.served;
  }

  /** Resolves when the peer has taken most of what was sent, or is gone. */
  #drainedSome(): Promise<void> {
    if (!this.open || !this.congested) return Promise.resolve();
    this.watchDraining();
    return new Promise((resolve) => {
      this.#whenDrained = resolve;
    });
  }

  async #createDocument(message: Creation): Promise<void> {
    const { context, visitors, prefix } = this.#deps;
    const { type, request, header } = message;
    const voucher = message.type === 'createWith' ? message.voucher : undefined;
    const waitMs = visitors.create(prefix);
    this.#expect(waitMs === 0);
    const error = waitMs > 0 ? 'rate_limited' : await create(context, header, voucher);
    if (error === undefined) return this.#say(0, { type: 'created', request });
    this.#expect(false);
    context.metrics.countRefused(error);
    this.refuse(0, type, error, waitMs > 0 ? waitMs : retryMsOf(error), { request });
  }

  #expect(isExpected: boolean): void {
    this.#hasCreated = isExpected;
    this.#countPresence();
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
        const waitMs = this.#rates.checkpoint(message.checkpoint.length);
        return this.#answer(channel, 'checkpoint', waitMs, () =>
          takeCheckpoint(this.#deps.context, channel, message.checkpoint),
        );
      }
      case 'history': {
        const { request, from, limit } = message;
        // One page at a time, and only when the last one was taken.
        const ask = () => {
          const page = this.#history
            .then(() => this.#drainedSome())
            .then(() => sendHistory(this.#deps.context, channel, request, from, limit));
          this.#history = page;
          return page;
        };
        return this.#answer(channel, 'history', this.#rates.read(), ask, { request });
      }
      case 'header':
        return this.#answer(channel, 'header', this.#rates.read(), () =>
          changeHeader(this.#deps.context, channel, message.header),
        );
      case 'order':
        return this.#answer(channel, 'order', this.#rates.read(), () =>
          obey(this.#deps.context, channel, message.order),
        );
      case 'askStatement':
        return this.#answer(channel, 'askStatement', this.#rates.read(), () =>
          sayStatement(this.#deps.context, channel),
        );
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
    const live = peekLive(body);
    if (!live.ok) return this.goodbye('bad_message', 0);
    const isLarge = live.value.type === LIVE_PRESENCE && body.length > MAX_PRESENCE_BYTES;
    const error = live.value.type === LIVE_UPDATE && !from.mayWrite ? 'not_allowed' : isLarge && 'too_large';
    if (error) {
      context.metrics.countRefused(error);
      return this.refuse(from.document.channel, 'live', error, 0);
    }
    if (this.#rates.live(body.length) > 0) {
      context.metrics.liveDropped += 1;
      return;
    }
    context.metrics.liveMessages += 1;
    from.document.outbox.addLive(body, from);
    if (context.bus.isShared) context.bus.publish(from.document.docId, { type: 'live', body });
    context.mirrors?.live(from.document, body);
  }

  #append(from: Subscription, record: Bytes): void {
    const { context } = this.#deps;
    if (!takeRecord(context, from, record, this.#rates.append(record.length))) this.goodbye('bad_message', 0);
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
