import type { FrontierEntry } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../src/index.ts';
import type { TestSession } from './support/author.ts';
import { Author, bytes, makeKey } from './support/author.ts';
import type { HostClient, HostProcess } from './support/host.ts';
import { Host } from './support/host.ts';

const DEAF = (): boolean => false;
const POLL_MS = 3000;

interface Scene {
  host: Host;
  a: HostProcess;
  b: HostProcess;
  author: Author;
  /** An editor at each of them. */
  here: HostClient;
  there: HostClient;
  channel: number;
  channelThere: number;
}

/** Two processes, and a document that an editor has open at each of them. `limitsThere`: of the second alone. */
async function scene(limits = {}, fields = {}, limitsThere = {}): Promise<Scene> {
  const host = new Host(limits);
  const [a, b] = [host.start(), host.start(limitsThere)];
  const author = new Author(fields);
  const [here, there] = [host.connect(a), host.connect(b)];
  await here.create(author);
  const { channel } = await here.open(author, 'edit');
  const { channel: channelThere } = await there.open(author, 'edit');
  await host.pass();
  return { host, a, b, author, here, there, channel, channelThere };
}

/** Those of the first that are among the second. */
function only(records: Uint8Array[], wanted: Uint8Array[]): Uint8Array[] {
  return records.filter((record) => wanted.some((other) => Buffer.compare(record, other) === 0));
}

const entriesOf = (...sessions: TestSession[]): FrontierEntry[] => sessions.map((session) => session.entry());

/** Offers a checkpoint and waits for the answer; it becomes the last one when it is taken. */
async function offer(author: Author, client: HostClient, channel: number, ...args: Parameters<Author['checkpoint']>) {
  const checkpoint = author.checkpoint(...args);
  client.send(channel, { type: 'checkpoint', checkpoint });
  const answer = await client.next('checkpointMade', 'refused');
  if (answer.type === 'refused') return answer.error;
  author.keepCheckpoint(checkpoint);
  return undefined;
}

describe('records at several processes', () => {
  it('CON-7: reach the readers of all, in one order; nothing is read while the bus brings them', async () => {
    const { host, a, b, author, here, there, channel, channelThere } = await scene();
    const [one, other] = [author.session(), author.session()];
    const reads = a.asked.reads + b.asked.reads;
    const [fromHere, fromThere]: [Uint8Array[], Uint8Array[]] = [[], []];
    for (let i = 0; i < 10; i++) {
      fromHere.push(one.record());
      fromThere.push(other.record());
      here.append(channel, fromHere[i] as Uint8Array);
      there.append(channelThere, fromThere[i] as Uint8Array);
      await host.pass(20);
    }
    await host.pass();
    expect(only(here.records(), fromThere)).toEqual(fromThere);
    expect(only(there.records(), fromHere)).toEqual(fromHere);
    expect(a.asked.reads + b.asked.reads).toBe(reads);
    const watchers = [host.connect(a), host.connect(b)];
    for (const watcher of watchers) await watcher.open(author, 'view');
    expect(watchers[0]?.records()).toHaveLength(20);
    expect(watchers[1]?.records()).toEqual(watchers[0]?.records());
  });

  it('CON-7: many at once are one event, and none is larger than a bus takes', async () => {
    const { host, a, author, here, there, channel } = await scene({ appendsBurstPerConnection: 1000 });
    const session = author.session();
    a.bus.said.length = 0;
    const records = Array.from({ length: 100 }, () => session.record({ size: 8000 }));
    here.append(channel, ...records);
    await here.saved(session);
    here.append(channel, session.record({ size: 500_000 }));
    await here.saved(session);
    await host.pass();
    const told = a.bus.said.filter(({ type }) => type !== 'peers');
    expect(told.length).toBeLessThan(10);
    for (const event of told) {
      if (event.type !== 'records') continue;
      expect(event.records.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(256 * 1024);
    }
    expect(told.at(-1)).toEqual({ type: 'changed' });
    expect(there.records()).toHaveLength(101);
    expect(there.records().slice(0, 100)).toEqual(records);
  });

  it('CON-7: what is said twice or late harms nothing', async () => {
    const { host, b, author, here, there, channel } = await scene();
    const session = author.session();
    b.bus.lets = ({ type }) => type !== 'records';
    const sent = [session.record(), session.record(), session.record()];
    for (const record of sent) {
      here.append(channel, record);
      await host.pass(10);
    }
    const said = b.bus.kept.length;
    expect(said).toBe(3);
    for (const index of [2, 2, 1]) b.bus.arrive(index);
    await host.pass(10);
    expect(there.records()).toEqual([]);
    const { reads } = b.asked;
    for (const index of [0, 0, 1]) b.bus.arrive(index);
    await host.pass();
    expect(there.records()).toEqual(sent);
    expect(b.asked.reads).toBe(reads);
  });

  it('CON-7: what the bus lost in the middle is read soon, and what it lost at the end by the next comparison', async () => {
    const { host, b, author, here, there, channel } = await scene();
    const session = author.session();
    const sent = [session.record(), session.record(), session.record()];
    b.bus.lets = DEAF;
    here.append(channel, sent[0] as Uint8Array);
    await host.pass(20);
    b.bus.lets = () => true;
    here.append(channel, sent[1] as Uint8Array);
    await host.pass(200);
    expect(there.records()).toEqual(sent.slice(0, 2));
    b.bus.lets = DEAF;
    here.append(channel, sent[2] as Uint8Array);
    await host.pass(POLL_MS + 100);
    expect(there.records()).toEqual(sent);
  });

  it('REC-6: an own record does not overtake one of another process that it may build on', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene();
    const reader = host.connect(b);
    await reader.open(author, 'view');
    const [one, other] = [author.session(), author.session()];
    b.bus.lets = DEAF;
    const first = one.record();
    here.append(channel, first);
    await here.saved(one);
    const late = host.connect(b);
    await late.open(author, 'edit');
    expect(late.records()).toEqual([first]);
    const second = other.record();
    there.append(channelThere, second);
    await there.saved(other);
    await host.pass(200);
    expect(reader.records()).toEqual([first, second]);
  });

  it('REC-6: of two people here, what the one says does not overtake what a third wrote elsewhere', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene();
    const reader = host.connect(b);
    await reader.open(author, 'view');
    const [one, other] = [author.session(), author.session()];
    await host.pass(1000);
    // While somebody is heard live, records wait for the next word of their writer.
    there.send(channelThere, { type: 'live', live: other.live(4) });
    await host.pass(5);
    const first = one.record();
    here.append(channel, first);
    await host.pass(10);
    const second = other.record();
    there.append(channelThere, second);
    await host.pass(10);
    there.send(channelThere, { type: 'live', live: other.live(4) });
    await host.pass(2000);
    expect(reader.records()).toEqual([first, second]);
  });

  it('CON-9: a reader that lags misses nothing of what other processes took meanwhile', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene({ slowReaderBytes: 1000 });
    const [one, other] = [author.session(), author.session()];
    b.bus.lets = DEAF;
    const slow = host.connect(b);
    await slow.open(author, 'view');
    const sent: Uint8Array[] = [];
    for (let i = 0; i < 6; i++) {
      const [first, second] = [one.record(), other.record()];
      here.append(channel, first);
      await here.saved(one);
      if (i === 2) slow.bufferedBytes = 5000;
      there.append(channelThere, second);
      await there.saved(other);
      sent.push(first, second);
    }
    await host.pass(POLL_MS);
    slow.drain();
    await host.pass(500);
    const heard = slow.records().map((record) => sent.findIndex((one) => Buffer.compare(one, record) === 0));
    expect([...new Set(heard)]).toEqual(sent.map((_, index) => index));
  });
});

