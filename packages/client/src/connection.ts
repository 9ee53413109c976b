/**
 * One socket to one relay, shared by all documents (§9). It reconnects by itself with jittered back-off, notices a dead
 * line by silence, and hands each frame to the channel it is for.
 */
import type { Bytes, ClientMessage, ErrorName, RelayMessage, Welcome } from '@archipel/protocol';
import { decodeRelayFrame, encodeFrame, PING_BYTES } from '@archipel/protocol';
import type { Clock, Hints, OpenSocket, Random, SocketLike, Timer } from './ports.ts';
import type { Timing } from './timing.ts';

export interface ConnectionPorts {
  openSocket: OpenSocket;
  clock: Clock;
  random: Random;
  timing: Timing;
  hints?: Hints;
}

/** A document on the connection. */
export interface ConnectionUser {
  up(welcome: Welcome): void;
  /** `error`: what the relay said when it closed, when it said something, and when it asked to come back. */
  down(error?: ErrorName, retryAfterMs?: number): void;
  /** The relay speaks a version that this client does not (CON-1): it is not tried again. */
  stopped(error: ErrorName): void;
}

export type Request = Extract<ClientMessage, { request: number }>;
/** Without its number, which the connection gives. */
export type Unnumbered<R extends Request = Request> = R extends Request ? Omit<R, 'request'> : never;
/** Undefined: the line broke before the answer, or under the channel. */
export type Answer = (message: RelayMessage | undefined) => void;

const PING = new Uint8Array(PING_BYTES);

export class Connection {
  readonly url: string;
  readonly #ports: ConnectionPorts;
  readonly #users = new Set<ConnectionUser>();
  readonly #answers = new Map<number, Answer>();
  readonly #channels = new Map<number, Answer>();
  readonly #unsubscribe: (() => void) | undefined;
  #socket: SocketLike | undefined;
  #welcome: Welcome | undefined;
  #lastRequest = 0;
  #failures = 0;
  #farewell: { error: ErrorName; retryAfterMs: number } | undefined;
  #stopped: ErrorName | undefined;
  #retry: Timer | undefined;
  #deadline: Timer | undefined;
  #ping: Timer | undefined;

  constructor(url: string, ports: ConnectionPorts) {
    this.url = url;
    this.#ports = ports;
    this.#unsubscribe = ports.hints?.subscribe(() => this.#hint());
  }

  /** The name that a proof is for (CON-2): what was dialled, the default port left out as in a Host header. */
  get audience(): string {
    return new URL(this.url).host;
  }

  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  get users(): number {
    return this.#users.size;
  }

