// Checkpoints: who makes them, from what, and what they leave out.
import type { Document } from '@archipel/client';
import type { Checkpoint } from '@archipel/protocol';
import { checkpointHash, decodeCheckpoint, equal } from '@archipel/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
beforeEach(async () => {
  relay = await startRelay();
});

const EVERY_FIVE = { checkpointRecords: 5 };

/** Somebody who only looks at the checkpoints that go by. */
function watcher(): { liar: Liar; seen: Checkpoint[]; bytes: Uint8Array[] } {
  const seen: Checkpoint[] = [];
  const bytes: Uint8Array[] = [];
  const liar = new Liar();
  liar.toRelay = (message) => {
    const decoded = message.type === 'checkpoint' ? decodeCheckpoint(message.checkpoint) : undefined;
    if (decoded?.ok) seen.push(decoded.value);
    if (message.type === 'checkpoint') bytes.push(message.checkpoint);
    return [message];
  };
  return { liar, seen, bytes };
}

async function words(document: Document, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    type(document, `${index} `);
    await document.flush();
  }
}

async function reads(document: Document): Promise<{ text: string; checkpoints: number; records: number }> {
  const liar = new Liar();
  let checkpoints = 0;
  let records = 0;
  liar.toClient = (message) => {
    if (message.type === 'checkpointData') checkpoints++;
    if (message.type === 'records') records += message.records.length;
    return [message];
  };
  const reader = await testClient({ socket: liar.socket }).open(document.links().view, { relay: relay.url });
  await reader.synced();
  const text = textOf(reader);
  await reader.close();
  return { text, checkpoints, records };
}

describe('making', () => {
  it('CKP-4: after so many records an editor makes one, and who comes gets it instead of them', async () => {
    const { liar, seen } = watcher();
    const anna = await testClient({ socket: liar.socket, timing: EVERY_FIVE }).create({ relay: relay.url });
    await words(anna, 6);
    await until(
      () => seen.length,
      (count) => count === 1,
    );
    await expect.poll(async () => (await reads(anna)).checkpoints).toBe(1);
    expect(await reads(anna)).toEqual({ text: '0 1 2 3 4 5 ', checkpoints: 1, records: expect.any(Number) });
    expect((await reads(anna)).records).toBeLessThan(6);
  });

  it('CKP-4: so many bytes are enough', async () => {
    const { liar, seen } = watcher();
    const timing = { checkpointBytes: 4000 };
    const anna = await testClient({ socket: liar.socket, timing }).create({ relay: relay.url });
    const chance = Array.from({ length: 6000 }, () => Math.random().toString(36)[3] ?? 'x').join('');
    type(anna, chance);
    await anna.flush();
    await until(
      () => seen.length,
      (count) => count === 1,
    );
  });

  it('CKP-4: it is made from durable records alone, never from live text', async () => {
    const { liar, seen } = watcher();
    const anna = await testClient({ socket: liar.socket, timing: { ...EVERY_FIVE, adoptAfterMs: 60_000 } }).create({
      relay: relay.url,
    });
    await anna.flush();
    const quiet = { sealAfterMs: 60_000, adoptAfterMs: 60_000 };
    const ben = await testClient({ timing: quiet }).open(anna.links().edit ?? '', { relay: relay.url });
    await ben.synced();
    await until(
      () => ben.peers,
      (peers) => peers === 2,
    );
    ben.ydoc.getMap('live').set('only', 'live');
    await until(
      () => anna.ydoc.getMap('live').get('only'),
      (value) => value === 'live',
    );
    await words(anna, 6);
    await until(
      () => seen.length,
      (count) => count >= 1,
    );
    await expect.poll(async () => (await reads(anna)).checkpoints).toBe(1);
    const reader = await testClient().open(anna.links().view, { relay: relay.url });
    await reader.synced();
    expect(reader.ydoc.getMap('live').get('only')).toBeUndefined();
    expect(textOf(reader)).toBe('0 1 2 3 4 5 ');
  });

  it('CKP-1: of several editors one makes it', async () => {
    const watchers = [watcher(), watcher(), watcher()];
    const [first, ...others] = watchers;
    const timing = { ...EVERY_FIVE, checkpointJitterMs: 600 };
    const anna = await testClient({ socket: first?.liar.socket ?? new Liar().socket, timing }).create({
      relay: relay.url,
    });
    await anna.flush();
    for (const { liar } of others) {
      const other = await testClient({ socket: liar.socket, timing }).open(anna.links().edit ?? '', {
        relay: relay.url,
      });
      await other.synced();
    }
    await words(anna, 5);
    await expect.poll(async () => (await reads(anna)).checkpoints).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const made = watchers.reduce((sum, { seen }) => sum + seen.length, 0);
    expect(made).toBeLessThan(3);
    expect((await reads(anna)).text).toBe('0 1 2 3 4 ');
  });

  it('CKP-1: each is linked to the one before', async () => {
    const { liar, seen, bytes } = watcher();
    const anna = await testClient({ socket: liar.socket, timing: EVERY_FIVE }).create({ relay: relay.url });
    await words(anna, 5);
    await until(
      () => seen.length,
      (count) => count === 1,
    );
    await words(anna, 7);
    await until(
      () => seen.length,
      (count) => count === 2,
    );
    const [one, two] = seen;
    expect([one?.seq, two?.seq]).toEqual([1, 2]);
    expect(equal(two?.previous ?? new Uint8Array(), checkpointHash(anna.docId, bytes[0] ?? new Uint8Array()))).toBe(
      true,
    );
    await expect.poll(async () => (await reads(anna)).text).toBe('0 1 2 3 4 0 1 2 3 4 5 6 ');
  });

  it('CKP-2: a session without news since the last one is retired, and writes on in a new session', async () => {
    const { liar, seen } = watcher();
    const anna = await testClient({ socket: liar.socket, timing: EVERY_FIVE }).create({ relay: relay.url });
    await anna.flush();
    const never = { checkpointRecords: 1_000_000 };
    const ben = await testClient({ timing: never }).open(anna.links().edit ?? '', { relay: relay.url });
    type(ben, 'Ben ');
    await ben.flush();
    await untilText([anna], 'Ben ');
    for (let round = 1; round <= 2; round++) {
      await words(anna, 7);
      await until(
        () => seen.length,
        (count) => count >= round,
      );
      await expect.poll(async () => (await reads(anna)).checkpoints).toBe(1);
    }
    await until(
      () => seen.at(-1)?.retired,
      (retired) => retired === 1,
    );
    type(ben, 'again');
    await ben.flush();
    const { text } = await reads(anna);
    expect(text.endsWith('again')).toBe(true);
    expect([...anna.reports, ...ben.reports]).toEqual([]);
  });

  it('CKP-4: the only editor leaves one behind when leaving', async () => {
    const { liar, seen } = watcher();
    const timing = { checkpointOnCloseRecords: 3 };
    const anna = await testClient({ socket: liar.socket, timing }).create({ relay: relay.url });
    await words(anna, 6);
    expect(seen).toEqual([]);
    await anna.close();
    expect(seen).toHaveLength(1);
    expect(await reads(anna)).toEqual({ text: '0 1 2 3 4 5 ', checkpoints: 1, records: 0 });
  });

  it('a refused one is no reason to stop working', async () => {
    const { liar } = watcher();
    liar.toRelay = (message) => {
      if (message.type !== 'checkpoint') return [message];
      liar.say({ type: 'refused', refused: 'checkpoint', error: 'checkpoint_behind', retryAfterMs: 0 });
      return [];
    };
    const anna = await testClient({ socket: liar.socket, timing: EVERY_FIVE }).create({ relay: relay.url });
    await words(anna, 8);
    expect(anna.state).toBe('saved');
    expect(anna.reports).toEqual([]);
  });
});

