/**
 * A document's way to one of its relays (CHK-7). It begins with the first, tries the next beside it when it is not there in
 * time, keeps the one that answers first, and goes on to another as soon as that one is lost. It never moves on by itself
 * from a relay that serves: there is no going back and forth.
 */
import type { ClientMessage, ErrorName, RelayMessage, Welcome } from '@archipel/protocol';
import type { Answer, Connection, ConnectionUser, Unnumbered } from './connection.ts';
import type { Clock, Timer } from './ports.ts';
import type { Timing } from './timing.ts';

export interface RoutePorts {
  clock: Clock;
  timing: Timing;
  /** A place for the document on a connection to this relay, until it is given back. */
  take(socket: string): Connection;
  giveBack(connection: Connection): void;
}

/** The document on its way. */
export interface RouteUser {
  up(welcome: Welcome): void;
  /** `isMoving`: another relay is being tried. */
  down(isMoving: boolean): void;
  stopped(error: ErrorName): void;
}

export class Route {
  readonly #ports: RoutePorts;
  #sockets: readonly string[];
  #legs: Leg[] = [];
  #current: Leg | undefined;
  #user: RouteUser | undefined;
  /** Relays that are there but do not serve the document. */
  readonly #refusing = new Set<string>();
  #next: Timer | undefined;
  #again: Timer | undefined;

  /** `sockets`: addresses in the order in which they are tried. */
  constructor(sockets: readonly string[], ports: RoutePorts) {
    this.#sockets = sockets;
    this.#ports = ports;
  }

  get sockets(): readonly string[] {
    return this.#sockets;
  }

  /** The relay that is connected. */
  get socket(): string | undefined {
    return this.#current?.socket;
  }

  /** The name that a proof is for (CON-2). */
  get audience(): string {
    return this.#current?.connection.audience ?? '';
  }

  /** Begins to connect for a user who is about to attach. */
  dial(): void {
    const [first] = this.#sockets;
    if (first !== undefined) this.#leg(first).connection.dial();
  }

  /** Other relays are known now. The one that is connected stays. */
  retarget(sockets: readonly string[]): void {
    if (sockets.join() === this.#sockets.join()) return;
    this.#sockets = sockets;
    if (this.#user !== undefined && this.#current === undefined && this.#next === undefined) this.#tryNext();
  }

  attach(user: RouteUser): void {
    this.#user = user;
    this.#refusing.clear();
    this.#tryNext();
  }

  /** Lets go of every relay. */
  detach(): void {
    this.#user = undefined;
    this.#current = undefined;
    this.#stopWaiting();
    this.#ports.clock.clearTimeout(this.#again);
    for (const leg of this.#legs.splice(0)) this.#drop(leg);
  }

  /** Whether there is another relay to try than the one that is connected. */
  get hasOther(): boolean {
    return this.#current !== undefined && this.#hasOther(this.#current);
  }

  /** The relay that is connected does not serve the document, or does not answer: another is tried instead. */
  refuse(): void {
    const leg = this.#current;
    if (leg === undefined) return;
    this.#leave(leg);
    this.#user?.down(true);
    this.#tryNext();
  }

  send(channel: number, message: ClientMessage): void {
    this.#current?.connection.send(channel, message);
  }

  request(message: Unnumbered, answer: Answer, channel = 0): void {
    const leg = this.#current;
    if (leg === undefined) return answer(undefined);
    const receive = (reply: RelayMessage | undefined): void => {
      if (leg === this.#current) return answer(reply);
      // Nobody is there any more who wants it.
      if (reply?.type === 'opened') leg.connection.leave(reply.channel);
      answer(undefined);
    };
    leg.connection.request(message, receive, channel);
  }

  listen(channel: number, receive: Answer): void {
    this.#current?.connection.listen(channel, receive);
  }

  leave(channel: number): void {
    this.#current?.connection.leave(channel);
  }

  forget(channel: number): void {
    this.#current?.connection.forget(channel);
  }

  #leg(socket: string): Leg {
    const known = this.#legs.find((leg) => leg.socket === socket);
    if (known !== undefined) return known;
    const leg = new Leg(socket, this.#ports.take(socket), {
      up: (welcome) => this.#up(leg, welcome),
      down: (retryAfterMs) => this.#down(leg, retryAfterMs),
      stopped: (error) => this.#stopped(leg, error),
    });
    this.#legs.push(leg);
    return leg;
  }

  #untried(): string | undefined {
    const isTried = (socket: string): boolean => this.#legs.some((leg) => leg.isAttached && leg.socket === socket);
    return this.#sockets.find((socket) => !this.#refusing.has(socket) && !isTried(socket));
  }

  #tryNext(): void {
    this.#stopWaiting();
    const socket = this.#untried();
    if (socket === undefined) return this.#tellUnreached();
    const leg = this.#leg(socket);
    leg.isAttached = true;
    if (this.#untried() !== undefined) this.#tryNextAfter();
    leg.connection.attach(leg);
  }

  #tryNextAfter(): void {
    const { clock, timing } = this.#ports;
    this.#next = clock.setTimeout(() => this.#tryNext(), timing.nextRelayMs);
  }

