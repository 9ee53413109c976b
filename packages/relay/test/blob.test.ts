import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64url, equal } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { BlobSender, MANIFEST_BYTES, refusal, until } from './support/blobs.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';
import { mountSmall } from './support/small-disk.ts';

const MIB = 2 ** 20;
const DAY = 86_400;
/** For tests that start and kill programs while others use the machine. */
const KILLS_MS = 120_000;
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Names and sizes of all files below a folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const bytesIn = (folder: string): number => filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);

describe('proofs over HTTP', () => {
  it('[BLOB-3] nothing is said without one, and a nonce is given to make one with', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port);
    await sender.send();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/header'],
      ['POST', '/downloads'],
      ['PATCH', ''],
      ['DELETE', ''],
    ]) {
      const answer = await fetch(sender.url(`/${sender.id}${path}`), { method: method as string });
      expect([answer.status, answer.headers.get('archipel-nonce')?.length, await answer.text()]).toEqual([401, 43, '']);
    }
  });

  it('[BLOB-3] another key, role, blob or host does not pass, and a nonce that was not given neither', async () => {
    const { server } = await startRelay();
    const [sender, other] = [new BlobSender(server.port), new BlobSender(server.port)];
    await sender.send();
    const nonce = await sender.takeNonce();
    const ask = async (authorization: string, path = '/header', method = 'GET'): Promise<number> =>
      (await fetch(sender.url(`/${sender.id}${path}`), { method, headers: { authorization } })).status;
    expect(await ask(sender.authorization('view', nonce))).toBe(200);
    expect(await ask(sender.authorization('own', nonce))).toBe(200);
    expect(await ask(sender.authorization('view', nonce, undefined, sender.owner))).toBe(403);
    expect(await ask(sender.authorization('own', nonce, undefined, sender.reader))).toBe(403);
    expect(await ask(sender.authorization('view', nonce, 'other.example'))).toBe(403);
    expect(await ask(other.authorization('view', nonce, undefined, sender.reader))).toBe(403);
    expect(await ask(sender.authorization('view', nonce.with(31, (nonce[31] as number) ^ 1)))).toBe(401);
    expect(await ask('Archipel x')).toBe(401);
    expect(await ask(sender.authorization('view', nonce), '', 'DELETE')).toBe(403);
    expect(await refusal(await sender.ask('view', 'DELETE'))).toEqual([403, 'not_allowed']);
  });

  it('[BLOB-3] a nonce is good for its time, and for one process', async () => {
    const folder = makeFolder();
    const { server } = await startRelay({ data: folder, limits: { blobNonceMs: 200 } });
    const sender = new BlobSender(server.port);
    await sender.send();
    const nonce = await sender.takeNonce();
    const status = async (): Promise<number> =>
      (
        await fetch(sender.url(`/${sender.id}/header`), {
          headers: { authorization: sender.authorization('view', nonce) },
        })
      ).status;
    expect(await status()).toBe(200);
    await until(async () => (await status()) === 401);
  });
});