describe('what was judged by an older state', () => {
  it('CON-5: is not stored; the writer is told to send again soon, and then it is acknowledged', async () => {
    const { host, b, author, here, there, channelThere } = await scene();
    b.bus.lets = DEAF;
    const owner = host.connect(host.start());
    const { channel } = await owner.open(author, 'own');
    owner.send(channel, { type: 'header', header: author.nextHeader({ expiry: host.seconds + 1000 }) });
    await owner.next('headerData');
    const session = author.session();
    const record = session.record();
    there.append(channelThere, record);
    const refused = await there.next('refused', 'ack');
    expect(refused).toMatchObject({ type: 'refused', error: 'unavailable', n: 0 });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeLessThan(1000);
    expect(there.of('ack')).toEqual([]);
    await host.pass(250);
    expect(there.of('headerData').at(-1)?.header).toEqual(author.headerBytes);
    there.append(channelThere, record, session.record());
    await there.saved(session);
    await host.pass();
    expect(here.records()).toHaveLength(2);
  });

  it('HDR-5: renewed links: who came by an old one at another process is sent away, and nothing of it is stored', async () => {
    const { host, a, b, author, there, channelThere } = await scene();
    const owner = host.connect(a);
    const { channel } = await owner.open(author, 'own');
    const session = author.session();
    const old = session.record();
    b.bus.lets = DEAF;
    author.edit = makeKey();
    author.read = makeKey();
    const keys = { gen: 1, edit: author.edit.public, read: author.read.public };
    owner.send(channel, { type: 'header', header: author.nextHeader(keys) });
    await owner.next('headerData');
    there.append(channelThere, old);
    await host.pass(500);
    const errors = there.of('refused').map(({ refused, error }) => `${refused} ${error}`);
    expect(errors).toEqual(['append unavailable', 'header wrong_generation']);
    const back = host.connect(b);
    expect((await back.open(author, 'edit')).vector).toEqual([]);
    const fresh = author.session();
    back.append(channelThere, fresh.record());
    await back.saved(fresh);
  });

  it('HDR-5: what was taken with renewed links is not handed to who has none, though the word of the renewal was lost', async () => {
    const { host, a, b, author, there } = await scene();
    const owner = host.connect(a);
    const { channel } = await owner.open(author, 'own');
    b.bus.lets = ({ type }) => type === 'records';
    author.edit = makeKey();
    author.read = makeKey();
    const keys = { gen: 1, edit: author.edit.public, read: author.read.public };
    owner.send(channel, { type: 'header', header: author.nextHeader(keys) });
    await owner.next('headerData');
    const session = author.session();
    owner.append(channel, session.record());
    await owner.saved(session);
    await host.pass(500);
    expect(there.records()).toEqual([]);
    expect(there.of('refused')).toMatchObject([{ refused: 'header', error: 'wrong_generation' }]);
  });

  it('REC-3: a record that is in the store already, by another process, is acknowledged and stored once', async () => {
    const { host, a, b, author, here, channel } = await scene();
    b.bus.lets = DEAF;
    const session = author.session();
    const sent = [session.record(), session.record(), session.record()];
    here.append(channel, ...sent);
    await host.pass(3);
    // The line breaks before the acknowledgement.
    here.close();
    const back = host.connect(b);
    const opened = await back.open(author, 'edit');
    back.append(opened.channel, ...sent);
    await back.saved(session);
    await host.pass();
    expect(host.disk.heads([author.docId])[0]?.position).toBe(3);
    expect(a.store).not.toBe(b.store);
  });

  it('REC-3: an append on its way at one process meets the same from the other: stored once, acknowledged by the other', async () => {
    const { host, b, author, here, channel } = await scene();
    const session = author.session();
    const sent = [session.record(), session.record()];
    host.commitMs = 200;
    here.append(channel, ...sent);
    await host.pass(10);
    here.close();
    host.commitMs = 1;
    const back = host.connect(b);
    const opened = await back.open(author, 'edit');
    back.append(opened.channel, ...sent);
    await back.saved(session);
    await host.pass(1000);
    expect(host.disk.heads([author.docId])[0]?.position).toBe(2);
    back.append(opened.channel, session.record());
    await back.saved(session);
  });

  it('REC-3: another record at the same place is a fork, whichever process it comes to', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene();
    b.bus.lets = DEAF;
    const session = author.session();
    const [first, second] = [session.record(), session.record()];
    here.append(channel, first, second);
    await here.saved(session);
    there.append(channelThere, session.recordAt(1, bytes(32)));
    expect(await there.next('refused')).toMatchObject({ error: 'session_fork', n: 1 });
    const fresh = author.session();
    const [mine, theirs] = [fresh.recordAt(0, bytes(32)), fresh.recordAt(0, bytes(32))];
    here.append(channel, mine);
    there.append(channelThere, theirs);
    await host.pass(500);
    const outcomes = [here, there].map((client) => (client.of('ack').length > 0 ? 'stored' : 'refused'));
    expect(outcomes.toSorted()).toEqual(['refused', 'stored']);
    const [loser, at, record] = outcomes[0] === 'stored' ? [there, channelThere, theirs] : [here, channel, mine];
    loser.received.length = 0;
    loser.append(at, record);
    expect(await loser.next('refused')).toMatchObject({ error: 'session_fork', n: 0 });
  });

  it('REC-3: nothing is a gap, a fork or too much by a memory that is behind', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene({ documentMaxBytes: 4000 });
    const session = author.session();
    b.bus.lets = DEAF;
    here.append(channel, session.record(), session.record());
    await here.saved(session);
    there.append(channelThere, session.record());
    await there.saved(session);
    const large = session.record({ size: 3000 });
    there.append(channelThere, large);
    await there.saved(session);
    await host.pass();
    expect(await offer(author, here, channel, entriesOf(session))).toBeUndefined();
    const owner = host.connect(host.start());
    const { channel: owned } = await owner.open(author, 'own');
    owner.send(owned, { type: 'order', order: author.order(2, host.seconds) });
    await owner.next('erased');
    there.append(channelThere, session.record({ size: 3000 }));
    await there.saved(session);
    there.append(channelThere, session.recordAt(session.n + 1, session.hash));
    expect(await there.next('refused')).toMatchObject({ error: 'session_gap' });
    expect(there.of('refused')).toEqual([]);
  });

  it('CON-5: when the outcome of a commit is not known, the truth is read from the store', async () => {
    const { host, b, author, there, channelThere } = await scene();
    const session = author.session();
    const [first, second] = [session.record(), session.record()];
    host.disk.full = true;
    there.append(channelThere, first, second);
    expect(await there.next('refused')).toMatchObject({ error: 'disk_full', n: 0 });
    host.disk.full = false;
    await host.pass();
    there.received.length = 0;
    there.append(channelThere, first, second);
    await there.saved(session);
    expect(b.asked.loads).toBe(1);
  });

  it('CON-5: nothing is acknowledged on the word of the bus alone', async () => {
    const { host, b, author, there, channelThere } = await scene();
    await host.pass(2000);
    const session = author.session();
    const record = session.record();
    const event: BusEvent = { type: 'records', version: 0, after: 0, records: [{ position: 1, body: record }] };
    b.bus.kept.push({ key: Buffer.from(author.docId).toString('hex'), event });
    b.bus.arrive(0);
    there.append(channelThere, record);
    await there.saved(session);
    // The store did not have it: it was stored for this acknowledgement.
    expect(host.disk.heads([author.docId])[0]?.position).toBe(1);
    expect(host.disk.read({ docId: author.docId, num: 0 }, 0, 10_000).records).toHaveLength(1);
  });
});

