// The past as this machine keeps it: read once, seen without the relay, gone when it is erased or closed.
import type { Document, PastPage } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { testClient, type, until } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
beforeEach(async () => {
  relay = await startRelay();
});

async function words(document: Document, ...all: string[]): Promise<void> {
  for (const word of all) {
    type(document, word);
    await document.flush();
  }
}

/** The text that the steps make together, how many there are, and how the reading ended. */
async function past(document: Document): Promise<{ text: string; steps: number; end: string }> {
  const made = new Y.Doc();
  let steps = 0;
  const pages = document.past();
  for (;;) {
    const page: IteratorResult<PastPage, 'current' | 'cached'> = await pages.next();
    if (page.done) return { text: made.getText('t').toString(), steps, end: page.value };
    for (const { update } of page.value.steps) Y.applyUpdate(made, update);
    steps += page.value.steps.length;
  }
}

/** How many records of the history the relay sends through this liar. */
function counting(): { liar: Liar; asked: () => number } {
  const liar = new Liar();
  let sent = 0;
  liar.toClient = (message) => {
    if (message.type === 'historyPage') sent += message.records.length;
    return [message];
  };
  return { liar, asked: () => sent };
}

describe('the past on this machine', () => {
  it('is asked for once, and then only what came since', async () => {
    const { liar, asked } = counting();
    const anna = await testClient({ socket: liar.socket }).create({ relay: relay.url });
    await words(anna, 'one ', 'two ', 'three ');
    expect(await past(anna)).toEqual({ text: 'one two three ', steps: 3, end: 'current' });
    await words(anna, 'four ');
    const before = asked();
    expect(await past(anna)).toEqual({ text: 'one two three four ', steps: 4, end: 'current' });
    // One to see that it is the same history, one that is new.
    expect(asked() - before).toBe(2);
  });

  it('is there without the relay, as far as it was read', async () => {
    const storage = memoryStorage();
    const anna = await testClient({ storage, locks: memoryLocks() }).create({ relay: relay.url });
    await words(anna, 'one ', 'two ');
    await past(anna);
    const { own = '' } = anna.links();
    await anna.close();
    await relay.stop();
    const again = await testClient({ storage, locks: memoryLocks() }).open(own, { relay: relay.url });
    expect(await past(again)).toEqual({ text: 'one two ', steps: 2, end: 'cached' });
    const other = await testClient().open(own, { relay: relay.url });
    await expect(past(other)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ORD-3: is gone here as well when its owner erases it, all of it; what is written later is read', async () => {
    const [storage, locks] = [memoryStorage(), memoryLocks()];
    const anna = await testClient().create({ relay: relay.url });
    await words(anna, 'one ', 'two ');
    const ben = await testClient({ storage, locks }).open(anna.links().edit ?? '', { relay: relay.url });
    await ben.synced();
    expect((await past(ben)).steps).toBe(2);
    expect(await anna.eraseHistory()).toEqual({ ok: true, value: undefined });
    expect((await past(anna)).steps).toBe(0);
    expect((await past(ben)).steps).toBe(0);
    await words(ben, 'three ');
    expect((await past(ben)).steps).toBe(1);
    expect((await past(anna)).steps).toBe(1);
    expect(anna.reports).toEqual([]);
  });

  it('goes on after checkpoints that no longer tell where an erased session began', async () => {
    const timing = { checkpointRecords: 4 };
    const anna = await testClient({ timing }).create({ relay: relay.url });
    await words(anna, 'one ', 'two ');
    expect(await anna.eraseHistory()).toEqual({ ok: true, value: undefined });
    await words(anna, 'a ', 'b ', 'c ', 'd ', 'e ');
    const ben = await testClient().open(anna.links().edit ?? '', { relay: relay.url });
    await ben.synced();
    await words(ben, 'f ');
    await until(
      () => anna.ydoc.getText('t').toString(),
      (text) => text.endsWith('f '),
    );
    // Read from nothing: of Anna's session at most the end can be verified, of Ben's everything.
    expect((await past(ben)).steps).toBeGreaterThanOrEqual(1);
    expect(ben.reports).toEqual([]);
  });

  it('HDR-6: a reader has it when the owner opens it, and no more when the owner closes it', async () => {
    const anna = await testClient().create({ relay: relay.url });
    await words(anna, 'one ');
    const reader = await testClient().open(anna.links().view, { relay: relay.url });
    await reader.synced();
    await expect(past(reader)).rejects.toMatchObject({ code: 'not_allowed' });
    expect(await anna.setPastOpen(true)).toEqual({ ok: true, value: undefined });
    expect((await past(reader)).steps).toBe(1);
    expect(await anna.setExpiry(Math.floor(Date.now() / 1000) + 3600)).toEqual({ ok: true, value: undefined });
    expect((await past(reader)).steps).toBe(1);
    expect(await anna.setPastOpen(false)).toEqual({ ok: true, value: undefined });
    await expect(past(reader)).rejects.toMatchObject({ code: 'not_allowed' });
    await relay.stop();
    await expect(past(reader)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('a tool’s note on this machine is there again, and goes with the document', async () => {
  const [storage, locks] = [memoryStorage(), memoryLocks()];
  const client = testClient({ storage, locks });
  const anna = await client.create({ relay: relay.url });
  await anna.setNote('visit', Uint8Array.of(1, 2));
  const { own = '' } = anna.links();
  await anna.close();
  const again = await client.open(own, { relay: relay.url });
  expect(await again.note('visit')).toEqual(Uint8Array.of(1, 2));
  await client.forget(again.docId);
  expect(await storage.documents()).toEqual([]);
});
