import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { sendingFetch } from '../src/node.ts';

const MIB = 2 ** 20;

async function host(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The same buffer again and again until nobody wants more: `ended` resolves then. */
function endless(): { body: AsyncIterable<Uint8Array>; ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const chunk = new Uint8Array(MIB);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield chunk;
    } finally {
      resolve();
    }
  }
  return { body: chunks(), ended };
}

const patch = (body: AsyncIterable<Uint8Array>, more: RequestInit = {}): RequestInit =>
  ({ method: 'PATCH', body, duplex: 'half', ...more }) as unknown as RequestInit;

it('a body that is made while it is sent arrives as it was made, with the headers of the request, and the answer with its own', async () => {
  const address = await host(async (request, response) => {
    const hash = createHash('sha256');
    for await (const chunk of request) hash.update(chunk as Buffer);
    const { method, headers } = request;
    response.setHeader('upload-offset', '7').end(JSON.stringify([method, headers['x-told'], hash.digest('hex')]));
  });
  const parts = [randomBytes(3 * MIB), randomBytes(17), randomBytes(MIB)];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* parts;
  }
  const response = await sendingFetch(address, patch(chunks(), { headers: { 'x-told': 'yes' } }));
  expect([response.status, response.ok, response.headers.get('upload-offset')]).toEqual([200, true, '7']);
  const digest = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  expect(await response.json()).toEqual(['PATCH', 'yes', digest]);
});

it('an answer before the end of the body is given, and the body ends', async () => {
  const address = await host((_request, response) => response.writeHead(409).end('{"error":"wrong_offset"}'));
  const { body, ended } = endless();
  const response = await sendingFetch(address, patch(body));
  expect(response.status).toBe(409);
  expect(await response.json()).toEqual({ error: 'wrong_offset' });
  await ended;
});

it('rejects when it is aborted, when the line breaks, and where it would be led elsewhere; the body ends each time', async () => {
  const stopping = new AbortController();
  const silent = await host((request) => request.once('data', () => stopping.abort()).resume());
  const aborted = endless();
  await expect(sendingFetch(silent, patch(aborted.body, { signal: stopping.signal }))).rejects.toThrow('abort');
  await aborted.ended;

  const breaking = await host((request) => request.once('data', () => request.socket.destroy()));
  const broken = endless();
  await expect(sendingFetch(breaking, patch(broken.body))).rejects.toThrow();
  await broken.ended;

  const leading = await host((_request, response) => response.writeHead(307, { location: silent }).end());
  const led = endless();
  await expect(sendingFetch(leading, patch(led.body))).rejects.toThrow('redirect');
  await led.ended;
});

it('a body that fails is why the request does', async () => {
  const address = await host((request) => request.resume());
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(MIB);
    throw new Error('no more parts');
  }
  await expect(sendingFetch(address, patch(chunks()))).rejects.toThrow('no more parts');
});
