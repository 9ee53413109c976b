// Drops on two hosts: the same bytes on both, downloads counted once, and what the owner says reaches both.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64url } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { random } from '../src/index.ts';
import { BlobSender, refusal } from './support/blobs.ts';
import type { Neighbour } from './support/neighbours.ts';
import { startNeighbours, startPair } from './support/neighbours.ts';
import { until } from './support/together.ts';

const MIB = 2 ** 20;
const DAY = 86_400;
const PIECE = 4 * MIB;
const seconds = (): number => Math.floor(Date.now() / 1000);

/** All of it, by a ticket of the host that is asked or of another. */
async function readAll(sender: BlobSender, ticket: string): Promise<Buffer> {
  const answer = await sender.read(undefined, ticket);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** Sent to the first host, and on both. */
async function kept(a: Neighbour, plan: object = {}): Promise<BlobSender> {
  const sender = new BlobSender(a.port, plan);
  await sender.send();
  await until(async () => (await sender.copies()) === 2, 'two hosts have it');
  return sender;
}

describe('a copy', () => {
  it('[COPY-1, COPY-3, COPY-7] is byte-equal, and both hosts say so', async () => {
    const [a, b] = await startPair();
    const sender = await kept(a, { length: 2 * PIECE + 12_345 });
    const said = await sender.ask('own', 'HEAD');
    expect(said.headers.get('archipel-hosts')).toBe(b.url);
    const ticket = await sender.ticket();
    sender.moveTo(b.port);
    expect(await sender.copies()).toBe(2);
    expect((await sender.ask('view', 'GET', '/header')).headers.get('archipel-hosts')).toBe(a.url);
    expect((await readAll(sender, ticket)).equals(sender.bytes)).toBe(true);
  });

  it('[COPY-1] is begun while the upload goes on, and grows with it', async () => {
    const [a, b] = await startPair();
    const sender = new BlobSender(a.port, { length: 3 * PIECE });
    await sender.create();
    await sender.append(0, 2 * PIECE + 5);
    const elsewhere = async (): Promise<number> => {
      sender.moveTo(b.port);
      const answer = await sender.ask('own', 'HEAD').catch(() => undefined);
      sender.moveTo(a.port);
      return Number(answer?.headers.get('upload-offset') ?? 0);
    };
    await until(async () => (await elsewhere().catch(() => 0)) === 2 * PIECE, 'whole pieces are there');
    expect(await sender.copies()).toBe(0);
    await sender.append(2 * PIECE + 5);
    await until(async () => (await sender.copies()) === 2, 'two hosts have it');
  });

  it('[COPY-3] is read with a pass that only the other host was given', async () => {
    const [a] = await startPair();
    const sender = await kept(a);
    const pieces = sender.url(`/${sender.id}/pieces/0`);
    expect((await fetch(pieces)).status).toBe(403);
    const guess = { authorization: `Archipel-Pass ${encodeBase64url(random(16))}` };
    expect((await fetch(pieces, { headers: guess })).status).toBe(403);
    const nonce = await sender.takeNonce();
    expect((await fetch(pieces, { headers: { authorization: sender.authorization('own', nonce) } })).status).toBe(403);
  });

  it('[COPY-2] goes to another host when one has no room, and to nobody who keeps no copies', async () => {
    const hosts = await startNeighbours(3, (i) => (i === 1 ? { limits: { blobsMaxBytes: 100 } } : {}));
    const [a, , c] = hosts as [Neighbour, Neighbour, Neighbour];
    for (let i = 0; i < 4; i++) {
      const sender = await kept(a, { length: 200 });
      expect((await sender.ask('own', 'HEAD')).headers.get('archipel-hosts')).toBe(c.url);
    }
  });

  it('[COPY-2] is taken so often a day only as was agreed', async () => {
    const [a, b] = (await startNeighbours(2)) as [Neighbour, Neighbour];
    await b.stop();
    await b.start([{ id: a.id, url: a.url, perDay: 2 }]);
    const senders = [await kept(a), await kept(a), new BlobSender(a.port)];
    await senders[2]?.send();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await Promise.all(senders.map((sender) => sender.copies()))).toEqual([2, 2, 1]);
  });

  it('[COPY-1] is made of what was there before the hosts met, and after one of them had been away', async () => {
    const [a, b] = await startPair();
    await b.stop();
    const sender = new BlobSender(a.port, { length: PIECE + 7 });
    await sender.send();
    expect(await sender.copies()).toBe(1);
    await b.again();
    await until(async () => (await sender.copies()) === 2, 'two hosts have it');
  });

  it('[COPY-3] of a piece that is damaged on the way or on the disk is not taken', async () => {
    const [a, b] = await startPair();
    await b.stop();
    const sender = new BlobSender(a.port, { length: 2 * PIECE });
    await sender.send();
    const hex = Buffer.from(sender.blobId).toString('hex');
    // Shorter than its name says.
    writeFileSync(join(a.folder, 'blobs', hex.slice(0, 2), hex, '1'), 'short');
    await b.again();
    const there = sender.clone().moveTo(b.port);
    await until(async () => {
      const known = (await fetch(there.url(`/${there.id}/header`))).status === 401;
      return known && (await there.offset()) === PIECE;
    }, 'the first piece is there');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await sender.copies()).toBe(1);
    expect(await there.offset()).toBe(PIECE);
  });
});

