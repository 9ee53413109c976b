import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { connect as connectNats } from '@nats-io/transport-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BusEvent } from '../src/bus/bus.ts';
import type { NatsBus } from '../src/bus/nats.ts';
import type { Log } from '../src/log.ts';
import { silentLog } from '../src/log.ts';
import { describeBus } from './bus-contract.ts';
import type { CutProxy } from './support/cut-proxy.ts';
import { cutProxy } from './support/cut-proxy.ts';
import { sharedNats } from './support/nats.ts';
import { docIdOf, hearing, newPrefix, openBus, ownNats, PATIENT, record } from './support/nats-bus.ts';
import { makeFolder } from './support/relay.ts';

const MIB = 1024 * 1024;
const pass = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function proxyTo(port: number): Promise<CutProxy> {
  const proxy = await cutProxy(port);
  onTestFinished(() => proxy.close());
  return proxy;
}

describeBus('NATS', async () => {
  const { url, port } = await sharedNats();
  const prefix = newPrefix();
  const proxy = await proxyTo(port);
  let opened = 0;
  return {
    open: () => openBus(opened++ === 0 ? `nats://127.0.0.1:${proxy.port}` : url, { prefix }),
    pass,
    async interrupt() {
      proxy.cut();
      return () => proxy.mend();
    },
  };
});

describeBus('NATS that is started again', async () => {
  const server = await ownNats();
  return {
    open: () => openBus(server.url),
    pass,
    async interrupt() {
      await server.kill();
      return () => void server.restart();
    },
  };
});

describeBus('NATS behind a line that stalls', async () => {
  const { url, port } = await sharedNats();
  const prefix = newPrefix();
  const proxy = await proxyTo(port);
  let first: NatsBus | undefined;
  return {
    async open() {
      if (first !== undefined) return openBus(url, { prefix });
      first = await openBus(`nats://127.0.0.1:${proxy.port}`, { prefix, pingMs: 400 });
      return first;
    },
    pass,
    async interrupt() {
      proxy.stall();
      // Until it is noticed, what is said only comes later.
      await expect.poll(() => first?.isUp, PATIENT).toBe(false);
      return () => proxy.mend();
    },
  };
});

