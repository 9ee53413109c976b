import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64url, equal, itemHash } from '@archipel/protocol';
import { VirtualClock } from '@archipel/testkit/host';
import { describe, expect, it } from 'vitest';
import { Intake } from '../src/primitives/inbox/intake.ts';
import type { Added, NewItem } from '../src/store/inboxes.ts';
import { Author, bytes } from './support/author.ts';
import { refusal } from './support/blobs.ts';

import { nowSeconds, TestInbox } from './support/inboxes.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';

const DAY = 86_400;
const KILLS_MS = 120_000;
const GIB = 2 ** 30;

async function created(settings = {}, changes = {}) {
  const relay = await startRelay(settings);
  const inbox = new TestInbox(relay.server.port, changes);
  expect((await inbox.create()).status).toBe(201);
  return { ...relay, inbox };
}

describe('creating an inbox', () => {
  it('[INBOX-1, INBOX-2] takes a header of its owner, the same again, and no other', async () => {
    const { inbox } = await created();
    expect((await inbox.create()).headers.get('location')).toBe(`/inbox/${inbox.id}`);
    expect(await refusal(await inbox.create(inbox.signed({ maxItems: 5 })))).toEqual([409, 'already_exists']);
    const other = new TestInbox(inbox.port);
    expect(await refusal(await other.create(other.signed({}, inbox.owner)))).toEqual([400, 'bad_header']);
    expect(await refusal(await other.create(other.next({})))).toEqual([409, 'stale_header']);
    expect(await refusal(await other.create(new Uint8Array(9)))).toEqual([400, 'unsupported_version']);
    expect(await refusal(await other.send('POST', '', new Uint8Array(9000)))).toEqual([413, 'too_large']);
    const header = await inbox.send('GET', `/${inbox.id}/header`, undefined);
    expect(new Uint8Array(await header.arrayBuffer())).toEqual(inbox.header);
  });

  it('[INBOX-7] refuses what is kept too long, or wants more than the host gives', async () => {
    const { server } = await startRelay({ limits: { inboxMaxDays: 2, inboxMaxItems: 9, inboxMaxBytes: 1000 } });
    const refused = async (changes: object) => refusal(await new TestInbox(server.port, changes).create());
    expect(await refused({ expiry: nowSeconds() + 3 * DAY, maxItems: 9 })).toEqual([400, 'expiry_too_long']);
    expect(await refused({ expiry: nowSeconds() - 1, maxItems: 9 })).toEqual([400, 'expiry_too_long']);
    expect(await refused({ expiry: nowSeconds() + DAY, maxItems: 10 })).toEqual([413, 'too_large']);
    expect(await refused({ expiry: nowSeconds() + DAY, maxItems: 9, maxBytes: 1001 })).toEqual([413, 'too_large']);
  });

  it('is not offered where no inboxes are kept', async () => {
    const { server } = await startRelay({ limits: { inboxesMaxBytes: 0 } });
    expect(await refusal(await new TestInbox(server.port).create())).toEqual([501, 'not_offered']);
  });

  it('[INBOX-2] a later header closes it, opens it again, and is taken in its turn alone', async () => {
    const { inbox } = await created();
    const next = inbox.next({ closes: nowSeconds() - 5 });
    expect((await inbox.putHeader(next)).status).toBe(204);
    expect((await inbox.putHeader(next)).status).toBe(204);
    expect(await refusal(await inbox.putHeader(inbox.next({ maxItems: 3 })))).toEqual([409, 'stale_header']);
    expect(await refusal(await inbox.add(inbox.item()))).toEqual([410, 'closed']);
    const other = new TestInbox(inbox.port);
    expect(await refusal(await inbox.putHeader(other.next({})))).toEqual([400, 'bad_header']);
  });
});

