// "Change the locks" of a document that people comment on (docs/protocol.md §4, §23): the link to comment is a new one, what was said stays.
import type { Client, Document } from '@archipel/client';
import { memoryStorage } from '@archipel/client';
import { beforeEach, expect, it } from 'vitest';
import { testClient, type, until, untilText } from './support/clients.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
let anna: Document;

beforeEach(async () => {
  relay = await startRelay();
  anna = await testClient().create({ relay: relay.url });
  type(anna, 'text');
  await anna.flush();
  expect(await anna.openToRemarks()).toMatchObject({ ok: true });
});

const commentLink = (): string => anna.links().comment ?? '';

const open = (link: string, client: Client = testClient()): Promise<Document> =>
  client.open(link, { relay: relay.url });

const said = (document: Document): string => document.remarks.getArray<string>('said').toArray().join(' ');

async function say(document: Document, word: string): Promise<void> {
  document.remarks.getArray('said').push([word]);
  await document.flush();
}

async function untilSaid(documents: Document[], words: string): Promise<void> {
  for (const document of documents)
    await until(
      () => said(document),
      (seen) => seen === words,
    );
}

const untilOffline = (document: Document): Promise<unknown> =>
  until(
    () => document.state,
    (state) => state === 'offline',
  );

const untilOld = (document: Document): Promise<unknown> =>
  until(
    () => document.error,
    (error) => error === 'wrong_generation',
  );

it('CAP-4, RMK-5, HDR-7: an old link to comment stops working, all that was said stays, and the new link goes on', async () => {
  const old = commentLink();
  const ben = await open(old);
  await say(ben, 'one');
  await untilSaid([anna], 'one');

  for (const word of ['two', 'three']) {
    expect(await anna.changeLocks()).toMatchObject({ ok: true });
    await say(anna, word);
  }
  await untilOld(ben);
  expect([ben.state, said(ben)]).toEqual(['problem', 'one']);
  await expect((await open(old)).synced()).rejects.toMatchObject({ code: 'wrong_generation' });
  expect(commentLink()).not.toBe(old);

  const [carl, vera, again] = await Promise.all([
    open(commentLink()),
    open(anna.links().view),
    open(anna.links().own ?? ''),
  ]);
  await untilSaid([carl, vera, again], 'one two three');
  await untilText([carl, vera, again], 'text');
  await say(carl, 'four');
  await untilSaid([anna, vera, again], 'one two three four');
  // Each generation's remarks are verified by the keys of its own (RMK-3).
  expect(anna.header?.former?.map(({ comment }) => comment !== undefined)).toEqual([true, true]);
  for (const { reports } of [anna, ben, carl, vera, again]) expect(reports).toEqual([]);
});

it('HDR-8: where nobody could comment there is no link to comment afterwards, and the owner can still make one', async () => {
  const quiet = await testClient().create({ relay: relay.url });
  await quiet.flush();
  expect(await quiet.changeLocks()).toMatchObject({ ok: true });
  expect([quiet.links().comment, quiet.unsaved]).toEqual([undefined, 0]);
  expect(await quiet.openToRemarks()).toMatchObject({ ok: true });
  const ben = await open(quiet.links().comment ?? '');
  await say(ben, 'one');
  await untilSaid([quiet], 'one');
});

it('GEN-4: a remark that waited without connection when the locks were changed arrives by the new link, once', async () => {
  const storage = memoryStorage();
  const first = testClient({ storage });
  const ben = await open(commentLink(), first);
  await say(ben, 'one');
  await relay.stop();
  await untilOffline(ben);
  ben.remarks.getArray('said').push(['two']);
  await ben.hide();
  await first.close();
  await relay.start();
  await until(
    () => anna.state,
    (state) => state === 'saved',
  );
  const old = commentLink();
  expect(await anna.changeLocks()).toMatchObject({ ok: true });
  await say(anna, 'three');

  // By the old link it is here, and said to be unsaved.
  const second = testClient({ storage });
  const late = await open(old, second);
  await expect(late.synced()).rejects.toMatchObject({ code: 'wrong_generation' });
  expect([said(late), late.unsaved > 0]).toEqual(['one two', true]);
  await second.close();

  const back = await open(commentLink(), testClient({ storage }));
  await until(
    () => said(anna).split(' ').sort().join(' '),
    (words) => words === 'one three two',
  );
  await back.flush();
  await untilSaid([back, await open(anna.links().view)], said(anna));
  await untilText([back, anna], 'text');
  for (const { reports } of [anna, back]) expect(reports).toEqual([]);
});

it('GEN-3: a remark that an owner wrote elsewhere without connection arrives after the change', async () => {
  const storage = memoryStorage();
  const phone = testClient({ storage });
  const away = await open(anna.links().own ?? '', phone);
  await away.synced();
  await relay.stop();
  await untilOffline(away);
  away.remarks.getArray('said').push(['one']);
  await away.hide();
  await phone.close();
  await relay.start();
  await until(
    () => anna.state,
    (state) => state === 'saved',
  );
  expect(await anna.changeLocks()).toMatchObject({ ok: true });
  const back = await open(anna.links().own ?? '', testClient({ storage }));
  await untilSaid([anna, back, await open(commentLink())], 'one');
  await back.flush();
  expect([anna.reports, back.reports]).toEqual([[], []]);
});
