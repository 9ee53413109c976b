import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { decodeRelayFrame, encodeFrame } from '@archipel/protocol';
import { WebSocketServer } from 'ws';
import { pass } from './front-door.ts';

/** The relay's Welcome has type 0x81; its body begins with the version (docs/protocol.md §9). */
const WELCOME_TYPE = 0x81;
const NEWER = 2;

export interface NewerRelay {
  origin: string;
  /** Cuts everybody off; from now on it is a host of a version that no page of today knows. */
  upgrade(): void;
  close(): Promise<void>;
}

/** A front door to the host at `origin` that passes everything through until it is upgraded. */
export async function newerRelay(origin: string): Promise<NewerRelay> {
  const host = new URL(origin);
  const lines = new Set<Socket>();
  let isNewer = false;
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'arc1' });
  const server = createServer((asked, answer) => pass(asked, answer, host));
  server.on('upgrade', (asked, socket: Socket, head) => {
    lines.add(socket);
    socket.on('close', () => lines.delete(socket)).on('error', () => socket.destroy());
    if (isNewer) sockets.handleUpgrade(asked, socket, head, (greeted) => greeted.send(newerWelcome()));
    else tunnel(asked, socket, host);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://localhost:${address.port}`,
    upgrade: () => {
      isNewer = true;
      for (const line of lines) line.destroy();
    },
    close: async () => {
      for (const line of lines) line.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The upgrade request and everything after it, as it comes. */
function tunnel(asked: IncomingMessage, socket: Socket, host: URL): void {
  const line = connect(Number(host.port), host.hostname);
  const headers = asked.rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${asked.rawHeaders[index + 1] ?? ''}`] : [],
  );
  line.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  line.pipe(socket).pipe(line);
  line.on('error', () => socket.destroy());
  socket.on('close', () => line.destroy());
}

/** A Welcome of today with a version of tomorrow. */
function newerWelcome(): Uint8Array {
  const frame = encodeFrame(0, [
    {
      type: 'welcome',
      version: 1,
      nonce: crypto.getRandomValues(new Uint8Array(32)),
      time: Math.floor(Date.now() / 1000),
      software: 'archipel/2',
      maxRecordBytes: 1,
      maxCheckpointBytes: 1,
      maxDocumentBytes: 1,
      maxExpirySeconds: 0,
      defaultExpirySeconds: 0,
    },
  ]);
  const at = frame.indexOf(WELCOME_TYPE) + 2;
  frame[at] = NEWER;
  if (decodeRelayFrame(frame).ok) throw new Error('a Welcome of a newer version is understood');
  return frame;
}