describe('adding', () => {
  it('[INBOX-3, INBOX-6] takes what is signed with the link, each once, and answers it again', async () => {
    const { inbox } = await created();
    const [one, two] = [inbox.item(), inbox.item({ size: 16_384 })];
    const first = await inbox.add(one);
    expect(first.status).toBe(201);
    const receipt = await first.json();
    expect(receipt).toMatchObject({ number: 1 });
    expect(await (await inbox.add(two)).json()).toMatchObject({ number: 2 });
    expect(await (await inbox.add(one)).json()).toEqual(receipt);
    expect(await refusal(await inbox.add(inbox.item({ by: inbox.owner })))).toEqual([403, 'bad_signature']);
    expect(await refusal(await inbox.add(new TestInbox(inbox.port).item()))).toEqual([403, 'bad_signature']);
    expect(await refusal(await inbox.add({ bytes: one.bytes.subarray(0, -1) }))).toEqual([400, 'bad_message']);
    expect(await refusal(await inbox.add({ bytes: new Uint8Array(17_409) }))).toEqual([413, 'too_large']);
    const { items, last } = await inbox.page();
    expect([last, items.map(({ bytes }) => bytes)]).toEqual([2, [one.bytes, two.bytes]]);
  });

  it('[INBOX-6] what was answered is answered so after it was closed, too', async () => {
    const { inbox } = await created();
    const item = inbox.item();
    const receipt = await (await inbox.add(item)).json();
    await inbox.putHeader(inbox.next({ closes: 1 }));
    expect(await (await inbox.add(item)).json()).toEqual(receipt);
    expect(await refusal(await inbox.add(inbox.item()))).toEqual([410, 'closed']);
  });

  it('[INBOX-7] stops at the number of items, at the bytes of one inbox, and at those of all', async () => {
    const { inbox } = await created({}, { maxItems: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => inbox.add(inbox.item())));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    expect(await refusal(await inbox.add(inbox.item()))).toEqual([409, 'document_full']);
    const small = await created({ limits: { inboxesMaxBytes: 20_000 } }, {});
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push((await small.inbox.add(small.inbox.item({ size: 16_384 }))).status);
    expect(statuses).toEqual([201, 507, 507]);
    const bounded = await created({}, { maxBytes: 17_000 });
    expect((await bounded.inbox.add(bounded.inbox.item({ size: 16_384 }))).status).toBe(409);
  });

  it('[INBOX-7] one address may add so much, and is told when to come again', async () => {
    const limits = { inboxBytesBurstPerPrefix: 8192, inboxBytesPerHourPerPrefix: 4096 };
    const { inbox } = await created({ limits });
    expect([(await inbox.add(inbox.item())).status, (await inbox.add(inbox.item())).status]).toEqual([201, 201]);
    const refused = await inbox.add(inbox.item());
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1000);
    expect(await refusal(refused)).toEqual([429, 'rate_limited']);
  });

  it('[INBOX-12] a disk that becomes full stops inboxes first, and documents not', async () => {
    const full = await startRelay({ limits: { inboxMinFreeBytes: Number.MAX_SAFE_INTEGER } });
    expect(await refusal(await new TestInbox(full.server.port).create())).toEqual([507, 'disk_full']);
    const author = new Author();
    const writer = await full.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    writer.append(channel, author.session().record());
    await writer.acked(channel, 1);
  });
});

describe('taking', () => {
  it('[INBOX-8] only its owner, by pages, and live', async () => {
    const { inbox } = await created();
    expect(await refusal(await inbox.own('GET', '/items', inbox.post))).toEqual([403, 'proof_failed']);
    expect(await inbox.page()).toEqual({ last: 0, more: false, items: [] });
    const waiting = inbox.page(0, 20);
    const item = inbox.item();
    await inbox.add(item);
    const { items } = await waiting;
    expect(items).toMatchObject([{ number: 1, state: 'here', hash: itemHash(inbox.inboxId, item.bytes) }]);
    const after = items[0]?.change ?? 0;
    const gone = inbox.page(after, 20);
    await inbox.withdraw(item);
    expect((await gone).items).toMatchObject([{ number: 1, state: 'withdrawn', bytes: new Uint8Array(0) }]);
    expect(await refusal(await inbox.own('GET', '/items?after=x'))).toEqual([400, 'bad_message']);
  });

  it('[INBOX-8] whoever waits is answered when the host stops', async () => {
    const { inbox, server } = await created();
    const waiting = inbox.page(0, 20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await server.stop();
    expect((await waiting).items).toEqual([]);
  });

  it('[INBOX-9] its owner deletes, whoever sent takes back, and nobody else', async () => {
    const { inbox, folder } = await created();
    const [one, two, three] = [inbox.item(), inbox.item(), inbox.item()];
    for (const item of [one, two, three]) await inbox.add(item);
    expect((await inbox.own('DELETE', '/items/1')).status).toBe(204);
    expect(await refusal(await inbox.withdraw(two, three.sender))).toEqual([403, 'bad_signature']);
    expect((await inbox.withdraw(two)).status).toBe(204);
    expect((await inbox.withdraw(two)).status).toBe(204);
    expect(await refusal(await inbox.withdraw(inbox.item()))).toEqual([404, 'not_found']);
    expect(await refusal(await inbox.own('DELETE', '/items/3', inbox.post))).toEqual([403, 'proof_failed']);
    const { items } = await inbox.page();
    expect(items.map(({ number, state }) => [number, state])).toEqual([
      [3, 'here'],
      [1, 'deleted'],
      [2, 'withdrawn'],
    ]);
    const file = readFileSync(join(folder, 'inboxes.sqlite'));
    expect(file.includes(Buffer.from(two.bytes.subarray(100, 200)))).toBe(false);
  });

  it('[INBOX-11] an inbox that was deleted stays so, and one that is over says so', async () => {
    const { inbox } = await created();
    await inbox.add(inbox.item());
    expect((await inbox.own('DELETE')).status).toBe(204);
    expect(await refusal(await inbox.add(inbox.item()))).toEqual([410, 'deleted']);
    expect(await refusal(await inbox.create())).toEqual([410, 'deleted']);
    const short = new TestInbox(inbox.port, { expiry: nowSeconds() + 1 });
    await short.create();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await refusal(await short.send('GET', `/${short.id}/header`, undefined))).toEqual([410, 'expired']);
    expect(await refusal(await inbox.send('GET', '/nothing/header', undefined))).toEqual([404, 'not_found']);
    const unknown = encodeBase64url(new Uint8Array(20));
    expect(await refusal(await inbox.send('GET', `/${unknown}/header`, undefined))).toEqual([404, 'not_found']);
  });
});

