/** Sockets that come while nobody serves: each waits without a word, and is greeted when somebody does. */
import type { ConnectionInfo, RelayConnection, RelaySocket } from '../ws/ends.ts';

type Connect = (socket: RelaySocket, info: ConnectionInfo) => RelayConnection;

class Waiting implements RelayConnection {
  readonly #socket: RelaySocket;
  readonly #info: ConnectionInfo;
  #connection: RelayConnection | undefined;
  #isClosed = false;

  constructor(socket: RelaySocket, info: ConnectionInfo) {
    this.#socket = socket;
    this.#info = info;
  }

  serve(connect: Connect): void {
    if (!this.#isClosed) this.#connection = connect(this.#socket, this.#info);
  }

  /** Before Welcome there is nothing that a client could say (CON-1). */
  receive(frame: Uint8Array): void {
    this.#connection?.receive(frame);
  }

  drained(): void {
    this.#connection?.drained();
  }

  closed(): void {
    this.#isClosed = true;
    this.#connection?.closed();
  }
}

export class Lobby {
  readonly #waiting: Waiting[] = [];

  enter(socket: RelaySocket, info: ConnectionInfo): RelayConnection {
    const waiting = new Waiting(socket, info);
    this.#waiting.push(waiting);
    return waiting;
  }

  /** In the order in which they came. */
  leave(connect: Connect): void {
    for (const waiting of this.#waiting.splice(0)) waiting.serve(connect);
  }
}
