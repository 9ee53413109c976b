/** Real servers on this machine that answer as they please. */
import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { Prober, type ProberOptions } from '../../src/probe/index.ts';

/** So that what takes too long takes little in a test. */
export const SOON_MS = 300;

export interface Peer {
  port: number;
  /** With the address, no name. */
  url: string;
  /** What each connection has sent, in order of connecting. */
  heard: string[];
  /** Connections there now. */
  open: number;
}

export function prober(options: Partial<ProberOptions> = {}): Prober {
  return new Prober({
    version: '1.2.3',
    aboutUrl: 'https://archipel.example/probe',
    allowLoopback: ['127.0.0.1'],
    resolver: () => Promise.reject(Object.assign(new Error('no names here'), { code: 'ENOTFOUND' })),
    ...options,
  });
}

export interface Habits {
  /** When somebody connects. */
  greet?: (socket: Socket) => void;
  /** Once it has heard a whole request. */
  talk?: (socket: Socket, request: string) => void;
}

export async function peer({ greet, talk }: Habits): Promise<Peer> {
  const sockets = new Set<Socket>();
  const found: Peer = { port: 0, url: '', heard: [], open: 0 };
  const server = createServer((socket) => {
    const index = found.heard.push('') - 1;
    sockets.add(socket);
    found.open += 1;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      found.open -= 1;
    });
    socket.on('data', (chunk) => {
      const before = found.heard[index] ?? '';
      const after = before + chunk.toString('latin1');
      found.heard[index] = after;
      if (!before.includes('\r\n\r\n') && after.includes('\r\n\r\n')) talk?.(socket, after);
    });
    greet?.(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  found.port = typeof address === 'object' && address !== null ? address.port : 0;
  found.url = `http://127.0.0.1:${found.port}/`;
  return found;
}

/** The same answer to everyone. */
export function says(answer: string | Uint8Array): Promise<Peer> {
  return peer({ talk: (socket) => socket.end(answer) });
}

export function ok(body: string, headers: readonly string[] = []): string {
  return ['HTTP/1.1 200 OK', `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n');
}

export function redirect(location: string, status = 302): string {
  return [`HTTP/1.1 ${status} Found`, `Location: ${location}`, 'Content-Length: 0', '', ''].join('\r\n');
}

/** Writes a piece every few milliseconds, for ever. */
export function drip(socket: Socket, piece: string | Uint8Array, everyMs = 20): void {
  const timer = setInterval(() => {
    if (socket.writable) socket.write(piece);
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** A server for datagrams; `reply` says what it sends back, if anything. */
export async function datagramPeer(reply: (message: Buffer) => Uint8Array | undefined): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const answer = reply(message);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    socket.close();
  });
  return socket.address().port;
}
