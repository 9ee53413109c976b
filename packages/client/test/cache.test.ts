// What this machine keeps: opening offline, resuming where it was, two tabs, two links.
import type { Client } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
beforeEach(async () => {
  relay = await startRelay();
});

/** How many records the relay sent through this liar. */
function counting(): { liar: Liar; count: () => number } {
  const liar = new Liar();
  let count = 0;
  liar.toClient = (message) => {
    if (message.type === 'records') count += message.records.length;
    return [message];
  };
  return { liar, count: () => count };
}

async function written(client: Client, ...words: string[]) {
  const document = await client.create({ relay: relay.url });
  for (const word of words) {
    type(document, word);
    await document.flush();
  }
  return document;
}

describe('cache', () => {
  it('a document opens whole without its relay', async () => {
    const storage = memoryStorage();
    const anna = await written(testClient({ storage, locks: memoryLocks() }), 'one ', 'two ');
    const { own = '' } = anna.links();
    await anna.close();
    await relay.stop();
    const again = await testClient({ storage, locks: memoryLocks() }).open(own, { relay: relay.url });
    expect(textOf(again)).toBe('one two ');
    expect(again.hasContents).toBe(true);
    await until(
      () => again.state,
      (state) => state === 'offline',
    );
  });

  it('what was acknowledged just before a crash is there without the relay, too', async () => {
    const storage = memoryStorage();
    const liar = new Liar();
    const slow = { cacheAfterMs: 60_000 };
    const anna = await written(
      testClient({ storage, locks: memoryLocks(), socket: liar.socket, timing: slow }),
      'acknowledged',
    );
    expect(anna.state).toBe('saved');
    liar.silence();
    await relay.stop();
    const { own = '' } = anna.links();
    const again = await testClient({ storage, locks: memoryLocks() }).open(own, { relay: relay.url });
    expect(textOf(again)).toBe('acknowledged');
  });

  it('CON-4: resumes by vector: what is here is not sent again', async () => {
    const storage = memoryStorage();
    const anna = await written(testClient(), 'one ', 'two ', 'three ');
    const first = await testClient({ storage, locks: memoryLocks() }).open(anna.links().edit ?? '', {
      relay: relay.url,
    });
    await first.synced();
    await first.close();
    type(anna, 'four');
    await anna.flush();
    const { liar, count } = counting();
    const client = testClient({ storage, locks: memoryLocks(), socket: liar.socket });
    const again = await client.open(anna.links().edit ?? '', { relay: relay.url });
    await again.synced();
    expect(textOf(again)).toBe('one two three four');
    expect(count()).toBe(1);
  });

  it('two tabs of one browser write, and both are found by the next', async () => {
    const storage = memoryStorage();
    const locks = memoryLocks();
    const one = await written(testClient({ storage, locks }), 'start ');
    const { own = '' } = one.links();
    const two = await testClient({ storage, locks }).open(own, { relay: relay.url });
    await two.synced();
    type(one, 'one ');
    await untilText([two], 'start one ');
    type(two, 'two');
    await untilText([one], 'start one two');
    await Promise.all([one.flush(), two.flush()]);
    await Promise.all([one.close(), two.close()]);
    await relay.stop();
    const next = await testClient({ storage, locks }).open(own, { relay: relay.url });
    expect(textOf(next)).toBe('start one two');
    expect(next.unsaved).toBe(0);
  });

  it('LIVE-4: a reader forgets what nobody made durable', async () => {
    const storage = memoryStorage();
    const liar = new Liar();
    const quiet = { sealAfterMs: 60_000, adoptAfterMs: 60_000 };
    const anna = await written(testClient({ socket: liar.socket, timing: quiet }), 'durable');
    const { view } = anna.links();
    const reader = await testClient({ storage, locks: memoryLocks() }).open(view, { relay: relay.url });
    await reader.synced();
    await until(
      () => anna.peers,
      (peers) => peers === 2,
    );
    type(anna, ' and live');
    await untilText([reader], 'durable and live');
    liar.silence();
    await reader.close();
    const again = await testClient({ storage, locks: memoryLocks() }).open(view, { relay: relay.url });
    await again.synced();
    expect(textOf(again)).toBe('durable');
    expect(again.reports).toEqual([]);
  });

  it('empties the outbox when the cache holds what was acknowledged', async () => {
    const storage = memoryStorage();
    const anna = await written(testClient({ storage, locks: memoryLocks() }), 'one ', 'two ', 'three ');
    const [docId = ''] = await storage.documents();
    await expect.poll(async () => (await storage.list(docId, 'out/')).length).toBe(0);
    await anna.close();
    const host = new URL(relay.url).host;
    const kept = ['head/header', 'head/held', `head/of/${host}`, 'relays', 'state'];
    expect((await storage.list(docId, '')).map(({ key }) => key)).toEqual(kept);
  });

  it('forgets a document on request', async () => {
    const storage = memoryStorage();
    const client = testClient({ storage, locks: memoryLocks() });
    const anna = await written(client, 'one');
    await client.forget(anna.docId);
    expect(await storage.documents()).toEqual([]);
    expect(client.documents.size).toBe(0);
  });

  it('one document by two links in one program: each has what its link allows', async () => {
    const client = testClient();
    const editor = await written(client, 'text');
    const reader = await client.open(editor.links().view, { relay: relay.url });
    await reader.synced();
    expect([editor.state, reader.state]).toEqual(['saved', 'readonly']);
    type(editor, ' more');
    await untilText([reader], 'text more');
  });
});
