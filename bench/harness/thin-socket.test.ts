import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { FrameReader, ThinSocket } from './thin-socket.ts';

test('messages of every length arrive whole, however the stream is cut', () => {
  const bodies = [0, 1, 125, 126, 65_535, 65_536, 200_000].map((size) => Buffer.alloc(size, size % 251));
  const stream = Buffer.concat(bodies.flatMap((body) => [headOf(body.length), body]));
  for (const cut of [1, 3, 4096, 70_000, stream.length]) {
    const heard: Buffer[] = [];
    const reader = new FrameReader(
      (message) => heard.push(Buffer.from(message)),
      () => undefined,
    );
    for (let at = 0; at < stream.length; at += cut) reader.read(stream.subarray(at, at + cut));
    expect(heard.map(({ length }) => length)).toEqual(bodies.map(({ length }) => length));
    expect(heard.every((body, index) => body.equals(bodies[index] as Buffer))).toBe(true);
  }
});

test('fragments become one message, also with a ping in between', () => {
  const heard: string[] = [];
  const reader = new FrameReader(
    (message) => heard.push(message.toString()),
    (opcode) => heard.push(`control ${opcode}`),
  );
  const frame = (first: number, body: string) => Buffer.from([first, body.length, ...Buffer.from(body)]);
  reader.read(
    Buffer.concat([frame(0x02, 'ab'), frame(0x00, 'cd'), frame(0x89, ''), frame(0x80, 'e'), frame(0x82, 'f')]),
  );
  expect(heard).toEqual(['control 9', 'abcde', 'f']);
});

test('it speaks with the ws package: an echo comes back and the goodbye is answered', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  await once(server, 'listening');
  const echoes: number[] = [];
  const done = Promise.withResolvers<void>();
  const socket = await ThinSocket.open({
    port: (server.address() as AddressInfo).port,
    path: '/',
    onMessage: (message) => {
      echoes.push(message.length);
      if (echoes.length === 3) done.resolve();
    },
  });
  for (const size of [5, 300, 100_000]) socket.send(new Uint8Array(size));
  await done.promise;
  await socket.close();
  server.close();
  expect(echoes).toEqual([5, 300, 100_000]);
});

function headOf(size: number): Buffer {
  if (size < 126) return Buffer.from([0x82, size]);
  const head = Buffer.alloc(size < 65_536 ? 4 : 10);
  head[0] = 0x82;
  head[1] = size < 65_536 ? 126 : 127;
  if (size < 65_536) head.writeUInt16BE(size, 2);
  else head.writeBigUInt64BE(BigInt(size), 2);
  return head;
}
