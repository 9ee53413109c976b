import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../src/index.ts';
import type { TestSession } from './support/author.ts';
import { Author, makeKey } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import { startRelay } from './support/relay.ts';
import { mountSmall } from './support/small-disk.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const ROOM = { storeMinFreeBytes: 0, appendsBurstPerConnection: 10_000 };

interface Writing {
  author: Author;
  writer: TestClient;
  channel: number;
  session: TestSession;
}

async function writing(client: TestClient, role: 'edit' | 'own' = 'edit'): Promise<Writing> {
  const author = new Author();
  await client.create(author);
  const { channel } = await client.open(author, role);
  return { author, writer: client, channel, session: author.session() };
}

/** Appends until the relay refuses; the records that it acknowledged and what it refused with. */
async function fill({ writer, channel, session }: Writing, size: number) {
  const kept: Uint8Array[] = [];
  for (;;) {
    const { n, hash } = session;
    const record = session.record({ size });
    writer.append(channel, record);
    const answer = await writer.nextOf(['ack', 'refused']);
    if (answer.type === 'refused') {
      Object.assign(session, { n, hash });
      return { kept, refused: answer, record };
    }
    kept.push(record);
  }
}

interface Place {
  settings: Settings;
  /** Makes room again. */
  free(other: Writing): Promise<void>;
}

/** The relay itself frees room when a document is deleted. */
function limitedStore(): Place {
  return {
    settings: { limits: { ...ROOM, storeMaxBytes: 600 * KIB } },
    async free({ writer, channel, author }) {
      writer.send(channel, { type: 'order', order: author.order(1) });
      await writer.next('ended');
    },
  };
}

/** A real full file system, until what else lies in it goes; a limited store where this user may not mount one. */
function fullFileSystem(): Place {
  const data = mountSmall(MIB);
  if (data === undefined) return limitedStore();
  const ballast = join(data, 'ballast');
  writeFileSync(ballast, new Uint8Array(300 * KIB));
  return { settings: { data, limits: ROOM }, free: async () => rmSync(ballast) };
}

describe('when the disk is full', () => {
  it.each([
    ['a full file system', fullFileSystem],
    ['a store at its own limit', limitedStore],
  ])('%s: disk_full with a time, nothing acknowledged is lost, and it goes on by itself', async (_name, makePlace) => {
    const place = makePlace();
    const relay = await startRelay(place.settings);
    const other = await writing(await relay.client(), 'own');
    for (let i = 0; i < 6; i++) other.writer.append(other.channel, other.session.record({ size: 20_000 }));
    await other.writer.saved(other.session);
    const full = await writing(await relay.client());
    const { kept, refused, record } = await fill(full, 20_000);
    expect(refused).toMatchObject({ refused: 'append', error: 'disk_full' });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    const reader = await relay.client();
    expect((await reader.open(full.author, 'view')).records).toEqual(kept);

    await place.free(other);
    full.writer.append(full.channel, record);
    full.session.n += 1;
    await full.writer.saved(full.session);
    const { records } = await (await relay.client()).open(full.author, 'view');
    expect(records).toEqual([...kept, record]);
  });

  it('what follows a record that found no room is refused alike, not as a gap', async () => {
    const relay = await startRelay({ limits: { ...ROOM, storeMaxBytes: 300 * KIB } });
    const full = await writing(await relay.client());
    const records = Array.from({ length: 40 }, () => full.session.record({ size: 20_000 }));
    full.writer.append(full.channel, ...records);
    const errors = new Set<string>();
    let have = 0;
    for (let i = 0; i < 40; i++) {
      const answer = await full.writer.nextOf(['ack', 'refused']);
      if (answer.type === 'refused') errors.add(answer.error);
      else have = answer.have;
      if (answer.type === 'refused' && answer.n === 39) break;
    }
    expect([...errors]).toEqual(['disk_full']);
    expect((await (await relay.client()).open(full.author, 'view')).records).toEqual(records.slice(0, have));
  });

  it('/health says so', async () => {
    const relay = await startRelay({ limits: { storeMinFreeBytes: Number.MAX_SAFE_INTEGER } });
    const answer = await fetch(`http://127.0.0.1:${relay.server.port}/health`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ status: 'fail', store: { writable: false } });
    const client = await relay.client();
    client.send(0, { type: 'create', request: 1, header: new Author().headerBytes });
    expect(await client.next('refused')).toMatchObject({ refused: 'create', error: 'disk_full' });
  });
});