  attach(user: ConnectionUser): void {
    this.#users.add(user);
    if (this.#stopped !== undefined) user.stopped(this.#stopped);
    else if (this.#welcome !== undefined) user.up(this.#welcome);
    else this.dial();
  }

  /** Begins to connect for a user who is about to attach; without one, it is tried once. */
  dial(): void {
    if (this.#stopped === undefined && this.#socket === undefined && this.#retry === undefined) this.#dial();
  }

  /** Hangs up when nobody attached. */
  dropUnused(): void {
    if (this.#users.size > 0) return;
    this.#cancel();
    this.#drop();
  }

  /** The socket closes with its last user. */
  detach(user: ConnectionUser): void {
    this.#users.delete(user);
    this.dropUnused();
  }

  dispose(): void {
    this.#unsubscribe?.();
    this.#users.clear();
    this.#cancel();
    this.#drop();
  }

  /** Sends a numbered message on channel 0 or on a document's; the answer comes back once. */
  request(message: Unnumbered, answer: Answer, channel = 0): void {
    const request = ++this.#lastRequest;
    this.#answers.set(request, answer);
    this.send(channel, { ...message, request } as ClientMessage);
  }

  send(channel: number, message: ClientMessage): void {
    this.#socket?.send(encodeFrame(channel, [message]));
  }

  /** Messages of this channel go here until `leave` or the end of the line. */
  listen(channel: number, receive: Answer): void {
    this.#channels.set(channel, receive);
  }

  leave(channel: number): void {
    this.#channels.delete(channel);
    this.send(channel, { type: 'close' });
  }

  /** No more listening, but the channel stays open at the relay: opening the document again takes its place. */
  forget(channel: number): void {
    this.#channels.delete(channel);
  }

  #dial(): void {
    this.#retry = undefined;
    const { openSocket, clock, timing } = this.#ports;
    const socket = openSocket(this.url);
    this.#socket = socket;
    socket.onmessage = (frame) => {
      if (socket === this.#socket) this.#receive(frame);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
    this.#deadline = clock.setTimeout(() => this.#lost(), timing.connectMs);
  }

  #receive(bytes: Bytes): void {
    this.#heard();
    const frame = decodeRelayFrame(bytes);
    if (!frame.ok) {
      if (frame.error === 'unsupported_version') this.#stop(frame.error);
      else this.#lost();
      return;
    }
    const socket = this.#socket;
    for (const message of frame.value.messages) {
      if (socket !== this.#socket) return;
      this.#dispatch(frame.value.channel, message);
    }
  }

  #dispatch(channel: number, message: RelayMessage): void {
    if (message.type === 'welcome') this.#greet(message);
    else if (message.type === 'goodbye') this.#part(message.error, message.retryAfterMs);
    else if ('request' in message && message.request !== undefined) this.#answer(message.request, message);
    else this.#channels.get(channel)?.(message);
  }

  #greet(welcome: Welcome): void {
    if (this.#welcome !== undefined) return;
    this.#welcome = welcome;
    this.#schedulePing();
    for (const user of [...this.#users]) user.up(welcome);
  }

  #answer(request: number, message: RelayMessage): void {
    const answer = this.#answers.get(request);
    this.#answers.delete(request);
    // Being served is the success that ends the back-off; a Welcome alone is not.
    if (message.type !== 'refused') this.#failures = 0;
    answer?.(message);
  }

  #part(error: ErrorName, retryAfterMs: number): void {
    this.#farewell = { error, retryAfterMs };
    if (error === 'unsupported_version') this.#stop(error);
  }

  #stop(error: ErrorName): void {
    this.#stopped = error;
    this.#cancel();
    this.#drop();
    for (const user of [...this.#users]) user.stopped(error);
  }

  /** Something arrived, so the line lives. */
  #heard(): void {
    this.#ports.clock.clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #schedulePing(): void {
    const { clock, timing } = this.#ports;
    this.#ping = clock.setTimeout(() => {
      this.#probe(timing.silenceMs);
      this.#schedulePing();
    }, timing.pingEveryMs);
  }

  #probe(silenceMs: number): void {
    this.send(0, { type: 'ping', payload: PING });
    this.#deadline ??= this.#ports.clock.setTimeout(() => this.#lost(), silenceMs);
  }

  /** Online again or visible again: do not wait for the back-off, and find out soon whether the line is dead. */
  #hint(): void {
    if (this.#users.size === 0 || this.#stopped !== undefined) return;
    if (this.#welcome !== undefined) this.#probe(this.#ports.timing.silenceMs / 4);
    else if (this.#retry !== undefined) {
      this.#ports.clock.clearTimeout(this.#retry);
      this.#dial();
    }
  }

  #lost(): void {
    this.#drop();
    const farewell = this.#farewell;
    this.#farewell = undefined;
    for (const user of [...this.#users]) user.down(farewell?.error, farewell?.retryAfterMs);
    if (this.#users.size > 0 && this.#retry === undefined && this.#socket === undefined) {
      this.#retry = this.#ports.clock.setTimeout(() => this.#dial(), this.#delay(farewell?.retryAfterMs ?? 0));
    }
  }

  /** Back-off with jitter between half and the whole of it; never sooner than the relay asked for. */
  #delay(retryAfterMs: number): number {
    const { backoffMinMs, backoffMaxMs } = this.#ports.timing;
    const whole = Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(this.#failures++, 16));
    return Math.max(whole * (0.5 + this.#ports.random() / 2), retryAfterMs * (1 + this.#ports.random() / 4));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#welcome = undefined;
    const waiting = [...this.#answers.values(), ...this.#channels.values()];
    this.#answers.clear();
    this.#channels.clear();
    this.#heard();
    this.#ports.clock.clearTimeout(this.#ping);
    socket?.close();
    for (const answer of waiting) answer(undefined);
  }

  #cancel(): void {
    this.#ports.clock.clearTimeout(this.#retry);
    this.#retry = undefined;
  }
}
