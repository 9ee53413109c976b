/** Files and inboxes go where the documents of a host go, while it runs, and nothing of them is lost or doubled. */

import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { equal } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { controlPath, lineOf } from '../src/host/control-messages.ts';
import { migrateOffline, planOffline } from '../src/host/offline.ts';
import { makeConfig } from '../src/index.ts';
import { BlobSender, refusal } from './support/blobs.ts';
import { command } from './support/command.ts';
import { TestInbox } from './support/inboxes.ts';
import { sharedNats } from './support/nats.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';
import { mountSmall } from './support/small-disk.ts';

const MIB = 2 ** 20;
const KILLS_MS = 120_000;
const seconds = (): number => Math.floor(Date.now() / 1000);
const database = await testDatabase();
const { url: bus } = await sharedNats();

/** One of each kind, and who has their links. */
async function furnish(port: number) {
  const [whole, open, limited, ended] = [
    new BlobSender(port, { length: 9 * MIB + 5 }),
    new BlobSender(port, { length: 11 * MIB }),
    new BlobSender(port, { downloads: 2 }),
    new BlobSender(port),
  ];
  for (const sender of [whole, limited, ended]) await sender.send();
  await open.create();
  expect((await open.append(0, 6 * MIB + 7)).status).toBe(204);
  const ticket = await limited.ticket();
  await ended.ask('own', 'DELETE');
  const inbox = new TestInbox(port);
  await inbox.create();
  const [kept, withdrawn] = [inbox.item(), inbox.item()];
  for (const item of [kept, withdrawn]) await inbox.add(item);
  await inbox.withdraw(withdrawn);
  return { whole, open, limited, ended, ticket, inbox, kept };
}

type Furnished = Awaited<ReturnType<typeof furnish>>;

async function bytesOf(sender: BlobSender): Promise<Uint8Array> {
  return new Uint8Array(await (await sender.read(undefined, await sender.ticket())).arrayBuffer());
}

/** As people find it, wherever it is now. */
async function check({ whole, open, limited, ended, ticket, inbox, kept }: Furnished, port: number): Promise<void> {
  for (const sender of [whole, open, limited, ended]) sender.moveTo(port);
  expect(equal(await bytesOf(whole), whole.bytes)).toBe(true);
  const offset = await open.offset();
  expect(offset).toBeGreaterThanOrEqual(6 * MIB + 7);
  expect((await open.append(offset)).status).toBe(204);
  expect(equal(await bytesOf(open), open.bytes)).toBe(true);
  // Its ticket holds, and of two downloads one is left.
  expect((await limited.read(undefined, ticket)).status).toBe(200);
  expect((await limited.ask('view', 'POST', '/downloads')).status).toBe(201);
  expect(await refusal(await limited.ask('view', 'POST', '/downloads'))).toEqual([410, 'downloads_spent']);
  expect(await refusal(await ended.create())).toEqual([410, 'deleted']);
  const page = await inbox.at(port).page();
  expect(page.items.map(({ number, state }) => [number, state])).toEqual([
    [1, 'here'],
    [2, 'withdrawn'],
  ]);
  expect(equal(page.items[0]?.bytes as Uint8Array, kept.bytes)).toBe(true);
  expect((await inbox.add(inbox.item())).status).toBe(201);
}

const moveTo = (to: string) => ({ do: 'migrate' as const, to, bus: to.startsWith('sqlite') ? '' : bus, isDry: false });

async function emptied(): Promise<string> {
  await database.query('drop schema if exists archipel cascade');
  return database.url;
}

