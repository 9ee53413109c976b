/** A front door to a host through which answers come slowly, as over a bad network. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SlowLine {
  origin: string;
  /** Bytes in a second, each way into the browser; `Infinity`: as fast as it can. */
  pace(bytesPerSecond: number): void;
  close(): Promise<void>;
}

const STEP_MS = 20;
const SECOND_MS = 1000;

export async function slowLine(port: number, bytesPerSecond: number): Promise<SlowLine> {
  let speed = bytesPerSecond;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1' });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far);
    far.on('data', (bytes) => {
      near.write(bytes);
      if (speed === Number.POSITIVE_INFINITY) return;
      far.pause();
      setTimeout(() => far.resume(), Math.max(STEP_MS, (bytes.length / speed) * SECOND_MS));
    });
    far.on('close', () => near.destroy());
    near.on('close', () => {
      far.destroy();
      for (const socket of [near, far]) sockets.delete(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    pace(next) {
      speed = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
