// A published page and the life of its pad: deleted with it, kept as long as it is.
import { decodePage } from '@archipel/protocol';
import en from '@archipel/web/locales/en.json' with { type: 'json' };
import fr from '@archipel/web/locales/fr.json' with { type: 'json' };
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, notice, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';
import type { Key } from './harness/words.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({ maxExpiryDays: 365 });
const LONG_MS = 240_000;
const DAY_MS = 86_400_000;
const patience = { timeout: WAIT_MS, interval: 50 };
const LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...DESK, language: 'fr', theme: 'light' },
  { ...PHONE, language: 'en', theme: 'light' },
  { ...DESK, language: 'en', theme: 'dark' },
];

const WORDS = { en, fr };

const statusOf = async (address: string): Promise<number> => (await fetch(address, { cache: 'no-store' })).status;

async function menu(page: Page, item: RegExp): Promise<Locator> {
  await page.locator('.app-actions .menu > .icon-button').click();
  await page.getByRole('button', { name: item }).click();
  return page.locator('dialog[open]');
}

/** Gives the address. */
async function published(page: Page): Promise<string> {
  await newPad(page, world.origin);
  await typeAtEnd(page, 'Bonjour à toutes et à tous');
  await untilPill(page, 'saved');
  const dialog = await menu(page, /^(Publish as a page|Publier comme page)/);
  await dialog.locator('button[type=submit]').click();
  await dialog.locator('.publish-at').waitFor({ timeout: WAIT_MS });
  const address = await dialog.locator('.link-field').inputValue();
  expect(await statusOf(address)).toBe(200);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await notice(page, 'published').waitFor({ timeout: WAIT_MS });
  return address;
}

const about = (page: Page): Promise<Locator> => menu(page, /^(About this document|À propos de ce document)/);

describe('a published page', () => {
  test(
    '[PAGE-13] goes with its pad: its owner is told before, and nothing is deleted while the page cannot be taken back',
    async () => {
      for (const look of LOOKS) {
        const { width, height, language, theme } = look;
        const viewport = { width, height };
        const { page, context } = await world.person({ viewport, locale: language, colorScheme: theme });
        const address = await published(page);
        const dialog = await about(page);
        await dialog.locator('.pad-owner .button-danger').click();
        const ask = dialog.locator('.pad-owner-ask');
        const says = (key: Key) => ask.getByText(WORDS[language][key]).waitFor({ timeout: WAIT_MS });
        await says('pad.about.deletePage');
        await ask.scrollIntoViewIfNeeded();
        await expectSound(page, 'delete-published', look);
        // As a host answers whose clock is wrong.
        const refuse = { status: 400, json: { error: 'stale_order' } };
        await context.route('**/p/*', (route) => route.fulfill(refuse));
        const [keepIt, remove] = [ask.locator('button').first(), ask.locator('button').last()];
        await remove.click();
        await says('pad.about.deletePageRefused');
        await says('pad.about.deleteAllTheSame');
        await ask.scrollIntoViewIfNeeded();
        await expectSound(page, 'delete-published-refused', look);
        expect(await statusOf(address)).toBe(200);
        await keepIt.click();
        await ask.waitFor({ state: 'detached' });
        await context.unroute('**/p/*');
        await dialog.locator('.pad-owner .button-danger').click();
        await remove.click();
        await notice(page, 'deleted').waitFor({ timeout: WAIT_MS });
        expect(await statusOf(address)).toBe(410);
      }
    },
    LONG_MS,
  );

  test('[PAGE-13] is kept as long as its pad', async () => {
    const { page } = await world.person({ locale: 'en' });
    const address = await published(page);
    const expiryOf = async (): Promise<number> => {
      const signed = decodePage(new Uint8Array(await (await fetch(`${address}/signed`)).arrayBuffer()));
      return signed.ok ? (signed.value.content?.expiry ?? 0) * 1000 : 0;
    };
    for (const days of [30, 1, 180]) {
      const dialog = await about(page);
      await dialog.getByRole('combobox', { name: 'Keep it' }).selectOption(`${days}`);
      await dialog.getByRole('button', { name: 'Change', exact: true }).click();
      await dialog.getByText('Done: the host keeps it until then.').waitFor({ timeout: WAIT_MS });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(async () => Math.round(((await expiryOf()) - Date.now()) / DAY_MS), patience).toBe(days);
    }
  });
});
