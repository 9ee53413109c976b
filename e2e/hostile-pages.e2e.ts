// Pages whose owner sends HTML that tries to run, to call out and to leave: what everybody gets of them does none of it.
import { HOSTILE, PROBE } from '@archipel/page/hostile';
import { type Bytes, encodeBase64url, type PageContent } from '@archipel/protocol';
import { createKeys, pageKeysOf, signPage, webSuite } from '@archipel/protocol/secret';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useWorld } from './harness/world.ts';

const world = useWorld({ limits: { pagesBurstPerPrefix: 1000 } });
const MANY_MS = 300_000;
/** What a page begins by itself has begun by then. */
const LOOK_MS = 150;

async function publish(html: string): Promise<{ address: string; isTaken: boolean }> {
  const keys = await pageKeysOf(webSuite, await createKeys(webSuite));
  const content: PageContent = {
    expiry: 0,
    licence: 'cc0',
    language: 'en',
    title: 'Hostile',
    description: '',
    authors: '',
    html,
    pictures: [],
  };
  const now = Math.floor(Date.now() / 1000);
  const body: Bytes = await signPage(keys, 1, now, content);
  const address = `${world.origin}/p/${encodeBase64url(keys.pageId)}`;
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await fetch(address, { method: 'PUT', headers, body: body as Uint8Array<ArrayBuffer> });
  return { address, isTaken: answer.status === 201 };
}

/** Everything that a page does beyond being shown, while somebody also clicks on its links. */
async function acts(context: BrowserContext, open: (page: Page) => Promise<unknown>): Promise<string[]> {
  const page = await context.newPage();
  const found: string[] = [];
  let isShown = false;
  page.on('request', (request) => {
    const isPage = request.isNavigationRequest() && request.frame() === page.mainFrame() && !isShown;
    if (!isPage && !request.url().startsWith('data:image/')) found.push(`asked for ${request.url().slice(0, 80)}`);
  });
  page.on('dialog', (dialog) => {
    found.push('dialog');
    void dialog.dismiss();
  });
  page.on('popup', () => found.push('popup'));
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || isShown) found.push(`went to ${frame.url().slice(0, 80)}`);
  });
  await open(page);
  isShown = true;
  await page.waitForTimeout(LOOK_MS);
  if (await page.evaluate(() => (globalThis as { ran?: unknown }).ran === 1)) found.push('ran');
  await page.close();
  return found;
}

describe('a hostile page', () => {
  test(
    '[PAGE-8, PAGE-9] runs nothing, asks for nothing and goes nowhere, whatever its owner sent',
    async () => {
      const { context } = await world.person();
      await context.route(`${PROBE}**`, (route) => route.fulfill({ status: 200, body: '' }));
      let shown = 0;
      for (const { name, html } of HOSTILE) {
        const { address, isTaken } = await publish(html);
        if (!isTaken) continue;
        shown += 1;
        const done = await acts(context, (page) => page.goto(address, { waitUntil: 'load' }));
        expect(done, name).toEqual([]);
      }
      expect(shown).toBeGreaterThan(HOSTILE.length * 0.9);
    },
    MANY_MS,
  );

  test(
    '[PAGE-8] would be seen to act: the same HTML does where nothing stands in its way',
    async () => {
      const { context } = await world.person();
      await context.route(/./, (route) => route.fulfill({ status: 200, contentType: 'text/plain', body: '' }));
      let active = 0;
      for (const { html } of HOSTILE) {
        if ((await acts(context, (page) => page.setContent(html, { waitUntil: 'domcontentloaded' }))).length > 0)
          active += 1;
      }
      expect(active).toBeGreaterThan(HOSTILE.length / 2);
    },
    MANY_MS,
  );

  test('[PAGE-9] could not run even what the host had let through', async () => {
    const { context } = await world.person();
    await context.route('**/p/*', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace(
        '</main>',
        `<script>window.ran=1</script><img src="x" onerror="window.ran=1"><img src="${PROBE}.png"></main>`,
      );
      await route.fulfill({ response: answer, body });
    });
    const { address } = await publish('<p>Calm</p>');
    const page = await context.newPage();
    const foreign: string[] = [];
    page.on('requestfinished', (request) => {
      if (request.url().startsWith(PROBE)) foreign.push(request.url());
    });
    await page.goto(address, { waitUntil: 'load' });
    await page.waitForTimeout(LOOK_MS);
    expect(await page.content()).toContain('window.ran=1');
    expect(await page.evaluate(() => (globalThis as { ran?: unknown }).ran)).toBeUndefined();
    expect(foreign).toEqual([]);
    await page.close();
  });
});