  /** All were tried. Those that are not reached go on by themselves, each with its own back-off. */
  #tellUnreached(): void {
    if (this.#legs.every(({ hasFailed }) => hasFailed)) this.#user?.down(false);
  }

  #up(leg: Leg, welcome: Welcome): void {
    leg.hasFailed = false;
    this.#current = leg;
    this.#stopWaiting();
    for (const other of this.#legs) if (other !== leg) this.#drop(other);
    this.#legs = [leg];
    this.#user?.up(welcome);
  }

  #down(leg: Leg, retryAfterMs: number): void {
    leg.hasFailed = true;
    if (leg !== this.#current) {
      if (this.#current === undefined) this.#tryNext();
      return;
    }
    this.#current = undefined;
    const hasOther = this.#untried() !== undefined;
    this.#user?.down(hasOther);
    // Who asks to come back in a moment is waited for.
    if (hasOther && retryAfterMs > 0 && retryAfterMs <= this.#ports.timing.nextRelayMs) this.#tryNextAfter();
    else if (hasOther) this.#tryNext();
  }

  /** CON-1: it speaks another version. */
  #stopped(leg: Leg, error: ErrorName): void {
    const isLast = !this.#hasOther(leg);
    this.#leave(leg);
    if (isLast) this.#user?.stopped(error);
    else if (this.#current === undefined) this.#tryNext();
  }

  #hasOther({ socket }: Leg): boolean {
    return this.#sockets.some((other) => other !== socket && !this.#refusing.has(other));
  }

  #leave(leg: Leg): void {
    this.#refusing.add(leg.socket);
    if (this.#current === leg) this.#current = undefined;
    this.#legs = this.#legs.filter((other) => other !== leg);
    this.#drop(leg);
    const { clock, timing } = this.#ports;
    clock.clearTimeout(this.#again);
    this.#again = clock.setTimeout(() => {
      this.#refusing.clear();
      if (this.#current === undefined) this.#tryNext();
    }, timing.askAgainMs);
  }

  #drop(leg: Leg): void {
    if (leg.isAttached) leg.connection.detach(leg);
    else leg.connection.dropUnused();
    leg.isAttached = false;
    this.#ports.giveBack(leg.connection);
  }

  #stopWaiting(): void {
    this.#ports.clock.clearTimeout(this.#next);
    this.#next = undefined;
  }
}

interface LegPorts {
  up(welcome: Welcome): void;
  down(retryAfterMs: number): void;
  stopped(error: ErrorName): void;
}

/** One relay that is tried or connected. */
class Leg implements ConnectionUser {
  readonly socket: string;
  readonly connection: Connection;
  readonly #ports: LegPorts;
  isAttached = false;
  hasFailed = false;

  constructor(socket: string, connection: Connection, ports: LegPorts) {
    this.socket = socket;
    this.connection = connection;
    this.#ports = ports;
  }

  up(welcome: Welcome): void {
    this.#ports.up(welcome);
  }

  down(_error?: ErrorName, retryAfterMs = 0): void {
    this.#ports.down(retryAfterMs);
  }

  stopped(error: ErrorName): void {
    this.#ports.stopped(error);
  }
}
