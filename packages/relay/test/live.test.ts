import { describe, expect, it } from 'vitest';
import { Author } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import { startRelay } from './support/relay.ts';

function liveOf(client: TestClient): Uint8Array[] {
  return client.received.flatMap(({ message }) => (message.type === 'liveData' ? [message.live] : []));
}

describe('live messages', () => {
  it('LIVE-1: presence passes from every role, updates only from who proved edit', async () => {
    const relay = await startRelay();
    const author = new Author();
    const [editor, viewer, reader] = [await relay.client(), await relay.client(), await relay.client()];
    await editor.create(author);
    const { channel } = await editor.open(author, 'edit');
    await viewer.open(author, 'view');
    await reader.open(author, 'view');
    const session = author.session();
    const update = session.live(4);
    editor.send(channel, { type: 'live', live: update });
    expect((await reader.next('liveData')).live).toEqual(update);
    expect((await viewer.next('liveData')).live).toEqual(update);
    const presence = author.session().live(3);
    viewer.send(channel, { type: 'live', live: presence });
    expect((await reader.next('liveData')).live).toEqual(presence);
    viewer.send(channel, { type: 'live', live: session.live(4) });
    expect(await viewer.next('refused')).toMatchObject({ refused: 'live', error: 'not_allowed' });
    await editor.settled();
    await reader.settled();
    expect(liveOf(reader)).toEqual([]);
  });

  it('LIVE-1: presence is short, or it does not pass', async () => {
    const relay = await startRelay();
    const author = new Author();
    const [editor, reader] = [await relay.client(), await relay.client()];
    await editor.create(author);
    const { channel } = await editor.open(author, 'edit');
    await reader.open(author, 'view');
    const session = author.session();
    reader.send(channel, { type: 'live', live: session.live(3, 8 * 1024) });
    expect(await reader.next('refused')).toMatchObject({ refused: 'live', error: 'too_large' });
    const short = session.live(3, 8 * 1024 - 100);
    reader.send(channel, { type: 'live', live: short });
    expect((await editor.next('liveData')).live).toEqual(short);
  });

  it('LIVE-5: many bytes are dropped as many messages are', async () => {
    const limits = { liveBytesBurstPerConnection: 200_000, liveBytesPerSecondPerConnection: 1 };
    const relay = await startRelay({ limits });
    const author = new Author();
    const [editor, reader] = [await relay.client(), await relay.client()];
    await editor.create(author);
    const { channel } = await editor.open(author, 'edit');
    await reader.open(author, 'view');
    const session = author.session();
    for (let i = 0; i < 20; i++) editor.send(channel, { type: 'live', live: session.live(4, 60_000) });
    for (let i = 0; i < 3; i++) await reader.next('liveData');
    await editor.settled();
    await reader.settled();
    expect(liveOf(reader)).toEqual([]);
  });

  it('the sender does not get its own back when nobody else spoke', async () => {
    const relay = await startRelay();
    const author = new Author();
    const [editor, reader] = [await relay.client(), await relay.client()];
    await editor.create(author);
    const { channel } = await editor.open(author, 'edit');
    await reader.open(author, 'view');
    await editor.next('peers');
    const session = author.session();
    for (let i = 0; i < 5; i++) editor.send(channel, { type: 'live', live: session.live(4) });
    for (let i = 0; i < 5; i++) await reader.next('liveData');
    await editor.settled();
    expect(liveOf(editor)).toEqual([]);
  });

  it('LIVE-5: over the rate they are dropped in silence, and records still arrive', async () => {
    const relay = await startRelay({ limits: { liveBurstPerConnection: 5, livePerSecondPerConnection: 1 } });
    const author = new Author();
    const [editor, reader] = [await relay.client(), await relay.client()];
    await editor.create(author);
    const { channel } = await editor.open(author, 'edit');
    const opened = await reader.open(author, 'view');
    const session = author.session();
    for (let i = 0; i < 50; i++) editor.send(channel, { type: 'live', live: session.live(4) });
    editor.append(channel, session.record());
    await editor.saved(session);
    await reader.records(opened.channel, 1);
    expect(liveOf(reader).length).toBeGreaterThanOrEqual(5);
    expect(liveOf(reader).length).toBeLessThan(10);
    expect(editor.received.some(({ message }) => message.type === 'refused')).toBe(false);
  });

  it('what many say at once reaches a reader in few frames, complete and in order', async () => {
    const relay = await startRelay();
    const author = new Author();
    const reader = await relay.client();
    await reader.create(author);
    await reader.open(author, 'view');
    const others = await Promise.all(Array.from({ length: 40 }, () => relay.client()));
    const channels = await Promise.all(others.map(async (client) => (await client.open(author, 'edit')).channel));
    const session = author.session();
    const sent = Array.from({ length: 200 }, () => session.live(4));
    const before = reader.frames;
    const [writer] = others as [TestClient];
    for (const live of sent) writer.send(channels[0] as number, { type: 'live', live });
    await expect.poll(() => liveOf(reader).length).toBe(200);
    expect(liveOf(reader)).toEqual(sent);
    expect(reader.frames - before).toBeLessThan(100);
  });
});