describe('opening at one process what another serves', () => {
  it('CHK-4: shows everything that was acknowledged before, whatever the bus did', async () => {
    const { host, b, author, here, channel } = await scene();
    b.bus.lets = DEAF;
    const session = author.session();
    here.append(channel, session.record());
    await here.saved(session);
    const back = host.connect(b);
    expect((await back.open(author, 'edit')).vector).toEqual([{ session: session.id, have: 1 }]);
    expect(await offer(author, here, channel, entriesOf(session))).toBeUndefined();
    const again = host.connect(b);
    expect(await again.open(author, 'view')).toMatchObject({ checkpointSeq: 1 });
    expect(again.of('checkpointData')).toHaveLength(1);
  });

  it('CHK-4: also to who asks while others are being answered', async () => {
    const { host, author, here, channel } = await scene();
    const fresh = host.start();
    const session = author.session();
    const { promise, resolve } = Promise.withResolvers<void>();
    fresh.asked.late = (name) => (name === 'load' ? promise : undefined);
    host.connect(fresh).askOpen(author, 'view');
    await host.pass(50);
    here.append(channel, session.record());
    await here.saved(session);
    const late = host.connect(fresh);
    late.askOpen(author, 'view');
    await host.pass(50);
    resolve();
    expect((await late.next('opened')).vector).toEqual([{ session: session.id, have: 1 }]);
    expect(fresh.asked.loads).toBe(1);
  });

  it('CHK-4: also when another process erases while it is read in several pages', async () => {
    const { host, a, author, here, channel } = await scene({ pageBytes: 400 });
    const session = author.session();
    here.append(channel, ...Array.from({ length: 6 }, () => session.record()));
    await here.saved(session);
    const fresh = host.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    fresh.asked.gate = (name) => (name === 'read' ? promise : undefined);
    const late = host.connect(fresh);
    late.askOpen(author, 'view');
    await host.pass();
    expect(fresh.asked).toMatchObject({ loads: 1, reads: 1 });
    const owner = host.connect(a);
    const { channel: owned } = await owner.open(author, 'own');
    expect(await offer(author, owner, owned, entriesOf(session))).toBeUndefined();
    owner.send(owned, { type: 'order', order: author.order(2, host.seconds) });
    await owner.next('erased');
    fresh.asked.gate = () => undefined;
    resolve();
    expect(await late.next('opened')).toMatchObject({ checkpointSeq: 1, vector: [{ session: session.id, have: 6 }] });
  });

  it('HDR-4: what one process created is open at the other at once, and cannot be created there again', async () => {
    const host = new Host();
    const [a, b] = [host.start(), host.start()];
    const author = new Author();
    await host.connect(a).create(author);
    const there = host.connect(b);
    expect((await there.open(author, 'own')).role).toBe('own');
    await there.create(author);
    const other = { ...author.header, maxBytes: 9 };
    there.send(0, { type: 'create', request: 9, header: author.signHeader(other) });
    expect(await there.next('refused')).toMatchObject({ error: 'already_exists' });
  });

  it('CON-11: a store that does not answer is unavailable, not an older state', async () => {
    const { host, b, author } = await scene();
    const client = host.connect(b);
    b.store.heads = async () => 'unavailable';
    client.askOpen(author, 'edit');
    expect(await client.next('refused')).toMatchObject({ refused: 'open', error: 'unavailable', retryAfterMs: 2000 });
  });
});