describe('a flood', () => {
  it('[INBOX-12] of items is written together, and a document is written on beside it', async () => {
    const limits = { inboxBytesBurstPerPrefix: GIB, inboxCommitIntervalMs: 50 };
    const { inbox, client } = await created({ limits });
    const author = new Author();
    const writer = await client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const session = author.session();
    const flood = Promise.all(Array.from({ length: 200 }, () => inbox.add(inbox.item())));
    for (let n = 1; n <= 10; n++) {
      writer.append(channel, session.record());
      await writer.acked(channel, n);
    }
    const statuses = (await flood).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(statuses.filter((status) => status === 409)).toHaveLength(100);
    expect((await inbox.page()).last).toBe(100);
  });

  it('[INBOX-12] asks for no more than one write in each interval', async () => {
    const clock = new VirtualClock();
    const writes: number[] = [];
    const add = async (items: readonly NewItem[]): Promise<Added[]> => {
      writes.push(items.length);
      return items.map((_, at) => ({ number: at + 1, time: 1 }));
    };
    const intake = new Intake(() => ({ add }), clock, 50, 300);
    const item = { inboxId: bytes(20), hash: bytes(32), body: bytes(9), time: 1, maxItems: 9, maxBytes: 9 };
    const added: Promise<Added>[] = [intake.add(item)];
    await clock.advance(0);
    for (let ms = 0; ms < 200; ms++) {
      added.push(intake.add(item), intake.add(item));
      await clock.advance(1);
    }
    expect(writes.length).toBeLessThanOrEqual(5);
    await clock.advance(50);
    expect(await Promise.all(added)).toHaveLength(401);
    expect(writes.reduce((sum, count) => sum + count, 0)).toBe(401);
    for (let n = 0; n < 300; n++) void intake.add(item);
    expect(intake.isFull).toBe(true);
    await clock.advance(50);
  });

  it('[INBOX-6] nothing that was answered is missing after kill -9', { timeout: KILLS_MS }, async () => {
    const folder = makeFolder();
    const env = { ARCHIPEL_DATA: folder };
    let inbox: TestInbox | undefined;
    const acknowledged = new Map<number, Uint8Array>();
    for (let round = 0; round < 3; round++) {
      const relay = await startProcess(env);
      const before = inbox;
      inbox = before === undefined ? new TestInbox(relay.port, { maxItems: 10_000 }) : before.at(relay.port);
      if (before === undefined) await inbox.create();
      let isDead = false;
      const write = async (here: TestInbox): Promise<void> => {
        while (!isDead) {
          const item = here.item();
          const answer = await here.add(item).catch(() => undefined);
          if (answer?.status === 201)
            acknowledged.set(((await answer.json()) as { number: number }).number, item.bytes);
        }
      };
      const writers = Array.from({ length: 8 }, () => write(inbox as TestInbox));
      await new Promise((resolve) => setTimeout(resolve, 500 + round * 137));
      relay.child.kill('SIGKILL');
      isDead = true;
      await Promise.all(writers);
      await relay.ended;
    }
    const relay = await startProcess(env);
    const here = (inbox as TestInbox).at(relay.port);
    const found = new Map<number, Uint8Array>();
    for (let after = 0, more = true; more; ) {
      const page = await here.page(after);
      for (const { number, bytes } of page.items) found.set(number, bytes);
      after = page.items.at(-1)?.change ?? after;
      more = page.more;
    }
    expect(acknowledged.size).toBeGreaterThan(20);
    const missing = [...acknowledged].filter(([number, bytes]) => !equal(found.get(number) ?? new Uint8Array(), bytes));
    expect(missing).toEqual([]);
    expect([...found.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: found.size }, (_, at) => at + 1));
    relay.child.kill('SIGTERM');
    await relay.ended;
  });
});
