/** A TCP line that can be cut for a while, while what is at its ends goes on. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CutProxy {
  port: number;
  /** Connections break, and new ones too, until `mend`. */
  cut(): void;
  /** Nothing passes and nobody is told, until `mend`: then what is left of it passes. */
  stall(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Passes connections on to a port of this machine. */
export async function cutProxy(targetPort: number): Promise<CutProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let state: 'whole' | 'cut' | 'stalled' = 'whole';
  const breakAll = (): void => {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    if (state === 'cut') return near.destroy();
    const far = connect({ port: targetPort, host: '127.0.0.1' });
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    join(near, far, () => pairs.delete(pair));
    if (state === 'stalled') for (const socket of pair) socket.pause();
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      breakAll();
    },
    stall() {
      state = 'stalled';
      for (const sockets of pairs) for (const socket of sockets) socket.pause();
    },
    mend() {
      state = 'whole';
      for (const sockets of pairs) for (const socket of sockets) socket.resume();
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}

function join(a: Socket, b: Socket, onEnd: () => void): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.setNoDelay(true);
    from.on('data', (data) => to.write(data));
    // Whatever breaks one side breaks the other: the test looks at what becomes of that.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      to.destroy();
      onEnd();
    });
  }
}
