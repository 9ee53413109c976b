import { describe, expect, it } from 'vitest';
import { Author, bytes } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import { startRelay } from './support/relay.ts';

async function editing(
  settings = {},
): Promise<{ author: Author; writer: TestClient; channel: number; client: () => Promise<TestClient> }> {
  const relay = await startRelay(settings);
  const author = new Author();
  const writer = await relay.client();
  await writer.create(author);
  const { channel } = await writer.open(author, 'edit');
  return { author, writer, channel, client: relay.client };
}

describe('appending', () => {
  it('CON-5: a record is acknowledged, cumulatively for its session, and reaches the others', async () => {
    const { author, writer, channel, client } = await editing();
    const reader = await client();
    const opened = await reader.open(author, 'view');
    expect(await writer.next('peers')).toMatchObject({ connections: 2 });
    const session = author.session();
    const records = [session.record(), session.record(), session.record()];
    writer.append(channel, ...records);
    await writer.acked(channel, 3);
    expect(await reader.records(opened.channel, 3)).toEqual(records);
    expect(writer.takeRecords(channel)).toEqual([]);
  });

  it('CON-7: records of two writers reach a third in one order of positions, and a later opening gives the same', async () => {
    const { author, writer, channel, client } = await editing();
    const other = await client();
    const { channel: otherChannel } = await other.open(author, 'edit');
    const reader = await client();
    const { channel: readerChannel } = await reader.open(author, 'view');
    const [a, b] = [author.session(), author.session()];
    for (let i = 0; i < 20; i++) {
      writer.append(channel, a.record());
      other.append(otherChannel, b.record());
    }
    const seen = await reader.records(readerChannel, 40);
    const late = await (await client()).open(author, 'view');
    expect(late.records).toEqual(seen);
    expect(seen).toHaveLength(40);
  });

  it('REC-3: a gap, a fork and the very same record', async () => {
    const { author, writer, channel } = await editing();
    const session = author.session();
    const first = session.record();
    const second = session.record();
    writer.append(channel, second);
    expect(await writer.next('refused')).toMatchObject({ error: 'session_gap', n: 1, session: session.id });
    writer.append(channel, first, second);
    await writer.acked(channel, 2);
    for (const same of [second, first]) {
      writer.append(channel, same);
      await writer.acked(channel, 2);
    }
    const another = author.session();
    writer.append(channel, session.recordAt(1, bytes(32)));
    expect(await writer.next('refused')).toMatchObject({ error: 'session_fork', n: 1 });
    writer.append(channel, session.recordAt(0, bytes(32)));
    expect(await writer.next('refused')).toMatchObject({ error: 'session_fork', n: 0 });
    writer.append(channel, another.record());
    expect((await writer.next('ack')).session).toEqual(another.id);
  });

  it('REC-3: the very same record sent again, also while the first is on its way to the disk, is stored once', async () => {
    const { author, writer, channel, client } = await editing();
    const session = author.session();
    const record = session.record();
    writer.append(channel, record, record, record);
    await writer.acked(channel, 1);
    await writer.settled();
    const { records } = await (await client()).open(author, 'view');
    expect(records).toEqual([record]);
  });

  it('REC-4: another generation, too large, or without the edit key', async () => {
    const { author, writer, channel, client } = await editing({ limits: { recordMaxBytes: 1000 } });
    const session = author.session();
    writer.append(channel, session.recordAt(0, bytes(32), { gen: 1 }));
    expect(await writer.next('refused')).toMatchObject({ error: 'wrong_generation', n: 0 });
    writer.append(channel, session.recordAt(0, bytes(32), { size: 1000 }));
    expect(await writer.next('refused')).toMatchObject({ error: 'too_large' });
    const viewer = await client();
    const { channel: viewing } = await viewer.open(author, 'view');
    viewer.append(viewing, session.recordAt(0, bytes(32)));
    expect(await viewer.next('refused')).toMatchObject({ error: 'not_allowed' });
    await viewer.settled();
    expect((await (await client()).open(author, 'view')).records).toEqual([]);
  });
});
