// "Change the locks": new links for a document whose contents stay (docs/protocol.md §4, a change of generation).
import type { Document } from '@archipel/client';
import { memoryStorage } from '@archipel/client';
import { describe, expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { startRelay } from './support/relay.ts';
import { startRelayProcess } from './support/relay-process.ts';

const editLink = (document: Document): string => document.links().edit ?? '';

/** How somebody fares who comes with this link: `ok`, or the error. */
async function coming(link: string, relay: string): Promise<string> {
  const document = await testClient().open(link, { relay });
  return document.synced().then(
    () => 'ok',
    (error: { code: string }) => error.code,
  );
}

async function ownedDocument(relay: string, text: string): Promise<Document> {
  const document = await testClient().create({ relay });
  type(document, text);
  await document.flush();
  return document;
}

describe('a change of generation', () => {
  it('GEN-1, CAP-4: old links stop working, who is there by one is told at once, the contents stay', async () => {
    const { url } = await startRelay();
    const anna = await ownedDocument(url, 'before ');
    const old = anna.links();
    const [ben, rita] = await Promise.all([
      testClient().open(old.edit ?? '', { relay: url }),
      testClient().open(old.view, { relay: url }),
    ]);
    await untilText([ben, rita], 'before ');
    type(ben, 'of Ben ');
    await ben.flush();
    await untilText([anna], 'before of Ben ');

    expect(await anna.changeLocks()).toMatchObject({ ok: true });
    for (const document of [ben, rita])
      await until(
        () => [document.state, document.error],
        ([state, error]) => state === 'problem' && error === 'wrong_generation',
      );
    type(anna, 'after ');
    await anna.flush();
    const fresh = anna.links();
    expect(fresh.own).toBe(old.own);
    expect(fresh.edit).not.toBe(old.edit);
    expect([await coming(old.edit ?? '', url), await coming(old.view, url)]).toEqual(Array(2).fill('wrong_generation'));

    const [carl, vera, again] = await Promise.all([
      testClient().open(fresh.edit ?? '', { relay: url }),
      testClient().open(fresh.view, { relay: url }),
      testClient().open(old.own ?? '', { relay: url }),
    ]);
    await untilText([carl, vera, again], 'before of Ben after ');
    expect(again.links()).toEqual(fresh);
    type(carl, 'by Carl ');
    type(again, '!', 0);
    await Promise.all([carl.flush(), again.flush()]);
    await untilText([anna, vera, carl, again], '!before of Ben after by Carl ');
    expect(textOf(ben)).toBe('before of Ben ');
    for (const { reports } of [anna, ben, rita, carl, vera, again]) expect(reports).toEqual([]);
  });

  it('GEN-1: again and again, with checkpoints in between, and the owner still has the whole past', async () => {
    const { url } = await startRelay();
    const anna = await ownedDocument(url, '');
    let expected = '';
    for (let round = 0; round < 4; round++) {
      const editor = await testClient({ timing: { checkpointRecords: 3 } }).open(editLink(anna), { relay: url });
      await editor.synced();
      for (const word of ['a', 'b', 'c', 'd', 'e']) {
        type(editor, word + round);
        await editor.flush();
        expected += word + round;
      }
      await untilText([anna], expected);
      expect(await anna.changeLocks()).toMatchObject({ ok: true });
    }
    const late = await testClient().open(editLink(anna), { relay: url });
    await untilText([late], expected);
    let steps = 0;
    for await (const _ of anna.history()) steps++;
    expect(steps).toBeGreaterThanOrEqual(20);
    expect(await coming(anna.links().view, url)).toBe('ok');
    for (const { reports } of [anna, late]) expect(reports).toEqual([]);
  });

  it('GEN-1, GEN-2: an owner who vanishes in the middle: new links wait, and another browser of the owner finishes', async () => {
    const { url } = await startRelay();
    const laptop = testClient();
    const anna = await laptop.create({ relay: url });
    type(anna, 'kept');
    await anna.flush();
    const own = anna.links().own ?? '';
    // Gone the moment the header is taken, before any checkpoint.
    const gone = new Promise<void>((resolve) => {
      anna.on('header', ({ gen }) => gen === 1 && resolve(laptop.close()));
    });
    void anna.changeLocks();
    await gone;
    const fresh = anna.links();
    const carl = await testClient().open(fresh.edit ?? '', { relay: url });
    await until(
      () => carl.header?.gen,
      (gen) => gen === 1,
    );
    expect([carl.state, textOf(carl), carl.reports]).toEqual(['connecting', '', []]);
    const phone = await testClient().open(own, { relay: url });
    await untilText([phone, carl], 'kept');
    await carl.synced();
    expect(carl.reports).toEqual([]);
    expect(phone.reports).toEqual([]);
  });

  it('GEN-3: what an owner wrote elsewhere without connection arrives after the change', async () => {
    const relay = await startRelay();
    const anna = await ownedDocument(relay.url, 'text');
    const storage = memoryStorage();
    const client = testClient({ storage });
    const phone = await client.open(anna.links().own ?? '', { relay: relay.url });
    await phone.synced();
    await relay.stop();
    await until(
      () => phone.state,
      (state) => state === 'offline',
    );
    type(phone, ' and a note');
    await phone.hide();
    await client.close();
    await relay.start();
    await until(
      () => anna.state,
      (state) => state === 'saved',
    );
    expect(await anna.changeLocks()).toMatchObject({ ok: true });
    const back = await testClient({ storage }).open(anna.links().own ?? '', { relay: relay.url });
    await untilText([anna, back], 'text and a note');
    await back.flush();
    const carl = await testClient().open(editLink(anna), { relay: relay.url });
    await untilText([carl], 'text and a note');
  });

  it('GEN-4: what was not sent by an old link is kept, and arrives by the new one', async () => {
    const relay = await startRelay();
    const anna = await ownedDocument(relay.url, 'text');
    const storage = memoryStorage();
    const client = testClient({ storage });
    const ben = await client.open(editLink(anna), { relay: relay.url });
    await untilText([ben], 'text');
    await relay.stop();
    await until(
      () => ben.state,
      (state) => state === 'offline',
    );
    type(ben, ' and a note of Ben');
    await ben.hide();
    const changing = anna.changeLocks();
    // Ben comes back after Anna, or before; then his note is in the document at once.
    await relay.start();
    expect(await changing).toMatchObject({ ok: true });
    await until(
      () => [ben.state, ben.error],
      ([state, error]) => state === 'saved' || error === 'wrong_generation',
    );
    await client.close();
    const fresh = await testClient({ storage }).open(editLink(anna), { relay: relay.url });
    await untilText([fresh, anna], 'text and a note of Ben');
    await fresh.flush();
    expect(fresh.reports).toEqual([]);
  });

  it('GEN-4: sealed, not acknowledged, and told by the relay', async () => {
    const relay = await startRelay();
    const anna = await ownedDocument(relay.url, 'text');
    const storage = memoryStorage();
    const first = testClient({ storage, timing: { sealBytes: 1 } });
    const ben = await first.open(editLink(anna), { relay: relay.url });
    await untilText([ben], 'text');
    await relay.stop();
    await until(
      () => ben.state,
      (state) => state === 'offline',
    );
    type(ben, ' and a sealed note');
    await ben.hide();
    await first.close();
    await relay.start();
    await until(
      () => anna.state,
      (state) => state === 'saved',
    );
    expect(await anna.changeLocks()).toMatchObject({ ok: true });
    // By the old link the note is there, and told to be unsaved.
    const old = await testClient({ storage }).open(ben.links().edit ?? '', { relay: relay.url });
    await expect(old.synced()).rejects.toMatchObject({ code: 'wrong_generation' });
    expect([textOf(old), old.unsaved > 0]).toEqual(['text and a sealed note', true]);
    await old.close();
    const fresh = await testClient({ storage }).open(editLink(anna), { relay: relay.url });
    await untilText([fresh, anna], 'text and a sealed note');
    await fresh.flush();
    expect(fresh.reports).toEqual([]);
  });
});

it('GEN-1: kill -9 of the relay in the middle of changes, ten times, and nothing is lost', {
  timeout: 240_000,
}, async () => {
  const relay = await startRelayProcess();
  const anna = await ownedDocument(relay.url, '');
  let expected = '';
  for (let round = 0; round < 10; round++) {
    const ben = await testClient().open(editLink(anna), { relay: relay.url });
    await ben.synced();
    type(ben, `${round} `);
    await ben.flush();
    expected += `${round} `;
    await untilText([anna], expected);
    const changing = anna.changeLocks();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    await relay.kill();
    await relay.start();
    expect(await changing).toMatchObject({ ok: true });
    expect(anna.header?.gen).toBe(round + 1);
    await until(
      () => ben.error,
      (error) => error === 'wrong_generation',
    );
    await ben.close();
  }
  const late = await testClient().open(editLink(anna), { relay: relay.url });
  await untilText([late], expected);
  expect([anna.reports, late.reports]).toEqual([[], []]);
});