describe('checkpoints at several processes', () => {
  it('CKP-1: every reader hears of one, and of two made at once one is dropped', async () => {
    const { host, author, here, there, channel, channelThere } = await scene();
    const session = author.session();
    here.append(channel, session.record());
    await here.saved(session);
    const [one, two] = [author.checkpoint(entriesOf(session)), author.checkpoint(entriesOf(session))];
    here.send(channel, { type: 'checkpoint', checkpoint: one });
    there.send(channelThere, { type: 'checkpoint', checkpoint: two });
    await host.pass(500);
    expect([here, there].map((client) => client.of('checkpointMade').map(({ seq }) => seq))).toEqual([[1], [1]]);
    const refused = [here, there].flatMap((client) => client.of('refused'));
    expect(refused).toMatchObject([{ refused: 'checkpoint', error: 'checkpoint_behind' }]);
    expect(here.of('checkpointMade')[0]?.hash).toEqual(there.of('checkpointMade')[0]?.hash);
  });

  it('CKP-2: one may cover what this process has not heard of yet', async () => {
    const { b, author, here, there, channel, channelThere } = await scene();
    b.bus.lets = DEAF;
    const session = author.session();
    here.append(channel, session.record(), session.record());
    await here.saved(session);
    expect(await offer(author, there, channelThere, entriesOf(session))).toBeUndefined();
  });

  it('CKP-6: a session that it retires is closed at every process, also for what is on its way', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene();
    const [idle, busy] = [author.session(), author.session()];
    there.append(channelThere, idle.record());
    await there.saved(idle);
    here.append(channel, busy.record());
    await here.saved(busy);
    await host.pass();
    expect(await offer(author, here, channel, entriesOf(idle, busy))).toBeUndefined();
    here.append(channel, busy.record());
    await here.saved(busy);
    b.bus.lets = DEAF;
    expect(await offer(author, here, channel, entriesOf(busy), { retired: 1 })).toBeUndefined();
    const next = idle.record();
    there.append(channelThere, next);
    expect(await there.next('refused')).toMatchObject({ error: 'unavailable', n: 1 });
    await host.pass(300);
    there.append(channelThere, next);
    expect(await there.next('refused')).toMatchObject({ error: 'session_closed', n: 1 });
    expect(there.of('checkpointMade').at(-1)).toMatchObject({ seq: 2 });
  });

  it('CKP-6: what waits for the store when its session is retired by another process is not stored', async () => {
    const { host, b, author, here, there, channel, channelThere } = await scene();
    const [idle, busy] = [author.session(), author.session()];
    here.append(channel, idle.record(), busy.record());
    await here.saved(busy);
    expect(await offer(author, here, channel, entriesOf(idle, busy))).toBeUndefined();
    here.append(channel, busy.record());
    await here.saved(busy);
    await host.pass();
    const { promise, resolve } = Promise.withResolvers<void>();
    b.asked.gate = (name) => (name === 'append' ? promise : undefined);
    const next = idle.record();
    there.append(channelThere, next);
    expect(await offer(author, here, channel, entriesOf(busy), { retired: 1 })).toBeUndefined();
    await host.pass();
    expect(there.of('checkpointMade')).toHaveLength(2);
    b.asked.gate = () => undefined;
    resolve();
    expect(await there.next('refused', 'ack')).toMatchObject({ type: 'refused', error: 'unavailable', n: 1 });
    there.append(channelThere, next);
    expect(await there.next('refused')).toMatchObject({ error: 'session_closed', n: 1 });
    expect(host.disk.heads([author.docId])[0]?.position).toBe(3);
  });

  it('CKP-6: a retired session that begins again is closed, and not put off for ever', async () => {
    const { host, author, here, there, channel, channelThere } = await scene();
    const [idle, busy] = [author.session(), author.session()];
    const first = idle.record();
    here.append(channel, first, busy.record());
    await here.saved(busy);
    expect(await offer(author, here, channel, entriesOf(idle, busy))).toBeUndefined();
    here.append(channel, busy.record());
    await here.saved(busy);
    expect(await offer(author, here, channel, entriesOf(busy), { retired: 1 })).toBeUndefined();
    await host.pass();
    // Its acknowledgement was lost, and its place in the store is taken by history.
    const errors: string[] = [];
    for (let i = 0; i < 5 && errors.at(-1) !== 'session_closed'; i++) {
      there.append(channelThere, first);
      errors.push((await there.next('refused')).error);
      await host.pass(300);
    }
    expect(errors).toEqual(['unavailable', 'unavailable', 'session_closed']);
    const fresh = author.session();
    there.append(channelThere, fresh.record());
    await there.saved(fresh);
  });

  it('CKP-2: one that retires a session which writes at another process at that moment does not get in beside the record', async () => {
    for (const lead of [0, 1, 2, 3, 4, 5]) {
      const { host, b, author, here, there, channel, channelThere } = await scene();
      const [idle, busy] = [author.session(), author.session()];
      here.append(channel, idle.record(), busy.record());
      await here.saved(busy);
      expect(await offer(author, here, channel, entriesOf(idle, busy))).toBeUndefined();
      here.append(channel, busy.record());
      await here.saved(busy);
      await host.pass();
      b.bus.lets = DEAF;
      const before = idle.n;
      const checkpoint = author.checkpoint(entriesOf(busy), { retired: 1 });
      here.send(channel, { type: 'checkpoint', checkpoint });
      await host.pass(lead);
      there.append(channelThere, idle.record());
      const made = (await here.next('checkpointMade', 'refused')).type === 'checkpointMade';
      const stored = (await there.next('ack', 'refused')).type === 'ack';
      expect([made, stored], `lead ${lead}`).not.toEqual([true, true]);
      const { vector } = await host.connect(host.start()).open(author, 'view');
      const have = vector.find(({ session }) => Buffer.compare(session, idle.id) === 0)?.have;
      expect(have, `lead ${lead}`).toBe(made ? undefined : stored ? before + 1 : before);
    }
  });

  it('ORD-3: who keeps up with a process that heard nothing gets the checkpoint when its records were erased meanwhile', async () => {
    const { host, a, b, author, here, there, channel } = await scene();
    b.bus.lets = DEAF;
    const session = author.session();
    here.append(channel, session.record(), session.record());
    await here.saved(session);
    expect(await offer(author, here, channel, entriesOf(session))).toBeUndefined();
    const owner = host.connect(a);
    const { channel: owned } = await owner.open(author, 'own');
    owner.send(owned, { type: 'order', order: author.order(2, host.seconds) });
    await owner.next('erased');
    const after = session.record();
    here.append(channel, after);
    await here.saved(session);
    await host.pass(POLL_MS + 200);
    expect(there.of('checkpointData').map(({ checkpoint }) => checkpoint)).toEqual([author.checkpointBytes]);
    expect(there.records()).toEqual([after]);
    expect(b.asked.loads).toBe(2);
  });

  it('CKP-3: who waits in the middle of catching up while another process erases what is left gets the checkpoint', async () => {
    const { host, a, b, author, here, channel } = await scene({ pageBytes: 400 });
    const session = author.session();
    const all = Array.from({ length: 12 }, () => session.record());
    here.append(channel, ...all);
    await here.saved(session);
    await host.pass();
    b.bus.lets = DEAF;
    const late = host.connect(b);
    late.askOpen(author, 'view');
    await late.next('records');
    late.bufferedBytes = 1_000_000;
    const owner = host.connect(a);
    const { channel: owned } = await owner.open(author, 'own');
    expect(await offer(author, owner, owned, entriesOf(session))).toBeUndefined();
    owner.send(owned, { type: 'order', order: author.order(2, host.seconds) });
    await owner.next('erased');
    late.drain();
    await host.pass(500);
    expect(late.of('caughtUp')).toHaveLength(1);
    expect(late.of('checkpointData').map(({ checkpoint }) => checkpoint)).toEqual([author.checkpointBytes]);
  });

  it('CKP-3: who lags until the retention of what it misses has ended gets the checkpoint, at each process', async () => {
    const limits = { sweepIntervalMs: 500, slowReaderBytes: 1000 };
    const { host, a, author, here, there, channel } = await scene(limits, { retention: 2 });
    const lagging = [host.connect(a), there];
    await lagging[0]?.open(author, 'view');
    const session = author.session();
    const write = async (): Promise<void> => {
      here.append(channel, session.record());
      await here.saved(session);
      await host.pass();
    };
    await write();
    for (const reader of lagging) reader.bufferedBytes = 5000;
    for (let i = 0; i < 4; i++) await write();
    expect(await offer(author, here, channel, entriesOf(session))).toBeUndefined();
    await host.pass(4000);
    expect(host.disk.read({ docId: author.docId, num: 0 }, 0, 10_000).records).toEqual([]);
    for (const reader of lagging) {
      reader.drain();
      await host.pass();
      expect(reader.of('checkpointData').map(({ checkpoint }) => checkpoint)).toEqual([author.checkpointBytes]);
    }
  });

  it('CKP-3: who catches up at one process while another erases gets the checkpoint, and nothing with a gap', async () => {
    for (const lead of [0, 2, 4, 6, 8, 10, 14]) {
      const { host, a, b, author, here, channel } = await scene({ pageBytes: 400 });
      const session = author.session();
      const all = Array.from({ length: 12 }, () => session.record());
      here.append(channel, ...all);
      await here.saved(session);
      await host.pass();
      b.bus.lets = DEAF;
      const owner = host.connect(a);
      const { channel: owned } = await owner.open(author, 'own');
      const late = host.connect(b);
      const checkpoint = author.checkpoint(entriesOf(session));
      owner.send(owned, { type: 'checkpoint', checkpoint });
      await host.pass(lead);
      late.askOpen(author, 'view');
      await owner.next('checkpointMade');
      owner.send(owned, { type: 'order', order: author.order(2, host.seconds) });
      await owner.next('erased');
      await host.pass(POLL_MS + 500);
      const whole = late.records().length === all.length;
      expect(whole || late.of('checkpointData').length > 0, `lead ${lead}`).toBe(true);
      const before = late.received.findIndex(({ type }) => type === 'checkpointData');
      const records = late.received.slice(0, before < 0 ? undefined : before);
      const seen = records.flatMap((message) => (message.type === 'records' ? message.records : []));
      expect(seen, `lead ${lead}`).toEqual(all.slice(0, seen.length));
    }
  });
});

