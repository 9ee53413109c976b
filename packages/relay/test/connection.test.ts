import { once } from 'node:events';
import { decodeRelayFrame, encodeFrame } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Author, bytes, makeKey } from './support/author.ts';
import { TestClient } from './support/client.ts';
import { startRelay } from './support/relay.ts';

describe('a connection', () => {
  it('CON-1: the relay greets first, each time with another nonce', async () => {
    const relay = await startRelay();
    const ws = new WebSocket(`ws://127.0.0.1:${relay.server.port}/relay`, ['arc1']);
    const [data] = (await once(ws, 'message')) as [Buffer];
    ws.terminate();
    const frame = decodeRelayFrame(new Uint8Array(data));
    if (!frame.ok) throw new Error(frame.error);
    const [welcome] = frame.value.messages;
    expect(frame.value.channel).toBe(0);
    expect(welcome).toMatchObject({ type: 'welcome', version: 1, maxRecordBytes: 1024 * 1024, maxExpirySeconds: 0 });
    const [a, b] = [await relay.client(), await relay.client()];
    expect(a.nonce).toHaveLength(32);
    expect(a.nonce).not.toEqual(b.nonce);
  });

  it('CON-2: a proof counts for one connection, document, role, relay and key only', async () => {
    const relay = await startRelay();
    const [author, other] = [new Author(), new Author()];
    const client = await relay.client();
    await client.create(author);
    await client.create(other);
    const refused = async (proof: Uint8Array, role: 'view' | 'edit' | 'own'): Promise<void> => {
      client.askOpen(author, role, { proof });
      expect(await client.next('refused')).toMatchObject({ refused: 'open', error: 'proof_failed' });
    };
    await refused(author.prove(bytes(32), 'edit', client.audience), 'edit');
    await refused(other.prove(client.nonce, 'edit', client.audience), 'edit');
    await refused(author.prove(client.nonce, 'view', client.audience), 'edit');
    await refused(author.prove(client.nonce, 'edit', 'elsewhere.example'), 'edit');
    await refused(author.prove(client.nonce, 'edit', client.audience), 'own');
    author.read = makeKey();
    await refused(author.prove(client.nonce, 'view', client.audience), 'view');
    await refused(bytes(64), 'view');
    expect((await client.open(author, 'edit')).role).toBe('edit');
  });

  it('CON-2: with configured names only these are an audience', async () => {
    const relay = await startRelay({ names: ['pad.example.org', 'alt.example.org:8443'] });
    const author = new Author();
    const client = await relay.client();
    await client.create(author);
    client.askOpen(author, 'view');
    expect(await client.next('refused')).toMatchObject({ error: 'proof_failed' });
    await client.open(author, 'view', { audience: 'pad.example.org' });
    const dialled = await relay.client({ host: 'alt.example.org:8443' });
    await dialled.open(author, 'view');
  });

  it('CON-2: without configured names no other name than that of this machine is an audience', async () => {
    const relay = await startRelay();
    const author = new Author();
    const client = await relay.client();
    await client.create(author);
    for (const host of ['evil.example', 'localhost.evil.example:80', '127.0.0.1.evil.example', '']) {
      const between = await relay.client({ host });
      between.askOpen(author, 'view');
      expect(await between.next('refused')).toMatchObject({ error: 'proof_failed' });
    }
    for (const host of ['localhost', 'localhost:4280', '127.0.0.1:1', '[::1]:4280']) {
      await (await relay.client({ host })).open(author, 'view');
    }
  });

  it("CON-3: a viewer can write by no message, and an editor cannot do what is the owner's", async () => {
    const relay = await startRelay();
    const author = new Author();
    const owner = await relay.client();
    await owner.create(author);
    const session = author.session();
    const { channel } = await owner.open(author, 'own');
    owner.append(channel, session.record());
    await owner.acked(channel, 1);
    const header = author.headerBytes;
    const messages = {
      append: { type: 'append', record: session.recordAt(1, session.hash) },
      checkpoint: { type: 'checkpoint', checkpoint: author.checkpoint([session.entry()]) },
      live: { type: 'live', live: session.live(4) },
      header: { type: 'header', header: author.signHeader({ ...author.header, seq: 2, previous: bytes(32) }) },
      order: { type: 'order', order: author.order(1) },
      erase: { type: 'order', order: author.order(2) },
    } as const;
    for (const [role, names] of [
      ['view', ['append', 'checkpoint', 'live', 'header', 'order', 'erase']],
      ['edit', ['header', 'order', 'erase']],
    ] as const) {
      const client = await relay.client();
      const opened = await client.open(author, role);
      for (const name of names) {
        client.send(opened.channel, messages[name]);
        expect(await client.next('refused'), `${role} ${name}`).toMatchObject({ error: 'not_allowed' });
      }
    }
    const after = await (await relay.client()).open(author, 'view');
    expect(after).toMatchObject({ checkpointSeq: 0, header, vector: [{ session: session.id, have: 1 }] });
    expect(owner.received.filter(({ message }) => message.type === 'liveData')).toEqual([]);
  });

  it('CON-4: catching up gives exactly what is in neither checkpoint nor vector', async () => {
    const relay = await startRelay();
    const author = new Author();
    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const [a, b] = [author.session(), author.session()];
    const first = [a.record(), a.record(), b.record()];
    writer.append(channel, ...first);
    await writer.saved(a, b);
    const covered = [a.entry(), b.entry()];
    const checkpoint = author.checkpoint(covered);
    writer.send(channel, { type: 'checkpoint', checkpoint });
    await writer.next('checkpointMade');
    author.keepCheckpoint(checkpoint);
    const tail = [a.record(), b.record()];
    writer.append(channel, ...tail);
    await expect.poll(async () => (await (await relay.client()).open(author, 'view')).records.length).toBe(2);

    const fresh = await relay.client();
    const opened = await fresh.open(author, 'view');
    expect(opened).toMatchObject({ checkpointSeq: 1, connections: expect.any(Number), records: tail });
    expect((await fresh.next('checkpointData')).checkpoint).toEqual(checkpoint);

    const holdsAll = covered
      .map(({ session, have }) => ({ session, have }))
      .sort((x, y) => Buffer.compare(x.session, y.session));
    const returning = await relay.client();
    expect((await returning.open(author, 'view', { vector: holdsAll })).records).toEqual(tail);
    expect(returning.received.some(({ message }) => message.type === 'checkpointData')).toBe(false);

    const knowing = await relay.client();
    const holdsMore = holdsAll.map(({ session, have }) => ({ session, have: session === a.id ? 3 : have }));
    const known = await knowing.open(author, 'view', { checkpointSeq: 1, vector: holdsMore });
    expect(known.records).toEqual([tail[1]]);
    expect(knowing.received.some(({ message }) => message.type === 'checkpointData')).toBe(false);
  });

  it('CON-4: who holds another checkpoint of the same seq, lost by the relay, is sent what its own does not cover', async () => {
    const relay = await startRelay();
    const author = new Author();
    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const [a, b] = [author.session(), author.session()];
    writer.append(channel, a.record());
    const lost = [{ session: a.id, have: 1 }];
    writer.append(channel, b.record());
    await writer.saved(a, b);
    const checkpoint = author.checkpoint([a.entry(), b.entry()]);
    writer.send(channel, { type: 'checkpoint', checkpoint });
    await writer.next('checkpointMade');
    for (const checkpointSeq of [1, 2]) {
      const back = await relay.client();
      await back.open(author, 'view', { checkpointSeq, vector: lost });
      const came = back.received.find(({ message }) => message.type === 'checkpointData')?.message;
      expect(came).toMatchObject({ checkpoint });
    }
  });

  it('CON-4: one document asked for many times at once is open once', async () => {
    const relay = await startRelay();
    const author = new Author();
    const [client, other] = [await relay.client(), await relay.client()];
    await client.create(author);
    await other.open(author, 'view');
    for (let i = 0; i < 30; i++) client.askOpen(author, 'edit');
    for (let i = 0; i < 30; i++) await client.next('opened');
    client.close();
    const page = async (): Promise<string> => (await fetch(`http://127.0.0.1:${relay.server.port}/metrics`)).text();
    await expect.poll(page).toMatch(/^archipel_channels 1$/m);
  });

  it('CON-4: a long tail comes in pages, also to one who opens while it grows', async () => {
    const relay = await startRelay({ limits: { pageBytes: 4000, appendsBurstPerConnection: 10_000 } });
    const author = new Author();
    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const session = author.session();
    const records = Array.from({ length: 300 }, () => session.record({ size: 200 }));
    writer.append(channel, ...records.slice(0, 150));
    await writer.acked(channel, 150);
    const reader = await relay.client();
    reader.askOpen(author, 'view');
    writer.append(channel, ...records.slice(150));
    const opened = await reader.next('opened');
    await reader.next('caughtUp');
    expect(await reader.records(opened.channel, 300)).toEqual(records);
  });

  it('CON-6: what does not decode ends the connection with bad_message', async () => {
    const relay = await startRelay();
    const author = new Author();
    const valid = encodeFrame(0, [{ type: 'ping', payload: bytes(8) }]);
    const frames: Record<string, Uint8Array> = {
      empty: new Uint8Array(0),
      'unknown type': Uint8Array.of(0, 0x7f, 0),
      'cut short': valid.subarray(0, valid.length - 1),
      'left over': new Uint8Array([...valid, 0]),
      'document message on channel 0': Uint8Array.of(0, 0x03, 0),
      'more messages than a frame may hold': new Uint8Array([5, ...Array.from({ length: 4097 }, () => [3, 0]).flat()]),
      'longer than a frame may be': new Uint8Array(4 * 1024 * 1024 + 64 * 1024 + 1),
    };
    for (const [name, frame] of Object.entries(frames)) {
      const client = await relay.client();
      client.ws.send(frame);
      expect(await client.next('goodbye'), name).toMatchObject({ error: 'bad_message' });
      expect(await client.closed(), name).toBe(1008);
    }
    const text = await relay.client();
    text.ws.send('hello');
    expect(await text.next('goodbye')).toMatchObject({ error: 'bad_message' });

    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    writer.send(channel, { type: 'append', record: bytes(50) });
    expect(await writer.next('goodbye')).toMatchObject({ error: 'bad_message' });
  });

  it('CON-6: an unknown channel is only refused', async () => {
    const relay = await startRelay();
    const author = new Author();
    const client = await relay.client();
    await client.create(author);
    const { channel } = await client.open(author, 'edit');
    client.append(channel + 1, author.session().record());
    expect(await client.next('refused')).toMatchObject({ refused: 'append', error: 'bad_message', n: 0 });
    client.send(channel, { type: 'close' });
    client.send(channel, { type: 'history', request: 9, from: 1, limit: 1 });
    expect(await client.next('refused')).toMatchObject({ refused: 'history', error: 'bad_message', request: 9 });
    await client.settled();
    expect(client.closeCode).toBeUndefined();
  });

  it('CON-11: not_found, deleted, expired come before the proof is looked at', async () => {
    const relay = await startRelay();
    const client = await relay.client();
    const proof = bytes(64);
    const [unknown, deleted, expired, alive] = [
      new Author(),
      new Author(),
      new Author({ expiry: Math.floor(Date.now() / 1000) + 2 }),
      new Author(),
    ];
    for (const author of [deleted, expired, alive]) await client.create(author);
    const { channel } = await client.open(deleted, 'own');
    client.send(channel, { type: 'order', order: deleted.order(1) });
    await client.next('ended');
    await new Promise((resolve) => setTimeout(resolve, 2100));
    for (const [author, error] of [
      [unknown, 'not_found'],
      [deleted, 'deleted'],
      [expired, 'expired'],
      [alive, 'proof_failed'],
    ] as const) {
      client.askOpen(author, 'view', { proof });
      expect(await client.next('refused')).toMatchObject({ refused: 'open', error });
    }
  });

  it('several documents share one connection; opening one again serves it anew', async () => {
    const relay = await startRelay();
    const client = await relay.client();
    const authors = Array.from({ length: 20 }, () => new Author());
    for (const author of authors) await client.create(author);
    const channels = new Set<number>();
    for (const author of authors) channels.add((await client.open(author, 'edit')).channel);
    expect(channels.size).toBe(20);
    const [author] = authors as [Author];
    const session = author.session();
    const { channel } = await client.open(author, 'edit');
    client.append(channel, session.record());
    await client.acked(channel, 1);
    const again = await client.open(author, 'edit');
    expect(again).toMatchObject({ channel, connections: 1 });
    expect(again.records).toHaveLength(1);
  });

  it('creating and opening may be sent in one go', async () => {
    const relay = await startRelay();
    const client = await relay.client();
    const author = new Author();
    client.send(0, { type: 'create', request: 1, header: author.headerBytes });
    client.askOpen(author, 'own');
    await client.next('created');
    expect((await client.next('opened')).role).toBe('own');
  });

  it('answers a ping', async () => {
    const relay = await startRelay();
    const client = await relay.client();
    const payload = bytes(8);
    client.send(0, { type: 'ping', payload });
    expect((await client.next('pong')).payload).toEqual(payload);
  });

  it('takes upgrades at /relay with arc1 only', async () => {
    const relay = await startRelay();
    const status = async (path: string, protocols: string[]): Promise<number | undefined> => {
      const ws = new WebSocket(`ws://127.0.0.1:${relay.server.port}${path}`, protocols);
      ws.on('error', () => undefined);
      const [, response] = (await once(ws, 'unexpected-response')) as [unknown, { statusCode?: number }];
      ws.terminate();
      return response.statusCode;
    };
    expect(await status('/', ['arc1'])).toBe(404);
    expect(await status('/relay', ['arc2'])).toBe(400);
    expect(await status('/relay', [])).toBe(400);
  });

  it('closes a connection that opens nothing', async () => {
    const relay = await startRelay({ limits: { idleConnectionMs: 200 } });
    const client = await TestClient.dial(relay.server.port);
    expect(await client.closed()).toBe(1000);
  });
});
