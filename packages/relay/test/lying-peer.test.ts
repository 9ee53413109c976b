/** A host that lies to another (protocol §18): each case is refused or contained. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import { hostIdOf, signFact, toHex, VOUCHER } from '@archipel/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Identity } from '../src/network/identity.ts';
import { loadIdentity } from '../src/network/identity.ts';
import { Author, bytes } from './support/author.ts';
import { freePort } from './support/free-port.ts';
import { Neighbour } from './support/neighbours.ts';
import { TestPeer } from './support/peer.ts';

function makeIdentity(): Identity {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-peer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return loadIdentity(folder);
}

interface Scene {
  host: Neighbour;
  identity: Identity;
  author: Author;
  peer: TestPeer;
}

/** A host, and a peer of it that we play; `perDay`: what it may bring. */
async function scene(perDay = 10, relays: 'both' | 'none' = 'both'): Promise<Scene> {
  const identity = makeIdentity();
  const hostId = hostIdOf(identity.publicKey);
  const host = new Neighbour(await freePort());
  const url = `http://127.0.0.1:${await freePort()}`;
  await host.start([{ id: toHex(hostId), url, perDay, copies: relays === 'none' }]);
  onTestFinished(() => host.stop());
  const author = new Author(relays === 'none' ? {} : { relays: [host.entry, { hostId, url, role: 0 }] });
  const peer = new TestPeer(host.port);
  await peer.prove(identity, host.hostId);
  return { host, identity, author, peer };
}

/** The host may ask the same at the same time: then that is its answer. */
async function bring({ author, peer }: Scene): Promise<void> {
  const { docId, headerBytes: header } = author;
  peer.say(0, { type: 'peerOpen', channel: 7, docId, checkpointSeq: 0, vector: [], header });
  await peer.nextOf(['peerOpened', 'peerOpen']);
}

async function stored({ host, author }: Scene): Promise<Bytes[]> {
  const reader = await host.client();
  return (await reader.open(author, 'view')).records;
}