describe('the owner at one process, the others at another', () => {
  it('HDR-2: a header is told everywhere; the very same again is accepted, another is stale', async () => {
    const { host, a, b, author, there } = await scene();
    const owner = host.connect(a);
    const { channel } = await owner.open(author, 'own');
    const before = { header: author.header, bytes: author.headerBytes };
    const header = author.nextHeader({ expiry: host.seconds + 5000 });
    owner.send(channel, { type: 'header', header });
    await owner.next('headerData');
    expect((await there.next('headerData')).header).toEqual(header);
    b.bus.lets = DEAF;
    const again = host.connect(b);
    const opened = await again.open(author, 'own');
    again.send(opened.channel, { type: 'header', header });
    expect((await again.next('headerData')).header).toEqual(header);
    Object.assign(author, { header: before.header, headerBytes: before.bytes });
    again.send(opened.channel, { type: 'header', header: author.nextHeader({ expiry: host.seconds + 6000 }) });
    expect(await again.next('refused')).toMatchObject({ refused: 'header', error: 'stale_header' });
  });

  it('HDR-2: a change that came between two of an own process is not missed', async () => {
    const { host, a, author, here, there, channelThere } = await scene();
    const session = author.session();
    there.append(channelThere, session.record());
    await there.saved(session);
    await host.pass();
    const owner = host.connect(a);
    const { channel } = await owner.open(author, 'own');
    a.bus.lets = DEAF;
    const { promise, resolve } = Promise.withResolvers<void>();
    a.asked.gate = (name) => (name === 'putHeader' ? promise : undefined);
    owner.send(channel, { type: 'header', header: author.nextHeader({ expiry: host.seconds + 5000 }) });
    await host.pass(20);
    expect(await offer(author, there, channelThere, entriesOf(session))).toBeUndefined();
    resolve();
    await owner.next('headerData');
    await host.pass(200);
    expect(here.of('checkpointMade')).toMatchObject([{ seq: 1 }]);
  });

  it('HDR-2: of two made at once at two processes one is taken', async () => {
    const { host, a, b, author } = await scene();
    const owners = [host.connect(a), host.connect(b)];
    const before = { header: author.header, headerBytes: author.headerBytes };
    const answers = [];
    for (const [index, owner] of owners.entries()) {
      const { channel } = await owner.open(author, 'own');
      Object.assign(author, before);
      owner.send(channel, { type: 'header', header: author.nextHeader({ expiry: host.seconds + 5000 + index }) });
    }
    for (const owner of owners) answers.push((await owner.next('headerData', 'refused')).type);
    await host.pass(500);
    const refused = owners.flatMap((owner) => owner.of('refused')).concat();
    expect(answers).toContain('headerData');
    expect(refused.every(({ error }) => error === 'stale_header')).toBe(true);
    const seen = await host.connect(a).open(author, 'view');
    expect(await host.connect(b).open(author, 'view')).toMatchObject({ header: seen.header });
  });

  it('ORD-2: a deleted document ends at every process, also for records on their way', async () => {
    const { host, a, b, author, there, channelThere } = await scene();
    const owner = host.connect(a);
    const { channel } = await owner.open(author, 'own');
    b.bus.lets = DEAF;
    owner.send(channel, { type: 'order', order: author.order(1, host.seconds) });
    await owner.next('ended');
    const session = author.session();
    there.append(channelThere, session.record());
    expect(await there.next('ended')).toMatchObject({ reason: 'deleted' });
    expect(there.of('ack')).toEqual([]);
    there.askOpen(author, 'view');
    while ((await there.next('refused')).refused !== 'open');
    expect(host.disk.load(author.docId, 1)).toBe('deleted');
  });

  it('ORD-4: a document whose owner gave it more time by another process is not over', async () => {
    const host = new Host();
    const [a, b] = [host.start(), host.start()];
    const author = new Author({ expiry: host.seconds + 20 });
    const [owner, there] = [host.connect(a), host.connect(b)];
    await owner.create(author);
    const { channel } = await owner.open(author, 'own');
    const { channel: channelThere } = await there.open(author, 'edit');
    await host.pass(19_000);
    b.bus.lets = DEAF;
    owner.send(channel, { type: 'header', header: author.nextHeader({ expiry: host.seconds + 1000 }) });
    await owner.next('headerData');
    await host.pass(1500);
    expect(there.of('ended')).toEqual([]);
    const session = author.session();
    there.append(channelThere, session.record());
    await there.saved(session);
    expect(there.of('refused')).toEqual([]);
  });

  it('ORD-4: an expired document ends everywhere by the clock', async () => {
    const { host, author, here, there } = await scene({}, { expiry: 1_800_000_000 + 30 });
    await host.pass(31_000);
    expect([here.of('ended'), there.of('ended')].map((ended) => ended[0]?.reason)).toEqual(['expired', 'expired']);
    here.askOpen(author, 'view');
    expect(await here.next('refused')).toMatchObject({ error: 'expired' });
  });
});