const sizesIn = (folder: string): number[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
    .sort((a, b) => a - b);

describe('a running host', { timeout: KILLS_MS }, () => {
  it('takes drops and inboxes to another folder, and goes on with them at once', async () => {
    const { server, folder } = await startRelay();
    const all = await furnish(server.port);
    const next = join(makeFolder(), 'next');
    const answers = await command({ folder, port: server.port }, moveTo(`sqlite:${next}`));
    expect(answers.at(-1)).toMatchObject({ is: 'moved', done: { carried: { drops: 3, inboxes: 1 } } });
    expect(sizesIn(join(next, 'blobs'))).toEqual(sizesIn(join(folder, 'blobs')));
    await check(all, server.port);
    await server.stop();
    const again = await startRelay({ data: next });
    expect(equal(await bytesOf(all.whole.moveTo(again.server.port)), all.whole.bytes)).toBe(true);
    expect((await all.inbox.at(again.server.port).page()).last).toBe(3);
  });

  it('takes what is known of them to a database and back; the bytes stay', async () => {
    const store = await emptied();
    const { server, folder } = await startRelay();
    const all = await furnish(server.port);
    const files = join(folder, 'blobs');
    const there = await command({ folder, port: server.port }, moveTo(store));
    expect(there.at(-1)).toMatchObject({ is: 'moved', done: { carried: { drops: 3, inboxes: 1 } } });
    await check(all, server.port);
    // As the settings say it from now on, in another process too.
    const second = await startRelay({ store, bus, files });
    expect(equal(await bytesOf(all.open.moveTo(second.server.port)), all.open.bytes)).toBe(true);
    await second.server.stop();
    const back = join(makeFolder(), 'back');
    const returned = await command({ folder, port: server.port }, moveTo(`sqlite:${back}`));
    expect(returned.at(-1)).toMatchObject({ is: 'moved', done: { carried: { drops: 3, inboxes: 1 } } });
    expect(existsSync(join(back, 'blobs'))).toBe(false);
    expect(equal(await bytesOf(all.open.moveTo(server.port)), all.open.bytes)).toBe(true);
    await server.stop();
    const again = await startRelay({ data: back, files });
    expect(equal(await bytesOf(all.whole.moveTo(again.server.port)), all.whole.bytes)).toBe(true);
    expect((await all.inbox.at(again.server.port).page()).last).toBe(3);
  });

  it('misses nothing of what people do meanwhile', async () => {
    const { server, folder } = await startRelay();
    const all = await furnish(server.port);
    const sender = new BlobSender(server.port, { length: 30 * MIB });
    await sender.create();
    let isOver = false;
    const sending = (async () => {
      for (let offset = 0; offset < sender.bytes.length; ) {
        await sender.append(offset, Math.min(offset + 3 * MIB, sender.bytes.length));
        offset = await sender.offset();
      }
    })();
    const posting = (async () => {
      const taken: number[] = [];
      while (!isOver) {
        const answer = await all.inbox.add(all.inbox.item());
        if (answer.status === 201) taken.push(((await answer.json()) as { number: number }).number);
      }
      return taken;
    })();
    const next = join(makeFolder(), 'next');
    expect((await command({ folder, port: server.port }, moveTo(`sqlite:${next}`))).at(-1)).toMatchObject({
      is: 'moved',
    });
    await sending;
    isOver = true;
    const taken = await posting;
    expect(taken.length).toBeGreaterThan(3);
    expect(equal(await bytesOf(sender), sender.bytes)).toBe(true);
    const numbers: number[] = [];
    for (let after = 0; ; ) {
      const { items, more } = await all.inbox.page(after);
      numbers.push(...items.map(({ number }) => number));
      after = items.at(-1)?.change ?? after;
      if (!more) break;
    }
    expect(taken.filter((number) => !numbers.includes(number))).toEqual([]);
  });

  it('stays as it is when the files do not fit, and says so before it begins', async () => {
    const small = mountSmall(8 * MIB);
    const { server, folder } = await startRelay();
    const all = await furnish(server.port);
    if (small !== undefined) {
      const answers = await command({ folder, port: server.port }, moveTo(`sqlite:${join(small, 'data')}`));
      expect(answers).toEqual([{ is: 'failed', sentence: expect.stringContaining('do not fit on the disk') }]);
    }
    const taken = makeFolder();
    const other = await startRelay({ data: taken });
    await new BlobSender(other.server.port).send();
    await other.server.stop();
    const answers = await command({ folder, port: server.port }, moveTo(`sqlite:${taken}`));
    expect(answers.at(-1)).toMatchObject({ is: 'failed', sentence: expect.stringContaining('There are files in') });
    await check(all, server.port);
  });
});

describe('without a running host', { timeout: KILLS_MS }, () => {
  it('the command takes them along too, and says before what it would do', async () => {
    const { server, folder } = await startRelay();
    const all = await furnish(server.port);
    await server.stop();
    const config = makeConfig({ data: folder });
    const next = join(makeFolder(), 'next');
    const request = moveTo(`sqlite:${next}`);
    expect(await planOffline(config, { ...request, isDry: true })).toMatchObject({
      carried: { drops: 3, inboxes: 1 },
      filesStay: undefined,
      obstacle: undefined,
    });
    expect(existsSync(next)).toBe(false);
    const named = makeConfig({ data: folder, files: join(folder, 'blobs') });
    expect((await planOffline(named, { ...request, isDry: true })).filesStay).toBe(join(folder, 'blobs'));
    const { done } = await migrateOffline(config, request, () => undefined, new AbortController().signal);
    expect(done).toMatchObject({ carried: { drops: 3, inboxes: 1 } });
    const again = await startRelay({ data: next });
    await check(all, again.server.port);
  });

  it('an old copy that is in the way is renewed, and what is not of this host any more goes', async () => {
    const { server, folder } = await startRelay();
    const all = await furnish(server.port);
    const gone = new BlobSender(server.port);
    await gone.send();
    await server.stop();
    const [first, signal] = [join(makeFolder(), 'first'), new AbortController().signal];
    await migrateOffline(makeConfig({ data: folder }), moveTo(`sqlite:${first}`), () => undefined, signal);
    const there = await startRelay({ data: first });
    await gone.moveTo(there.server.port).ask('own', 'DELETE');
    await all.inbox.at(there.server.port).add(all.inbox.item());
    await all.inbox.own('DELETE', '/items/3');
    await there.server.stop();
    await migrateOffline(makeConfig({ data: first }), moveTo(`sqlite:${folder}`), () => undefined, signal);
    const back = await startRelay({ data: folder });
    expect(await refusal(await gone.moveTo(back.server.port).create())).toEqual([410, 'deleted']);
    expect(sizesIn(join(folder, 'blobs'))).toEqual(sizesIn(join(first, 'blobs')));
    expect((await all.inbox.at(back.server.port).page()).items.map(({ state }) => state)).toEqual([
      'here',
      'withdrawn',
      'deleted',
    ]);
  });
});

it(
  'killed at any moment, and moved again: all drops and inboxes are with the store in charge',
  async () => {
    let folder = join(makeFolder(), 'first');
    const first = await startProcess({ ARCHIPEL_DATA: folder });
    const all = await furnish(first.port);
    first.child.kill('SIGTERM');
    await first.ended;
    for (let round = 0; round < 4; round++) {
      const target = join(makeFolder(), 'next');
      const host = await startProcess({ ARCHIPEL_DATA: folder });
      const socket = connect(controlPath(folder, host.port));
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(lineOf(moveTo(`sqlite:${target}`)));
      await new Promise((resolve) => setTimeout(resolve, 100 * round * Math.random()));
      host.child.kill('SIGKILL');
      await host.ended;
      socket.destroy();
      const again = { ...moveTo(`sqlite:${target}`) };
      await migrateOffline(makeConfig({ data: folder }), again, () => undefined, new AbortController().signal);
      folder = target;
    }
    const last = await startProcess({ ARCHIPEL_DATA: folder });
    await check(all, last.port);
    last.child.kill('SIGTERM');
    await last.ended;
  },
  KILLS_MS,
);
