/** Reports and removals (protocol §21), on real hosts with their files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bytes, checkRemovals, encodeBase64url } from '@archipel/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verify } from '../src/crypto.ts';
import { type MovableModeration, openModeration } from '../src/store/moderation-sqlite.ts';
import { Author } from './support/author.ts';
import { BlobSender, refusal } from './support/blobs.ts';
import type { TestClient } from './support/client.ts';
import { TestInbox } from './support/inboxes.ts';
import { authorOn, type Neighbour, startNeighbours } from './support/neighbours.ts';
import { startRelay } from './support/relay.ts';
import { recordsOn, until, write, writerOn } from './support/together.ts';

/** For tests that send much while others use the machine. */
const LONG_MS = 120_000;
const seconds = (): number => Math.floor(Date.now() / 1000);

/** As a command has it open. */
function fileOf(folder: string): MovableModeration {
  const file = openModeration(folder);
  onTestFinished(() => file.close());
  return file;
}

function removal(docId: Bytes, words = '') {
  return { docId, category: 'malware', words, time: seconds(), source: '' };
}

async function refusedOpening(client: TestClient, author: Author): Promise<string> {
  client.askOpen(author, 'view');
  return (await client.next('refused')).error;
}

async function refusedCreation(client: TestClient, author: Author): Promise<string> {
  client.send(0, { type: 'create', request: client.request(), header: author.headerBytes });
  return (await client.next('refused')).error;
}

async function why(port: number, docId: Bytes): Promise<[number, unknown]> {
  const answer = await fetch(`http://127.0.0.1:${port}/removed/${encodeBase64url(docId)}`);
  return [answer.status, await answer.json()];
}