describe('records that nobody signed rightly, at several processes', () => {
  it('REC-5: are removed once, by whichever process finds them, and none serves them any more', async () => {
    const { host, a, b, author, here, there, channel, channelThere } = await scene({ verifyDelayMs: 300 });
    const session = author.session();
    const good = [session.record(), session.record()];
    here.append(channel, ...good);
    await here.saved(session);
    const forged = [session.record({ key: makeKey() }), session.record({ key: makeKey() })];
    there.append(channelThere, ...forged);
    await there.saved(session);
    await host.pass(2000);
    for (const process of [a, b]) {
      const { vector } = await host.connect(process).open(author, 'view');
      expect(vector).toEqual([{ session: session.id, have: 2 }]);
    }
    expect(host.disk.read({ docId: author.docId, num: 0 }, 0, 10_000).records.map(({ body }) => body)).toEqual(good);
    expect(there.of('goodbye')).toMatchObject([{ error: 'bad_signature' }]);
  });

  it('REC-5: what another process takes behind them, before it hears that they go, goes as well', async () => {
    const unsuspecting = { verifyDelayMs: 60_000 };
    const { host, a, author, here, there, channel, channelThere } = await scene(
      { verifyDelayMs: 300 },
      {},
      unsuspecting,
    );
    const session = author.session();
    const good = session.record();
    here.append(channel, good, session.record({ key: makeKey() }));
    await here.saved(session);
    await host.pass();
    const { promise, resolve } = Promise.withResolvers<void>();
    a.asked.gate = (name) => (name === 'removeRecords' ? promise : undefined);
    await host.pass(500);
    there.append(channelThere, session.record(), session.record());
    await there.saved(session);
    a.asked.gate = () => undefined;
    resolve();
    await host.pass(2000);
    expect(host.disk.read({ docId: author.docId, num: 0 }, 0, 10_000).records.map(({ body }) => body)).toEqual([good]);
    for (const process of [a, host.start()]) {
      expect((await host.connect(process).open(author, 'view')).vector).toEqual([{ session: session.id, have: 1 }]);
    }
  });

  it('REC-5: one that was removed before its own process heard that it was stored is not acknowledged', async () => {
    const { host, b, author, there, channelThere } = await scene({ verifyDelayMs: 300 }, {}, { sharedPollMs: 9000 });
    b.bus.lets = DEAF;
    b.asked.keepsAnswers = true;
    const session = author.session();
    there.append(channelThere, session.record({ key: makeKey() }));
    // The other process reads it, and finds it; its own looks into the store after that.
    await host.pass(POLL_MS + 1000);
    expect(host.disk.heads([author.docId])).toMatchObject([{ version: 1, position: 1 }]);
    await host.pass(9000);
    b.asked.answer();
    await host.pass(500);
    expect(there.of('ack')).toEqual([]);
    expect(there.of('refused')).toMatchObject([{ error: 'unavailable', n: 0 }]);
  });

  it('REC-5: nothing well signed goes when two processes look at one chain while a third writes on', async () => {
    const { host, author, here, there, channel, channelThere } = await scene({ verifyDelayMs: 50 });
    const sessions = [author.session(), author.session(), author.session()];
    for (let round = 0; round < 20; round++) {
      for (const session of sessions) {
        const [client, at] = round % 2 === 0 ? [here, channel] : [there, channelThere];
        client.append(at, session.record());
        await client.saved(session);
      }
    }
    await host.pass(3000);
    expect(host.disk.heads([author.docId])).toMatchObject([{ version: 0, position: 60 }]);
    expect(host.disk.read({ docId: author.docId, num: 0 }, 0, 1_000_000).records).toHaveLength(60);
  });
});

