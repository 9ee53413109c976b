import type { UnsignedHeader } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { Author, bytes, makeKey } from './support/author.ts';
import type { TestClient } from './support/client.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

const DAY_SECONDS = 86_400;
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

interface Owned {
  relay: TestRelay;
  author: Author;
  owner: TestClient;
  channel: number;
}

async function owning(settings = {}, fields: Partial<UnsignedHeader> = {}): Promise<Owned> {
  const relay = await startRelay(settings);
  const author = new Author(fields);
  const owner = await relay.client();
  await owner.create(author);
  const { channel } = await owner.open(author, 'own');
  return { relay, author, owner, channel };
}

async function refusal(client: TestClient, header: Uint8Array): Promise<string> {
  client.send(0, { type: 'create', request: 77, header });
  const answer = await client.nextOf(['created', 'refused']);
  expect(answer).toMatchObject({ request: 77 });
  return answer.type === 'created' ? 'created' : answer.error;
}

describe('creating', () => {
  it('HDR-1: a header that its owner did not sign is refused', async () => {
    const client = await (await startRelay()).client();
    const author = new Author();
    expect(await refusal(client, author.signHeader(author.header, makeKey()))).toBe('bad_header');
    const bent = new Uint8Array(author.headerBytes);
    bent[40] = (bent[40] as number) ^ 1;
    expect(await refusal(client, bent)).toBe('bad_header');
    expect(await refusal(client, author.headerBytes)).toBe('created');
  });

  it('HDR-4: seq 1, an expiry within what the host allows, and no other header of the same document', async () => {
    const client = await (await startRelay({ maxExpiryDays: 30 })).client();
    const author = new Author({ expiry: inSeconds(DAY_SECONDS) });
    const variant = (fields: Partial<UnsignedHeader>) => author.signHeader({ ...author.header, ...fields });
    expect(await refusal(client, variant({ seq: 2, previous: bytes(32) }))).toBe('bad_header');
    expect(await refusal(client, variant({ expiry: 0 }))).toBe('expiry_too_long');
    expect(await refusal(client, variant({ expiry: inSeconds(-5) }))).toBe('expiry_too_long');
    expect(await refusal(client, variant({ expiry: inSeconds(40 * DAY_SECONDS) }))).toBe('expiry_too_long');
    expect(await refusal(client, author.headerBytes)).toBe('created');
    expect(await refusal(client, author.headerBytes)).toBe('created');
    expect(await refusal(client, variant({ gen: 1 }))).toBe('already_exists');
  });
});

describe('changing the header', () => {
  it('HDR-2: exactly the next seq with the hash of the one before; the very same again has no effect', async () => {
    const { relay, author, owner, channel } = await owning();
    const reader = await relay.client();
    const opened = await reader.open(author, 'view');
    const skipping = author.signHeader({ ...author.header, seq: 3, previous: bytes(32) });
    const unrelated = author.signHeader({ ...author.header, seq: 2, previous: bytes(32) });
    for (const header of [skipping, unrelated]) {
      owner.send(channel, { type: 'header', header });
      expect(await owner.next('refused')).toMatchObject({ refused: 'header', error: 'stale_header' });
    }
    const next = author.nextHeader({ retention: 3600 });
    for (let i = 0; i < 2; i++) {
      owner.send(channel, { type: 'header', header: next });
      expect((await owner.next('headerData')).header).toEqual(next);
    }
    expect((await reader.next('headerData', opened.channel)).header).toEqual(next);
    expect((await (await relay.client()).open(author, 'view')).header).toEqual(next);
  });

  it("HDR-5: gen never decreases, owner key and signature stay the owner's", async () => {
    const { author, owner, channel } = await owning({}, { gen: 3 });
    const { header, headerBytes } = author;
    const lower = author.nextHeader({ gen: 2 });
    const forged = author.signHeader(author.header, makeKey());
    for (const candidate of [lower, forged]) {
      owner.send(channel, { type: 'header', header: candidate });
      expect(await owner.next('refused')).toMatchObject({ refused: 'header', error: 'bad_header' });
    }
    Object.assign(author, { header, headerBytes });
    const other = new Author();
    owner.send(channel, { type: 'header', header: other.headerBytes });
    expect(await owner.next('refused')).toMatchObject({ error: 'bad_header' });
  });

  it('HDR-5, CAP-4: renewed links: who came by an old one is sent away, and its records are of the wrong generation', async () => {
    const { relay, author, owner, channel } = await owning();
    const editor = await relay.client();
    const opened = await editor.open(author, 'edit');
    const old = { edit: author.edit, read: author.read };
    author.edit = makeKey();
    author.read = makeKey();
    owner.send(channel, {
      type: 'header',
      header: author.nextHeader({ gen: 1, edit: author.edit.public, read: author.read.public }),
    });
    expect(await editor.next('refused', opened.channel)).toMatchObject({ error: 'wrong_generation' });
    const session = author.session();
    owner.append(channel, session.recordAt(0, bytes(32), { gen: 0 }));
    expect(await owner.next('refused')).toMatchObject({ error: 'wrong_generation' });
    owner.append(channel, session.record());
    await owner.saved(session);
    expect((await editor.open(author, 'edit')).records).toHaveLength(1);
    // CAP-4: whoever comes with an old link later hears why it opens nothing.
    Object.assign(author, old);
    for (const role of ['edit', 'view'] as const) {
      const late = await relay.client();
      late.askOpen(author, role);
      expect(await late.next('refused')).toMatchObject({ refused: 'open', error: 'wrong_generation' });
    }
  });
});