describe('downloads of a drop on two hosts', () => {
  it('[COPY-5] a ticket of one is good at the other, and of an unlimited drop either gives them', async () => {
    const [a, b] = await startPair();
    const sender = await kept(a);
    const here = await sender.ticket();
    const there = await sender.moveTo(b.port).ticket();
    expect((await readAll(sender, here)).equals(sender.bytes)).toBe(true);
    sender.moveTo(a.port);
    expect((await readAll(sender, there)).equals(sender.bytes)).toBe(true);
    expect((await sender.ask('view', 'GET', '/header')).headers.get('archipel-downloads')).toBe('2');
  });

  it.each([1, 7, 20])(
    '[COPY-4] %i are never exceeded by parallel takers on both hosts, and are all given',
    async (downloads) => {
      const [a, b] = await startPair();
      const sender = await kept(a, { downloads });
      const other = sender.clone().moveTo(b.port);
      await Promise.all([sender.ask('view', 'GET', '/header'), other.ask('view', 'GET', '/header')]);
      const taking = Array.from({ length: 3 * downloads + 5 }, (_, i) =>
        (i % 3 === 0 ? sender : other).ask('view', 'POST', '/downloads'),
      );
      const statuses = (await Promise.all(taking)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(downloads);
      expect(statuses.filter((status) => status === 410)).toHaveLength(2 * downloads + 5);
    },
  );

  it('[COPY-4] nobody gives more than its share while the host that counts is away; whoever has begun goes on, and the owner may lift the limit', async () => {
    const [a, b] = await startPair();
    const sender = await kept(a, { downloads: 2 });
    await until(() => b.shareOf(sender.blobId) === 1, 'the other has its share');
    const ticket = await sender.ticket();
    await a.stop();
    sender.moveTo(b.port);
    expect((await sender.ask('view', 'POST', '/downloads')).status).toBe(201);
    expect(await refusal(await sender.ask('view', 'POST', '/downloads'))).toEqual([503, 'unavailable']);
    expect((await readAll(sender, ticket)).equals(sender.bytes)).toBe(true);
    const body = sender.next({ downloads: 0 });
    const type = { 'content-type': 'application/octet-stream' };
    expect((await sender.ask('own', 'PUT', '/header', { headers: type, body })).status).toBe(204);
    expect((await sender.ask('view', 'POST', '/downloads')).status).toBe(201);
    await a.again();
    const there = sender.moveTo(a.port);
    await until(async () => {
      const said = (await there.ask('view', 'GET', '/header')).headers.get('archipel-downloads');
      return said === '3';
    }, 'the host that is back knows of all');
  });

  it('[COPY-4] what was taken for the last time goes from both', async () => {
    const [a, b] = await startPair(() => ({ limits: { blobTicketMs: 1000, sweepIntervalMs: 200 } }));
    const sender = await kept(a, { downloads: 1 });
    await sender.moveTo(b.port).ticket();
    const gone = async (port: number): Promise<boolean> => {
      const answer = await fetch(`http://127.0.0.1:${port}/blob/${sender.id}/header`);
      return answer.status === 410 && (await refusal(answer))[1] === 'downloads_spent';
    };
    await until(async () => (await gone(a.port)) && (await gone(b.port)), 'both have removed it');
  });
});

describe('a host that leaves', () => {
  it('[COPY-6] gives its drops away, and the right to count with them: once, and for as often as is left', async () => {
    const [a, b] = await startPair();
    await b.stop();
    const senders = [new BlobSender(a.port, { downloads: 3, length: PIECE + 1 }), new BlobSender(a.port)];
    for (const sender of senders) await sender.send();
    const limited = senders[0] as BlobSender;
    expect((await limited.ask('view', 'POST', '/downloads')).status).toBe(201);
    await b.again();
    for (const sender of senders) await until(async () => (await sender.copies()) === 2, 'two hosts have it');
    const drained = await a.command({ do: 'drain', stays: false });
    expect(drained.at(-1)).toEqual({ is: 'drained', safe: 0, total: 0, drops: { safe: 2, total: 2 } });
    expect((await limited.ask('view', 'POST', '/downloads')).status).toBe(201);
    await a.stop();
    limited.moveTo(b.port);
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await limited.ask('view', 'POST', '/downloads')).status);
    expect(statuses).toEqual([201, 410, 410]);
    const other = (senders[1] as BlobSender).moveTo(b.port);
    expect((await readAll(other, await other.ticket())).equals(other.bytes)).toBe(true);
  });

  it('[COPY-6] says which drops nobody takes', async () => {
    const [a] = await startPair((i) => (i === 1 ? { limits: { blobsMaxBytes: 0 } } : {}));
    await new BlobSender(a.port).send();
    const drained = await a.command({ do: 'drain', stays: false });
    expect(drained.at(-1)).toMatchObject({ is: 'drained', drops: { safe: 0, total: 1 } });
  });
});

