import { WebSocket } from 'ws';

export interface ClientSockets {
  /** For a peer's own client to open its sockets with. */
  Socket: typeof globalThis.WebSocket;
  /** Resolves when all that were opened are closed. */
  closed(): Promise<void>;
}

/** The WebSocket of every whole client in the bench: all of them run on the `ws` package, so that clients and servers are compared. */
export function clientSockets(): ClientSockets {
  const ends: Promise<void>[] = [];
  class Socket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      ends.push(new Promise((resolve) => this.once('close', () => resolve())));
    }
  }
  return {
    // Its types differ from the platform's in details that no client uses.
    Socket: Socket as unknown as typeof globalThis.WebSocket,
    closed: async () => void (await Promise.all(ends)),
  };
}
