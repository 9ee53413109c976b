import type { CheckpointFields, FrontierEntry } from '@archipel/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TestSession } from './support/author.ts';
import { Author, bytes, makeKey } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
let author: Author;
let writer: TestClient;
let channel: number;

async function start(settings = {}): Promise<void> {
  relay = await startRelay(settings);
  author = new Author();
  writer = await relay.client();
  await writer.create(author);
  channel = (await writer.open(author, 'edit')).channel;
}

async function write(session: TestSession, count: number): Promise<Uint8Array[]> {
  const records = Array.from({ length: count }, () => session.record());
  writer.append(channel, ...records);
  await writer.saved(session);
  return records;
}

/** Offers a checkpoint; undefined when the relay took it, else the error. */
async function offer(
  frontier: FrontierEntry[],
  fields: Partial<CheckpointFields> & { size?: number } = {},
): Promise<string | undefined> {
  const checkpoint = author.checkpoint(frontier, fields);
  writer.send(channel, { type: 'checkpoint', checkpoint });
  const answer = await writer.nextOf(['refused', 'checkpointMade']);
  if (answer.type === 'refused') return answer.error;
  author.keepCheckpoint(checkpoint);
  return undefined;
}

/** Opens with an empty memory: what comes is all that the relay serves. */
async function fresh(): Promise<{ records: Uint8Array[]; checkpoint: Uint8Array | undefined }> {
  const client = await relay.client();
  const { records } = await client.open(author, 'view');
  const data = client.received.find(({ message }) => message.type === 'checkpointData')?.message;
  return { records, checkpoint: data?.type === 'checkpointData' ? data.checkpoint : undefined };
}

