/** Where a document lives: the book follows what its owner and its relays say, the route follows the book (CHK-8). */
import type { Log } from './log.ts';
import { originOfSocket } from './relay-address.ts';
import type { RelayBook } from './relay-book.ts';
import type { Route } from './route.ts';

/** A host that keeps a document, as far as is known here. */
export interface RelayState {
  /** 40 hexadecimal digits; undefined when nobody has said it. */
  hostId: string | undefined;
  /** Origin. */
  url: string;
  /** This program is connected to it. */
  isConnected: boolean;
  /** It is there: connected here, or in touch with the one that is, as that one says. Undefined when nobody knows. */
  isReached: boolean | undefined;
}

export interface WhereaboutsPorts {
  log: Log;
  book: RelayBook;
  route: Route;
  changed(): void;
}

export class Whereabouts {
  readonly #ports: WhereaboutsPorts;

  constructor(ports: WhereaboutsPorts) {
    this.#ports = ports;
    const { log, book, route } = ports;
    this.#aim();
    log.events.on('header', () => this.#heard());
    log.events.on('created', () => this.#heard());
    log.events.on('replicas', (replicas) => {
      if (route.socket !== undefined) book.saidBy(route.socket, replicas);
      this.#heard();
    });
    log.events.on('phase', (phase) => {
      if (phase === 'live') void book.save();
      ports.changed();
    });
  }

  get relays(): RelayState[] {
    const { book, log, route } = this.#ports;
    const isUp = log.phase === 'live' || log.phase === 'catchingUp';
    const connected = isUp && route.socket !== undefined ? originOfSocket(route.socket) : undefined;
    const relays = book.keepers.map(({ hostId, url }) => {
      const isConnected = url === connected;
      return { hostId, url, isConnected, isReached: isConnected || (isUp ? book.isReached(url) : undefined) };
    });
    // One that serves it and that nobody named keeps it, too.
    if (connected === undefined || relays.some(({ isConnected }) => isConnected)) return relays;
    return [...relays, { hostId: undefined, url: connected, isConnected: true, isReached: true }];
  }

  /** A document that is not created yet exists nowhere else. */
  #aim(): void {
    const { log, book, route } = this.#ports;
    book.signedBy(log.header?.relays ?? []);
    const sockets = book.known.map(({ socket }) => socket);
    route.retarget(log.creation.isWaiting ? sockets.slice(0, 1) : sockets);
  }

  #heard(): void {
    this.#aim();
    void this.#ports.book.save();
    this.#ports.changed();
  }
}