describe('creating', () => {
  it('[BLOB-4] what is too large, too late, or past is refused before a byte is taken', async () => {
    const { server, folder } = await startRelay({ limits: { blobMaxBytes: 1000, blobMaxDays: 2 } });
    const refused = async (plan: object): Promise<[number, string]> =>
      refusal(await new BlobSender(server.port, plan).create());
    expect(await refused({ length: 1001 })).toEqual([413, 'too_large']);
    expect(await refused({ expiry: seconds() + 3 * DAY })).toEqual([400, 'expiry_too_long']);
    expect(await refused({ expiry: seconds() - 1 })).toEqual([400, 'expiry_too_long']);
    expect((await new BlobSender(server.port, { length: 1000, expiry: seconds() + 2 * DAY }).create()).status).toBe(
      201,
    );
    expect(filesIn(join(folder, 'blobs'))).toEqual([]);
  });

  it('[BLOB-4] room that was promised is counted, and given back by what is deleted', async () => {
    const { server } = await startRelay({ limits: { blobsMaxBytes: 1000 } });
    const [one, two] = [new BlobSender(server.port, { length: 600 }), new BlobSender(server.port, { length: 600 })];
    const answers = await Promise.all([one.create(), two.create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 507]);
    const [first, second] = answers[0]?.status === 201 ? [one, two] : [two, one];
    expect((await first.ask('own', 'DELETE')).status).toBe(204);
    expect((await second.create()).status).toBe(201);
  });

  it('[BLOB-4] a disk that would become too full is told beforehand', async () => {
    const { server } = await startRelay({ limits: { blobMinFreeBytes: Number.MAX_SAFE_INTEGER } });
    expect(await refusal(await new BlobSender(server.port).create())).toEqual([507, 'disk_full']);
  });

  it('[BLOB-4] one address may send so much', async () => {
    const { server } = await startRelay({ limits: { blobBytesBurstPerPrefix: 1000, blobBytesPerHourPerPrefix: 10 } });
    expect((await new BlobSender(server.port, { length: 900 }).create()).status).toBe(201);
    const answer = await new BlobSender(server.port, { length: 900 }).create();
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1000);
    expect(await refusal(answer)).toEqual([429, 'quota_reached']);
  });

  it('[BLOB-1, BLOB-4] a header is its owners; the same one again is answered as the first time, another is not', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port);
    expect((await sender.create()).headers.get('location')).toBe(`/blob/${sender.id}`);
    expect((await sender.create()).headers.get('location')).toBe(`/blob/${sender.id}`);
    sender.header = sender.signed({ seq: 1, expiry: seconds() + 100, downloads: 7 });
    expect(await refusal(await sender.create())).toEqual([409, 'already_exists']);
    const forged = new BlobSender(server.port);
    forged.header = forged.header.with(70, (forged.header[70] as number) ^ 1);
    expect(await refusal(await forged.create())).toEqual([400, 'bad_header']);
    expect(await refusal(await new BlobSender(server.port).create('', 299))).toEqual([400, 'bad_message']);
  });

  it('a host that keeps no files says so', async () => {
    const { server } = await startRelay({ limits: { blobsMaxBytes: 0 } });
    expect(await refusal(await new BlobSender(server.port).create())).toEqual([501, 'not_offered']);
  });
});

