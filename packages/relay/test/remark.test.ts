// §23 at the relay: what a link to comment allows, and what it does not.
import type { Bytes, ErrorName } from '@archipel/protocol';
import { encodeUnsignedRecord, REMARK_SESSION_END } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { Author, bytes, makeKey } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import { startPair } from './support/neighbours.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';
import { areLevel } from './support/together.ts';

interface Scene {
  relay: TestRelay;
  author: Author;
  writer: TestClient;
  commenter: TestClient;
  /** The same on every connection. */
  channel: number;
}

async function scene(settings = {}): Promise<Scene> {
  const relay = await startRelay(settings);
  const author = new Author({ hasComments: true });
  const writer = await relay.client();
  await writer.create(author);
  const { channel } = await writer.open(author, 'edit');
  const commenter = await relay.client();
  await commenter.open(author, 'comment');
  return { relay, author, writer, commenter, channel };
}

async function refused(client: TestClient, channel: number, ...records: Bytes[]): Promise<ErrorName> {
  client.append(channel, ...records);
  return (await client.next('refused')).error;
}

describe('a link to comment', () => {
  it('RMK-4: appends remarks, which are acknowledged and reach the others, and may show presence', async () => {
    const { author, writer, commenter, channel } = await scene();
    const session = author.remarks();
    const remarks = [session.record(), session.record(), session.record()];
    commenter.append(channel, ...remarks);
    await commenter.acked(channel, 3);
    expect(await writer.records(channel, 3)).toEqual(remarks);
    const live = session.live(3);
    commenter.send(channel, { type: 'live', live });
    expect((await writer.next('liveData')).live).toEqual(live);
  });

  it('RMK-4: writes no text, whoever signed it, no live update, no checkpoint, no header and no order', async () => {
    const { author, writer, commenter, channel } = await scene();
    const byCommenter = author.session().recordAt(0, new Uint8Array(32), { key: author.comment });
    expect(await refused(commenter, channel, byCommenter)).toBe('not_allowed');
    expect(await refused(commenter, channel, author.session().record())).toBe('not_allowed');
    const session = author.remarks();
    commenter.append(channel, session.record());
    await commenter.acked(channel, 1);
    const more = [
      { type: 'live', live: author.session().live(4) },
      { type: 'checkpoint', checkpoint: author.checkpoint([session.entry()]) },
      { type: 'header', header: author.nextHeader({ maxBytes: 1 }) },
      { type: 'order', order: author.order(2) },
    ] as const;
    for (const message of more) {
      commenter.send(channel, message);
      expect(await commenter.next('refused')).toMatchObject({ refused: message.type, error: 'not_allowed' });
    }
    await writer.settled();
    expect(writer.takeRecords(channel)).toHaveLength(1);
    expect(writer.received.map(({ message }) => message.type)).not.toContain('liveData');
  });

  it('HDR-6: does not read the past unless the owner opened it', async () => {
    const { author, relay, commenter, channel } = await scene();
    commenter.send(channel, { type: 'history', request: 9, from: 1, limit: 10 });
    expect(await commenter.next('refused')).toMatchObject({ refused: 'history', error: 'not_allowed' });
    const owner = await relay.client();
    await owner.open(author, 'own');
    owner.send(channel, { type: 'header', header: author.nextHeader({ pastOpen: true }) });
    await owner.next('headerData');
    commenter.send(channel, { type: 'history', request: 10, from: 1, limit: 10 });
    expect((await commenter.next('historyPage')).request).toBe(10);
  });

  it('RMK-4: a remark without a good signature is never taken, not even for a moment', async () => {
    const { author, relay, writer, channel } = await scene();
    for (const key of [makeKey(), author.edit, author.read]) {
      const forger = await relay.client();
      await forger.open(author, 'comment');
      const session = author.remarks();
      forger.append(channel, session.record(), session.record({ key }));
      expect((await forger.next('goodbye')).error).toBe('bad_signature');
    }
    // What was good of each comes with a commit that the forger did not wait for.
    const good = await writer.records(channel, 3);
    await writer.settled();
    expect([...good, ...writer.takeRecords(channel)]).toHaveLength(3);
    expect((await (await relay.client()).open(author, 'view')).records).toHaveLength(3);
  });

  it('RMK-2: a remark in a session of the text, and text in one of remarks, are none', async () => {
    const { author, relay, channel } = await scene();
    const text = author.session();
    const fields = { flags: 0, gen: 0, n: 0, deps: [], ciphertext: bytes(40) };
    const remark = encodeUnsignedRecord({ ...fields, type: 6, session: author.remarks().id });
    const moved = remark.slice();
    moved.set(text.id, 4);
    const update = text.record();
    update.set(REMARK_SESSION_END, 12);
    for (const record of [moved, update]) {
      const editor = await relay.client();
      await editor.open(author, 'edit');
      editor.append(channel, record);
      expect((await editor.next('goodbye')).error).toBe('bad_message');
    }
  });

  it('RMK-4: nobody comments before the header names a key; from then on who writes and who comments does', async () => {
    const relay = await startRelay();
    const author = new Author();
    const owner = await relay.client();
    await owner.create(author);
    const { channel } = await owner.open(author, 'own');
    expect(await refused(owner, channel, author.remarks().record())).toBe('wrong_generation');
    const commenter = await relay.client();
    commenter.askOpen(author, 'comment');
    expect((await commenter.next('refused')).error).toBe('proof_failed');
    owner.send(channel, { type: 'header', header: author.nextHeader({ comment: author.comment.public }) });
    await owner.next('headerData');
    await commenter.open(author, 'comment');
    for (const client of [owner, commenter]) {
      client.append(channel, author.remarks().record());
      await client.acked(channel, 1);
    }
  });

  it('HDR-8: an owner cannot take the comment key back within a generation, only with new links', async () => {
    const { author, relay, channel } = await scene();
    const owner = await relay.client();
    await owner.open(author, 'own');
    const { comment: _, ...without } = author.header;
    const { header, headerBytes } = author;
    author.header = without;
    owner.send(channel, { type: 'header', header: author.nextHeader() });
    expect(await owner.next('refused')).toMatchObject({ refused: 'header', error: 'bad_header' });
    Object.assign(author, { header: { ...without, seq: header.seq }, headerBytes });
    owner.send(channel, { type: 'header', header: author.nextHeader({ gen: 1 }) });
    await owner.next('headerData');
  });

  it('RMK-6: fills half of a document at most, in bytes and in sessions; who writes has the rest', async () => {
    const { author, writer, commenter, channel } = await scene({
      limits: { documentMaxBytes: 8000, sessionsPerDocument: 8 },
    });
    const session = author.remarks();
    commenter.append(channel, session.record({ size: 3000 }));
    await commenter.acked(channel, 1);
    expect(await refused(commenter, channel, session.record({ size: 1500 }))).toBe('document_full');
    const text = author.session();
    writer.append(channel, text.record({ size: 1500 }));
    await writer.acked(channel, 1);
    const { commenter: other, ...rest } = await scene({ limits: { sessionsPerDocument: 8 } });
    for (let i = 0; i < 4; i++) {
      other.append(rest.channel, rest.author.remarks().record());
      await other.acked(rest.channel, 1);
    }
    expect(await refused(other, rest.channel, rest.author.remarks().record())).toBe('document_full');
    rest.writer.append(rest.channel, rest.author.session().record());
    await rest.writer.acked(rest.channel, 1);
  });

  it('RMK-4: ends with its generation of links', async () => {
    const { author, relay, commenter, channel } = await scene();
    const owner = await relay.client();
    await owner.open(author, 'own');
    owner.send(channel, { type: 'header', header: author.nextHeader({ gen: 1, comment: makeKey().public }) });
    expect((await commenter.next('refused')).error).toBe('wrong_generation');
    commenter.askOpen(author, 'comment');
    expect((await commenter.next('refused')).error).toBe('wrong_generation');
  });

  it('PEER-5, RMK-3: is kept by two hosts like any other, remarks and text alike', async () => {
    const [a, b] = await startPair();
    const author = new Author({ hasComments: true, relays: [a.entry, b.entry] });
    const writer = await a.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const commenter = await a.client();
    await commenter.open(author, 'comment');
    const [text, remarks] = [author.session(), author.remarks()];
    const records = [text.record(), remarks.record(), remarks.record()] as [Bytes, Bytes, Bytes];
    writer.append(channel, records[0]);
    commenter.append(channel, records[1], records[2]);
    await writer.saved(text);
    await commenter.saved(remarks);
    await areLevel([a, b], author, records);
  });
});
