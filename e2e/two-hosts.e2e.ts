// A document that two hosts keep, each a process, and the one that everybody is on is killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownHost } from '@archipel/relay/services';
import { freePort, makeKnownHosts } from '@archipel/relay/services';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, person } from './harness/browser.ts';
import { newPad, openPad, padText, sharedLinks, typeAtEnd, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';
import { expectWords } from './harness/words.ts';

const patience = { timeout: WAIT_MS, interval: 50 };
const TEST_MS = 120_000;
const LOOKS: Look[] = (['en', 'fr'] as const).flatMap((language) => [
  { ...PHONE, language, theme: 'light' },
  { ...DESK, language, theme: 'dark' },
]);

let folder: string;
let browser: Browser;
let hosts: KnownHost[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archipel-e2e-'));
  const about = [
    { name: 'Les Mésanges', country: 'FR', operator: 'Association des Mésanges' },
    { name: 'Waldhaus', country: 'DE', operator: 'Waldhaus e.V.' },
  ];
  const plans = [];
  for (const [index, words] of about.entries()) {
    const network = { people: 100, legal: 'https://terms.example.org/' };
    const settings = { host: '127.0.0.1', port: await freePort(), ...words, network };
    plans.push({ folder: join(folder, `${index}`), settings });
  }
  hosts = makeKnownHosts(plans);
  await Promise.all(hosts.map((host) => host.start()));
  browser = await launch();
}, TEST_MS);

afterAll(async () => {
  await browser?.close();
  await Promise.all(hosts.map((host) => host.kill()));
  await rm(folder, { recursive: true, force: true });
});

const untilCopies = (page: Page, copies: string): Promise<void> =>
  page.locator(`[data-copies="${copies}"]`).waitFor({ timeout: WAIT_MS });

async function about(page: Page): Promise<void> {
  await page.locator('.app-actions .menu > .icon-button').click();
  await page.locator('.menu-panel .menu-item').first().click();
  await page.locator('.pad-hosts li').nth(1).waitFor();
}

/** `words`: by language. */
async function expectScreens(own: string, name: string, words: { en: string[]; fr: string[] }): Promise<void> {
  for (const look of LOOKS) {
    const { width, height, language, theme } = look;
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const options = { viewport: { width, height }, locale, colorScheme: theme };
    const { page, context } = await person(browser, new URL(own).origin, options);
    await openPad(page, own);
    await page.locator('[data-copies]').waitFor();
    await expectSound(page, `${name}-pill`, look);
    await about(page);
    for (const word of words[language]) await page.locator('.pad-hosts', { hasText: word }).waitFor();
    await expectSound(page, `${name}-where`, look);
    await context.close();
  }
}

const origin = (index: number): string => hosts[index]?.origin ?? '';

test('CHK-7, CHK-9: two people go on at the other host when theirs is killed, and the page says the truth', {
  timeout: TEST_MS,
}, async () => {
  const ada = await person(browser, origin(0));
  await newPad(ada.page, origin(0));
  await typeAtEnd(ada.page, 'Before.');
  await untilCopies(ada.page, 'two');
  await expectWords(ada.page, '.state-pill', ['state.saved.two']);
  const { edit, own } = await sharedLinks(ada.page);
  const ben = await person(browser, origin(0));
  await openPad(ben.page, edit);
  expect(await padText(ben.page)).toBe('Before.');
  await expectScreens(own, 'two-hosts', {
    en: ['Les Mésanges', 'Waldhaus', 'Germany', 'connected to it'],
    fr: ['Les Mésanges', 'Waldhaus', 'Allemagne', 'y est connecté'],
  });

  await hosts[0]?.kill();
  await typeAtEnd(ada.page, ' During.');
  await expect.poll(() => padText(ben.page), patience).toBe('Before. During.');
  await typeAtEnd(ben.page, ' Both.');
  await expect.poll(() => padText(ada.page), patience).toBe('Before. During. Both.');
  for (const { page } of [ada, ben]) await untilCopies(page, 'oneOfTwo');
  await expectWords(ada.page, '.state-pill', ['state.saved.oneOfTwo']);
  // Who comes by the front of the other host finds it all, too.
  await expectScreens(own.replace(origin(0), origin(1)), 'one-of-two', {
    en: ['connected to it', 'cannot be reached'],
    fr: ['y est connecté', 'injoignable'],
  });

  await hosts[0]?.start();
  for (const { page } of [ada, ben]) await untilCopies(page, 'two');
  expect(await padText(ben.page)).toBe(await padText(ada.page));
});
