/** A document's place at its relay: creating, opening, opening again, and its messages in order. */
import type { Bytes, ClientMessage, ErrorName, RelayMessage, Welcome } from '@archipel/protocol';
import type { Answer, Unnumbered } from './connection.ts';
import type { Clock, Random, Timer } from './ports.ts';
import type { Route, RouteUser } from './route.ts';
import type { Timing } from './timing.ts';

/** `stopped`: the relay will not serve this document to this link; it is not asked again by itself. */
export type Phase = 'connecting' | 'down' | 'opening' | 'catchingUp' | 'live' | 'stopped';
export type OpenMessage = Extract<Unnumbered, { type: 'open' }>;
export type OpenedMessage = Extract<RelayMessage, { type: 'opened' }>;

export interface Creation {
  header: Bytes;
  voucher: Bytes | undefined;
}

export interface LinePorts {
  clock: Clock;
  random: Random;
  timing: Timing;
  /** The header of a document that the relay does not know yet, and the voucher that lets it in. */
  creation(): Creation | undefined;
  /** The relay has this header now; undefined when it had another one of the same owner before. */
  created(header: Bytes | undefined): Promise<void>;
  openMessage(welcome: Welcome): Promise<OpenMessage>;
  /** Something came whose turn has not: what can be begun with it is. */
  ahead(message: RelayMessage): void;
  opened(message: OpenedMessage): Promise<void>;
  /** Messages whose order matters, one after the other. */
  receive(message: RelayMessage): Promise<void>;
  /** Messages that need no waiting; true when dealt with. */
  receiveAtOnce(message: RelayMessage): boolean;
  refused(error: ErrorName, during: 'create' | 'open'): void;
  phase(phase: Phase): void;
}

export class Line implements RouteUser {
  readonly route: Route;
  readonly #ports: LinePorts;
  #phase: Phase = 'connecting';
  #welcome: Welcome | undefined;
  #channel = 0;
  /** Open at the relay, but not listened to: opening again replaces it. */
  #former = 0;
  /** Open messages without answer. */
  #asked = 0;
  #isAttached = false;
  #watch: Timer | undefined;
  /** Grows whenever what is under way becomes void: a lost line, a channel that was left. */
  #epoch = 0;
  #queue: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #reopenings = 0;

