/** Files of a host that is several processes: rows in one PostgreSQL, bytes in one folder, people wherever the balancer sends them. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { BlobSender, refusal, until } from './support/blobs.ts';
import { sharedNats } from './support/nats.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';

const MIB = 2 ** 20;
/** For tests that start and kill programs while others use the machine. */
const KILLS_MS = 120_000;

const database = await testDatabase();
const { url: bus } = await sharedNats();

async function emptied(): Promise<{ store: string; bus: string; files: string }> {
  await database.query('drop schema if exists archipel cascade');
  return { store: database.url, bus, files: makeFolder() };
}

/** Two processes in this one. */
async function startTwo(limits: Record<string, number> = {}) {
  const settings = { ...(await emptied()), limits };
  const [one, two] = [await startRelay(settings), await startRelay(settings)];
  return { one: one.server.port, two: two.server.port, files: settings.files };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'mark')
    .map((entry) => join(entry.parentPath, entry.name));

async function readAll(sender: BlobSender): Promise<Uint8Array> {
  return new Uint8Array(await (await sender.read(undefined, await sender.ticket())).arrayBuffer());
}

/** Sends up to `end` and leaves the line open. */
function begin(sender: BlobSender, from: number, end: number): void {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let sent = from; sent < end; sent += MIB) yield sender.bytes.subarray(sent, Math.min(end, sent + MIB));
    await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
  }
  const headers = {
    authorization: sender.authorization('own', sender.nonce as Uint8Array),
    'upload-offset': `${from}`,
    'content-type': 'application/offset+octet-stream',
  };
  const init = { method: 'PATCH', headers, body: bytes() as unknown as ReadableStream, duplex: 'half' };
  void fetch(sender.url(`/${sender.id}`), init as RequestInit).catch(() => undefined);
}