describe('checkpoints', () => {
  beforeEach(() => start());

  it('CKP-1: only the next one with the right previous hash; of two made at once one is dropped', async () => {
    const session = author.session();
    await write(session, 2);
    expect(await offer([session.entry()], { seq: 2, previous: bytes(32) })).toBe('checkpoint_behind');
    const [one, two] = [author.checkpoint([session.entry()]), author.checkpoint([session.entry()])];
    writer.send(channel, { type: 'checkpoint', checkpoint: one }, { type: 'checkpoint', checkpoint: two });
    expect(await writer.next('refused')).toMatchObject({ refused: 'checkpoint', error: 'checkpoint_behind' });
    expect(await writer.next('checkpointMade')).toMatchObject({ seq: 1 });
    author.keepCheckpoint(one);
    expect(await offer([session.entry()], { previous: bytes(32) })).toBe('checkpoint_behind');
    expect(await offer([session.entry()])).toBeUndefined();
    expect((await fresh()).checkpoint).toEqual(author.checkpointBytes);
  });

  it('CKP-1: every reader hears of the new checkpoint', async () => {
    const reader = await relay.client();
    const opened = await reader.open(author, 'view');
    const session = author.session();
    await write(session, 1);
    expect(await offer([session.entry()])).toBeUndefined();
    expect(await reader.next('checkpointMade', opened.channel)).toMatchObject({ seq: 1, hash: author.checkpointHash });
  });

  it('CKP-2: names only records that the relay has, with their hashes', async () => {
    const [session, unknown] = [author.session(), author.session()];
    await write(session, 3);
    const entry = session.entry();
    unknown.record();
    expect(await offer([{ ...entry, hash: bytes(32) }])).toBe('checkpoint_uncovered');
    expect(await offer([{ ...entry, have: 4 }])).toBe('checkpoint_uncovered');
    expect(await offer([entry, unknown.entry()])).toBe('checkpoint_uncovered');
    expect(await offer([entry], { retired: 1 })).toBe('checkpoint_uncovered');
    expect(await offer([entry])).toBeUndefined();
  });

  it('CKP-2: covers the frontier before, and may leave out only a session that rested since', async () => {
    const [a, b, c] = [author.session(), author.session(), author.session()];
    await write(a, 2);
    const early = a.entry();
    await write(a, 1);
    await write(b, 1);
    expect(await offer([a.entry(), b.entry()])).toBeUndefined();
    expect(await offer([early, b.entry()])).toBe('checkpoint_uncovered');
    await write(a, 1);
    await write(c, 1);
    expect(await offer([b.entry(), c.entry()], { retired: 1 })).toBe('checkpoint_uncovered');
    expect(await offer([a.entry(), c.entry()], { retired: 0 })).toBe('checkpoint_uncovered');
    expect(await offer([a.entry(), c.entry()], { retired: 1 })).toBeUndefined();
    const { records, checkpoint } = await fresh();
    expect(records).toEqual([]);
    expect(checkpoint).toEqual(author.checkpointBytes);
  });

  it('CKP-3: serves the last one and every record it does not cover; history stays', async () => {
    const [a, b] = [author.session(), author.session()];
    const first = await write(a, 2);
    const half = a.entry();
    const uncovered = await write(b, 1);
    const rest = await write(a, 1);
    expect(await offer([half])).toBeUndefined();
    expect((await fresh()).records).toEqual([...uncovered, ...rest]);
    expect(await offer([a.entry(), b.entry()])).toBeUndefined();
    expect((await fresh()).records).toEqual([]);
    writer.send(channel, { type: 'history', request: 5, from: 1, limit: 1000 });
    const page = await writer.next('historyPage');
    expect(page.records.map(({ record }) => record)).toEqual([...first, ...uncovered, ...rest]);
    expect(page.next).toBe(0);
  });

  it('HDR-6: who may only read is served the past when its owner opened it, and not before', async () => {
    await write(author.session(), 3);
    const owner = await relay.client();
    const asOwner = (await owner.open(author, 'own')).channel;
    const reader = await relay.client();
    const asReader = (await reader.open(author, 'view')).channel;
    const ask = (request: number) => reader.send(asReader, { type: 'history', request, from: 1, limit: 10 });
    ask(1);
    expect(await reader.next('refused')).toMatchObject({ refused: 'history', error: 'not_allowed', request: 1 });
    owner.send(asOwner, { type: 'header', header: author.nextHeader({ pastOpen: true }) });
    await owner.next('headerData');
    ask(2);
    expect((await reader.next('historyPage')).records.length).toBe(3);
    const { pastOpen: _, ...closed } = author.header;
    author.header = closed;
    owner.send(asOwner, { type: 'header', header: author.nextHeader() });
    await owner.next('headerData');
    ask(3);
    expect(await reader.next('refused')).toMatchObject({ refused: 'history', error: 'not_allowed', request: 3 });
  });

  it('CKP-3: history can be read a page at a time', async () => {
    const session = author.session();
    const records = await write(session, 25);
    const read: Uint8Array[] = [];
    let from = 1;
    do {
      writer.send(channel, { type: 'history', request: 5, from, limit: 10 });
      const page = await writer.next('historyPage');
      read.push(...page.records.map(({ record }) => record));
      from = page.next;
    } while (from > 0);
    expect(read).toEqual(records);
  });

  it('CKP-3: history that was removed when its retention ended makes room', async () => {
    await start({ limits: { documentMaxBytes: 12_000, sweepIntervalMs: 200 } });
    author = new Author({ retention: 1 });
    await writer.create(author);
    channel = (await writer.open(author, 'edit')).channel;
    const session = author.session();
    for (let round = 0; round < 3; round++) {
      writer.append(channel, session.record({ size: 6000 }));
      await writer.saved(session);
      expect(await offer([session.entry()])).toBeUndefined();
      const full = session.recordAt(session.n, session.hash, { size: 6000 });
      const refusal = async (): Promise<string> => {
        writer.append(channel, full);
        return (await writer.nextOf(['ack', 'refused'])).type;
      };
      if (round === 0) expect(await refusal()).toBe('refused');
      const left = async (): Promise<number> => {
        writer.send(channel, { type: 'history', request: 1, from: 1, limit: 10 });
        return (await writer.next('historyPage')).records.length;
      };
      await expect.poll(left, { timeout: 10_000, interval: 500 }).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 2200));
    }
  });

  it('CKP-6: a retired session is closed', async () => {
    const [a, b] = [author.session(), author.session()];
    await write(a, 1);
    await write(b, 1);
    expect(await offer([a.entry(), b.entry()])).toBeUndefined();
    await write(b, 1);
    expect(await offer([b.entry()], { retired: 1 })).toBeUndefined();
    writer.append(channel, a.recordAt(1, a.hash));
    expect(await writer.next('refused')).toMatchObject({ error: 'session_closed', session: a.id, n: 1 });
  });

  it('a checkpoint is refused without a good signature, of another generation, or when it is too large', async () => {
    const session = author.session();
    await write(session, 1);
    const { edit } = author;
    author.edit = makeKey();
    expect(await offer([session.entry()])).toBe('bad_signature');
    author.edit = edit;
    expect(await offer([session.entry()], { gen: 1 })).toBe('wrong_generation');
    await start({ limits: { checkpointMaxBytes: 1000 } });
    const other = author.session();
    await write(other, 1);
    expect(await offer([other.entry()], { size: 1000 })).toBe('too_large');
  });

  it('survives a restart: the same tail, the next seq', async () => {
    const [a, b] = [author.session(), author.session()];
    await write(a, 3);
    expect(await offer([a.entry()])).toBeUndefined();
    const tail = [...(await write(a, 1)), ...(await write(b, 1))];
    await relay.server.stop();
    relay = await startRelay({ data: relay.folder });
    writer = await relay.client();
    const opened = await writer.open(author, 'edit');
    channel = opened.channel;
    expect(opened).toMatchObject({ checkpointSeq: 1, records: tail });
    expect(await offer([a.entry(), b.entry()])).toBeUndefined();
    await write(a, 1);
    expect((await fresh()).records).toHaveLength(1);
  });
});