describe('uploads', () => {
  it('say what they can do, as tus wants it', async () => {
    const { server } = await startRelay({ limits: { blobMaxBytes: 5000 } });
    const { status, headers } = await fetch(`http://127.0.0.1:${server.port}/blob`, { method: 'OPTIONS' });
    expect([status, headers.get('tus-version'), headers.get('tus-extension'), headers.get('tus-max-size')]).toEqual([
      204,
      '1.0.0',
      'creation,termination,expiration',
      '5000',
    ]);
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
  });

  it('[BLOB-5] bytes are taken at the offset alone, in steps of any size', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port, { length: 20 * MIB + 5 });
    await sender.create();
    expect(await sender.offset()).toBe(0);
    for (const [offset, end] of [
      [0, 10],
      [10, 9 * MIB],
      [9 * MIB, 16 * MIB],
      [16 * MIB, 16 * MIB + 1],
    ] as const) {
      expect((await sender.append(offset, end)).headers.get('upload-offset')).toBe(`${end}`);
      expect(await sender.offset()).toBe(end);
    }
    expect(await refusal(await sender.append(0, 5))).toEqual([409, 'wrong_offset']);
    expect(await refusal(await sender.append(17 * MIB))).toEqual([409, 'wrong_offset']);
    expect((await sender.append(16 * MIB + 1)).status).toBe(204);
    const all = await sender.read(undefined, await sender.ticket());
    expect(equal(new Uint8Array(await all.arrayBuffer()), sender.bytes)).toBe(true);
  });

  it('[BLOB-5] more than was announced is refused', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port);
    await sender.create();
    const headers = { 'upload-offset': '1', 'content-type': 'application/offset+octet-stream' };
    expect(await refusal(await sender.ask('own', 'PATCH', '', { headers, body: sender.bytes }))).toEqual([
      413,
      'too_large',
    ]);
    const odd = { ...headers, 'content-type': 'application/octet-stream' };
    expect(await refusal(await sender.ask('own', 'PATCH', '', { headers: odd, body: sender.bytes }))).toEqual([
      400,
      'bad_message',
    ]);
  });

  it(
    '[BLOB-5] killed in the middle, again and again: never behind what was told, and at most 16 MiB behind what had arrived',
    async () => {
      const folder = makeFolder();
      const env = { ARCHIPEL_DATA: folder };
      const bytes = new BlobSender(0, { length: 60 * MIB });
      let told = 0;
      let offset = 0;
      let sender: BlobSender | undefined;
      for (let round = 0; round < 3; round++) {
        const relay = await startProcess(env);
        sender = Object.assign(bytes, { port: relay.port, nonce: undefined });
        if (round === 0) await sender.create();
        offset = await sender.offset();
        expect(offset).toBeGreaterThanOrEqual(told);
        // What lies in the buffers of the line has not arrived: how much that is, the system decides.
        let arrived = 0;
        const sent = trickle(sender, offset, (round + 1) * 15 * MIB, async () => {
          arrived = await bytesReceived(relay.port);
          relay.child.kill('SIGKILL');
        });
        await relay.ended;
        await sent;
        told = offset + Math.max(0, arrived - 16 * MIB);
      }
      const relay = await startProcess(env);
      sender = Object.assign(bytes, { port: relay.port, nonce: undefined });
      offset = await sender.offset();
      expect(offset).toBeGreaterThanOrEqual(told);
      expect((await sender.append(offset)).status).toBe(204);
      const all = await sender.read(undefined, await sender.ticket());
      expect(equal(new Uint8Array(await all.arrayBuffer()), sender.bytes)).toBe(true);
      relay.child.kill('SIGTERM');
      await relay.ended;
    },
    KILLS_MS,
  );

  it('[BLOB-5] who comes again takes the place of a line that is dead', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port, { length: 3 * MIB });
    await sender.create();
    await sender.offset();
    void trickle(sender, 0, MIB, () => undefined, true);
    const metrics = `http://127.0.0.1:${server.port}/metrics`;
    await until(async () => (await (await fetch(metrics)).text()).includes(`blob_bytes_received_total ${MIB}\n`));
    expect(await sender.offset()).toBe(MIB);
    expect((await sender.append(MIB)).status).toBe(204);
  });
});

/** By PATCH, since the relay was started. */
async function bytesReceived(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/blob_bytes_received_total (\d+)/.exec(metrics)?.[1]);
}

/** Sends up to `end` and then calls `then`, with the request still open; `hangs`: until the relay cuts it. How far it came. */
async function trickle(
  sender: BlobSender,
  from: number,
  end: number,
  then: () => unknown,
  hangs = false,
): Promise<number> {
  const headers = {
    authorization: sender.authorization('own', sender.nonce as Uint8Array),
    'upload-offset': `${from}`,
    'content-type': 'application/offset+octet-stream',
  };
  let sent = from;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (; sent < end; sent += MIB) yield sender.bytes.subarray(sent, Math.min(end, sent + MIB));
    await then();
    await new Promise((resolve) => setTimeout(resolve, hangs ? 60_000 : 500).unref());
  }
  const init = { method: 'PATCH', headers, body: bytes() as unknown as ReadableStream, duplex: 'half' };
  await fetch(sender.url(`/${sender.id}`), init as RequestInit).catch(() => undefined);
  return sent;
}