describe('what the owner says', () => {
  it('[COPY-6] a later end told to one host is that of both', async () => {
    const [a, b] = await startPair();
    const sender = await kept(a);
    const body = sender.next({ expiry: seconds() + 5 * DAY });
    sender.moveTo(b.port);
    const type = { 'content-type': 'application/octet-stream' };
    expect((await sender.ask('own', 'PUT', '/header', { headers: type, body })).status).toBe(204);
    sender.moveTo(a.port);
    await until(async () => {
      const held = await (await sender.ask('view', 'GET', '/header')).arrayBuffer();
      return Buffer.from(held).equals(Buffer.from(body));
    }, 'the other has the header');
  });

  it('[COPY-6] a deletion needs an order, and reaches a host that was away', async () => {
    const [a, b] = await startPair();
    const sender = await kept(a);
    expect(await refusal(await sender.ask('own', 'DELETE'))).toEqual([400, 'bad_message']);
    const forged = sender.order(undefined, sender.reader);
    expect(await refusal(await sender.ask('own', 'DELETE', '', { headers: forged }))).toEqual([403, 'bad_signature']);
    const old = sender.order(seconds() - 2 * DAY);
    expect(await refusal(await sender.ask('own', 'DELETE', '', { headers: old }))).toEqual([400, 'stale_order']);
    await a.stop();
    sender.moveTo(b.port);
    expect((await sender.ask('own', 'DELETE', '', { headers: sender.order() })).status).toBe(204);
    await a.again();
    await until(async () => (await fetch(`${a.url}/blob/${sender.id}/header`)).status === 410, 'it is gone there too');
  });
});
