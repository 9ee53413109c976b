// Who counts the downloads of a drop when the host that did is gone: what it has lent goes on, and its owner names another.
import { decodeBlobHeader } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { BlobSender, refusal } from './support/blobs.ts';
import type { Neighbour } from './support/neighbours.ts';
import { startCuttablePair, startNeighbours, startPair } from './support/neighbours.ts';
import { until } from './support/together.ts';

interface Told {
  host: string;
  at: string;
  left: number;
  apart: number;
}

/** What a host says of who counts. */
async function told(sender: BlobSender, { port }: Neighbour): Promise<Told> {
  const answer = await sender.clone().moveTo(port).ask('view', 'GET', '/header');
  const [host = '', at = '', left, apart] = (answer.headers.get('archipel-counting') ?? '').split(' ');
  return { host, at, left: Number(left), apart: Number(apart) };
}

/** How many of so many takers at once are given a ticket at these hosts; the others hear that there is none, or none now. */
async function takenBy(sender: BlobSender, hosts: readonly Neighbour[], takers: number): Promise<number> {
  const asking = hosts.map((host) => sender.clone().moveTo(host.port));
  await Promise.all(asking.map((one) => one.ask('view', 'GET', '/header')));
  const answers = await Promise.all(
    Array.from({ length: takers }, (_, i) => asking[i % asking.length]?.ask('view', 'POST', '/downloads')),
  );
  let given = 0;
  for (const answer of answers) {
    if (answer?.status === 201) given += 1;
    else
      expect([
        [410, 'downloads_spent'],
        [503, 'unavailable'],
      ]).toContainEqual(await refusal(answer as Response));
  }
  return given;
}

/** On both hosts, and a share of it lent. */
async function shared(sender: BlobSender, a: Neighbour, b: Neighbour, share: number): Promise<void> {
  await sender.moveTo(a.port).send();
  await until(async () => (await sender.copies()) === 2, 'two hosts have it');
  await borrowed(sender, b, share);
}

/** Whether a host has a share is seen when it cannot reach the one that counts; here it is asked of its disk. */
async function borrowed(sender: BlobSender, host: Neighbour, share: number): Promise<void> {
  await until(() => host.shareOf(sender.blobId) === share, `it has a share of ${share}`);
}

/** As its owner signed it last. */
function expiryOf({ header }: BlobSender): string {
  const fields = decodeBlobHeader(header);
  return fields.ok ? new Date(fields.value.expiry * 1000).toUTCString() : '';
}

async function put(sender: BlobSender, host: Neighbour, body: Uint8Array): Promise<number> {
  const headers = { 'content-type': 'application/octet-stream' };
  return (await sender.clone().moveTo(host.port).ask('own', 'PUT', '/header', { headers, body })).status;
}