describe('people at several processes', () => {
  const last = (client: HostClient): number | undefined => client.of('peers').at(-1)?.connections;

  it('CON-4: are counted together', async () => {
    const { host, a, b, author, here, there } = await scene();
    await host.pass(500);
    expect([last(here), last(there)]).toEqual([2, 2]);
    const third = host.connect(b);
    expect((await third.open(author, 'view')).connections).toBe(3);
    await host.pass(500);
    expect([last(here), last(there)]).toEqual([3, 3]);
    third.close();
    there.close();
    await host.pass(500);
    expect(last(here)).toBe(1);
    expect((await host.connect(a).open(author, 'view')).connections).toBe(2);
  });

  it('CON-4: of a process that died they are forgotten after a while, of one that stops at once', async () => {
    const { host, b, author, here } = await scene();
    const c = host.start();
    await host.connect(c).open(author, 'view');
    await host.pass(500);
    expect(last(here)).toBe(3);
    b.crash();
    await host.pass(30_000);
    expect(last(here)).toBe(3);
    await host.pass(12_000);
    expect(last(here)).toBe(2);
    void c.relay.stop();
    await host.pass(500);
    expect(last(here)).toBe(1);
  });

  it('CON-4: their number comes right though the bus lost it', async () => {
    const host = new Host();
    const [a, b] = [host.start(), host.start()];
    const author = new Author();
    const [here, there] = [host.connect(a), host.connect(b)];
    await here.create(author);
    a.bus.lets = DEAF;
    await here.open(author, 'edit');
    await there.open(author, 'edit');
    await host.pass(500);
    a.bus.lets = () => true;
    await host.pass(17_000);
    expect([last(here), last(there)]).toEqual([2, 2]);
  });

  it('LIVE-1: what one says live the others hear at all processes; the limits are those of its own', async () => {
    const { host, a, author, here, there, channel, channelThere } = await scene({ liveBurstPerConnection: 5 });
    await host.pass(500);
    const session = author.session();
    const said = Array.from({ length: 5 }, () => session.live(4));
    for (const live of said) here.send(channel, { type: 'live', live });
    await host.pass();
    expect(there.of('liveData').map(({ live }) => live)).toEqual(said);
    expect(here.of('liveData')).toEqual([]);
    const viewer = host.connect(a);
    await viewer.open(author, 'view');
    viewer.send(channel, { type: 'live', live: session.live(4) });
    expect(await viewer.next('refused')).toMatchObject({ error: 'not_allowed' });
    there.send(channelThere, { type: 'live', live: author.session().live(3) });
    await host.pass();
    expect(here.of('liveData')).toHaveLength(1);
    expect(there.of('liveData')).toHaveLength(5);
  });
});