async function report(port: number, body: object | string): Promise<[number, unknown]> {
  const answer = await fetch(`http://127.0.0.1:${port}/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

describe('a removal', () => {
  it('[REM-2, REM-3, BLOB-9] takes the bytes of a drop off the disk while the host runs, and says why to whoever comes', async () => {
    const { server, folder } = await startRelay();
    const file = fileOf(folder);
    const sender = new BlobSender(server.port);
    await sender.send();
    expect(await why(server.port, sender.blobId)).toEqual([404, { error: 'not_found' }]);
    file.remove(removal(sender.blobId, 'It held a virus.'));
    await until(() => !file.isDue(sender.blobId), 'carried out');
    expect(
      readdirSync(join(folder, 'blobs'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile()),
    ).toEqual([]);
    expect(await refusal(await sender.ask('view', 'GET', '/header'))).toEqual([451, 'removed']);
    expect(await refusal(await sender.create())).toEqual([451, 'removed']);
    expect(await why(server.port, sender.blobId)).toEqual([
      200,
      { category: 'malware', words: 'It held a virus.', time: expect.any(Number), followed: false },
    ]);
    expect(await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()).toContain('archipel_removals 1');
  });

  it('[REM-2, REM-3, INBOX-11] takes an inbox with all that is in it, and neither owner nor sender finds it again', async () => {
    const { server, folder } = await startRelay();
    const file = fileOf(folder);
    const inbox = new TestInbox(server.port);
    await inbox.create();
    const item = inbox.item({ size: 1024 });
    expect((await inbox.add(item)).status).toBe(201);
    const waiting = inbox.own('GET', '/items?after=1&wait=20');
    await until(async () => (await inbox.page()).last === 1, 'somebody waits');
    file.remove(removal(inbox.inboxId, 'Links to viruses.'));
    await until(() => !file.isDue(inbox.inboxId), 'carried out');
    // Whoever waited for news hears of it at once.
    expect((await waiting).status).toBeGreaterThanOrEqual(400);
    expect(await refusal(await inbox.own('GET', '/items'))).toEqual([451, 'removed']);
    expect(await refusal(await inbox.add(inbox.item()))).toEqual([451, 'removed']);
    expect(await refusal(await inbox.create())).toEqual([451, 'removed']);
    expect((await why(server.port, inbox.inboxId))[1]).toMatchObject({
      category: 'malware',
      words: 'Links to viruses.',
    });
    await server.stop();
    for (const name of readdirSync(folder).filter((name) => name.startsWith('inboxes'))) {
      expect(readFileSync(join(folder, name)).includes(Buffer.from(item.bytes))).toBe(false);
    }
    // Taken back, what had been here stays gone.
    file.restore(inbox.inboxId);
    const again = await startRelay({ data: folder });
    expect(await refusal(await inbox.at(again.server.port).create())).toEqual([410, 'deleted']);
  });

  it('[REM-2, CON-11] ends a document for those who have it open, for good, also before it was ever here', async () => {
    const relay = await startRelay();
    const file = fileOf(relay.folder);
    const [author, later] = [new Author(), new Author()];
    const client = await relay.client();
    await client.create(author);
    const { channel } = await client.open(author, 'edit');
    file.remove(removal(author.docId));
    file.remove(removal(later.docId));
    expect((await client.next('ended', channel)).reason).toBe('removed');
    await until(() => !file.isDue(author.docId), 'carried out');
    const other = await relay.client();
    expect(await refusedOpening(other, author)).toBe('removed');
    expect(await refusedCreation(other, author)).toBe('removed');
    expect(await refusedCreation(other, later)).toBe('removed');
  });

  it('[REM-2, REM-4] made while the host does not run holds from its start on; taken back, what was never here can be created', async () => {
    const relay = await startRelay();
    const author = new Author();
    const never = new Author();
    await (await relay.client()).create(author);
    await relay.server.stop();
    const file = fileOf(relay.folder);
    file.remove(removal(author.docId));
    file.remove(removal(never.docId));
    const again = await startRelay({ data: relay.folder });
    expect(file.isDue(author.docId)).toBe(false);
    const client = await again.client();
    expect(await refusedOpening(client, author)).toBe('removed');
    expect([file.restore(author.docId), file.restore(never.docId), file.restore(never.docId)]).toEqual([
      true,
      true,
      false,
    ]);
    await until(async () => (await why(again.server.port, never.docId))[0] === 404, 'taken back');
    await client.create(never);
    expect(await refusedOpening(client, author)).toBe('deleted');
  });
});

/** Where its bytes are. */
function folderIn({ folder }: Neighbour, { blobId }: BlobSender): string {
  const name = Buffer.from(blobId).toString('hex');
  return join(folder, 'blobs', name.slice(0, 2), name);
}

describe('hosts that follow', () => {
  const list = async (host: Neighbour) => {
    const answer = await fetch(`${host.url}/.well-known/archipel/removals`);
    const checked = await checkRemovals(
      new Uint8Array(await answer.arrayBuffer()),
      { nowSeconds: seconds(), host: host.hostId },
      verify,
    );
    if (!checked.ok) throw new Error(checked.error);
    return checked.value.fact.removed.map(({ docId, category }) => [encodeBase64url(docId), category]);
  };

  it('[REM-5, REM-6] take down what the other has, what it takes back comes back, and nobody follows who did not choose it', async () => {
    const hosts = await startNeighbours(3, () => ({ limits: { followMs: 300 } }));
    const [a, b, c] = hosts as [Neighbour, Neighbour, Neighbour];
    const peerOf = ({ id, url }: Neighbour, follow = false) => ({ id, url, follow });
    await b.stop();
    await b.start([peerOf(a, true), peerOf(c)], { limits: { followMs: 300 } });
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    await write(writer, 2, 2);
    const reader = await b.client();
    const { channel } = await reader.open(author, 'view');
    const file = fileOf(a.folder);
    file.remove(removal(author.docId, 'Said only here.'));
    expect((await writer.client.next('ended', writer.channel)).reason).toBe('removed');
    expect(await list(a)).toEqual([[encodeBase64url(author.docId), 'malware']]);
    // The copy on the second host goes as well.
    expect((await reader.next('ended', channel)).reason).toBe('removed');
    expect(await why(b.port, author.docId)).toEqual([
      200,
      { category: 'malware', words: '', time: expect.any(Number), followed: true },
    ]);
    expect([await list(b), await list(c)]).toEqual([[], []]);
    expect((await why(c.port, author.docId))[0]).toBe(404);
    file.restore(author.docId);
    await until(async () => (await why(b.port, author.docId))[0] === 404, 'taken back');
    // No more followed: what came from it is taken back at the start.
    const never = new Author();
    file.remove(removal(never.docId));
    await until(async () => (await why(b.port, never.docId))[0] === 200, 'followed');
    await b.stop();
    await b.start([peerOf(a), peerOf(c)]);
    expect((await why(b.port, never.docId))[0]).toBe(404);
    await (await b.client()).create(never);
  });

  it(
    '[REM-2, REM-6] stop giving out a drop in the middle of a download, when the other takes it down',
    async () => {
      const [a, b] = (await startNeighbours(2, () => ({ limits: { followMs: 300 } }))) as [Neighbour, Neighbour];
      await b.stop();
      await b.start([{ id: a.id, url: a.url, follow: true }], { limits: { followMs: 300 } });
      const sender = new BlobSender(a.port, { length: 64 * 2 ** 20 });
      await sender.send();
      await until(async () => (await sender.copies()) === 2, 'two hosts have it');
      const taker = sender.clone().moveTo(b.port);
      const ticket = await taker.ticket();
      const reader = (await taker.read(undefined, ticket)).body?.getReader();
      let taken = (await reader?.read())?.value?.length ?? 0;
      expect(taken).toBeGreaterThan(0);
      fileOf(a.folder).remove(removal(sender.blobId));
      await until(async () => (await why(b.port, sender.blobId))[0] === 200, 'followed');
      await until(() => !existsSync(folderIn(b, sender)), 'gone from the disk of the second');
      const rest = async (): Promise<void> => {
        for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
          taken += next.value.length;
      };
      await expect(rest()).rejects.toThrow();
      expect(taken).toBeLessThan(sender.bytes.length);
      for (const host of [a, b]) {
        const again = sender.clone().moveTo(host.port);
        expect(await refusal(await fetch(again.url(`/${again.id}`)))).toEqual([451, 'removed']);
        expect(existsSync(folderIn(host, sender))).toBe(false);
      }
    },
    LONG_MS,
  );

  it('[REM-6, PEER-3] without following, the second host keeps its copy, and the first takes it no more', async () => {
    const [a, b] = (await startNeighbours(2, () => ({ limits: { followMs: 200 } }))) as [Neighbour, Neighbour];
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    const records = await write(writer, 2, 2);
    await until(async () => (await recordsOn(b, author)).length === records.length, 'the second host has it');
    const file = fileOf(a.folder);
    file.remove(removal(author.docId));
    await until(() => !file.isDue(author.docId), 'carried out');
    const there = await writerOn(b, author);
    await write(there, 2, 1);
    expect(await refusedOpening(await a.client(), author)).toBe('removed');
    expect(await list(a)).toHaveLength(1);
  });
});

describe('a report', () => {
  const docId = 'Qk1hVtFqfYl2x0s8o0PZrTn7D4w';
  const link = `https://pads.example.org/drop#1v.${docId}.${'s'.repeat(27)}`;

  it('[REP-1, REP-2] is on the disk when it is answered; the link is forgotten when it is closed, and in no log', async () => {
    const { server, folder } = await startRelay();
    const file = fileOf(folder);
    const words = { category: 'fraud', words: ' It asks for my bank card. ', contact: 'ada@example.org', link };
    expect(await report(server.port, { docId, ...words })).toEqual([201, {}]);
    expect(await report(server.port, { docId, category: 'spam' })).toEqual([201, {}]);
    expect(file.reports(false)).toMatchObject([
      { id: 1, category: 'fraud', words: 'It asks for my bank card.', contact: 'ada@example.org', link, isOpen: true },
      { id: 2, category: 'spam', words: '', contact: '', link: '' },
    ]);
    expect(encodeBase64url(file.report(1)?.docId as Bytes)).toBe(docId);
    const metrics = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    expect(await metrics()).toMatch(/archipel_reports_open 2[\s\S]*archipel_reports_total 2/);
    expect([file.closeReport(1, 'taken down'), file.closeReport(1, '')]).toEqual([true, false]);
    expect(file.report(1)).toMatchObject({ contact: '', link: '', note: 'taken down', isOpen: false });
    await until(async () => (await metrics()).includes('archipel_reports_open 1'), 'one is open');
    await server.stop();
    file.close();
    for (const name of readdirSync(folder).filter((name) => name.startsWith('moderation'))) {
      expect(readFileSync(join(folder, name)).includes('s'.repeat(27))).toBe(false);
    }
  });

  it('[REP-1, REP-2] that is none is refused, and so is one with the link of something else', async () => {
    const { server } = await startRelay({ limits: { reportsBurstPerPrefix: 100 } });
    const good = { docId, category: 'spam' };
    const other = link.replace(docId, 'x'.repeat(27));
    for (const bad of [
      '{',
      '[]',
      { docId },
      { category: 'spam' },
      { ...good, category: 'boring' },
      { ...good, docId: `${docId}A` },
      { ...good, docId: `${docId.slice(0, -1)}x` },
      { ...good, more: 1 },
      { ...good, words: 'a'.repeat(4001) },
      { ...good, contact: 'a'.repeat(201) },
      { ...good, link: other },
      { ...good, link: link.replace('https:', 'javascript:') },
      { ...good, link: 'x' },
    ]) {
      expect([bad, await report(server.port, bad)]).toEqual([bad, [400, { error: 'bad_message' }]]);
    }
    for (const length of [20_000, 30_000]) {
      expect(await report(server.port, { ...good, words: 'a'.repeat(length) })).toEqual([400, { error: 'too_large' }]);
    }
  });

  it('[REP-4] is kept as it came when it is sealed, and forgotten when it is closed', async () => {
    const reportsKey = encodeBase64url(new Uint8Array(32).fill(9));
    const { server, folder } = await startRelay({ reportsKey, limits: { reportsBurstPerPrefix: 100 } });
    const url = `http://127.0.0.1:${server.port}/report`;
    expect(await (await fetch(url)).json()).toEqual({ key: reportsKey });
    const bytes = (length: number): string => encodeBase64url(crypto.getRandomValues(new Uint8Array(length)));
    const sealed = bytes(32 + 2048 + 16);
    const good = { docId, category: 'spam', sealed };
    expect(await report(server.port, good)).toEqual([201, {}]);
    expect(await report(server.port, { ...good, sealed: bytes(32 + 16 * 1024 + 16) })).toEqual([201, {}]);
    const file = fileOf(folder);
    expect(encodeBase64url(file.report(1)?.sealed as Bytes)).toBe(sealed);
    expect(file.report(1)).toMatchObject({ words: '', contact: '', link: '', category: 'spam' });
    for (const bad of [
      { ...good, words: 'as well' },
      { ...good, sealed: '' },
      { ...good, sealed: 7 },
      { ...good, sealed: `${sealed}=` },
      { ...good, sealed: bytes(32 + 16) },
      { ...good, sealed: bytes(32 + 1000 + 16) },
      { ...good, sealed: bytes(32 + 17 * 1024 + 16) },
    ]) {
      expect([bad, await report(server.port, bad)]).toEqual([bad, [400, { error: 'bad_message' }]]);
    }
    // Older pages send it as it is.
    expect(await report(server.port, { docId, category: 'spam', words: 'plain' })).toEqual([201, {}]);
    expect(file.report(3)).toMatchObject({ words: 'plain', sealed: new Uint8Array(0) });
    file.closeReport(1, 'done');
    expect(file.report(1)).toMatchObject({ sealed: new Uint8Array(0), note: 'done' });
    const { server: other } = await startRelay();
    expect(await (await fetch(`http://127.0.0.1:${other.port}/report`)).json()).toEqual({ key: null });
  });

  it('[REP-3] comes six times in an hour from one address, and never more than the host keeps', async () => {
    const { server } = await startRelay();
    for (let i = 0; i < 6; i++) expect((await report(server.port, { docId, category: 'spam' }))[0]).toBe(201);
    expect(await report(server.port, { docId, category: 'spam' })).toEqual([
      429,
      { error: 'rate_limited', retryAfterMs: expect.any(Number) },
    ]);
    const small = await startRelay({ limits: { reportsMax: 2 } });
    const file = fileOf(small.folder);
    for (let i = 0; i < 2; i++) expect((await report(small.server.port, { docId, category: 'spam' }))[0]).toBe(201);
    expect(await report(small.server.port, { docId, category: 'spam' })).toEqual([503, { error: 'full' }]);
    // A closed one makes room.
    file.closeReport(1, '');
    expect((await report(small.server.port, { docId, category: 'other' }))[0]).toBe(201);
    expect(file.reports(true).map(({ id }) => id)).toEqual([2, 3]);
  });

  it('[REP-1] and reasons can be sent and read by pages of other fronts', async () => {
    const { server, folder } = await startRelay();
    const url = `http://127.0.0.1:${server.port}/report`;
    const asked = await fetch(url, { method: 'OPTIONS' });
    expect(asked.headers.get('access-control-allow-origin')).toBe('*');
    expect(asked.headers.get('access-control-allow-headers')).toBe('content-type');
    expect(existsSync(join(folder, 'moderation.sqlite'))).toBe(true);
  });
});