describe('a host that lies', () => {
  it('[PEER-1, PEER-2] about who it is is not let in: a key that is none of the peers', async () => {
    const { host } = await scene();
    const stranger = new TestPeer(host.port);
    await expect(stranger.prove(makeIdentity(), host.hostId)).rejects.toThrow('closed');
  });

  it('[PEER-2] about whom its proof is for is not let in', async () => {
    const { host, identity } = await scene();
    const other = new TestPeer(host.port);
    await expect(other.prove(identity, bytes(20))).rejects.toThrow('closed');
  });

  it('[PEER-2] with the proof of an earlier connection is not let in', async () => {
    const { host, identity } = await scene();
    const replayed = new TestPeer(host.port);
    await expect(replayed.prove(identity, host.hostId, { nonce: bytes(32) })).rejects.toThrow('closed');
  });

  it('[PEER-1] says something of a document before its proof: the line is closed', async () => {
    const { host, author } = await scene();
    const hasty = new TestPeer(host.port);
    await hasty.next('greeting').catch(() => undefined);
    const { docId, headerBytes: header } = author;
    hasty.say(0, { type: 'peerOpen', channel: 1, docId, checkpointSeq: 0, vector: [], header });
    await hasty.closed();
  });

  it('[PEER-3] brings a document whose header the owner did not sign', async () => {
    const situation = await scene();
    const { author, peer } = situation;
    const header = author.headerBytes.slice();
    header[header.length - 1] = (header.at(-1) ?? 0) ^ 1;
    peer.say(0, { type: 'peerOpen', channel: 7, docId: author.docId, checkpointSeq: 0, vector: [], header });
    expect(await peer.next('peerRefused')).toMatchObject({ of: 7, error: 'bad_header' });
  });

  it('[PEER-3] brings one that does not name this host, though no copies were agreed', async () => {
    const { peer } = await scene();
    const foreign = new Author();
    const { docId, headerBytes: header } = foreign;
    peer.say(0, { type: 'peerOpen', channel: 8, docId, checkpointSeq: 0, vector: [], header });
    expect(await peer.next('peerRefused')).toMatchObject({ of: 8, error: 'not_allowed' });
  });

  it('[PEER-3] asks for a document that it has no part in', async () => {
    const { host, peer } = await scene(10, 'none');
    const foreign = new Author();
    await (await host.client()).create(foreign);
    const { docId, headerBytes: header } = foreign;
    peer.say(0, { type: 'peerOpen', channel: 8, docId, checkpointSeq: 0, vector: [], header });
    expect(await peer.next('peerRefused')).toMatchObject({ of: 8, error: 'not_allowed' });
  });

  it('[PEER-3] brings more than was agreed', async () => {
    const { peer } = await scene(2, 'none');
    const answers: string[] = [];
    for (let i = 1; i <= 3; i++) {
      const { docId, headerBytes: header } = new Author();
      peer.say(0, { type: 'peerOpen', channel: i, docId, checkpointSeq: 0, vector: [], header });
      if (i < 3) answers.push((await peer.nextOf(['peerOpened', 'peerOpen'])) && 'taken');
      else answers.push((await peer.next('peerRefused')).error);
    }
    expect(answers).toEqual(['taken', 'taken', 'quota_reached']);
  });

  it('[PEER-3] brings what was agreed, and has created as much by vouchers', async () => {
    const situation = await scene(2, 'none');
    const { host, identity, peer } = situation;
    const issued = Math.floor(Date.now() / 1000);
    const voucher = { audience: host.hostId, service: 'docs', units: 1, maxBytes: 0, ttlSeconds: 0, nonce: bytes(16) };
    const signed = await signFact(VOUCHER, { ...voucher, issued, expires: issued + 300 }, identity);
    const person = await host.client();
    const header = new Author().headerBytes;
    person.send(0, { type: 'createWith', request: person.request(), voucher: signed, header });
    expect(await person.nextOf(['created', 'refused'])).toMatchObject({ type: 'created' });
    await bring(situation);
    const { docId, headerBytes } = new Author();
    peer.say(0, { type: 'peerOpen', channel: 9, docId, checkpointSeq: 0, vector: [], header: headerBytes });
    expect(await peer.next('peerRefused')).toMatchObject({ of: 9, error: 'quota_reached' });
  });

  it('[PEER-5] passes on a record that was tampered with: nothing of it is stored, what came before stays', async () => {
    const situation = await scene();
    const { author, peer } = situation;
    await bring(situation);
    const session = author.session();
    const good = session.record();
    peer.say(7, { type: 'peerRecords', records: [good] });
    expect(await peer.next('peerAck')).toMatchObject({ have: 1 });
    const bad = session.record();
    bad[30] = (bad[30] ?? 0) ^ 1;
    peer.say(7, { type: 'peerRecords', records: [bad] });
    expect(await peer.next('peerClose')).toMatchObject({ error: 'bad_signature' });
    expect(await stored(situation)).toEqual([good]);
  });

  it('[PEER-5] passes on a record that a reader signed', async () => {
    const situation = await scene();
    const { author, peer } = situation;
    await bring(situation);
    const session = author.session();
    peer.say(7, { type: 'peerRecords', records: [session.record({ key: author.read })] });
    expect(await peer.next('peerClose')).toMatchObject({ error: 'bad_signature' });
    expect(await stored(situation)).toEqual([]);
  });

  it('[PEER-5] changes a record in the middle of a chain whose end is well signed', async () => {
    const situation = await scene();
    const { author, peer } = situation;
    await bring(situation);
    const session = author.session();
    const records = [session.record(), session.record(), session.record()];
    const [, middle] = records as [Bytes, Bytes, Bytes];
    middle[30] = (middle[30] ?? 0) ^ 1;
    peer.say(7, { type: 'peerRecords', records });
    expect(await peer.next('peerClose')).toMatchObject({ error: 'bad_signature' });
    expect(await stored(situation)).toEqual([]);
  });

  it('[PEER-7] leaves records out: it is asked for a base, and one that no editor signed is not taken', async () => {
    const situation = await scene();
    const { author, peer } = situation;
    await bring(situation);
    const session = author.session();
    session.record();
    peer.say(7, { type: 'peerRecords', records: [session.record()] });
    await peer.next('askBase');
    const base = author.checkpoint([session.entry()]);
    base[base.length - 1] = (base.at(-1) ?? 0) ^ 1;
    peer.say(7, { type: 'peerBase', checkpoint: base });
    expect(await peer.next('peerClose')).toMatchObject({ error: 'bad_signature' });
    expect(await stored(situation)).toEqual([]);
  });

  it('[PEER-9] passes on an order that the owner did not give', async () => {
    const situation = await scene();
    const { author, peer } = situation;
    await bring(situation);
    peer.say(0, { type: 'peerOrder', docId: author.docId, order: author.order(1, undefined, author.edit) });
    await peer.next('peerOrdered');
    expect(await stored(situation)).toEqual([]);
  });

  it('[PEER-5] says what is no record at all: the line is closed, and the host serves on', async () => {
    const situation = await scene();
    const { peer } = situation;
    await bring(situation);
    peer.ws.send(bytes(100));
    await peer.closed();
    expect(await stored(situation)).toEqual([]);
  });

  it('[LIVE-1] passes on what is no live message, or too long a presence: nobody here gets it', async () => {
    const situation = await scene();
    const { host, author, peer } = situation;
    await bring(situation);
    const reader = await host.client();
    await reader.open(author, 'view');
    const session = author.session();
    peer.say(7, { type: 'peerLive', live: session.live(3, 9000) });
    const good = session.live(4);
    peer.say(7, { type: 'peerLive', live: good });
    expect((await reader.next('liveData')).live).toEqual(good);
    peer.say(7, { type: 'peerLive', live: bytes(50) });
    await peer.closed();
    await reader.settled();
    expect(reader.received.filter(({ message }) => message.type === 'liveData')).toEqual([]);
  });

  it('[PEER-11] closes a document before it has all of it: it is offered again, not at once and not for ever to no end', async () => {
    const { host, author, peer } = await scene();
    const client = await host.client();
    await client.create(author);
    const { channel } = await client.open(author, 'edit');
    client.append(channel, author.session().record());
    const first = await peer.next('peerOpen');
    peer.say(0, { type: 'peerRefused', of: first.channel, error: 'disk_full', retryAfterMs: 100 });
    const beganMs = Date.now();
    const again = await peer.next('peerOpen');
    expect(Date.now() - beganMs).toBeGreaterThan(500);
    const { docId, headerBytes: header } = author;
    const held = { checkpointSeq: 0, vector: [], header };
    peer.say(0, { type: 'peerOpened', channel: 7, of: again.channel, ...held });
    expect((await peer.next('peerRecords')).records).toHaveLength(1);
    expect(again.docId).toEqual(docId);
  });
});
