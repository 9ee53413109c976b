import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ok, peer, prober, redirect, SOON_MS, says } from './peers.ts';

/** Valid for pads.example and 127.0.0.1 until 2126, signed by itself; made by test/probe/certificate/make.sh. */
const cert = readFileSync(new URL('./certificate/cert.pem', import.meta.url), 'utf8');
const key = readFileSync(new URL('./certificate/key.pem', import.meta.url), 'utf8');

async function securePeer(answer: string): Promise<{ port: number; names: unknown[] }> {
  const names: unknown[] = [];
  const server = createTlsServer({ cert, key }, (socket) => {
    names.push(socket.servername);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, names };
}

const here = async () => ['127.0.0.1'];

describe('a secure connection', () => {
  it('is checked against the name, whatever the address', async () => {
    const { port, names } = await securePeer(ok('hello'));
    const asker = prober({ ca: cert, resolver: here });
    expect(await asker.get(`https://pads.example:${port}/`)).toMatchObject({ kind: 'http', status: 200 });
    expect(names).toEqual(['pads.example']);
    expect(await asker.get(`https://other.example:${port}/`)).toMatchObject({ stage: 'tls', code: 'bad_tls' });
    expect(await asker.get(`https://127.0.0.1:${port}/`)).toMatchObject({ kind: 'http', status: 200 });
  });

  it('is refused when nobody we trust has signed for it', async () => {
    const { port } = await securePeer(ok('hello'));
    const outcome = await prober({ resolver: here }).get(`https://pads.example:${port}/`);
    expect(outcome).toMatchObject({ stage: 'tls', code: 'bad_tls' });
  });

  it('is refused when there is no TLS, and does not wait for a handshake that never comes', async () => {
    const plain = await peer({ greet: (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n') });
    const silent = await peer({});
    const closing = await peer({ greet: (socket) => socket.end() });
    const asker = prober({ ca: cert });
    const hasty = prober({ ca: cert, limits: { tlsMs: SOON_MS } });
    const at = (port: number, by = asker) => by.get(`https://127.0.0.1:${port}/`);
    expect(await at(plain.port)).toMatchObject({ stage: 'tls', code: 'bad_tls' });
    expect(await at(silent.port, hasty)).toMatchObject({ stage: 'tls', code: 'timeout' });
    expect(await at(closing.port)).toMatchObject({ stage: 'tls', code: 'connection_lost' });
  });

  it('is not left for an open one', async () => {
    const open = await says(ok('anyone could say this'));
    const { port } = await securePeer(redirect(open.url));
    const outcome = await prober({ ca: cert, resolver: here }).get(`https://pads.example:${port}/`);
    expect(outcome).toMatchObject({ code: 'bad_redirect' });
    expect(open.heard).toEqual([]);
  });
});