describe('files of two processes', () => {
  it('[BLOB-5] an upload goes on through the other one, while the first still holds its line', async () => {
    const { one, two } = await startTwo();
    const sender = new BlobSender(one, { length: 13 * MIB });
    await sender.create();
    await sender.offset();
    begin(sender, 0, 6 * MIB);
    sender.moveTo(two);
    await until(async () => (await sender.offset()) >= 4 * MIB);
    const offset = await sender.offset();
    expect((await sender.append(offset, 9 * MIB)).status).toBe(204);
    sender.moveTo(one);
    expect(await sender.offset()).toBe(9 * MIB);
    expect((await sender.append(9 * MIB)).status).toBe(204);
    expect(equal(await readAll(sender.moveTo(two)), sender.bytes)).toBe(true);
  });

  it('[BLOB-7] no more downloads than allowed, by whichever process people come', async () => {
    const { one, two } = await startTwo();
    const sender = new BlobSender(one, { downloads: 3 });
    await sender.send();
    const people = [one, two, one, two, one, two].map((port) => sender.clone().moveTo(port));
    const answers = await Promise.all(people.map((person) => person.ask('view', 'POST', '/downloads')));
    const given = answers.filter(({ status }) => status === 201);
    expect(given).toHaveLength(3);
    const ticket = given[0]?.headers.get('archipel-download') ?? '';
    for (const port of [one, two]) expect((await sender.moveTo(port).read(undefined, ticket)).status).toBe(200);
  });

  it('[BLOB-4] no more room than there is', async () => {
    const { one, two } = await startTwo({ blobsMaxBytes: 1000 });
    const senders = [one, two, one, two].map((port) => new BlobSender(port, { length: 400 }));
    const answers = await Promise.all(senders.map((sender) => sender.create()));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 507, 507]);
  });

  it('[BLOB-3] a nonce of one is good at the other', async () => {
    const { one, two } = await startTwo();
    const sender = new BlobSender(one);
    await sender.send();
    const nonce = await sender.takeNonce();
    const headers = { authorization: sender.authorization('view', nonce, `127.0.0.1:${two}`) };
    expect((await fetch(sender.moveTo(two).url(`/${sender.id}/header`), { headers })).status).toBe(200);
  });

  it('[BLOB-8] what its owner deletes at one while it comes in at the other is gone', async () => {
    const { one, two, files } = await startTwo();
    const sender = new BlobSender(one, { length: 20 * MIB });
    await sender.create();
    await sender.offset();
    begin(sender, 0, 6 * MIB);
    await until(() => filesIn(files).length > 0);
    expect((await sender.moveTo(two).ask('own', 'DELETE')).status).toBe(204);
    await until(() => filesIn(files).length === 0);
    for (const port of [one, two]) {
      expect(await refusal(await fetch(sender.moveTo(port).url(`/${sender.id}`)))).toEqual([410, 'deleted']);
    }
    expect(filesIn(files)).toEqual([]);
  });

  it('[BLOB-8] what is over is removed once, by either', async () => {
    const { one, files } = await startTwo({ sweepIntervalMs: 50 });
    const sender = new BlobSender(one, { expiry: Math.floor(Date.now() / 1000) + 2 });
    await sender.send();
    await until(() => filesIn(files).length === 0);
    // The file goes first, then the line that names it: a crash between the two leaves nothing that nobody knows of.
    const metrics = () => fetch(`http://127.0.0.1:${one}/metrics`).then((page) => page.text());
    await until(async () => (await metrics()).includes('archipel_blobs 0\n'));
  });

  it(
    'one is killed in the middle of an upload: it goes on through the other, and at most 16 MiB are sent twice',
    async () => {
      const { store, bus: address, files } = await emptied();
      const env = () => ({
        ARCHIPEL_STORE: store,
        ARCHIPEL_BUS: address,
        ARCHIPEL_FILES: files,
        ARCHIPEL_DATA: makeFolder(),
      });
      const [one, two] = [await startProcess(env()), await startProcess(env())];
      const sender = new BlobSender(one.port, { length: 60 * MIB });
      await sender.create();
      await sender.offset();
      begin(sender, 0, 40 * MIB);
      const arrived = async (): Promise<number> => {
        const page = await (await fetch(`http://127.0.0.1:${one.port}/metrics`)).text();
        return Number(/blob_bytes_received_total (\d+)/.exec(page)?.[1]);
      };
      let came = 0;
      await until(async () => {
        came = await arrived();
        return came >= 24 * MIB;
      });
      one.child.kill('SIGKILL');
      await one.ended;
      sender.moveTo(two.port);
      const offset = await sender.offset();
      expect(offset).toBeGreaterThanOrEqual(came - 16 * MIB);
      expect((await sender.append(offset)).status).toBe(204);
      expect(equal(await readAll(sender), sender.bytes)).toBe(true);
      two.child.kill('SIGTERM');
      await two.ended;
    },
    KILLS_MS,
  );
});

describe('the folder of files', () => {
  it('is known by its mark: an empty one is not taken for it, nor that of another host', async () => {
    const settings = await emptied();
    const { server } = await startRelay(settings);
    await new BlobSender(server.port).send();
    expect(existsSync(join(settings.files, 'mark'))).toBe(true);
    await expect(startRelay({ ...settings, files: makeFolder() })).rejects.toThrow('Is the disk mounted?');
    await expect(startRelay({ files: settings.files })).rejects.toThrow('files of another host');
    const moved = join(makeFolder(), 'moved');
    await server.stop();
    renameSync(settings.files, moved);
    const again = await startRelay({ ...settings, files: moved });
    expect((await new BlobSender(again.server.port).create()).status).toBe(201);
  });

  it('may be lost for good: the host starts without, when who runs it says so', async () => {
    const settings = await emptied();
    const { server } = await startRelay(settings);
    await server.stop();
    const mark = readFileSync(join(settings.files, 'mark'), 'utf8');
    const files = makeFolder();
    await expect(startRelay({ ...settings, files })).rejects.toThrow(mark.trim());
    writeFileSync(join(files, 'mark'), mark);
    expect((await startRelay({ ...settings, files })).server.port).toBeGreaterThan(0);
  });

  it('is missing: with a database a host keeps no files then, and says so', async () => {
    const { files: _files, ...settings } = await emptied();
    const { server } = await startRelay(settings);
    expect(await refusal(await new BlobSender(server.port).create())).toEqual([501, 'not_offered']);
  });
});
