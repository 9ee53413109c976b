// What a person is told when something is not as it should be, and that nothing typed is lost.

import type { Storage } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import { describe, expect, it } from 'vitest';
import { testClient, textOf, type, until } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import { startRelay } from './support/relay.ts';

const SOON = 1;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describe('links', () => {
  it.each([
    ['', 'link_incomplete'],
    ['1e.short', 'link_incomplete'],
    ['1x.AAAA.AAAA', 'link_broken'],
    ['no link at all', 'link_broken'],
    ['3e.AAAA.AAAA', 'unsupported_version'],
  ])('LINK-1: %j is %s', async (fragment, code) => {
    const client = testClient();
    await expect(client.open(fragment, { relay: 'ws://127.0.0.1:1/relay' })).rejects.toMatchObject({ code });
  });

  it('LINK-4: nothing secret of a link is ever sent', async () => {
    const relay = await startRelay();
    const liars = [new Liar(), new Liar(), new Liar()];
    const [one = new Liar(), two = new Liar(), three = new Liar()] = liars;
    const anna = await testClient({ socket: one.socket }).create({ relay: relay.url });
    type(anna, 'a secret text');
    await anna.flush();
    const links = anna.links();
    const ben = await testClient({ socket: two.socket }).open(links.edit ?? '', { relay: relay.url });
    await ben.synced();
    type(ben, ' and more');
    await ben.flush();
    ben.awareness.setLocalStateField('name', 'Ben of the secret name');
    const reader = await testClient({ socket: three.socket }).open(links.view, { relay: relay.url });
    await reader.synced();
    await until(
      () => textOf(reader),
      (text) => text === 'a secret text and more',
    );
    const sent = Buffer.concat(liars.flatMap((liar) => liar.sent));
    const secrets = [links.own, links.edit, links.view].map((link) => link?.split('.')[2] ?? '');
    for (const secret of secrets) {
      expect(secret.length).toBe(27);
      expect(sent.includes(Buffer.from(secret, 'base64url'))).toBe(false);
      expect(sent.includes(secret)).toBe(false);
    }
    for (const word of ['secret text', 'and more', 'Ben of']) expect(sent.includes(word)).toBe(false);
    expect(sent.includes(Buffer.from(anna.docId))).toBe(true);
  });
});

describe('documents that are not there', () => {
  it('CON-11: one that the relay does not know', async () => {
    const relay = await startRelay();
    const other = await startRelay();
    const anna = await testClient().create({ relay: other.url });
    await anna.flush();
    const lost = await testClient().open(anna.links().edit ?? '', { relay: relay.url });
    await expect(lost.synced()).rejects.toMatchObject({ code: 'not_found' });
    expect([lost.state, lost.error]).toEqual(['problem', 'not_found']);
  });

  it('CON-2: a link whose key does not fit', async () => {
    const relay = await startRelay();
    const anna = await testClient().create({ relay: relay.url });
    const ben = await testClient().create({ relay: relay.url });
    await anna.flush();
    const [head = '', id = ''] = (anna.links().edit ?? '').split('.');
    const secret = (ben.links().edit ?? '').split('.')[2] ?? '';
    const wrong = await testClient().open(`${head}.${id}.${secret}`, { relay: relay.url });
    await expect(wrong.synced()).rejects.toMatchObject({ code: 'proof_failed' });
  });

  it('ORD-2: one that its owner deleted, while others look at it and afterwards', async () => {
    const relay = await startRelay();
    const anna = await testClient().create({ relay: relay.url });
    type(anna, 'for a moment');
    await anna.flush();
    const ben = await testClient().open(anna.links().edit ?? '', { relay: relay.url });
    await ben.synced();
    const ends: string[] = [];
    ben.on('ended', (reason) => ends.push(reason));
    expect(await ben.delete()).toEqual({ ok: false, error: 'not_allowed' });
    expect(await anna.delete()).toEqual({ ok: true, value: undefined });
    await until(
      () => ben.state,
      (state) => state === 'ended',
    );
    expect(ends).toEqual(['deleted']);
    expect(textOf(ben)).toBe('for a moment');
    const late = await testClient().open(anna.links().view, { relay: relay.url });
    await expect(late.synced()).rejects.toMatchObject({ code: 'deleted' });
    expect(late.state).toBe('ended');
  });

  it('ORD-4: one that expires while it is open, and its text stays here', async () => {
    const relay = await startRelay();
    const anna = await testClient().create({ relay: relay.url, expiry: nowSeconds() + SOON + 1 });
    type(anna, 'short-lived');
    await anna.flush();
    await until(
      () => anna.state,
      (state) => state === 'ended',
    );
    expect([textOf(anna), anna.error]).toEqual(['short-lived', 'expired']);
  });

  it('HDR-2: an owner may give it more time', async () => {
    const relay = await startRelay();
    const anna = await testClient().create({ relay: relay.url, expiry: nowSeconds() + 100 });
    await anna.flush();
    const ben = await testClient().open(anna.links().view, { relay: relay.url });
    await ben.synced();
    const later = nowSeconds() + 1000;
    expect(await anna.setExpiry(later)).toEqual({ ok: true, value: undefined });
    await until(
      () => ben.header?.expiry,
      (expiry) => expiry === later,
    );
    expect(await ben.setExpiry(later)).toEqual({ ok: false, error: 'not_allowed' });
  });

  it('HDR-4: an expiry that the host does not allow can be changed before the document exists', async () => {
    const relay = await startRelay({ maxExpiryDays: 1 });
    const anna = await testClient().create({ relay: relay.url, expiry: 0 });
    type(anna, 'kept');
    await expect(anna.flush()).rejects.toMatchObject({ code: 'expiry_too_long' });
    expect([anna.state, anna.error, anna.unsaved]).toEqual(['problem', 'expiry_too_long', 1]);
    expect(await anna.setExpiry(nowSeconds() + 3600)).toEqual({ ok: true, value: undefined });
    await anna.flush();
    expect(anna.state).toBe('saved');
  });
});