describe('records that nobody signed rightly', () => {
  it('REC-5: are removed by the relay after a while, and their writer is sent away', async () => {
    const relay = await startRelay({ limits: { verifyDelayMs: 300 } });
    const { author, writer, channel, session } = await writing(await relay.client());
    const honest = author.session();
    const good = [honest.record(), honest.record()];
    const mixed = [session.record()];
    writer.append(channel, ...good, ...mixed);
    await writer.saved(honest, session);
    await expect.poll(() => metric(relay.server.port, 'archipel_records_verified_total')).toBeGreaterThanOrEqual(2);

    const thief = await relay.client();
    await thief.open(author, 'edit');
    thief.append(channel, session.record({ key: makeKey() }), session.record({ key: makeKey() }));
    await thief.saved(session);
    expect(await thief.next('goodbye')).toMatchObject({ error: 'bad_signature' });
    const left = [...good, ...mixed].map(digest);
    await expect
      .poll(async () => (await (await relay.client()).open(author, 'view')).records.map(digest))
      .toEqual(left);
    expect(await metric(relay.server.port, 'archipel_forged_sessions_total')).toBe(1);
    honest.record();
    writer.append(channel, session.recordAt(1, session.hash));
    expect(await writer.next('refused')).toMatchObject({ error: 'session_closed' });
  });

  it('REC-5: one of them behind good ones that nobody verified takes none of these along, also after a restart', async () => {
    const relay = await startRelay({ limits: { verifyDelayMs: 60_000 } });
    const { author, writer, channel, session } = await writing(await relay.client());
    const good = Array.from({ length: 6 }, () => session.record());
    writer.append(channel, ...good);
    await writer.saved(session);
    await relay.server.stop();

    const again = await startRelay({ data: relay.folder, limits: { verifyDelayMs: 300 } });
    const thief = await again.client();
    const opened = await thief.open(author, 'edit');
    const forged = session.recordAt(6, session.hash, { key: makeKey() });
    thief.append(opened.channel, forged);
    await thief.acked(opened.channel, 7);
    expect(await thief.next('goodbye')).toMatchObject({ error: 'bad_signature' });
    const left = good.map(digest);
    await expect
      .poll(async () => (await (await again.client()).open(author, 'view')).records.map(digest))
      .toEqual(left);
    const victim = await again.client();
    const back = await victim.open(author, 'edit');
    expect(back.vector).toEqual([{ session: session.id, have: 6 }]);
    victim.append(back.channel, good[5] as Uint8Array);
    await victim.acked(back.channel, 6);
    victim.append(back.channel, session.record());
    expect(await victim.next('refused')).toMatchObject({ error: 'session_closed' });
  });

  it('REC-5: also when the document was closed meanwhile, and after a restart', async () => {
    const relay = await startRelay({ limits: { verifyDelayMs: 60_000 } });
    const { author, writer, channel, session } = await writing(await relay.client());
    writer.append(channel, session.record({ key: makeKey() }));
    await writer.saved(session);
    await relay.server.stop();
    const again = await startRelay({ data: relay.folder, limits: { verifyDelayMs: 60_000 } });
    const reader = await again.client();
    const opened = await reader.open(author, 'view');
    expect(opened.records).toHaveLength(1);
    reader.send(opened.channel, { type: 'close' });
    await expect.poll(() => metric(again.server.port, 'archipel_forged_sessions_total')).toBe(1);
    await expect.poll(async () => (await (await again.client()).open(author, 'view')).vector).toEqual([]);
  });
});

describe('a document that the store holds badly', () => {
  it('CON-11: answers unavailable, and the others are served on', async () => {
    const relay = await startRelay();
    const bad = await writing(await relay.client());
    bad.writer.append(bad.channel, bad.session.record());
    await bad.writer.saved(bad.session);
    await relay.server.stop();
    const db = new Sqlite(join(relay.folder, 'archipel.sqlite'));
    db.prepare('update record set body = zeroblob(50)').run();
    db.close();

    const again = await startRelay({ data: relay.folder });
    const client = await again.client();
    client.askOpen(bad.author, 'edit');
    expect(await client.next('refused')).toMatchObject({ refused: 'open', error: 'unavailable' });
    const other = await writing(client);
    other.writer.append(other.channel, other.session.record());
    await other.writer.saved(other.session);
  });
});

describe('memory', () => {
  it('a document leaves it when nobody has it open', async () => {
    const relay = await startRelay({ limits: { documentGraceMs: 100 } });
    const client = await relay.client();
    for (let i = 0; i < 20; i++) {
      const { channel, session } = await writing(client);
      client.append(channel, session.record());
      await client.saved(session);
      client.send(channel, { type: 'close' });
    }
    await expect.poll(() => metric(relay.server.port, 'archipel_documents_open'), { timeout: 5000 }).toBe(0);
    expect(await metric(relay.server.port, 'archipel_channels')).toBe(0);
  });
});

function digest(record: Uint8Array): string {
  return createHash('sha256').update(record).digest('hex');
}

async function metric(port: number, name: string): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1]);
}
