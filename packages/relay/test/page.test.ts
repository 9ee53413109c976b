/** Published pages (protocol §22), on real hosts with their files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTILE } from '@archipel/page/hostile';
import { decodePage } from '@archipel/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openModeration } from '../src/store/moderation-sqlite.ts';
import { pair, refusal } from './support/blobs.ts';
import { nowSeconds } from './support/inboxes.ts';
import { PNG, TestPage } from './support/pages.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';
import { until } from './support/together.ts';

const DAY = 86_400;
const KILLS_MS = 120_000;

async function published(settings = {}, content = {}) {
  const relay = await startRelay(settings);
  const page = new TestPage(relay.server.port);
  expect((await page.put(1, content)).status).toBe(201);
  return { ...relay, page };
}

async function metrics(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Its contents, as they are served: refused as a whole, or without anything that acts. */
async function expectHarmless(page: TestPage, html: string): Promise<void> {
  const answer = await page.put(1, { html });
  if (answer.status !== 201) return expect(await refusal(answer)).toEqual([400, 'bad_message']);
  const [, main = ''] = (await (await page.get()).text()).split('<main>');
  expect(main).not.toMatch(/<(script|style|iframe|object|embed|form|input|svg|link|meta|base|video|audio)\b/i);
  expect(main).not.toMatch(/<[^>]*\s(on\w+|style|srcdoc|srcset)=/i);
  expect(main).not.toMatch(/<[^>]*=["']?\s*(javascript|data|vbscript):/i);
}

describe('publishing', () => {
  it('[PAGE-1, PAGE-2] takes what its key signed, the same again, what is newer, and nothing else', async () => {
    const { server } = await startRelay();
    const page = new TestPage(server.port);
    const first = page.signed(2);
    expect((await page.send('PUT', first)).status).toBe(201);
    expect((await page.send('PUT', first)).status).toBe(204);
    expect((await page.put(3, { html: '<p>Salut</p>' })).status).toBe(204);
    expect(await refusal(await page.send('PUT', first))).toEqual([409, 'stale_header']);
    expect(await refusal(await page.put(3))).toEqual([409, 'stale_header']);
    expect(await refusal(await page.send('PUT', page.signed(9, {}, { by: pair() })))).toEqual([400, 'bad_header']);
    expect(await refusal(await page.send('PUT', new TestPage(server.port).signed(9)))).toEqual([400, 'bad_header']);
    const old = page.signed(9, {}, { time: nowSeconds() - DAY - 60 });
    expect(await refusal(await page.send('PUT', old))).toEqual([400, 'stale_order']);
    const signed = await page.get('/signed');
    expect(decodePage(new Uint8Array(await signed.arrayBuffer()))).toMatchObject({ ok: true, value: { seq: 3 } });
    expect(await (await page.get()).text()).toContain('<p>Salut</p>');
    expect(await metrics(server.port)).toMatch(/archipel_pages 1\n[\s\S]*archipel_pages_taken_total 2\n/);
  });

  it('[PAGE-3, PAGE-5, PAGE-7] refuses what is none, too large, too long, too much, or where there is no room', async () => {
    const limits = { pageMaxBytes: 20_000, pagesBurstPerPrefix: 6, pagesPerHourPerPrefix: 1, pagesMaxBytes: 30_000 };
    const { server } = await startRelay({ limits, maxExpiryDays: 10 });
    const page = new TestPage(server.port);
    const expiry = nowSeconds() + DAY;
    expect(await refusal(await page.send('PUT', new Uint8Array(9)))).toEqual([400, 'unsupported_version']);
    expect(await refusal(await page.put(1, { expiry, html: 'a'.repeat(20_000) }))).toEqual([413, 'too_large']);
    expect(await refusal(await page.put(1, { expiry: 0 }))).toEqual([400, 'expiry_too_long']);
    expect(await refusal(await page.put(1, { expiry: nowSeconds() + 11 * DAY }))).toEqual([400, 'expiry_too_long']);
    expect(await refusal(await page.put(1, { expiry: nowSeconds() - 1 }))).toEqual([400, 'expiry_too_long']);
    expect((await page.put(1, { expiry, html: 'a'.repeat(19_000) })).status).toBe(201);
    expect(await refusal(await page.put(2, { expiry, html: 'a'.repeat(19_000) }))).toEqual([507, 'disk_full']);
    const refused = await page.put(3, { expiry });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1000);
    expect(await refusal(refused)).toEqual([429, 'rate_limited']);
  });

  it('[PAGE-7] is not offered where the host wants none, and its pages say so', async () => {
    const { server } = await startRelay({ limits: { pagesMaxBytes: 0 } });
    const page = new TestPage(server.port);
    expect(await refusal(await page.put(1))).toEqual([501, 'not_offered']);
    expect(await refusal(await page.takeBack(1))).toEqual([501, 'not_offered']);
    expect((await page.get()).status).toBe(404);
    const host = await (await fetch(`http://127.0.0.1:${server.port}/host.json`)).json();
    expect(host).toMatchObject({ pages: null });
  });

  it('[PAGE-4, PAGE-10] takes it back, forgets its bytes, and publishes it again at the same address', async () => {
    const { page, folder } = await published({}, { html: '<p>Une phrase que tout le monde lisait</p>' });
    expect(await refusal(await page.send('PUT', page.signed(2, null)))).toEqual([400, 'bad_message']);
    expect((await page.takeBack(2)).status).toBe(204);
    const gone = await page.get();
    expect([gone.status, await gone.text()]).toEqual([410, expect.stringContaining('Whoever published it')]);
    expect(await refusal(await page.get('/signed'))).toEqual([410, 'deleted']);
    expect(await refusal(await page.put(1))).toEqual([409, 'stale_header']);
    for (const file of readdirSync(folder).filter((name) => name.startsWith('pages.sqlite') && !name.endsWith('-wal')))
      expect(readFileSync(join(folder, file)).includes('tout le monde lisait')).toBe(false);
    expect((await page.put(3)).status).toBe(201);
    expect((await page.get()).status).toBe(200);
    expect((await new TestPage(page.port).get()).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${page.port}/p/nothing`)).status).toBe(404);
  });

  it('[PAGE-5, PAGE-10] ends when its time is over', async () => {
    const { page } = await published({ limits: { sweepIntervalMs: 100 } }, { expiry: nowSeconds() + 2 });
    await until(async () => (await page.get()).status === 410, 'over');
    expect(await (await page.get()).text()).toContain('until a day that has passed');
    expect(await refusal(await page.get('/signed'))).toEqual([410, 'expired']);
  });

  it('[PAGE-10, REM-2, REM-4] is taken down by the people of the host with their reason, and may come again when they allow it', async () => {
    const { page, folder, server } = await published();
    const file = openModeration(folder);
    onTestFinished(() => file.close());
    const reason = { docId: page.pageId, category: 'fraud', words: 'It <b>asked</b> for cards.', source: '' };
    file.remove({ ...reason, time: nowSeconds() });
    await until(() => !file.isDue(page.pageId), 'carried out');
    const gone = await page.get();
    const text = await gone.text();
    expect(gone.status).toBe(410);
    for (const word of ['Escroquerie', 'Fraud', 'It &lt;b&gt;asked&lt;/b&gt; for cards.']) expect(text).toContain(word);
    expect(await refusal(await page.put(2))).toEqual([451, 'removed']);
    file.restore(page.pageId);
    await until(async () => (await page.get('/signed')).status === 410, 'restored');
    expect(await refusal(await page.get('/signed'))).toEqual([410, 'deleted']);
    expect((await page.put(3)).status).toBe(201);
    expect(await metrics(server.port)).toContain('archipel_pages 1\n');
  });
});

describe('a page as it is served', () => {
  it('[PAGE-9] has headers that let caches keep it and nothing in it act', async () => {
    const { page } = await published({}, { html: '<p>a</p><img src="0" alt="Un point">', pictures: [PNG] });
    const got = await page.get();
    const policy = got.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "img-src 'self'", "form-action 'none'", "frame-ancestors 'none'"])
      expect(policy).toContain(part);
    expect(policy).toMatch(/; sandbox$/);
    expect(policy).not.toMatch(/unsafe|script-src|allow-/);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'public, max-age=60, s-maxage=300, stale-if-error=86400',
    });
    for (const name of ['set-cookie', 'vary']) expect(got.headers.get(name)).toBeNull();
    const etag = got.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{24}"$/);
    expect(Math.abs(Date.parse(got.headers.get('last-modified') ?? '') / 1000 - nowSeconds())).toBeLessThan(60);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const same = await page.get('', { 'if-none-match': tag });
      expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await page.get('', { 'if-none-match': '"other"' })).status).toBe(200);
    const html = await got.text();
    const [address = ''] = /\/p\/[\w-]+\/[\w-]+\.png/.exec(html) ?? [];
    const picture = await fetch(`http://127.0.0.1:${page.port}${address}`);
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(PNG);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('content-security-policy')).toContain('sandbox');
    expect((await page.get('/AAAA.png')).status).toBe(404);
    await page.put(2, { html: '<p>b</p>' });
    const changed = await page.get('', { 'if-none-match': etag });
    expect([changed.status, await changed.text()]).toEqual([200, expect.stringContaining('<p>b</p>')]);
  });

  it('[PAGE-9] says who made it, under which licence, and where it is', async () => {
    const limits = { names: ['pages.example.org'], https: true };
    const { page } = await published(limits, {
      authors: 'Le <comité>',
      description: 'Samedi "12" juin',
      pictures: [PNG],
    });
    const html = await (await page.get()).text();
    const own = `https://pages.example.org/p/${page.id}`;
    for (const part of [
      '<html lang="fr">',
      '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/deed.fr">',
      '<meta name="author" content="Le &lt;comité&gt;">',
      '<meta property="og:title" content="Fête du quartier">',
      '<meta property="og:description" content="Samedi &quot;12&quot; juin">',
      '<meta property="og:type" content="article">',
      `<meta property="og:url" content="${own}">`,
      `<link rel="canonical" href="${own}">`,
      `<meta property="og:image" content="${own}/`,
    ])
      expect(html).toContain(part);
  });

  it('[PAGE-8] never has what acts', async () => {
    const { server } = await startRelay({ limits: { pagesBurstPerPrefix: 1000 } });
    for (const { html } of HOSTILE) await expectHarmless(new TestPage(server.port), html);
  });

  it('[PAGE-8] refuses what takes too long to be made safe, and serves others meanwhile and after', async () => {
    const { page, server } = await published({ limits: { pageRenderMs: 1000 } });
    const slow = new TestPage(server.port);
    const marks = Array.from({ length: 20_000 }, (_, at) => `<b id=${at}>`).join('');
    const putting = slow.put(1, { html: marks + '<p>'.repeat(200_000) });
    expect((await page.get()).status).toBe(200);
    expect(await refusal(await putting)).toEqual([400, 'bad_message']);
    expect((await slow.put(1)).status).toBe(201);
  });

  it('[REP-4, PAGE-9] leads to the page of the front that seals a report, says how to reach the people of the host, and takes no report itself', async () => {
    const network = { url: 'http://localhost:4280', people: 9, legal: 'https://example.org/rules?a=1&b=2' };
    const { page } = await published({ contact: 'nous@example.org', network });
    const html = await (await page.get()).text();
    expect(html).toContain(`href="/report-page#p.${page.id}"`);
    expect(html).toContain('Les gens de cet hébergeur\u00a0: <a href="mailto:nous@example.org">nous@example.org</a>');
    expect(html).toContain('<a href="https://example.org/rules?a=1&amp;b=2">Règles de cet hébergeur</a>');
    expect(html).not.toContain('<form');
    const { page: other } = await published({ contact: 'mailto:nous@example.org', network });
    expect(await (await other.get()).text()).toContain('<a href="mailto:nous@example.org">nous@example.org</a>');
    const before = await fetch(`http://127.0.0.1:${page.port}/p/${page.id}/report?l=fr`, { redirect: 'manual' });
    expect([before.status, before.headers.get('location')]).toEqual([302, `/report-page#p.${page.id}`]);
    const body = new URLSearchParams({ category: 'fraud', words: 'Faux site' });
    const sent = await fetch(`http://127.0.0.1:${page.port}/p/${page.id}/report`, { method: 'POST', body });
    expect(sent.status).toBe(404);
    expect(await metrics(page.port)).toMatch(/archipel_reports_total 0\n/);
  });

  it.each([
    ['', ''],
    ['<b>us</b>', '&lt;b&gt;us&lt;/b&gt;'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['https://example.org/"onclick="', '<a href="https://example.org/&quot;onclick=&quot;">'],
  ])('[PAGE-8] shows as contact %j no more than words or a link', async (contact, shown) => {
    const { page } = await published({ contact });
    const html = await (await page.get()).text();
    expect(html).toContain(shown);
    expect(html).not.toMatch(/href="(?!https?:|mailto:|data:,|\/)/);
    expect(html.includes('Les gens de cet hébergeur')).toBe(contact !== '');
  });
});

describe('a host that is killed', () => {
  it(
    '[PAGE-6, PAGE-11] in the middle of publishing, again and again: what it answered is there, whole, and its log names nothing',
    async () => {
      const folder = makeFolder();
      const env = { ARCHIPEL_DATA: folder };
      let known = 0;
      let page = new TestPage(0);
      const { key } = page;
      for (let round = 0; round < 4; round++) {
        const relay = await startProcess(env);
        page = Object.assign(new TestPage(relay.port), { key, pageId: page.pageId, id: page.id });
        if (known > 0) {
          const html = await (await page.get()).text();
          const shown = Number(/Version (\d+)\./.exec(html)?.[1]);
          expect(shown).toBeGreaterThanOrEqual(known);
          expect(html).toContain(`${'x'.repeat(300_000)} whole ${shown}`);
          known = shown;
        }
        const first = known + 1;
        for (let seq = first; ; seq++) {
          const html = `<p>Version ${seq}.</p><p>${'x'.repeat(300_000)} whole ${seq}</p>`;
          const answer = await page.put(seq, { html }).catch(() => undefined);
          if (answer === undefined) break;
          expect(answer.status).toBeLessThan(205);
          known = seq;
          if (seq === first) setTimeout(() => relay.child.kill('SIGKILL'), round * 37);
        }
        await relay.ended;
        expect(relay.output()).not.toContain(page.id);
      }
      expect(known).toBeGreaterThanOrEqual(4);
    },
    KILLS_MS,
  );
});