describe('history', () => {
  it('yields every record in order, verified, also those that a checkpoint covers', async () => {
    const { liar, seen } = watcher();
    const anna = await testClient({ socket: liar.socket, timing: EVERY_FIVE }).create({ relay: relay.url });
    await words(anna, 6);
    await until(
      () => seen.length,
      (count) => count === 1,
    );
    const all: number[] = [];
    for await (const { n, update } of anna.history()) {
      expect(update.length).toBeGreaterThan(0);
      all.push(n);
    }
    expect(all).toEqual([0, 1, 2, 3, 4, 5]);
    const late: number[] = [];
    for await (const { position } of anna.history(4)) late.push(position);
    expect(late).toEqual([4, 5, 6]);
  });

  it('ORD-3: after its owner erased it, begins where the last checkpoint ends', async () => {
    const { liar, seen } = watcher();
    const anna = await testClient({ socket: liar.socket, timing: EVERY_FIVE }).create({ relay: relay.url });
    await words(anna, 5);
    await until(
      () => seen.length,
      (count) => count === 1,
    );
    await expect.poll(async () => (await reads(anna)).checkpoints).toBe(1);
    expect(await anna.eraseHistory()).toEqual({ ok: true, value: undefined });
    await words(anna, 2);
    const left: number[] = [];
    for await (const { n } of anna.history()) left.push(n);
    // The checkpoint covers four or five, whatever was on disk when it was made.
    expect([
      [4, 5, 6],
      [5, 6],
    ]).toContainEqual(left);
    expect((await reads(anna)).text).toBe('0 1 2 3 4 0 1 ');
  });
});