describe('records that are not taken', () => {
  it('REC-4: a change too large for a record is kept here, and goes when it was made smaller', async () => {
    const relay = await startRelay({ limits: { recordMaxBytes: 2000 } });
    const anna = await testClient().create({ relay: relay.url });
    await anna.flush();
    const chance = Array.from({ length: 8000 }, () => Math.random().toString(36)[3] ?? 'x').join('');
    type(anna, chance);
    await expect(anna.flush()).rejects.toMatchObject({ code: 'too_large' });
    expect([anna.state, anna.error]).toEqual(['problem', 'too_large']);
    expect(textOf(anna)).toBe(chance);
    anna.ydoc.getText('t').delete(10, 7990);
    await until(
      () => anna.state,
      (state) => state === 'saved',
    );
    const reader = await testClient().open(anna.links().view, { relay: relay.url });
    await reader.synced();
    expect(textOf(reader)).toBe(chance.slice(0, 10));
  });

  it('a full document says so, and keeps what was typed for the next time', async () => {
    const relay = await startRelay({ limits: { documentMaxBytes: 3000 } });
    const storage = memoryStorage();
    const anna = await testClient({ storage, locks: memoryLocks() }).create({ relay: relay.url });
    await anna.flush();
    const chance = (): string => Array.from({ length: 1500 }, () => Math.random().toString(36)[3] ?? 'x').join('');
    for (let round = 0; anna.state !== 'problem' && round < 20; round++) {
      type(anna, chance());
      await anna.flush().catch((error: unknown) => expect(error).toMatchObject({ code: 'document_full' }));
    }
    expect([anna.state, anna.error]).toEqual(['problem', 'document_full']);
    const text = textOf(anna);
    const { own = '' } = anna.links();
    await anna.close();
    const again = await testClient({ storage, locks: memoryLocks() }).open(own, { relay: relay.url });
    expect(textOf(again)).toBe(text);
    expect(again.unsaved).toBeGreaterThan(0);
  });

  it('CON-1: a newer relay is told apart, and the text stays', async () => {
    const relay = await startRelay();
    const liar = new Liar();
    const anna = await testClient().create({ relay: relay.url });
    await anna.flush();
    const client = testClient({
      socket: (url) => {
        const socket = liar.socket(url);
        const newer = { ...socket, onmessage: null as typeof socket.onmessage, onclose: null as typeof socket.onclose };
        socket.onmessage = (frame) => {
          // Channel, type, two bytes of length, version.
          const copy = frame.slice();
          copy[copy[2] !== undefined && copy[2] > 127 ? 4 : 3] = 2;
          newer.onmessage?.(copy);
        };
        return newer;
      },
    });
    const ben = await client.open(anna.links().edit ?? '', { relay: relay.url });
    type(ben, 'typed');
    await expect(ben.synced()).rejects.toMatchObject({ code: 'unsupported_version' });
    expect(textOf(ben)).toBe('typed');
  });
});

describe('storage of this machine', () => {
  it('a storage that fails is reported, and the work goes on', async () => {
    const relay = await startRelay();
    const failing = (): Promise<never> => Promise.reject(new Error('no room'));
    const storage: Storage = {
      get: failing,
      put: failing,
      delete: failing,
      list: failing,
      clear: failing,
      documents: failing,
    };
    const anna = await testClient({ storage }).create({ relay: relay.url });
    type(anna, 'anyway');
    await anna.flush();
    expect(anna.state).toBe('saved');
    expect(anna.reports.map(({ code }) => code)).toEqual(['storage_blocked']);
  });

  it('a damaged cache is as good as none', async () => {
    const relay = await startRelay();
    const storage = memoryStorage();
    const anna = await testClient({ storage, locks: memoryLocks() }).create({ relay: relay.url });
    type(anna, 'whole');
    await anna.flush();
    const { own = '' } = anna.links();
    await anna.close();
    const [docId = ''] = await storage.documents();
    const state = await storage.get(docId, 'state');
    await storage.put(docId, 'state', state?.subarray(0, 20) ?? new Uint8Array());
    const again = await testClient({ storage, locks: memoryLocks() }).open(own, { relay: relay.url });
    await again.synced();
    expect(textOf(again)).toBe('whole');
  });
});
