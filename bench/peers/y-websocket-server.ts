// y-websocket's own server (bin/utils.cjs) on its LevelDB persistence, as bin/server.cjs wires it, with a clean stop.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { WebSocketServer } from 'ws';

interface Utilities {
  setupWSConnection(connection: unknown, request: unknown): void;
  getPersistence(): { provider: { tr: Promise<unknown>; destroy(): Promise<void> } };
}

// Read by the server when it is loaded, hence before.
process.env.YPERSISTENCE = join(process.argv[2] as string, 'leveldb');
const ownRequire = createRequire(import.meta.url);
const utilitiesPath = ownRequire.resolve('y-websocket/bin/utils');
const { setupWSConnection, getPersistence } = ownRequire(utilitiesPath) as Utilities;
// The ws that y-websocket was published with.
const { Server } = createRequire(utilitiesPath)('ws') as { Server: typeof WebSocketServer };

const server = createServer((_request, response) => void response.end('okay'));
const sockets = new Server({ noServer: true });
sockets.on('connection', setupWSConnection);
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (connection) => sockets.emit('connection', connection, request));
});
/** Its writes are queued and not waited for: a clean stop ends the queue, however long it has become. */
async function stop(): Promise<void> {
  const { provider } = getPersistence();
  let last: Promise<unknown>;
  do {
    last = provider.tr;
    await last;
  } while (last !== provider.tr);
  await provider.destroy();
  process.exit(0);
}
process.once('SIGTERM', () => void stop());

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
