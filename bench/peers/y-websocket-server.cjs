// y-websocket's own server (bin/utils.cjs) on its LevelDB persistence, as bin/server.cjs wires it, with a clean stop.
const http = require('node:http');
const path = require('node:path');

process.env.YPERSISTENCE = path.join(process.argv[2], 'leveldb');
const { getPersistence, setupWSConnection } = require('y-websocket/bin/utils');
const { createRequire } = require('node:module');
// The ws that y-websocket itself was published with.
const { Server } = createRequire(require.resolve('y-websocket/bin/utils'))('ws');

const server = http.createServer((_request, response) => response.end('okay'));
const sockets = new Server({ noServer: true });
sockets.on('connection', setupWSConnection);
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (connection) => sockets.emit('connection', connection, request));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));

/** Its writes are queued and not waited for: a clean stop ends the queue, however long it has become. */
async function stop() {
  const { provider } = getPersistence();
  let last;
  do {
    last = provider.tr;
    await last;
  } while (last !== provider.tr);
  await provider.destroy();
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