describe('a share of the downloads', () => {
  it.each([
    [1, 0],
    [2, 1],
    [5, 2],
    [8, 4],
  ])(
    '[COPY-9] of %i is lent to the other host: %i, and given when the one that counts is gone',
    async (downloads, share) => {
      const [a, b] = await startPair();
      const sender = new BlobSender(a.port, { downloads });
      await shared(sender, a, b, share);
      await a.stop();
      expect(await takenBy(sender, [b], share + 3)).toBe(share);
      await a.again();
      await until(async () => (await told(sender, b)).at === 'there', 'the two have met');
      await until(async () => (await told(sender, a)).left === downloads - share, 'it knows what was given');
      expect(await takenBy(sender, [a, b], downloads + 5)).toBe(downloads - share);
    },
  );

  it('[COPY-9] is asked for by the host that counts when its own is used up, and used by nobody twice', async () => {
    const [a, b] = await startPair();
    const sender = new BlobSender(a.port, { downloads: 8 });
    await shared(sender, a, b, 4);
    expect(await takenBy(sender, [a], 20)).toBe(8);
    await until(async () => (await told(sender, a)).left === 0, 'all are taken');
  });

  it('[COPY-9] the same ticket again is the same download, also of a share', async () => {
    const [a, b] = await startPair();
    const sender = new BlobSender(a.port, { downloads: 4 });
    await shared(sender, a, b, 2);
    await a.stop();
    const headers = { 'archipel-download': 'AAAAAAAAAAAAAAAAAAAAAA' };
    sender.moveTo(b.port);
    for (let i = 0; i < 3; i++) expect((await sender.ask('view', 'POST', '/downloads', { headers })).status).toBe(201);
    expect(await takenBy(sender, [b], 3)).toBe(1);
  });

  it('[COPY-9] is never exceeded while the two do not hear each other, and both give what is theirs', async () => {
    const { a, b, cut, mend } = await startCuttablePair();
    const sender = new BlobSender(a.port, { downloads: 9 });
    await shared(sender, a, b, 4);
    cut();
    const given = await Promise.all([takenBy(sender, [a], 12), takenBy(sender, [b], 12)]);
    expect(given).toEqual([5, 4]);
    mend();
    await until(async () => (await told(sender, a)).left === 0, 'they have told each other');
    expect(await takenBy(sender, [a, b], 8)).toBe(0);
  });

  it('[COPY-9] is lent to nobody without a pass, and not by a host that does not count', async () => {
    const [a, b] = await startPair();
    const sender = new BlobSender(a.port, { downloads: 4 });
    await shared(sender, a, b, 2);
    for (const host of [a, b]) {
      const asked = await fetch(`${host.url}/blob/${sender.id}/share?have=0`, { method: 'POST' });
      expect(asked.status).toBe(403);
    }
    expect(b.shareOf(sender.blobId)).toBe(2);
  });

  it('[COPY-6, COPY-9] goes with the right to count when the host leaves', async () => {
    const [a, b] = await startPair();
    const sender = new BlobSender(a.port, { downloads: 7 });
    await shared(sender, a, b, 3);
    expect(await takenBy(sender, [a], 2)).toBe(2);
    expect((await a.command({ do: 'drain', stays: false })).at(-1)).toMatchObject({ drops: { safe: 1, total: 1 } });
    // The other says how far it is, again: whoever leaves asks for no share.
    sender.advance({ expiry: Math.floor(Date.now() / 1000) + 2 * 86_400 });
    expect(await put(sender, b, sender.header)).toBe(204);
    await until(
      async () => (await sender.ask('own', 'HEAD')).headers.get('upload-expires') === expiryOf(sender),
      'it heard',
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(a.shareOf(sender.blobId)).toBe(0);
    await a.stop();
    expect(await takenBy(sender, [b], 12)).toBe(5);
  });
});

describe('an owner who names the host that counts', () => {
  it.each([
    ['nothing is lent of one download', 1, 0],
    ['what is lent stays', 6, 3],
  ])(
    '[COPY-10] the old host is gone: %s; the rest is taken at the other, and not one more',
    async (_, downloads, share) => {
      const [a, b] = await startPair(() => ({ limits: { hostGoneMs: 300 } }));
      const sender = new BlobSender(a.port, { downloads });
      await shared(sender, a, b, share);
      await a.stop();
      await until(async () => (await told(sender, b)).at === 'gone', 'it has been gone for long');
      const apart = downloads - share;
      expect(await told(sender, b)).toEqual({ host: b.idText, at: 'gone', left: share, apart });
      const body = sender.next({ downloads: downloads + apart, counter: { hostId: b.hostId, more: apart } });
      expect(await put(sender, b, body)).toBe(204);
      expect(await told(sender, b)).toEqual({ host: b.idText, at: 'here', left: downloads, apart });
      expect(await takenBy(sender, [b], downloads + 7)).toBe(downloads);
      // It was off all the time: what it had is void.
      await a.again();
      await until(async () => (await told(sender, a)).at === 'there', 'it knows that it counts no more');
      expect(await takenBy(sender, [a, b], 7)).toBe(0);
    },
  );

  it('[COPY-10] the old host is only cut off, and goes on: what it has given is within what the owner allows', async () => {
    const { a, b, cut, mend } = await startCuttablePair({ limits: { hostGoneMs: 300 } });
    const sender = new BlobSender(a.port, { downloads: 6 });
    await shared(sender, a, b, 3);
    cut();
    await until(async () => (await told(sender, b)).at === 'gone', 'it has been gone for long');
    expect(await put(sender, b, sender.next({ downloads: 8, counter: { hostId: b.hostId, more: 2 } }))).toBe(204);
    expect(await takenBy(sender, [b], 9)).toBe(5);
    expect(await takenBy(sender, [a], 1)).toBe(1);
    mend();
    await until(async () => (await told(sender, a)).at === 'there', 'it knows that it counts no more');
    expect(await takenBy(sender, [a, b], 9)).toBe(0);
    const facts = await sender.moveTo(b.port).ask('view', 'GET', '/header');
    expect(facts.headers.get('archipel-downloads')).toBe('6');
  });

  it('[COPY-10] every later header names one, and what is lent anew stays where it is', async () => {
    const [a, b] = await startPair();
    const sender = new BlobSender(a.port, { downloads: 4 });
    await shared(sender, a, b, 2);
    const counter = { hostId: b.hostId, more: 0 };
    sender.advance({ downloads: 10, counter });
    expect(await put(sender, b, sender.header)).toBe(204);
    await until(async () => (await told(sender, a)).at === 'there', 'the other knows');
    const unnamed = sender.next({ downloads: 11, counter: undefined });
    expect(await put(sender, b, unnamed)).toBe(400);
    expect(await put(sender, b, sender.next({ downloads: 11, counter }))).toBe(204);
    expect((await told(sender, b)).left).toBe(11 - 8);
    expect(await takenBy(sender, [a, b], 9)).toBe(3);
  });

  it('[COPY-10] a third host gives nothing of its share any more', async () => {
    const hosts = await startNeighbours(3, () => ({ limits: { hostGoneMs: 300 } }));
    const [a] = hosts as [Neighbour, Neighbour, Neighbour];
    const sender = new BlobSender(a.port, { downloads: 8 });
    await sender.send();
    await until(async () => (await sender.copies()) === 2, 'two hosts have it');
    const second = hosts.find((host) => host !== a && host.shareOf(sender.blobId) !== undefined) as Neighbour;
    const third = hosts.find((host) => host !== a && host !== second) as Neighbour;
    await borrowed(sender, second, 4);
    await a.stop();
    await until(() => third.shareOf(sender.blobId) !== undefined, 'the third has begun');
    await until(async () => (await sender.clone().moveTo(third.port).copies()) === 2, 'the third has it');
    const body = sender.next({ downloads: 8, counter: { hostId: third.hostId, more: 0 } });
    expect(await put(sender, third, body)).toBe(204);
    await until(() => second.shareOf(sender.blobId) === 0, 'the second knows');
    expect(await takenBy(sender, [second, third], 9)).toBe(0);
  });
});
