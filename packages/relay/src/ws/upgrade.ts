/** Takes WebSocket upgrades at /relay and /peer and ties each socket to a connection of the relay. */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_FRAME_BYTES } from '@archipel/protocol';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { ServerConfig } from '../config.ts';
import type { Log } from '../log.ts';
import type { Relay } from '../relay.ts';
import { NOT_A_FRAME, plain } from './bytes.ts';
import { PEER_PATH, PEER_PING_MS, PEER_SUBPROTOCOL } from './dial.ts';
import { gather, WsSocket } from './socket.ts';

/** By path. */
const SUBPROTOCOLS: Readonly<Record<string, string>> = { '/relay': 'arc1', [PEER_PATH]: PEER_SUBPROTOCOL };
const CLOSE_TIMEOUT_MS = 3000;
const CLOSE_POLL_MS = 10;
/** So that a frame just over the bound is still told why it is refused (CON-6). */
const ROOM_TO_REFUSE_BYTES = 64 * 1024;

export interface UpgradeDeps {
  relay: Pick<Relay, 'connect' | 'connectPeer'>;
  config: ServerConfig;
  log: Log;
}

export interface Upgrades {
  /** Takes no more; sockets that are open stay so. */
  stop(): void;
  /** Resolves when every socket is closed, by then at the latest by force. */
  allClosed(): Promise<void>;
}

export function acceptUpgrades(server: Server, deps: UpgradeDeps): Upgrades {
  const { limits } = deps.config;
  const sockets = new Set<WsSocket>();
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES + ROOM_TO_REFUSE_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (protocols: Set<string>, { url }: IncomingMessage) => {
      const subprotocol = SUBPROTOCOLS[url ?? ''];
      return subprotocol !== undefined && protocols.has(subprotocol) && subprotocol;
    },
  } as const;
  const wss = new WebSocketServer(options);
  let isStopped = false;
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const error = isStopped ? '503 Service Unavailable' : refusalOf(request);
    if (error !== undefined) return refuseUpgrade(socket, error);
    // The answer to the upgrade and Welcome.
    gather(socket);
    wss.handleUpgrade(request, socket, head, (ws) => tie(ws, socket as Socket, request, deps, sockets));
  };
  server.on('upgrade', onUpgrade);
  const pingsOf = (isOfPeers: boolean, everyMs: number): NodeJS.Timeout =>
    setInterval(() => {
      for (const socket of sockets) if (socket.isOfPeer === isOfPeers) socket.checkAlive();
    }, everyMs).unref();
  const pings = [pingsOf(false, limits.pingIntervalMs), pingsOf(true, Math.min(PEER_PING_MS, limits.pingIntervalMs))];
  return {
    stop() {
      isStopped = true;
      // Who comes now is to be told at once that nobody listens: a balancer then tries another process.
      server.close();
      for (const timer of pings) clearInterval(timer);
    },
    allClosed: () => allClosed(sockets),
  };
}

/** A socket that was closed while its peer still sends must be read to its end, or what we said last would be lost with it. */
async function allClosed(sockets: Set<WsSocket>): Promise<void> {
  const endMs = Date.now() + CLOSE_TIMEOUT_MS;
  while (sockets.size > 0 && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS));
  for (const socket of sockets) socket.terminate();
}

/**
 * Any Origin may connect: a link is the only credential, no cookie is ever read, so a foreign page can do nothing here that
 * it could not do from its own server (docs/protocol.md §9).
 */
function refusalOf(request: IncomingMessage): string | undefined {
  const subprotocol = SUBPROTOCOLS[request.url ?? ''];
  if (subprotocol === undefined) return '404 Not Found';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.includes(subprotocol) ? undefined : '400 Bad Request';
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function tie(ws: WebSocket, tcp: Socket, request: IncomingMessage, deps: UpgradeDeps, sockets: Set<WsSocket>): void {
  const isOfPeer = request.url === PEER_PATH;
  const socket = new WsSocket(ws, tcp, isOfPeer);
  sockets.add(socket);
  const info = {
    address: addressOf(request, deps.config.behindProxy),
    audience: (request.headers.host ?? '').toLowerCase(),
  };
  const { relay } = deps;
  const connection = isOfPeer ? relay.connectPeer(socket, info) : relay.connect(socket, info);
  ws.on('message', (data: RawData, isBinary: boolean) => {
    socket.isAlive = true;
    connection.receive(isBinary ? plain(data as Buffer) : NOT_A_FRAME);
  });
  ws.on('pong', () => {
    socket.isAlive = true;
  });
  tcp.on('drain', () => {
    if (socket.drained()) connection.drained();
  });
  ws.on('error', (error) => deps.log.debug({ reason: error.message }, 'a socket failed'));
  ws.on('close', () => {
    sockets.delete(socket);
    connection.closed();
  });
}

export function addressOf(request: IncomingMessage, behindProxy: boolean): string {
  const forwarded = behindProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim();
  return last || (request.socket.remoteAddress ?? '');
}
