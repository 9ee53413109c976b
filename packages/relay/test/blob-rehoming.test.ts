// Drops when a host is gone for long, and when the disk of a second one is full.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BlobSender, refusal } from './support/blobs.ts';
import type { Neighbour } from './support/neighbours.ts';
import { startNeighbours } from './support/neighbours.ts';
import { mountSmall } from './support/small-disk.ts';
import { until } from './support/together.ts';

const MIB = 2 ** 20;
const PIECE = 4 * MIB;
const LONG_MS = 120_000;

/** Bytes of it on the disk of this host; undefined: it knows nothing of it. */
async function offsetAt(sender: BlobSender, { port }: Neighbour): Promise<number | undefined> {
  const asked = sender.clone().moveTo(port);
  if ((await fetch(asked.url(`/${asked.id}/header`))).status !== 401) return undefined;
  return asked.offset();
}

async function holdersOf(sender: BlobSender, hosts: readonly Neighbour[]): Promise<Neighbour[]> {
  const offsets = await Promise.all(hosts.map((host) => offsetAt(sender, host)));
  return hosts.filter((_, i) => offsets[i] !== undefined);
}

async function metric({ url }: Neighbour, line: RegExp): Promise<number> {
  return Number(line.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 0);
}

async function readFrom(sender: BlobSender, { port }: Neighbour): Promise<Buffer> {
  const reader = sender.clone().moveTo(port);
  return Buffer.from(await (await reader.read(undefined, await reader.ticket())).arrayBuffer());
}

describe('a host that is gone for long', { timeout: LONG_MS }, () => {
  it.each(['the one it was sent to', 'the one that kept the copy'])(
    '[COPY-8] %s: the other gives the drop to a third one, and it outlives the second too',
    async (which) => {
      const hosts = await startNeighbours(3, () => ({ limits: { hostGoneMs: 500 } }));
      const [a] = hosts as [Neighbour, Neighbour, Neighbour];
      const sender = new BlobSender(a.port, { length: PIECE + 77 });
      await sender.send();
      await until(async () => (await sender.copies()) === 2, 'two hosts have it');
      const second = (await holdersOf(sender, hosts)).find((host) => host !== a) as Neighbour;
      const third = hosts.find((host) => host !== a && host !== second) as Neighbour;
      const [gone, left] = which === 'the one it was sent to' ? [a, second] : [second, a];
      await gone.stop();
      await until(async () => (await offsetAt(sender, third)) === sender.bytes.length, 'the third has it');
      await left.stop();
      expect((await readFrom(sender, third)).equals(sender.bytes)).toBe(true);
      // Whoever comes back after all finds nothing to quarrel about.
      await gone.again();
      await until(async () => (await readFrom(sender, gone)).equals(sender.bytes), 'the first is back');
    },
  );

  it('[COPY-8] half an upload goes on at the other, and from there to a third one', async () => {
    const hosts = await startNeighbours(3, () => ({ limits: { hostGoneMs: 500 } }));
    const [a] = hosts as [Neighbour, Neighbour, Neighbour];
    const sender = new BlobSender(a.port, { length: 3 * PIECE });
    await sender.create();
    await sender.append(0, PIECE + 5);
    await until(async () => (await holdersOf(sender, hosts)).length === 2, 'another has the beginning');
    const second = (await holdersOf(sender, hosts)).find((host) => host !== a) as Neighbour;
    const third = hosts.find((host) => host !== a && host !== second) as Neighbour;
    await until(async () => (await offsetAt(sender, second)) === PIECE, 'a whole piece is there');
    await a.stop();
    sender.moveTo(second.port);
    expect((await sender.append(PIECE)).status).toBe(204);
    await until(async () => (await offsetAt(sender, third)) === sender.bytes.length, 'the third has it');
    expect((await readFrom(sender, third)).equals(sender.bytes)).toBe(true);
  });
});

describe('a second host whose disk is full', { timeout: LONG_MS }, () => {
  it('[COPY-8] the first and the sender go on, it says so in its metrics, and takes the rest when there is room', async () => {
    const [a, b] = (await startNeighbours(2, () => ({
      limits: { blobMinFreeBytes: 0, storeMinFreeBytes: 0, inboxMinFreeBytes: 0, blobCopyRetryMs: 500 },
    }))) as [Neighbour, Neighbour];
    const small = mountSmall(40 * MIB);
    // Where this user may not mount a file system there is no disk that can be full.
    if (small === undefined) return expect(process.getuid?.()).not.toBe(0);
    await b.stop();
    await b.moveData(small);
    const sender = new BlobSender(a.port, { length: 6 * PIECE });
    await sender.create();
    expect((await sender.append(0, PIECE)).status).toBe(204);
    await until(async () => (await offsetAt(sender, b)) === PIECE, 'the copy has begun');
    writeFileSync(join(small, 'ballast'), new Uint8Array(30 * MIB));
    expect((await sender.append(PIECE)).status).toBe(204);
    const refused = /archipel_refused_total\{error="disk_full"\} (\d+)/;
    await until(async () => (await metric(b, refused)) > 1, 'it says that its disk is full, again and again');
    expect((await readFrom(sender, a)).equals(sender.bytes)).toBe(true);
    expect(await sender.copies()).toBe(1);
    expect((await offsetAt(sender, b)) as number).toBeLessThan(sender.bytes.length);
    // What else it has is read as before.
    expect(await refusal(await sender.clone().moveTo(b.port).read(undefined))).toEqual([409, 'upload_incomplete']);
    rmSync(join(small, 'ballast'));
    await until(async () => (await sender.copies()) === 2, 'two hosts have it');
    expect((await readFrom(sender, b)).equals(sender.bytes)).toBe(true);
  });

  it('[COPY-8] a third one takes all of it meanwhile', async () => {
    const hosts = await startNeighbours(3, () => ({
      limits: { blobMinFreeBytes: 0, storeMinFreeBytes: 0, inboxMinFreeBytes: 0, blobCopyRetryMs: 60_000 },
    }));
    const [a, b, c] = hosts as [Neighbour, Neighbour, Neighbour];
    const small = mountSmall(40 * MIB);
    if (small === undefined) return expect(process.getuid?.()).not.toBe(0);
    await Promise.all([b.stop(), c.stop()]);
    await b.moveData(small);
    const sender = new BlobSender(a.port, { length: 6 * PIECE });
    await sender.create();
    expect((await sender.append(0, PIECE)).status).toBe(204);
    await until(async () => (await offsetAt(sender, b)) === PIECE, 'the copy has begun');
    writeFileSync(join(small, 'ballast'), new Uint8Array(30 * MIB));
    await c.again();
    await until(async () => (await metric(a, /archipel_peers_reached (\d+)/)) === 2, 'the third is there');
    expect((await sender.append(PIECE)).status).toBe(204);
    await until(async () => (await offsetAt(sender, c)) === sender.bytes.length, 'the third has it');
    expect((await readFrom(sender, c)).equals(sender.bytes)).toBe(true);
  });
});
