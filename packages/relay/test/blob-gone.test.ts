// A drop on two hosts that is over: its bytes are gone from both disks, also where a host was away when it ended.
import { expect, it } from 'vitest';
import { BlobSender } from './support/blobs.ts';
import type { Neighbour } from './support/neighbours.ts';
import { startPair } from './support/neighbours.ts';
import { until } from './support/together.ts';

const PIECE = 4 * 2 ** 20;
const limits = { sweepIntervalMs: 200, blobTicketMs: 1000 };
const seconds = (): number => Math.floor(Date.now() / 1000);

/** On the disks of both. */
async function onBoth(a: Neighbour, b: Neighbour, plan: object): Promise<BlobSender> {
  const sender = new BlobSender(a.port, { length: PIECE + 5, ...plan });
  await sender.send();
  await until(async () => (await sender.copies()) === 2, 'two hosts have it');
  expect([a, b].map((host) => host.bytesOf(sender.blobId))).toEqual([PIECE + 5, PIECE + 5]);
  return sender;
}

const isGoneFrom = (host: Neighbour, sender: BlobSender): Promise<void> =>
  until(() => host.bytesOf(sender.blobId) === 0, 'its disk has nothing of it');

async function errorOf(host: Neighbour, sender: BlobSender): Promise<string> {
  const answer = await fetch(`${host.url}/blob/${sender.id}/header`);
  return ((await answer.json()) as { error: string }).error;
}

it('[BLOB-8, COPY-1] what expires goes from the disks of both', async () => {
  const [a, b] = await startPair(() => ({ limits }));
  const sender = await onBoth(a, b, { expiry: seconds() + 12 });
  for (const host of [a, b]) {
    await isGoneFrom(host, sender);
    expect(await errorOf(host, sender)).toBe('expired');
  }
});

it('[BLOB-8, COPY-1] what expired while a host was off goes from its disk when it is back', async () => {
  const [a, b] = await startPair(() => ({ limits }));
  const sender = await onBoth(a, b, { expiry: seconds() + 12 });
  await b.stop();
  await isGoneFrom(a, sender);
  expect(b.bytesOf(sender.blobId)).toBe(PIECE + 5);
  await b.again();
  await isGoneFrom(b, sender);
});

it('[BLOB-7, COPY-4] what was taken for the last time, at whichever host, goes from the disks of both', async () => {
  const [a, b] = await startPair(() => ({ limits }));
  const sender = await onBoth(a, b, { downloads: 2 });
  for (const host of [a, b]) expect(await sender.moveTo(host.port).ticket()).not.toBe('');
  for (const host of [a, b]) {
    await isGoneFrom(host, sender);
    expect(await errorOf(host, sender)).toBe('downloads_spent');
  }
});

it.each(['that counts', 'with the copy'])(
  '[BLOB-7, COPY-4, COPY-9] taken for the last time while the host %s was off: it goes from its disk when it is back',
  async (which) => {
    const [a, b] = await startPair(() => ({ limits }));
    const sender = await onBoth(a, b, { downloads: 2 });
    await until(() => b.shareOf(sender.blobId) === 1, 'the other has its share');
    const [off, on] = which === 'that counts' ? [a, b] : [b, a];
    expect(await sender.moveTo(off.port).ticket()).not.toBe('');
    await off.stop();
    // The host that counts has lent the last one to the copy: that gives it alone. The copy has the ticket of the one before.
    const given = await sender.moveTo(on.port).ticket();
    await off.again();
    if (given === '') expect(await eventually(sender)).not.toBe('');
    for (const host of [a, b]) await isGoneFrom(host, sender);
  },
);

/** When the hosts have met. */
async function eventually(sender: BlobSender): Promise<string> {
  let ticket = '';
  await until(async () => {
    ticket = await sender.ticket();
    return ticket !== '';
  }, 'it is given');
  return ticket;
}

it('[BLOB-8, COPY-6] what is deleted at one host while the other is off goes from its disk when it is back', async () => {
  const [a, b] = await startPair(() => ({ limits }));
  const sender = await onBoth(a, b, {});
  await b.stop();
  expect((await sender.ask('own', 'DELETE', '', { headers: sender.order() })).status).toBe(204);
  await isGoneFrom(a, sender);
  await b.again();
  await isGoneFrom(b, sender);
});
