import type { SocketLike } from '@archipel/client';
import type { Relay, RelayConnection } from '@archipel/relay';
import type { VirtualClock } from './clock.ts';
import type { SeededRandom } from './random.ts';

/** How bad the network is; probabilities are per frame. */
export interface Weather {
  minDelayMs: number;
  maxDelayMs: number;
  /** The connection breaks: frames under way in both directions are lost. */
  cut: number;
  /** The frame arrives twice. No real network does this to a WebSocket; a hostile or broken one between the two might. */
  duplicate: number;
  /** The frame may be overtaken by later ones. */
  reorder: number;
  /** A break that the relay does not notice for a while: what was on its way there arrives. */
  halfOpen?: number;
}

export const CALM: Weather = { minDelayMs: 1, maxDelayMs: 5, cut: 0, duplicate: 0, reorder: 0 };

const MAX_UNNOTICED_MS = 5000;

interface Wire {
  open: boolean;
  /** The relay's end: it may be open for longer. */
  isHeard: boolean;
  /** Whether the person at the client's end can reach anything. */
  reachable: () => boolean;
  client: SocketLike;
  relay: Relay | undefined;
  connection: RelayConnection | undefined;
  /** When the last ordered frame of a direction arrives, in ms. */
  lastToRelay: number;
  lastToClient: number;
  bufferedBytes: number;
  /** What waits while the relay does not read; undefined while it does. */
  unread: Uint8Array[] | undefined;
}

/** In-memory sockets between clients and the relays of one host, through weather decided by a seed. */
export class Network {
  weather: Weather;
  /** What becomes of a frame for a client: a host that lies adds to it. */
  meddle: (frame: Uint8Array) => Uint8Array[] = (frame) => [frame];
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #wires = new Set<Wire>();
  readonly #relays = new Set<Relay>();

  constructor(clock: VirtualClock, random: SeededRandom, weather: Weather = CALM) {
    this.#clock = clock;
    this.#random = random;
    this.weather = weather;
  }

  /** The relay that new connections reach; undefined: nobody listens. Existing connections break. */
  serve(relay: Relay | undefined): void {
    for (const wire of [...this.#wires]) this.#cut(wire);
    this.#relays.clear();
    if (relay) this.#relays.add(relay);
  }

  /** New connections may reach it as well. */
  add(relay: Relay): void {
    this.#relays.add(relay);
  }

  /** New connections do not reach it any more; those that it has are its own affair. */
  leaveOut(relay: Relay): void {
    this.#relays.delete(relay);
  }

  /** Its process is gone, and all its connections with it. */
  remove(relay: Relay): void {
    this.#relays.delete(relay);
    for (const wire of [...this.#wires]) if (wire.relay === relay) this.#cut(wire);
  }

  /** A socket as the client's port wants it. */
  connect(reachable: () => boolean = () => true): SocketLike {
    const client: SocketLike = {
      onmessage: null,
      onclose: null,
      send: (frame) => this.#toRelay(wire, frame.slice()),
      close: () => this.#cut(wire),
    };
    const wire: Wire = {
      open: true,
      isHeard: true,
      reachable,
      client,
      relay: undefined,
      connection: undefined,
      lastToRelay: 0,
      lastToClient: 0,
      bufferedBytes: 0,
      unread: undefined,
    };
    this.#wires.add(wire);
    this.#clock.setTimeout(() => this.#accept(wire), this.#delay());
    return client;
  }

  /** Breaks every connection for which `choose` says so; all by default. */
  cutAll(choose: () => boolean = () => true): void {
    for (const wire of [...this.#wires]) if (choose()) this.#cut(wire);
  }

  /** Breaks the connections of those who went offline or whose tab died. */
  cutUnreachable(): void {
    for (const wire of [...this.#wires]) if (!wire.reachable()) this.#cut(wire);
  }

  #accept(wire: Wire): void {
    if (!wire.open) return;
    wire.relay = this.#choose();
    if (!wire.relay || !wire.reachable()) {
      this.#cut(wire);
      return;
    }
    wire.connection = wire.relay.connect(
      {
        send: (frame) => {
          for (const sent of this.meddle(frame.slice())) this.#toClient(wire, sent);
        },
        close: () => this.#clock.setTimeout(() => this.#cut(wire), this.#delay()),
        bufferedBytes: () => wire.bufferedBytes,
        pause: () => (wire.unread ??= []),
        resume: () => this.#readOn(wire),
      },
      { address: '127.0.0.1', audience: 'relay.test' },
    );
  }

  /** Any of them, as whatever spreads the connections has it. */
  #choose(): Relay | undefined {
    const relays = [...this.#relays];
    return relays.length > 1 ? this.#random.pick(relays) : relays[0];
  }

  #toRelay(wire: Wire, frame: Uint8Array): void {
    this.#carry(wire, 'lastToRelay', () => {
      if (wire.unread === undefined) wire.connection?.receive(frame);
      else wire.unread.push(frame);
    });
  }

  /** The relay reads again, as soon as what it does now is done. */
  #readOn(wire: Wire): void {
    this.#clock.setTimeout(() => {
      const unread = wire.unread ?? [];
      wire.unread = undefined;
      while (wire.isHeard && wire.unread === undefined && unread.length > 0) {
        wire.connection?.receive(unread.shift() as Uint8Array);
      }
      if (unread.length > 0) wire.unread = unread;
    }, 0);
  }

  #toClient(wire: Wire, frame: Uint8Array): void {
    wire.bufferedBytes += frame.length;
    this.#carry(wire, 'lastToClient', () => {
      wire.bufferedBytes = Math.max(0, wire.bufferedBytes - frame.length);
      wire.client.onmessage?.(frame);
      if (wire.bufferedBytes === 0) wire.connection?.drained();
    });
  }

  #carry(wire: Wire, last: 'lastToRelay' | 'lastToClient', deliver: () => void): void {
    if (!wire.open) return;
    if (this.#random.chance(this.weather.cut)) {
      this.#cut(wire);
      return;
    }
    const ifOpen = () => {
      if (last === 'lastToRelay' ? wire.isHeard : wire.open) deliver();
    };
    const overtaken = this.#random.chance(this.weather.reorder);
    const earliest = this.#clock.now() + this.#delay();
    const at = overtaken ? earliest + this.#delay() : Math.max(earliest, wire[last]);
    if (!overtaken) wire[last] = at;
    this.#clock.setTimeout(ifOpen, at - this.#clock.now());
    if (this.#random.chance(this.weather.duplicate)) {
      this.#clock.setTimeout(ifOpen, at - this.#clock.now() + this.#delay());
    }
  }

  #cut(wire: Wire): void {
    if (!wire.open) return;
    wire.open = false;
    this.#wires.delete(wire);
    const { halfOpen } = this.weather;
    const isHalfOpen = halfOpen !== undefined && this.#random.chance(halfOpen);
    if (!isHalfOpen) wire.isHeard = false;
    // As with real sockets, neither end hears of it while it sends.
    this.#clock.setTimeout(() => this.#notice(wire), isHalfOpen ? this.#random.below(MAX_UNNOTICED_MS) : 0);
    this.#clock.setTimeout(() => wire.client.onclose?.(), this.#delay());
  }

  #notice(wire: Wire): void {
    wire.isHeard = false;
    wire.connection?.closed();
  }

  #delay(): number {
    const { minDelayMs, maxDelayMs } = this.weather;
    return minDelayMs + this.#random.below(maxDelayMs - minDelayMs + 1);
  }
}