describe('the bus over NATS', () => {
  it('of what is larger than a message may be, news becomes `changed` and the rest is dropped', async () => {
    const { url } = await sharedNats();
    const prefix = newPrefix();
    const [a, b] = [await openBus(url, { prefix }), await openBus(url, { prefix })];
    const [docId, other] = [docIdOf(1), docIdOf(2)];
    const ear = await hearing(b, docId, other);
    a.publish(docId, { type: 'live', body: new Uint8Array(MIB) });
    a.publish(docId, record(MIB));
    a.publish(docId, record(MIB - 100));
    await expect.poll(() => ear.events.length, PATIENT).toBe(2);
    expect(ear.events).toEqual([{ type: 'changed' }, record(MIB - 100)]);
  });

  it('what is no message of ours is ignored, and what is said by oneself over another line too', async () => {
    const { url } = await sharedNats();
    const prefix = newPrefix();
    const ignored: object[] = [];
    const log: Log = { ...silentLog, debug: (fields) => void ignored.push(fields) };
    const processId = new Uint8Array(8).fill(7);
    const bus = await openBus(url, { prefix, log, processId });
    const ear = await hearing(bus, docIdOf(1));
    const twin = await openBus(url, { prefix, processId });
    twin.publish(docIdOf(1), { type: 'changed' });
    await twin.close();
    const stranger = await connectNats({ servers: url });
    const subject = `${prefix}.doc.${Buffer.from(docIdOf(1)).toString('base64url')}`;
    for (const message of ['', 'PING', '\u0001234567890']) stranger.publish(subject, message);
    stranger.publish(`${prefix}.all`, 'x');
    await stranger.drain();
    await expect.poll(() => ignored.length, PATIENT).toBe(4);
    expect(ignored.at(-1)).toEqual({ ignored: 4 });
    expect(ear.events).toEqual([]);
  });

  it('what went out just before the line stalled, and nobody got, is told when it is back', async () => {
    const { url, port } = await sharedNats();
    const prefix = newPrefix();
    const proxy = await proxyTo(port);
    const a = await openBus(`nats://127.0.0.1:${proxy.port}`, { prefix, pingMs: 400 });
    const b = await openBus(url, { prefix });
    const ear = await hearing(b, docIdOf(1));
    proxy.stall();
    a.publish(docIdOf(1), record(10));
    await expect.poll(() => a.isUp, PATIENT).toBe(false);
    // The old line is gone for good: what was in it never arrives.
    proxy.cut();
    proxy.mend();
    await expect.poll(() => a.isUp, PATIENT).toBe(true);
    await expect.poll(ear.changes, PATIENT).toBe(1);
    expect(ear.events).toEqual([{ type: 'changed' }]);
  });

  it('a line that takes nothing does not fill the memory, and nothing of what was dropped is forgotten', async () => {
    const { url, port } = await sharedNats();
    const prefix = newPrefix();
    const proxy = await proxyTo(port);
    const a = await openBus(`nats://127.0.0.1:${proxy.port}`, { prefix, pingMs: 10_000 });
    const b = await openBus(url, { prefix });
    const ear = await hearing(b, docIdOf(1), docIdOf(2));
    proxy.stall();
    for (let i = 0; i < 64; i++) a.publish(docIdOf(1), record(MIB / 2));
    a.publish(docIdOf(2), record(10));
    await pass();
    proxy.mend();
    await expect.poll(ear.changes, PATIENT).toBeGreaterThan(1);
    await expect.poll(() => ear.events.at(-1), PATIENT).toEqual({ type: 'changed' });
    const arrived = ear.events.filter(({ type }) => type === 'records').length;
    expect(arrived).toBeGreaterThan(8);
    expect(arrived).toBeLessThan(24);
    a.publish(docIdOf(2), { type: 'live', body: Uint8Array.of(1) });
    await expect.poll(() => ear.events.at(-1)?.type, PATIENT).toBe('live');
  });

  it('a line that takes nothing is given up, however much waits in it', async () => {
    const { url, port } = await sharedNats();
    const prefix = newPrefix();
    const proxy = await proxyTo(port);
    const a = await openBus(`nats://127.0.0.1:${proxy.port}`, { prefix, pingMs: 400 });
    const b = await openBus(url, { prefix });
    const ear = await hearing(b, docIdOf(1));
    proxy.stall();
    for (let i = 0; i < 64; i++) a.publish(docIdOf(1), record(MIB / 2));
    await expect.poll(() => a.isUp, PATIENT).toBe(false);
    proxy.mend();
    await expect.poll(ear.changes, PATIENT).toBeGreaterThan(0);
  });

  it('after too much was dropped to be named, everybody hears `changed`', async () => {
    const { url, port } = await sharedNats();
    const prefix = newPrefix();
    const proxy = await proxyTo(port);
    const a = await openBus(`nats://127.0.0.1:${proxy.port}`, { prefix });
    const b = await openBus(url, { prefix });
    const ear = await hearing(b, docIdOf(20_000));
    proxy.cut();
    await expect.poll(() => a.isUp, PATIENT).toBe(false);
    for (let n = 0; n < 10_001; n++) a.publish(docIdOf(n), { type: 'changed' });
    proxy.mend();
    await expect.poll(ear.changes, PATIENT).toBe(1);
  });

  it('who is too slow for NATS is told that something may be missing', async () => {
    const file = join(makeFolder(), 'nats.conf');
    writeFileSync(file, 'max_pending: 2000000\nwrite_deadline: "200ms"\n');
    const server = await ownNats(['-c', file]);
    const proxy = await proxyTo(server.port);
    const [a, b] = [await openBus(server.url), await openBus(`nats://127.0.0.1:${proxy.port}`)];
    const ear = await hearing(b, docIdOf(1));
    proxy.stall();
    const deadline = once(server.child.stderr as Readable, 'data');
    for (let i = 0; i < 100; i++) {
      a.publish(docIdOf(1), record(MIB / 2));
      await pass();
    }
    expect(String(await deadline)).toContain('Slow Consumer');
    proxy.mend();
    await expect.poll(ear.changes, PATIENT).toBe(1);
    a.publish(docIdOf(1), record(10));
    await expect.poll(() => ear.events.at(-1), PATIENT).toEqual(record(10));
  });

  it('a server that does not know it any more is tried until it does', async () => {
    const file = join(makeFolder(), 'nats.conf');
    const allow = (password: string): void => writeFileSync(file, `authorization { user: u, password: ${password} }`);
    allow('first');
    const server = await ownNats(['-c', file]);
    const complaints: unknown[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void complaints.push(fields) };
    const bus = await openBus(server.url.replace('//', '//u:first@'), { log });
    const ear = await hearing(bus, docIdOf(1));
    await server.kill();
    allow('other');
    await server.restart();
    const refusals = (): number =>
      complaints.filter((fields) => JSON.stringify(fields).includes('Authorization')).length;
    await expect.poll(refusals, PATIENT).toBeGreaterThan(2);
    expect(JSON.stringify(complaints)).not.toContain('first');
    await server.kill();
    allow('first');
    await server.restart();
    await expect.poll(() => bus.isUp, PATIENT).toBe(true);
    await expect.poll(ear.changes, PATIENT).toBe(1);
  });

  it('what NATS forbids is tried again, and told when it is allowed', async () => {
    const file = join(makeFolder(), 'nats.conf');
    const allow = (publish: string, subscribe: string): void => {
      const permissions = `permissions: { publish: "${publish}", subscribe: "${subscribe}" }`;
      writeFileSync(file, `authorization { users = [{ user: u, password: p, ${permissions} }] }`);
    };
    allow('other.>', 'other.>');
    const server = await ownNats(['-c', file]);
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (_, message) => void warnings.push(message) };
    const url = server.url.replace('//', '//u:p@');
    const [a, b] = [await openBus(url, { log }), await openBus(url)];
    const heard: BusEvent[] = [];
    b.subscribe(docIdOf(1), (event) => heard.push(event));
    a.publish(docIdOf(1), record(10));
    await expect.poll(() => warnings.length, PATIENT).toBeGreaterThan(0);
    expect(warnings[0]).toContain('NATS refuses subjects that begin with archipel');
    expect(warnings.join()).not.toContain('.doc.');
    expect(heard).toEqual([]);
    allow('other.>', 'archipel.>');
    server.child.kill('SIGHUP');
    await expect.poll(() => heard.length, PATIENT).toBeGreaterThan(0);
    heard.length = 0;
    allow('archipel.>', 'archipel.>');
    server.child.kill('SIGHUP');
    await expect.poll(() => heard.length, PATIENT).toBeGreaterThan(0);
    expect(heard.every(({ type }) => type === 'changed')).toBe(true);
    a.publish(docIdOf(1), record(10));
    await expect.poll(() => heard.at(-1), PATIENT).toEqual(record(10));
  });
});