  constructor(route: Route, ports: LinePorts) {
    this.route = route;
    this.#ports = ports;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Limits and clock of the relay, while connected. */
  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  get isOpen(): boolean {
    return this.#channel !== 0;
  }

  attach(): void {
    this.#isAttached = true;
    this.route.attach(this);
  }

  detach(): void {
    this.#release();
    this.#enter('down');
  }

  up(welcome: Welcome): void {
    this.#welcome = welcome;
    this.#enter('opening');
    this.#begin();
  }

  down(isMoving: boolean): void {
    this.#welcome = undefined;
    this.#void();
    this.#former = 0;
    this.#asked = 0;
    this.#enter(isMoving ? 'connecting' : 'down');
  }

  stopped(error: ErrorName): void {
    // First the reason, then the state: who hears of the state asks for the reason.
    this.#ports.refused(error, 'open');
    this.stop();
  }

  send(message: ClientMessage): void {
    if (this.#channel !== 0) this.route.send(this.#channel, message);
  }

  request(message: Unnumbered, answer: Answer): void {
    if (this.#channel === 0) answer(undefined);
    else this.route.request(message, answer, this.#channel);
  }

  /** Leaves the channel and opens it again: at once, or with growing delay when the relay keeps giving cause (CHK-2). */
  reopen(atOnce: boolean): void {
    if (this.#welcome === undefined || this.#phase === 'stopped') return;
    this.#void();
    this.#enter('opening');
    if (atOnce) this.#begin();
    else this.#later(this.#ports.timing.backoffMinMs * 2 ** Math.min(this.#reopenings++, 7));
  }

  /** After a refusal: the person asks to try again. */
  retry(): void {
    if (this.#phase !== 'stopped') return;
    this.#enter('connecting');
    this.attach();
  }

  /** Leaves the connection until `retry`. */
  stop(): void {
    this.#release();
    this.#enter('stopped');
  }

  caughtUp(): void {
    this.#ports.clock.clearTimeout(this.#watch);
    this.#enter('live');
  }

  /** The relay has been honest since the last reopening. */
  calm(): void {
    this.#reopenings = 0;
  }

  /** Runs in order with the messages of this line; skipped when the line is void by then. */
  #inOrder(work: () => Promise<void>): void {
    const epoch = this.#epoch;
    const done = this.#queue.then(async () => {
      if (epoch === this.#epoch) await work();
    });
    // A failure here is a bug: `done` shows it as an unhandled rejection, the queue goes on.
    this.#queue = done.catch(() => undefined);
  }

  #begin(): void {
    this.#progress();
    this.#inOrder(async () => {
      const epoch = this.#epoch;
      const creation = this.#ports.creation();
      if (creation !== undefined) return this.#create(epoch, creation);
      if (this.#welcome === undefined) return;
      const message = await this.#ports.openMessage(this.#welcome);
      if (epoch !== this.#epoch) return;
      this.#asked++;
      this.route.request(message, (answer) => this.#onOpened(epoch, answer));
    });
  }

  #create(epoch: number, { header, voucher }: Creation): void {
    const message: Unnumbered = voucher ? { type: 'createWith', voucher, header } : { type: 'create', header };
    this.route.request(message, (answer) => this.#onCreated(epoch, header, answer));
  }

  #onCreated(epoch: number, header: Bytes, answer: RelayMessage | undefined): void {
    if (epoch !== this.#epoch || answer === undefined) return;
    // Another header of the same owner came first: that one says what the document is.
    const exists = answer.type === 'created' || (answer.type === 'refused' && answer.error === 'already_exists');
    if (exists) this.#inOrder(() => this.#ports.created(answer.type === 'created' ? header : undefined));
    if (exists) this.#begin();
    else if (answer.type === 'refused') this.#refused(answer.error, answer.retryAfterMs, 'create');
  }

  #onOpened(epoch: number, answer: RelayMessage | undefined): void {
    if (answer === undefined) return;
    this.#asked--;
    if (answer.type === 'opened') this.#onChannel(epoch, answer);
    else if (epoch === this.#epoch && answer.type === 'refused') {
      this.#refused(answer.error, answer.retryAfterMs, 'open');
    }
  }

  #onChannel(epoch: number, answer: OpenedMessage): void {
    const { channel } = answer;
    if (epoch !== this.#epoch) {
      // Nobody wants it any more; a later Open that is under way takes its place by itself.
      if (this.#asked === 0) this.route.leave(channel);
      return;
    }
    if (this.#former !== 0 && this.#former !== channel) this.route.leave(this.#former);
    this.#former = 0;
    this.#channel = channel;
    this.route.listen(channel, (message) => this.#receive(epoch, message));
    this.#enter('catchingUp');
    this.#ports.ahead(answer);
    this.#inOrder(() => this.#ports.opened(answer));
  }

  #refused(error: ErrorName, retryAfterMs: number, during: 'create' | 'open'): void {
    // What is over is over everywhere; anything else another relay of the document may see otherwise.
    const isOver = error === 'deleted' || error === 'expired';
    if (during === 'open' && !isOver && this.#goElsewhere()) return;
    this.#ports.refused(error, during);
    if (retryAfterMs === 0) this.stop();
    else if (error === 'full') this.#waitOutside(retryAfterMs);
    else this.#later(retryAfterMs);
  }

  /** A relay counts connections as people: who waits for room on one would take the room that they wait for. */
  #waitOutside(ms: number): void {
    const { clock } = this.#ports;
    this.stop();
    this.#timer = clock.setTimeout(() => this.retry(), this.#pauseMs(ms));
  }

  /** True when the document has another relay, which is tried instead. */
  #goElsewhere(): boolean {
    if (!this.route.hasOther) return false;
    this.#void();
    if (this.#former !== 0) this.route.leave(this.#former);
    this.route.refuse();
    return true;
  }

  #receive(epoch: number, message: RelayMessage | undefined): void {
    if (message === undefined || epoch !== this.#epoch) return;
    // Live messages and counts of people come all the time: they are no part of catching up.
    const isProgress = message.type === 'records' || message.type === 'checkpointData' || message.type === 'caughtUp';
    if (this.#phase !== 'live' && isProgress) this.#progress();
    if (this.#ports.receiveAtOnce(message)) return;
    this.#ports.ahead(message);
    this.#inOrder(() => this.#ports.receive(message));
  }

  /** An answer is due: without any for a while, it is asked for again. */
  #progress(): void {
    const { clock, timing } = this.#ports;
    clock.clearTimeout(this.#watch);
    const withinMs = this.route.hasOther ? timing.silenceMs : timing.answerMs;
    this.#watch = clock.setTimeout(() => {
      if (!this.#goElsewhere()) this.reopen(false);
    }, withinMs);
  }

  #later(ms: number): void {
    const { clock } = this.#ports;
    clock.clearTimeout(this.#timer);
    clock.clearTimeout(this.#watch);
    this.#timer = clock.setTimeout(() => this.#begin(), this.#pauseMs(ms));
  }

  #pauseMs(ms: number): number {
    const { random, timing } = this.#ports;
    return Math.min(ms, timing.backoffMaxMs) * (1 + random() / 4);
  }

  #release(): void {
    this.#void();
    if (this.#former !== 0) this.route.leave(this.#former);
    this.#former = 0;
    this.#welcome = undefined;
    if (this.#isAttached) this.route.detach();
    this.#isAttached = false;
  }

  #void(): void {
    this.#epoch++;
    this.#ports.clock.clearTimeout(this.#timer);
    this.#ports.clock.clearTimeout(this.#watch);
    if (this.#channel === 0) return;
    this.route.forget(this.#channel);
    this.#former = this.#channel;
    this.#channel = 0;
  }

  #enter(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#ports.phase(phase);
  }
}