describe('reading', () => {
  it('[BLOB-6] ranges of what is complete; the manifest without a ticket, more of it with one', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port, { length: 9 * MIB });
    await sender.create();
    await sender.append(0, 100);
    expect(await refusal(await sender.read('bytes=0-9'))).toEqual([409, 'upload_incomplete']);
    await sender.append(100);
    const manifest = await sender.read(`bytes=0-${MANIFEST_BYTES - 1}`);
    expect([manifest.status, manifest.headers.get('content-range')]).toEqual([206, `bytes 0-99/${9 * MIB}`]);
    expect(equal(new Uint8Array(await manifest.arrayBuffer()), sender.bytes.subarray(0, 100))).toBe(true);
    expect(await refusal(await sender.read('bytes=0-100'))).toEqual([403, 'not_allowed']);
    expect(await refusal(await sender.read(undefined))).toEqual([403, 'not_allowed']);
    expect(await refusal(await sender.read('bytes=0-100', encodeBase64url(new Uint8Array(16))))).toEqual([
      403,
      'not_allowed',
    ]);
    const ticket = await sender.ticket();
    for (const [range, start, end] of [
      [`bytes=${8 * MIB - 5}-${8 * MIB + 4}`, 8 * MIB - 5, 8 * MIB + 5],
      ['bytes=-7', 9 * MIB - 7, 9 * MIB],
      [`bytes=${9 * MIB - 3}-`, 9 * MIB - 3, 9 * MIB],
    ] as const) {
      const part = await sender.read(range, ticket);
      expect(part.status).toBe(206);
      expect(equal(new Uint8Array(await part.arrayBuffer()), sender.bytes.subarray(start, end))).toBe(true);
    }
    const beyond = await sender.read(`bytes=${9 * MIB}-`, ticket);
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${9 * MIB}`]);
  });

  it('[BLOB-6] a range of another state of the blob is not given', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port);
    await sender.send();
    const headers = { range: 'bytes=0-9', 'archipel-download': await sender.ticket() };
    const etag = (await sender.read('bytes=0-9')).headers.get('etag') ?? '';
    expect((await sender.ask('view', 'GET', '', { headers: { ...headers, 'if-range': etag } })).status).toBe(206);
    expect((await sender.ask('view', 'GET', '', { headers: { ...headers, 'if-range': '"other"' } })).status).toBe(200);
  });

  it('[BLOB-7] the download after the last is refused, and of many at once no more than allowed are given', async () => {
    const folder = makeFolder();
    const { server } = await startRelay({ data: folder });
    const sender = new BlobSender(server.port, { downloads: 3 });
    await sender.send();
    await sender.takeNonce();
    const answers = await Promise.all(Array.from({ length: 8 }, () => sender.ask('view', 'POST', '/downloads')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(await refusal(answer)).toEqual([410, 'downloads_spent']);
    }
    const ticket = answers.find(({ ok }) => ok)?.headers.get('archipel-download') ?? '';
    expect((await sender.read(undefined, ticket)).status).toBe(200);
    expect((await sender.read(undefined, ticket)).status).toBe(200);
    expect((await sender.ask('view', 'GET', '/header')).headers.get('archipel-downloads')).toBe('3');
  });

  it('[BLOB-11] the same ticket again is the same download, also after the last one; it is the taker who chooses it', async () => {
    const { server } = await startRelay({ limits: { blobTicketMs: 1500 } });
    const sender = new BlobSender(server.port, { downloads: 2 });
    await sender.send();
    await sender.takeNonce();
    const take = (ticket: string) =>
      sender.ask('view', 'POST', '/downloads', { headers: { 'archipel-download': ticket } });
    const [first, second, third] = ['A', 'Q', 'g'].map((letter) => `${letter.repeat(21)}A`) as [string, string, string];
    const answers = await Promise.all(Array.from({ length: 9 }, () => take(first)));
    expect(answers.map(({ status, headers }) => [status, headers.get('archipel-download')])).toEqual(
      Array.from({ length: 9 }, () => [201, first]),
    );
    expect((await take(second)).status).toBe(201);
    expect(await refusal(await take(third))).toEqual([410, 'downloads_spent']);
    expect((await take(second)).status).toBe(201);
    expect((await sender.ask('view', 'GET', '/header')).headers.get('archipel-downloads')).toBe('2');
    expect((await sender.read(undefined, first)).status).toBe(200);
    for (const ticket of ['A'.repeat(20), 'A'.repeat(44), '?'])
      expect(await refusal(await take(ticket))).toEqual([400, 'bad_message']);
  });

  it('[BLOB-11] a ticket that is over is not given again', async () => {
    const { server } = await startRelay({ limits: { blobTicketMs: 1000, sweepIntervalMs: 600_000 } });
    const sender = new BlobSender(server.port, { downloads: 2 });
    await sender.send();
    const ticket = await sender.ticket();
    const ask = () => sender.ask('view', 'POST', '/downloads', { headers: { 'archipel-download': ticket } });
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(403);
    expect((await sender.ask('view', 'GET', '/header')).headers.get('archipel-downloads')).toBe('1');
  });

  it('[BLOB-11] tries of one address are limited, and those that are refused count nothing', async () => {
    const { server } = await startRelay({ limits: { opensBurstPerPrefix: 12, opensPerMinutePerPrefix: 1 } });
    const sender = new BlobSender(server.port, { downloads: 100 });
    await sender.send();
    const answers = await Promise.all(Array.from({ length: 30 }, () => sender.ask('view', 'POST', '/downloads')));
    const given = answers.filter(({ status }) => status === 201).length;
    const refused = answers.filter(({ status }) => status === 429);
    expect([given + refused.length, given > 0, given <= 12]).toEqual([30, true, true]);
    for (const answer of refused) expect((await refusal(answer))[1]).toBe('rate_limited');
  });

  it('[BLOB-7] when the last ticket is over, the bytes are removed', async () => {
    const { server, folder } = await startRelay({ limits: { blobTicketMs: 1000, sweepIntervalMs: 50 } });
    const sender = new BlobSender(server.port, { downloads: 1 });
    await sender.send();
    const ticket = await sender.ticket();
    expect((await sender.read(undefined, ticket)).status).toBe(200);
    await until(() => filesIn(join(folder, 'blobs')).length === 0);
    expect(await refusal(await sender.read(undefined, ticket))).toEqual([410, 'downloads_spent']);
  });
});

describe('a disk that is full after all', () => {
  /** A real full file system until what else lies in it goes; where this user may not mount one, a host without room. */
  async function fullHost(): Promise<{ port: number; data: string; free(): Promise<void> }> {
    const data = mountSmall(40 * MIB);
    if (data !== undefined) {
      const { server } = await startRelay({ data, limits: { blobMinFreeBytes: 0, storeMinFreeBytes: 0 } });
      const free = async (): Promise<void> => rmSync(join(data, 'ballast'));
      return { port: server.port, data, free };
    }
    const { server } = await startRelay({ limits: { blobsMaxBytes: 40 * MIB } });
    const other = new BlobSender(server.port, { length: 30 * MIB });
    await other.create();
    return { port: server.port, data: '', free: async () => void (await other.ask('own', 'DELETE')) };
  }

  it('is told with disk_full, what was acknowledged stays, and it goes on when there is room', async () => {
    const host = await fullHost();
    const sender = new BlobSender(host.port, { length: 25 * MIB });
    const created = await sender.create();
    if (created.status === 201) {
      await sender.append(0, 3 * MIB);
      const before = await sender.offset();
      writeFileSync(join(host.data, 'ballast'), new Uint8Array(25 * MIB));
      expect(await refusal(await sender.append(before))).toEqual([507, 'disk_full']);
      const offset = await sender.offset();
      expect(offset).toBeGreaterThanOrEqual(before);
      await host.free();
      expect((await sender.append(offset)).headers.get('upload-offset')).toBe(`${25 * MIB}`);
    } else {
      expect(await refusal(created)).toEqual([507, 'disk_full']);
      await host.free();
      await sender.send();
    }
    const all = await sender.read(undefined, await sender.ticket());
    expect(equal(new Uint8Array(await all.arrayBuffer()), sender.bytes)).toBe(true);
  });
});

describe('streams that stand still', () => {
  it('are cut on either side, and what came is kept', async () => {
    const { server } = await startRelay({ limits: { blobIdleMs: 300 } });
    const sender = new BlobSender(server.port, { length: 64 * MIB });
    await sender.create();
    await sender.offset();
    await trickle(sender, 0, 3 * MIB, () => undefined, true);
    const offset = await sender.offset();
    expect(offset).toBeGreaterThan(0);
    expect((await sender.append(offset)).status).toBe(204);
    const reader = (await sender.read(undefined, await sender.ticket())).body?.getReader();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const rest = async (): Promise<void> => {
      while ((await reader?.read())?.done === false);
    };
    await expect(rest()).rejects.toThrow();
  });

  it('a download that moves may take longer than a request', async () => {
    const { server } = await startRelay({ limits: { handshakeMaxMs: 300, blobRequestMaxMs: 500 } });
    const sender = new BlobSender(server.port, { length: 32 * MIB });
    await sender.send();
    const reader = (await sender.read(undefined, await sender.ticket())).body?.getReader();
    let bytes = 0;
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      if (bytes < 5 * MIB) await new Promise((resolve) => setTimeout(resolve, 100));
      bytes += next.value.length;
    }
    expect(bytes).toBe(32 * MIB);
  });
});

describe('the end', () => {
  it('[BLOB-8] what its owner deletes is gone, and does not come again', async () => {
    const { server, folder } = await startRelay();
    const sender = new BlobSender(server.port, { length: 9 * MIB });
    await sender.send();
    expect(bytesIn(join(folder, 'blobs'))).toBe(9 * MIB);
    expect((await sender.ask('own', 'DELETE')).status).toBe(204);
    expect(filesIn(join(folder, 'blobs'))).toEqual([]);
    expect(await refusal(await sender.read(undefined))).toEqual([410, 'deleted']);
    expect(await refusal(await sender.create())).toEqual([410, 'deleted']);
  });

  it('[BLOB-8] what expires is refused from that second on, and removed', async () => {
    const { server, folder } = await startRelay({ limits: { sweepIntervalMs: 50 } });
    const sender = new BlobSender(server.port, { expiry: seconds() + 2 });
    await sender.send();
    expect(bytesIn(join(folder, 'blobs'))).toBe(300);
    await until(() => filesIn(join(folder, 'blobs')).length === 0);
    expect(await refusal(await sender.read(undefined))).toEqual([410, 'expired']);
    expect(await refusal(await sender.create())).toEqual([410, 'expired']);
  });

  it('[BLOB-8] an upload that nobody goes on with is removed', async () => {
    const { server, folder } = await startRelay({ limits: { sweepIntervalMs: 50, blobUnfinishedMs: 1000 } });
    const sender = new BlobSender(server.port);
    await sender.create();
    await sender.append(0, 100);
    await until(() => filesIn(join(folder, 'blobs')).length === 0);
    expect(await refusal(await sender.append(100))).toEqual([410, 'expired']);
  });

  it('[BLOB-2] is put off by the owner alone, and by the next header alone', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port, { expiry: seconds() + 100 });
    await sender.send();
    const headers = { 'content-type': 'application/octet-stream' };
    const next = sender.next({ expiry: seconds() + DAY });
    expect(await refusal(await sender.ask('view', 'PUT', '/header', { headers, body: next }))).toEqual([
      403,
      'not_allowed',
    ]);
    expect((await sender.ask('own', 'PUT', '/header', { headers, body: next })).status).toBe(204);
    expect((await sender.ask('own', 'PUT', '/header', { headers, body: next })).status).toBe(204);
    expect(await refusal(await sender.ask('own', 'PUT', '/header', { headers, body: sender.header }))).toEqual([
      409,
      'stale_header',
    ]);
    const held = new Uint8Array(await (await sender.ask('view', 'GET', '/header')).arrayBuffer());
    expect(equal(held, next)).toBe(true);
  });

  it('[BLOB-9] is told before anything is proved', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port);
    expect(await refusal(await fetch(sender.url(`/${sender.id}`)))).toEqual([404, 'not_found']);
    expect(await refusal(await fetch(sender.url('/..%2f..%2fx')))).toEqual([404, 'not_found']);
    await sender.send();
    await sender.ask('own', 'DELETE');
    expect(await refusal(await fetch(sender.url(`/${sender.id}`)))).toEqual([410, 'deleted']);
  });
});

describe('what is counted', () => {
  it('is on the page of metrics', async () => {
    const { server } = await startRelay();
    const sender = new BlobSender(server.port);
    await sender.send();
    await (await sender.read(undefined, await sender.ticket())).arrayBuffer();
    const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    for (const line of [
      'blobs 1',
      'blob_bytes 300',
      'blobs_created_total 1',
      'blob_downloads_total 1',
      'blob_bytes_received_total 300',
      'blob_bytes_sent_total 300',
    ]) {
      expect(text).toContain(`archipel_${line}\n`);
    }
  });
});
