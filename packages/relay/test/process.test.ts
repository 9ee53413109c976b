import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TestSession } from './support/author.ts';
import { Author } from './support/author.ts';
import { TestClient } from './support/client.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';

async function connect(port: number): Promise<TestClient> {
  const client = await TestClient.connect(port);
  onTestFinished(() => client.close());
  return client;
}

interface Typist {
  author: Author;
  client: TestClient;
  session: TestSession;
  channel: number;
}

async function typist(port: number, author: Author): Promise<Typist> {
  const client = await connect(port);
  const { channel } = await client.open(author, 'edit');
  return { author, client, channel, session: author.session() };
}

/** Highest `have` that was acknowledged to this client. */
function ackedBy(client: TestClient): number {
  return client.received.reduce(
    (most, { message }) => (message.type === 'ack' ? Math.max(most, message.have) : most),
    0,
  );
}

describe('the process', () => {
  it('says where it is, and on SIGTERM commits, acknowledges and ends with 0', async () => {
    const relay = await startProcess({ ARCHIPEL_DATA: makeFolder() });
    expect(relay.output()).toContain(`Archipel is ready: http://127.0.0.1:${relay.port}`);
    const author = new Author();
    const client = await connect(relay.port);
    await client.create(author);
    relay.child.kill('SIGTERM');
    expect(await client.next('goodbye')).toMatchObject({ error: 'shutting_down' });
    expect(await relay.ended).toEqual([0, null]);
  });

  it('CON-8: stopped under load it commits what it took, acknowledges it, and nothing else is missing', async () => {
    const folder = makeFolder();
    const relay = await startProcess({ ARCHIPEL_DATA: folder });
    const author = new Author();
    await (await connect(relay.port)).create(author);
    const typists = await Promise.all(Array.from({ length: 10 }, () => typist(relay.port, author)));
    for (let i = 0; i < 100; i++) {
      for (const { client, channel, session } of typists) client.append(channel, session.record());
    }
    await (typists[0] as Typist).client.next('ack');
    relay.child.kill('SIGTERM');
    for (const { client } of typists) {
      const goodbye = await client.next('goodbye');
      expect(goodbye.error).toBe('shutting_down');
      expect(goodbye.retryAfterMs).toBeGreaterThan(0);
      expect(await client.closed()).toBe(1001);
    }
    expect(await relay.ended).toEqual([0, null]);
    const again = await startRelay({ data: folder });
    const { vector } = await (await again.client()).open(author, 'view');
    for (const { client, session } of typists) {
      const stored = vector.find((entry) => Buffer.compare(entry.session, session.id) === 0)?.have ?? 0;
      // Acknowledged is exactly what is there: it was told of everything that it could still commit.
      expect(ackedBy(client)).toBe(stored);
    }
  });

  it('CON-5: killed at any moment, every acknowledged record is there after the restart', async () => {
    const folder = makeFolder();
    const author = new Author();
    const acked = new Map<TestSession, { have: number; records: Uint8Array[] }>();
    for (let round = 0; round < 5; round++) {
      const relay = await startProcess({ ARCHIPEL_DATA: folder });
      const maker = await connect(relay.port);
      await maker.create(author);
      const typists = await Promise.all(Array.from({ length: 8 }, () => typist(relay.port, author)));
      const written = new Map(typists.map(({ session }) => [session, [] as Uint8Array[]]));
      const write = setInterval(() => {
        for (const { client, channel, session } of typists) {
          if (client.closeCode !== undefined) continue;
          const record = session.record();
          written.get(session)?.push(record);
          client.append(channel, record);
        }
      }, 4);
      await new Promise((resolve) => setTimeout(resolve, 150 + 90 * round));
      relay.child.kill('SIGKILL');
      await relay.ended;
      clearInterval(write);
      for (const { client, session } of typists) {
        await client.closed();
        acked.set(session, { have: ackedBy(client), records: written.get(session) ?? [] });
      }
    }
    const relay = await startRelay({ data: folder });
    const { records } = await (await relay.client()).open(author, 'view');
    const stored = new Set(records.map((record) => Buffer.from(record).toString('base64')));
    let total = 0;
    for (const { have, records: sent } of acked.values()) {
      total += have;
      for (const record of sent.slice(0, have)) expect(stored.has(Buffer.from(record).toString('base64'))).toBe(true);
    }
    expect(total).toBeGreaterThan(100);
  });

  it('a port that is taken: one sentence, code 1, at once', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const port = String((other.address() as AddressInfo).port);
    const relay = await startProcess({ ARCHIPEL_DATA: makeFolder(), ARCHIPEL_PORT: port });
    expect(await relay.ended).toEqual([1, null]);
    expect(
      relay
        .output()
        .split('\n')
        .filter((line) => line.startsWith('Port')),
    ).toEqual([`Port ${port} is taken: another program listens there. Set ARCHIPEL_PORT.`]);
  });

  it('a data folder that is in use, is no folder, or may not be written: one sentence, code 1', async () => {
    const { folder } = await startRelay();
    const used = await startProcess({ ARCHIPEL_DATA: folder });
    expect(await used.ended).toEqual([1, null]);
    expect(used.output()).toBe(`The data folder ${folder} is in use by another Archipel.\n`);

    const nowhere = await startProcess({ ARCHIPEL_DATA: '/proc/archipel' });
    expect(await nowhere.ended).toEqual([1, null]);
    expect(nowhere.output()).toMatch(/^The data folder \/proc\/archipel cannot be opened/);

    const file = join(makeFolder(), 'file');
    writeFileSync(file, '');
    const noFolder = await startProcess({ ARCHIPEL_DATA: file });
    expect(await noFolder.ended).toEqual([1, null]);
    expect(noFolder.output()).toMatch(/^The data folder .* cannot be opened/);

    const locked = join(makeFolder(), 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    // Root may write anywhere: the relay is started as somebody else then.
    const asOther = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const refused = await startProcess({ ARCHIPEL_DATA: locked }, asOther);
    expect(await refused.ended).toEqual([1, null]);
    expect(refused.output()).toMatch(/^The data folder .* (is not writable|cannot be opened)/);
    expect(existsSync(join(locked, 'archipel.sqlite'))).toBe(false);
  });

  it('settings that are not right are named', async () => {
    const relay = await startProcess({ ARCHIPEL_DATA: makeFolder(), ARCHIPEL_PORT: 'soon' });
    expect(await relay.ended).toEqual([1, null]);
    expect(relay.output()).toMatch(/^The setting port is not right: /);
  });

  it('logs neither addresses nor documents', async () => {
    const relay = await startProcess({ ARCHIPEL_DATA: makeFolder() });
    const author = new Author();
    const client = await connect(relay.port);
    await client.create(author);
    await client.open(author, 'edit');
    client.send(1, { type: 'append', record: new Uint8Array(3) });
    await client.closed();
    await fetch(`http://127.0.0.1:${relay.port}/pad?secret=1`);
    relay.child.kill('SIGTERM');
    await relay.ended;
    const text = relay.output().replace(/^Archipel is ready.*$/m, '');
    expect(text).toMatch(/"msg":"started"/);
    expect(text).not.toMatch(/127\.0\.0\.1|secret|pad/);
    expect(text).not.toContain(Buffer.from(author.docId).toString('hex'));
    expect(text).not.toContain(Buffer.from(author.docId).toString('base64url'));
  });
});
