import { type PageContent, pageIdOf } from '@archipel/protocol';
import { createKeys, pageKeysOf, signPage } from '@archipel/protocol/secret';
import { describe, expect, it } from 'vitest';
import { nodeSuite as suite } from '../src/node/suite.ts';
import { OwnPage } from '../src/page/index.ts';
import { startRelay } from './support/relay.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20)));
const now = Date.now;
const CONTENT: PageContent = {
  expiry: 0,
  licence: 'cc0',
  language: 'en',
  title: 'The feast',
  description: '',
  authors: '',
  html: '<p>Come all</p>',
  pictures: [],
};

describe('the published page of a document', () => {
  it('[PAGE-2, PAGE-4] is published, changed from another browser, taken back and published again', async () => {
    const { port } = await startRelay();
    const keys = await pageKeysOf(suite, await createKeys(suite));
    const deps = { suite, origin: `http://127.0.0.1:${port}`, wait, now };
    const [page, elsewhere] = [new OwnPage(deps, keys), new OwnPage(deps, keys)];
    expect(await page.read(0)).toEqual({ ok: true, value: undefined });
    const first = await page.publish(CONTENT, 0);
    if (!first.ok) throw new Error(first.error);
    expect(await page.read(first.value.seq)).toMatchObject({ ok: true, value: { content: CONTENT } });
    const second = await elsewhere.publish({ ...CONTENT, html: '<p>Come soon</p>' }, first.value.seq);
    if (!second.ok) throw new Error(second.error);
    expect(await (await fetch(page.address)).text()).toContain('<p>Come soon</p>');
    const gone = await page.takeBack(second.value.seq);
    expect(gone.ok).toBe(true);
    expect((await fetch(page.address)).status).toBe(410);
    expect(await page.read(0)).toEqual({ ok: true, value: undefined });
    expect(await page.publish(CONTENT, gone.ok ? gone.value.seq : 0)).toMatchObject({ ok: true });
    expect((await fetch(page.address)).status).toBe(200);
  });

  it('[PAGE-13] ends whatever another browser published meanwhile, is none where there is none, and keeps its words for another time', async () => {
    const { port } = await startRelay({ maxExpiryDays: 365 });
    const bare = await startRelay({ limits: { pagesMaxBytes: 0 } });
    const keys = await pageKeysOf(suite, await createKeys(suite));
    const at = (where: number, ms = 0) =>
      new OwnPage({ suite, origin: `http://127.0.0.1:${where}`, wait, now: () => now() + ms }, keys);
    const expiry = Math.floor(now() / 1000) + 86_400;
    expect(await at(port).keepUntil(expiry, 0)).toEqual({ ok: true, value: undefined });
    const first = await at(port).publish({ ...CONTENT, expiry }, 0);
    if (!first.ok) throw new Error(first.error);
    const later = await at(port, 3_600_000).publish({ ...CONTENT, expiry, html: '<p>Come soon</p>' }, first.value.seq);
    if (!later.ok) throw new Error(later.error);
    expect(await at(port).keepUntil(expiry, 0)).toMatchObject({ ok: true, value: { seq: later.value.seq } });
    expect(await at(port).keepUntil(expiry + 60, first.value.seq)).toMatchObject({ ok: true });
    expect(await at(port).read(later.value.seq + 1)).toMatchObject({
      ok: true,
      value: { content: { ...CONTENT, html: '<p>Come soon</p>', expiry: expiry + 60 } },
    });
    expect(await at(port).takeBack(first.value.seq)).toEqual({ ok: false, error: 'stale_header' });
    expect(await at(port).end(first.value.seq)).toMatchObject({ ok: true });
    expect((await fetch(at(port).address)).status).toBe(410);
    // By a browser that is behind, and where none are kept.
    expect(await at(port).end(0)).toMatchObject({ ok: true });
    expect(await at(bare.port).end(0)).toMatchObject({ ok: true });
  });

  it('[PAGE-10] is served by the host that keeps it, and by no other', async () => {
    const [kept, other] = [await startRelay(), await startRelay()];
    const keys = await pageKeysOf(suite, await createKeys(suite));
    const at = (port: number) => new OwnPage({ suite, origin: `http://127.0.0.1:${port}`, wait, now }, keys);
    expect(await at(kept.port).publish(CONTENT, 0)).toMatchObject({ ok: true });
    expect((await fetch(at(kept.port).address)).status).toBe(200);
    expect((await fetch(at(other.port).address)).status).toBe(404);
  });

  it('[PAGE-12] is told as published only when its own key signed it, and never as older than it is', async () => {
    const { port } = await startRelay();
    const keys = await pageKeysOf(suite, await createKeys(suite));
    const stranger = await pageKeysOf(suite, await createKeys(suite));
    const forged = await signPage(stranger, 9, 0, CONTENT);
    const lying = async (bytes: Uint8Array) =>
      new OwnPage(
        { suite, origin: `http://127.0.0.1:${port}`, wait, now, fetch: async () => new Response(bytes as BodyInit) },
        keys,
      );
    expect(await (await lying(forged)).read(0)).toEqual({ ok: false, error: 'relay_forged' });
    const old = await signPage(keys, 3, 0, CONTENT);
    expect(await (await lying(old)).read(3)).toMatchObject({ ok: true, value: { seq: 3 } });
    expect(await (await lying(old)).read(4)).toEqual({ ok: false, error: 'relay_stale' });
    expect(pageIdOf(keys.signer.publicKey)).toEqual(keys.pageId);
  });
});
