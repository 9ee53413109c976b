/** A host that takes one document a day, and what the second person is told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type KnownHost, makeKnownHosts } from '@archipel/relay/services';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, person } from './harness/browser.ts';
import { newPad, padText, typeAtEnd, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';

const LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...PHONE, language: 'en', theme: 'light' },
  { ...DESK, language: 'en', theme: 'dark' },
  { ...DESK, language: 'fr', theme: 'light' },
];

let browser: Browser;
let host: KnownHost;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archipel-e2e-full-'));
  const network = { people: 50, capacity: '1 new pad a day' };
  const settings = { host: '127.0.0.1', port: await freePort(), name: 'Petite île', network };
  [host] = makeKnownHosts([{ folder, settings }]) as [KnownHost];
  await host.start();
  browser = await launch();
  const { page, context } = await person(browser, host.origin);
  await newPad(page, host.origin);
  await context.close();
});

afterAll(async () => {
  await browser?.close();
  await host?.kill();
  await rm(folder, { recursive: true, force: true });
});

test('a new pad says that there is no room, is written in all the same, and shows its place when there is a queue', async () => {
  for (const look of LOOKS) {
    const { width, height, language, theme } = look;
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const { page, context } = await person(browser, host.origin, {
      viewport: { width, height },
      locale,
      colorScheme: theme,
    });
    await page.goto(`${host.origin}/pad?new&keep=7d`);
    await page.locator('[data-notice=full]').waitFor({ timeout: WAIT_MS });
    expect(await page.locator('[data-notice]').count()).toBe(1);
    expect(await page.locator('.pad-notice-place').count()).toBe(0);
    await typeAtEnd(page, 'Kept here');
    expect(await padText(page)).toBe('Kept here');
    await expectSound(page, 'pad-full', look);
    await page.route('**/.well-known/archipel/place', (route) =>
      route.fulfill({ status: 503, json: { error: 'full', retryAfterMs: 3000, ahead: 6, ticket: 'T' } }),
    );
    await page.goto(`${host.origin}/pad?new&keep=7d`);
    await page.locator('.pad-notice-place', { hasText: '7' }).waitFor({ timeout: WAIT_MS });
    await expectSound(page, 'pad-queue', look);
    // The place in the queue is the same when the page is loaded again.
    const again = page.waitForRequest((asked) => asked.url().endsWith('/place') && asked.postDataJSON().ticket === 'T');
    await page.reload();
    await again;
    await page.locator('.pad-notice-place', { hasText: '7' }).waitFor({ timeout: WAIT_MS });
    await page.goto(host.origin);
    await page.locator('.tool-start [href^="/pad"]').click();
    await page.locator('.queue-place', { hasText: '7' }).waitFor();
    await expectSound(page, 'queue', look);
    await page.unroute('**/.well-known/archipel/place');
    await page.goto(host.origin);
    await page.locator('.tool-start [href^="/pad"]').click();
    await page.getByRole('dialog').waitFor();
    expect(await page.locator('.queue-place').isVisible()).toBe(false);
    await expectSound(page, 'queue-alone', look);
    await context.close();
  }
}, 120_000);