describe('what it costs to serve together', () => {
  it('CON-7: after an outage of the bus all documents are compared in few questions, and each now and then', async () => {
    const host = new Host({ createsBurstPerPrefix: 2000 });
    const [a, b] = [host.start(), host.start()];
    const maker = host.connect(a);
    const authors = Array.from({ length: 700 }, () => new Author());
    for (const author of authors) maker.send(0, { type: 'create', request: 1, header: author.headerBytes });
    await host.pass(500);
    const readers = [host.connect(b), host.connect(b)];
    for (const [index, author] of authors.entries()) readers[index % 2]?.askOpen(author, 'view');
    await host.pass(2000);
    expect(readers.flatMap((reader) => reader.of('caughtUp'))).toHaveLength(700);
    b.asked.heads.length = 0;
    b.bus.tellAll();
    await host.pass(100);
    expect(b.asked.heads.toSorted((x, y) => y - x).slice(0, 2)).toEqual([500, 200]);
    expect(b.asked.heads.length).toBeLessThan(8);
    b.asked.heads.length = 0;
    await host.pass(2 * POLL_MS);
    const asked = b.asked.heads.reduce((sum, count) => sum + count, 0);
    expect(asked).toBeGreaterThanOrEqual(2 * 700);
    expect(asked).toBeLessThan(4 * 700);
  });

  it('CON-8: one that stops acknowledges what it took, and the other goes on from there', async () => {
    const { host, a, author, here, there, channel, channelThere } = await scene();
    const session = author.session();
    const sent = Array.from({ length: 20 }, () => session.record());
    here.append(channel, ...sent);
    void a.relay.stop();
    await here.saved(session);
    expect(here.of('goodbye')).toMatchObject([{ error: 'shutting_down' }]);
    await host.pass(POLL_MS);
    expect(there.records()).toEqual(sent);
    there.append(channelThere, session.record());
    await there.saved(session);
  });

  it('CON-5: one that dies in the middle of a commit leaves the other whole', async () => {
    const { host, a, author, here, there, channel, channelThere } = await scene();
    const session = author.session();
    const sent = Array.from({ length: 5 }, () => session.record());
    here.append(channel, ...sent);
    await host.pass(3);
    a.crash();
    there.append(channelThere, ...sent);
    // The place is taken already: known after the store was asked.
    expect(await there.next('refused')).toMatchObject({ error: 'unavailable', n: 0 });
    await host.pass(250);
    there.append(channelThere, ...sent);
    await there.saved(session);
    await host.pass(1000);
    expect(host.disk.read({ docId: author.docId, num: 0 }, 0, 1_000_000).records.map(({ body }) => body)).toEqual(sent);
  });
});
