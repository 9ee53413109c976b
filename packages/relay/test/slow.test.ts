import { describe, expect, it } from 'vitest';
import { Author } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import { startRelay } from './support/relay.ts';

const LIMITS = {
  slowReaderMs: 1500,
  pingIntervalMs: 60_000,
  appendsBurstPerConnection: 10_000,
  liveBurstPerConnection: 100_000,
};
const RECORD_BYTES = 200_000;

/** The socket under a client stops reading, as one behind a dead line does. */
function pause(client: TestClient): void {
  client.ws.pause();
}

async function scene(limits = {}) {
  const relay = await startRelay({ limits: { ...LIMITS, ...limits } });
  const author = new Author();
  const [writer, slow, quick] = [await relay.client(), await relay.client(), await relay.client()];
  await writer.create(author);
  const { channel } = await writer.open(author, 'edit');
  await slow.open(author, 'view');
  await quick.open(author, 'view');
  return { relay, author, writer, slow, quick, channel };
}

describe('a slow reader', () => {
  it('CON-9: does not delay the others; gets all records, not all live messages, when it reads again', async () => {
    const { author, writer, slow, quick, channel } = await scene({ slowReaderMs: 60_000 });
    pause(slow);
    const session = author.session();
    const records = Array.from({ length: 80 }, () => session.record({ size: RECORD_BYTES }));
    writer.append(channel, ...records);
    await writer.saved(session);
    expect(await quick.records(channel, 80)).toEqual(records);
    const missed = session.live(4);
    writer.send(channel, { type: 'live', live: missed });
    expect((await quick.next('liveData')).live).toEqual(missed);
    expect(slow.received.length).toBeLessThan(60);
    slow.ws.resume();
    expect(await slow.records(channel, 80)).toEqual(records);
    const after = session.live(4);
    await slow.settled();
    writer.send(channel, { type: 'live', live: after });
    expect((await slow.next('liveData')).live).toEqual(after);
  });

  it('CON-9: costs little memory and is dropped when it takes nothing', async () => {
    const { relay, author, writer, slow, quick, channel } = await scene();
    pause(slow);
    const session = author.session();
    const before = process.memoryUsage().external;
    for (let i = 0; i < 100; i++) writer.append(channel, session.record({ size: RECORD_BYTES }));
    await writer.saved(session);
    await quick.records(channel, 100);
    const dropped = async (): Promise<boolean> => {
      const page = await (await fetch(`http://127.0.0.1:${relay.server.port}/metrics`)).text();
      return /archipel_refused_total\{error="too_slow"\} 1/.test(page);
    };
    await expect.poll(dropped, { timeout: 10_000 }).toBe(true);
    expect(process.memoryUsage().external - before).toBeLessThan(60 * 1024 * 1024);
    slow.ws.resume();
    await slow.closed();
  });

  it('CON-9: also when it never reads what it asked for in catching up', async () => {
    const { relay, author, writer, channel } = await scene();
    const session = author.session();
    for (let i = 0; i < 60; i++) writer.append(channel, session.record({ size: RECORD_BYTES }));
    await writer.saved(session);
    const late = await relay.client();
    late.askOpen(author, 'view');
    await late.next('opened');
    pause(late);
    const refused = async (): Promise<string> => (await fetch(`http://127.0.0.1:${relay.server.port}/metrics`)).text();
    await expect.poll(refused, { timeout: 10_000 }).toMatch(/error="too_slow"/);
  });

  it('CON-9: who leaves its answers lying is not read any more, and is dropped when it takes nothing', async () => {
    const relay = await startRelay({ limits: { ...LIMITS, unreadBytes: 256 * 1024, answersBurstPerConnection: 1e6 } });
    const [deaf, other] = [await relay.client(), await relay.client()];
    pause(deaf);
    const ping = { type: 'ping', payload: new Uint8Array(8) } as const;
    const frame = Array.from({ length: 4096 }, () => ping);
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${relay.server.port}/metrics`)).text();
    const sent = async (): Promise<number> => Number(/^archipel_frames_sent_total (\S+)$/m.exec(await metrics())?.[1]);
    for (let i = 0; i < 400; i++) deaf.send(0, ...frame);
    await other.settled();
    await expect.poll(metrics, { timeout: 10_000 }).toMatch(/archipel_refused_total\{error="too_slow"\} 1/);
    expect(await sent()).toBeLessThan(400 * 4096);
    deaf.ws.resume();
    await deaf.closed();
  });

  it('CON-9: who reads late gets every answer, when it had to wait for some', async () => {
    const relay = await startRelay({ limits: { ...LIMITS, slowReaderMs: 60_000, unreadBytes: 64 * 1024 } });
    const author = new Author();
    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const session = author.session();
    for (let i = 0; i < 40; i++) writer.append(channel, session.record({ size: RECORD_BYTES }));
    await writer.saved(session);
    pause(writer);
    for (let request = 1; request <= 60; request++) {
      writer.send(channel, { type: 'history', request, from: 1, limit: 1000 });
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    writer.ws.resume();
    for (let request = 1; request <= 60; request++) {
      expect(await writer.next('historyPage')).toMatchObject({ request });
    }
  });

  it('CON-9: who opens one document again and again without reading costs no checkpoint each time', async () => {
    const relay = await startRelay({ limits: { ...LIMITS, slowReaderMs: 60_000 } });
    const author = new Author();
    const [writer, deaf] = [await relay.client(), await relay.client()];
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const session = author.session();
    writer.append(channel, session.record());
    await writer.saved(session);
    const checkpoint = author.checkpoint([session.entry()], { size: 4_000_000 });
    writer.send(channel, { type: 'checkpoint', checkpoint });
    await writer.next('checkpointMade');
    pause(deaf);
    const sent = async (): Promise<number> => {
      const page = await (await fetch(`http://127.0.0.1:${relay.server.port}/metrics`)).text();
      return Number(/^archipel_bytes_sent_total (\S+)$/m.exec(page)?.[1]);
    };
    for (let i = 0; i < 20; i++) deaf.askOpen(author, 'view');
    await expect.poll(sent).toBeGreaterThan(4_000_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await sent()).toBeLessThan(24_000_000);
    deaf.ws.resume();
    for (let i = 0; i < 20; i++) await deaf.next('opened');
    await deaf.next('caughtUp');
    expect((await deaf.next('checkpointData')).checkpoint).toEqual(checkpoint);
  });
});