describe('orders', () => {
  it("ORD-1: only the owner's signature, and not more than a day from now", async () => {
    const { author, owner, channel } = await owning();
    for (const [order, error] of [
      [author.order(1, inSeconds(0), makeKey()), 'bad_signature'],
      [new Author().order(1), 'bad_signature'],
      [author.order(1, inSeconds(-DAY_SECONDS - 60)), 'stale_order'],
      [author.order(1, inSeconds(DAY_SECONDS + 60)), 'stale_order'],
    ] as const) {
      owner.send(channel, { type: 'order', order });
      expect(await owner.next('refused')).toMatchObject({ refused: 'order', error });
    }
    owner.send(channel, { type: 'order', order: author.order(1, inSeconds(-DAY_SECONDS + 60)) });
    expect(await owner.next('ended')).toMatchObject({ reason: 'deleted' });
  });

  it('ORD-2: a deleted document says so to its readers and to who comes later, also after a restart', async () => {
    const { relay, author, owner, channel } = await owning();
    const reader = await relay.client();
    const opened = await reader.open(author, 'view');
    const session = author.session();
    const inFlight = Array.from({ length: 20 }, () => session.record());
    owner.append(channel, ...inFlight);
    owner.send(channel, { type: 'order', order: author.order(1) });
    expect(await reader.next('ended', opened.channel)).toMatchObject({ reason: 'deleted' });
    await owner.next('ended', channel);
    owner.append(channel, session.record());
    expect(await owner.next('refused')).toMatchObject({ refused: 'append' });
    const gone = async (client: TestClient): Promise<void> => {
      client.askOpen(author, 'own');
      expect(await client.next('refused')).toMatchObject({ error: 'deleted' });
      expect(await refusal(client, author.headerBytes)).toBe('deleted');
    };
    await gone(reader);
    await relay.server.stop();
    await gone(await (await startRelay({ data: relay.folder })).client());
  });

  it('ORD-3: erasing history removes what the last checkpoint covers', async () => {
    const { relay, author, owner, channel } = await owning();
    const [a, b] = [author.session(), author.session()];
    const uncovered = [b.record()];
    owner.append(channel, a.record(), ...uncovered, a.record());
    await owner.saved(a, b);
    const checkpoint = author.checkpoint([a.entry()]);
    owner.send(channel, { type: 'checkpoint', checkpoint });
    await owner.next('checkpointMade');
    owner.send(channel, { type: 'order', order: author.order(2) });
    await owner.next('erased', channel);
    owner.send(channel, { type: 'history', request: 1, from: 1, limit: 100 });
    expect((await owner.next('historyPage')).records.map(({ record }) => record)).toEqual(uncovered);
    const reader = await relay.client();
    expect((await reader.open(author, 'view')).records).toEqual(uncovered);
    expect((await reader.next('checkpointData')).checkpoint).toEqual(checkpoint);
    owner.append(channel, a.recordAt(0, bytes(32)));
    expect(await owner.next('refused')).toMatchObject({ error: 'session_closed' });
    owner.append(channel, a.record());
    await owner.saved(a);
  });

  it('ORD-4: expired from its second on; contents are swept, the answer stays', async () => {
    const settings = { limits: { sweepIntervalMs: 500 } };
    const { relay, author, owner, channel } = await owning(settings, { expiry: inSeconds(2) });
    const session = author.session();
    owner.append(channel, session.record());
    await owner.saved(session);
    expect(await owner.next('ended', channel)).toMatchObject({ reason: 'expired' });
    owner.append(channel, session.record());
    expect(await owner.next('refused')).toMatchObject({ refused: 'append' });
    await expect.poll(() => metric(relay, 'archipel_documents_ended_total'), { timeout: 5000 }).toBe(1);
    owner.askOpen(author, 'view');
    expect(await owner.next('refused')).toMatchObject({ error: 'expired' });
    expect(await refusal(owner, author.headerBytes)).toBe('expiry_too_long');
  });
});

async function metric(relay: TestRelay, name: string): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${relay.server.port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1]);
}
