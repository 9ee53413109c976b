// A document on two relays. The second is a real relay that began with a copy of the first one's data and gets no news of it: it lags, as a replica may.
import { cpSync } from 'node:fs';
import type { Client, ClientOptions, Document } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import { freePort } from '@archipel/relay/services';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay, temporaryFolder } from './support/relay.ts';

const TIMING = { nextRelayMs: 300, lagMs: 150, askAgainMs: 200, silenceMs: 1000 };

let first: TestRelay;
let second: TestRelay;
let nowhere: string;
let links: { edit: string; view: string };
let hints: string[];

const client = (options: ClientOptions = {}): Client => testClient({ timing: TIMING, ...options });
const originOf = ({ port }: TestRelay): string => `http://127.0.0.1:${port}`;
const connectedTo = (document: Document): string | undefined =>
  document.relays.find(({ isConnected }) => isConnected)?.url;

/** Both hold a document with the text "old ". */
beforeEach(async () => {
  first = await startRelay();
  const port = await freePort();
  nowhere = `ws://127.0.0.1:${await freePort()}/relay`;
  hints = [first.port, port].map((at) => `127.0.0.1:${at}`);
  const relays = hints.map((hint, index) => ({ hostId: `${index}`.repeat(40), url: `http://${hint}` }));
  const anna = await client().create({ relays });
  type(anna, 'old ');
  await anna.flush();
  const { edit = '', view } = anna.links();
  links = { edit, view };
  await anna.close();
  await first.stop();
  const data = temporaryFolder();
  cpSync(first.folder, data, { recursive: true });
  await first.start();
  second = await startRelay({ data, port });
});

async function open(cap: 'edit' | 'view', relay = first.url, by = client()): Promise<Document> {
  const opened = await by.open(links[cap], { relay });
  await opened.synced();
  return opened;
}

async function write(document: Document, text: string): Promise<void> {
  type(document, text);
  await document.flush();
}

const untilAt = (document: Document, relay: TestRelay): Promise<unknown> =>
  until(
    () => [connectedTo(document), document.state],
    ([url, state]) => url === originOf(relay) && (state === 'saved' || state === 'readonly'),
  );

describe('a document on two relays', () => {
  it('CHK-8: its relays are in its header, and a later visit knows them without the one it was opened by', async () => {
    const storage = memoryStorage();
    const before = await open('view', first.url, client({ storage, locks: memoryLocks() }));
    expect(before.relays.map(({ url }) => url)).toEqual([originOf(first), originOf(second)]);
    await before.close();
    await first.stop();
    const again = await open('view', nowhere, client({ storage, locks: memoryLocks() }));
    expect(connectedTo(again)).toBe(originOf(second));
  });

  it('CHK-8: a link names the relays for somebody who knows nothing', async () => {
    const anna = await open('edit');
    const bob = await client().open(anna.links(hints).view, { relay: nowhere });
    await bob.synced();
    expect(textOf(bob)).toBe('old ');
    await first.stop();
    const carol = await client().open(anna.links(hints).view, { relay: nowhere });
    await carol.synced();
    expect(textOf(carol)).toBe('old ');
  });

  it('CHK-7, CHK-9: when the first goes, everybody goes on at the second with all they wrote, and stays', async () => {
    const [anna, bob] = [await open('edit'), await open('edit')];
    await write(anna, 'two ');
    await untilText([bob], 'old two ');
    expect([anna.state, anna.savedOn, connectedTo(anna)]).toEqual(['saved', 1, originOf(first)]);
    await first.stop();
    type(anna, 'three ');
    await Promise.all([untilAt(anna, second), untilAt(bob, second)]);
    await untilText([bob, await open('view', second.url)], 'old two three ');
    await first.start();
    await write(bob, 'four ');
    await untilText([anna], 'old two three four ');
    expect(connectedTo(anna)).toBe(originOf(second));
    expect([...anna.reports, ...bob.reports]).toEqual([]);
  });

  it('CHK-7: a relay that is behind another is no liar, and whoever reads keeps the newer state', async () => {
    const anna = await open('edit');
    const reader = await open('view');
    await write(anna, 'new ');
    await untilText([reader], 'old new ');
    await anna.close();
    await first.stop();
    await untilAt(reader, second);
    expect(textOf(reader)).toBe('old new ');
    expect(reader.reports).toEqual([]);
  });

  it('CHK-7: what nobody brings to the relay that is left, an editor appends who holds it', async () => {
    const [anna, bob] = [await open('edit'), await open('edit')];
    await write(anna, 'new ');
    await untilText([bob], 'old new ');
    await anna.close();
    await first.stop();
    await untilAt(bob, second);
    await untilText([await open('view', second.url)], 'old new ');
    await untilAt(bob, second);
    expect(bob.reports).toEqual([]);
  });

  it('CHK-7: a relay that goes back behind what it has served itself is still reported', async () => {
    const liar = new Liar();
    const bob = await open('edit', first.url, client({ socket: liar.socket }));
    await second.stop();
    liar.toClient = (message) => (message.type === 'opened' ? [{ ...message, vector: [] }] : [message]);
    await first.stop();
    await first.start();
    await until(
      () => bob.reports,
      (reports) => reports.length > 0,
    );
    expect(bob.reports[0]).toMatchObject({ code: 'relay_stale', rule: 'CHK-4' });
  });

  it('CHK-9: a record stays in the outbox until two hosts have it, and survives a reload', async () => {
    const storage = memoryStorage();
    const anna = await open('edit', first.url, client({ storage, locks: memoryLocks() }));
    await write(anna, 'kept ');
    expect([anna.state, anna.savedOn]).toEqual(['saved', 1]);
    await anna.close();
    await first.stop();
    const again = await open('edit', first.url, client({ storage, locks: memoryLocks() }));
    await again.flush();
    await untilText([await open('view', second.url)], 'old kept ');
  });

  it('CHK-9: an acknowledgement of level 2 is what "on two hosts" means, and empties the outbox', async () => {
    const liar = new Liar();
    const storage = memoryStorage();
    const anna = await open('edit', first.url, client({ storage, socket: liar.socket }));
    liar.toClient = (message) => (message.type === 'ack' ? [message, { ...message, level: 2 }] : [message]);
    const counts: number[] = [];
    anna.on('savedOn', (hosts) => counts.push(hosts));
    await write(anna, 'safe ');
    await until(
      () => anna.savedOn,
      (hosts) => hosts === 2,
    );
    expect(counts.at(-1)).toBe(2);
    const [docId = ''] = await storage.documents();
    await expect.poll(async () => (await storage.list(docId, 'out/')).length).toBe(0);
  });
});
