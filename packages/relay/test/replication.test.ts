/** Hosts that keep a document together (protocol §18), on real sockets and disks. */
import type { Bytes } from '@archipel/protocol';
import { checkStatement, toHex } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { verify } from '../src/crypto.ts';
import { Author, makeKey } from './support/author.ts';
import { authorOn, startCuttablePair, startNeighbours, startPair } from './support/neighbours.ts';
import { areLevel, recordsOn, until, write, writerOn } from './support/together.ts';

describe('two hosts', () => {
  it('[PEER-3, PEER-5, PEER-6] pass on what is written, and say when it is on both', async () => {
    const [a, b] = await startPair();
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    const records = await write(writer, 3, 2);
    expect(await recordsOn(b, author)).toEqual(records);
  });

  it('[PEER-12] tell their clients who else holds the document, when one is away for a while, and when it is back', async () => {
    const [a, b] = await startPair(() => ({ limits: { hostAwayMs: 1500 } }));
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 1, 2);
    const next = async () => (await writer.client.next('replicas', writer.channel)).replicas;
    const said = async (isReached: boolean) => {
      for (;;) if ((await next())[0]?.isReached === isReached) return;
    };
    const seen = await next();
    expect(seen.map(({ hostId, url }) => [toHex(hostId), url])).toEqual([[b.id, b.url]]);
    // A host that is started anew was never away for people.
    const told = () => writer.client.received.filter(({ message }) => message.type === 'replicas').length;
    const before = told();
    await b.stop();
    await b.again();
    await write(writer, 1, 2);
    expect(told() - before).toBe(0);
    await b.stop();
    await said(false);
    // On two disks it is all the same: nothing is taken back.
    await write(writer, 1, 1);
    await b.again();
    await said(true);
  });

  it('[PEER-11] catch up after an outage, also of what nobody has open by then', async () => {
    const [a, b] = await startPair();
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    const before = await write(writer, 2, 2);
    await b.stop();
    const meanwhile = await write(writer, 5, 1);
    writer.client.close();
    await a.stop();
    await a.again();
    await b.again();
    await areLevel([b], author, [...before, ...meanwhile]);
  });

  it('[PEER-5] cut off from each other, both take writes; afterwards both have all of it', async () => {
    const { a, b, cut, mend } = await startCuttablePair();
    const author = authorOn([a, b]);
    const here = await writerOn(a, author, true);
    const records = await write(here, 2, 2);
    const there = await writerOn(b, author);
    cut();
    records.push(...(await write(here, 10, 1)), ...(await write(there, 10, 1)));
    expect(await recordsOn(a, author)).toHaveLength(12);
    mend();
    await areLevel([a, b], author, records);
    records.push(...(await write(here, 1, 2)), ...(await write(there, 1, 2)));
    await areLevel([a, b], author, records);
  });

  it('[PEER-10] pass live messages on, each once', async () => {
    const [a, b] = await startPair();
    const author = authorOn([a, b]);
    const here = await writerOn(a, author, true);
    await write(here, 1, 2);
    const there = await writerOn(b, author);
    await write(there, 1, 2);
    const live = here.session.live(4);
    here.client.send(here.channel, { type: 'live', live });
    expect((await there.client.next('liveData', there.channel)).live).toEqual(live);
    await there.client.settled();
    await here.client.settled();
    expect(here.client.received.filter(({ message }) => message.type === 'liveData')).toEqual([]);
    expect(there.client.received.filter(({ message }) => message.type === 'liveData')).toEqual([]);
  });

  it('[PEER-4] a later header of the owner counts on both, also when the other was away', async () => {
    const [a, b] = await startPair();
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 1, 2);
    await b.stop();
    const owner = await a.client();
    const { channel } = await owner.open(author, 'own');
    owner.send(channel, { type: 'header', header: author.nextHeader({ maxBytes: 1_000_000 }) });
    await owner.next('headerData', channel);
    owner.send(channel, { type: 'header', header: author.nextHeader({ maxBytes: 2_000_000 }) });
    await owner.next('headerData', channel);
    await b.again();
    await until(async () => {
      const reader = await b.client();
      const { header } = await reader.open(author, 'view');
      return toHex(header) === toHex(author.headerBytes);
    }, 'the header is on both');
  });

  it('[PEER-13] what one took by an old link before it heard that the links were changed is on both in the end', async () => {
    const { a, b, cut, mend } = await startCuttablePair();
    const author = new Author({ hasComments: true, relays: [a.entry, b.entry] });
    const here = await writerOn(a, author, true);
    const records = await write(here, 2, 2);
    const there = await writerOn(b, author);
    const commenter = await b.client();
    const talk = { client: commenter, ...(await commenter.open(author, 'comment')), session: author.remarks() };
    cut();
    records.push(...(await write(there, 3, 1)), ...(await write(talk, 2, 1)));
    const owner = await a.client();
    const { channel } = await owner.open(author, 'own');
    const former = [{ edit: author.edit.public, comment: author.comment.public }];
    author.comment = makeKey();
    author.edit = makeKey();
    author.read = makeKey();
    const [edit, comment, read] = [author.edit.public, author.comment.public, author.read.public];
    const renewed = { gen: 1, edit, comment, read, former };
    owner.send(channel, { type: 'header', header: author.nextHeader(renewed) });
    await owner.next('headerData', channel);
    expect(await recordsOn(a, author)).toHaveLength(2);
    mend();
    for (const { client, channel: old } of [there, talk])
      expect(await client.next('refused', old)).toMatchObject({ error: 'wrong_generation' });
    await areLevel([a, b], author, records);
    records.push(...(await write(await writerOn(b, author), 1, 2)));
    await areLevel([a, b], author, records);
  });

  it('[PEER-9] what the owner deleted on one is deleted on the other, also when that was away', async () => {
    const [a, b] = await startPair();
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 1, 2);
    await b.stop();
    const owner = await a.client();
    const { channel } = await owner.open(author, 'own');
    owner.send(channel, { type: 'order', order: author.order(1) });
    await owner.next('ended', channel);
    await b.again();
    await until(async () => {
      const reader = await b.client();
      reader.askOpen(author, 'view');
      const answer = await reader.nextOf(['refused', 'opened']);
      return answer.type === 'refused' && answer.error === 'deleted';
    }, 'deleted on both');
  });

  it('[PEER-8] a checkpoint is passed on, after the records that it covers', async () => {
    const [a, b] = await startPair();
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 4, 2);
    const checkpoint = author.checkpoint([writer.session.entry()]);
    writer.client.send(writer.channel, { type: 'checkpoint', checkpoint });
    await writer.client.next('checkpointMade', writer.channel);
    await until(async () => {
      const reader = await b.client();
      return (await reader.open(author, 'view')).checkpointSeq === 1;
    }, 'the checkpoint is on both');
  });

  it('[PEER-9] what another host lacks is not erased: it would be gone', async () => {
    const { a, b, cut, mend } = await startCuttablePair();
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    const records = await write(writer, 2, 2);
    cut();
    records.push(...(await write(writer, 3, 1)));
    const checkpoint = author.checkpoint([writer.session.entry()]);
    writer.client.send(writer.channel, { type: 'checkpoint', checkpoint });
    await writer.client.next('checkpointMade', writer.channel);
    const owner = await a.client();
    const { channel } = await owner.open(author, 'own');
    owner.send(channel, { type: 'order', order: author.order(2) });
    expect(await owner.next('refused', channel)).toMatchObject({ refused: 'order', error: 'unavailable' });
    mend();
    await until(async () => (await recordsOn(b, author)).length === 0, 'the checkpoint is on both');
    owner.send(channel, { type: 'order', order: author.order(2) });
    await owner.next('erased', channel);
  });

  it('[PEER-9] history whose time is over stays until the other host has it', async () => {
    const { a, b, cut, mend } = await startCuttablePair({
      limits: { sweepIntervalMs: 200, hostGoneMs: 8000, readsBurstPerConnection: 1000 },
    });
    const author = new Author({ relays: [a.entry, b.entry], retention: 1 });
    const writer = await writerOn(a, author, true);
    await write(writer, 2, 2);
    cut();
    await write(writer, 3, 1);
    const { client, channel } = writer;
    client.send(channel, { type: 'checkpoint', checkpoint: author.checkpoint([writer.session.entry()]) });
    await client.next('checkpointMade', channel);
    const history = async (): Promise<number> => {
      client.send(channel, { type: 'history', request: 1, from: 1, limit: 10 });
      return (await client.next('historyPage')).records.length;
    };
    // Its time is over, and several sweeps have been.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await history()).toBe(5);
    mend();
    await until(async () => (await recordsOn(b, author)).length === 0, 'the checkpoint is on both');
    await until(async () => (await history()) === 0, 'the history is gone when the other has it');
  });

  it('[PEER-7] what was erased when the other was long away comes as a checkpoint, to those who read there too', async () => {
    const { a, b, cut, mend } = await startCuttablePair({ limits: { hostGoneMs: 300 } });
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 2, 2);
    const reader = await b.client();
    const opened = await reader.open(author, 'view');
    cut();
    await write(writer, 5, 1);
    const checkpoint = author.checkpoint([writer.session.entry()]);
    writer.client.send(writer.channel, { type: 'checkpoint', checkpoint });
    await writer.client.next('checkpointMade', writer.channel);
    author.keepCheckpoint(checkpoint);
    const owner = await a.client();
    const { channel } = await owner.open(author, 'own');
    await until(async () => {
      owner.send(channel, { type: 'order', order: author.order(2) });
      return (await owner.nextOf(['erased', 'refused'], channel)).type === 'erased';
    }, 'the other counts as gone');
    const later = await write(writer, 2, 1);
    mend();
    expect((await reader.next('checkpointData', opened.channel)).checkpoint).toEqual(checkpoint);
    expect(await reader.records(opened.channel, 2)).toEqual(later);
    await b.stop();
    await b.again();
    const late = await b.client();
    const again = await late.open(author, 'view');
    expect(again.checkpointSeq).toBe(1);
    expect(again.records).toEqual(later);
  });

  it('[STM-1] sign what they hold, and say the same', async () => {
    const [a, b] = await startPair(() => ({ limits: { verifyDelayMs: 0 } }));
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 3, 2);
    const heads: string[] = [];
    for (const host of [a, b]) {
      const reader = await host.client();
      const { channel } = await reader.open(author, 'view');
      await until(async () => {
        reader.send(channel, { type: 'askStatement' });
        const { fact } = await reader.next('statement', channel);
        const now = Math.floor(Date.now() / 1000);
        const wish = { host: host.hostId, nowSeconds: now, maxAgeSeconds: 60 };
        const statement = await checkStatement(fact, wish, verify);
        if (!statement.ok) throw new Error(statement.error);
        const { frontier } = statement.value.fact;
        const [entry] = frontier;
        if (entry?.have !== 3) return false;
        heads.push(toHex(entry.hash));
        return true;
      }, 'all of it is verified and stated');
    }
    expect(heads).toEqual([toHex(writer.session.hash), toHex(writer.session.hash)]);
  });
});

describe('three hosts', () => {
  it('[PEER-5] all have what any of them took', async () => {
    const hosts = await startNeighbours(3);
    const author = authorOn(hosts);
    const records: Bytes[] = [];
    for (const [i, host] of hosts.entries())
      records.push(...(await write(await writerOn(host, author, i === 0), 3, 2)));
    await areLevel(hosts, author, records);
  });
});
