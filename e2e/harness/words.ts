import en from '@archipel/web/locales/en.json' with { type: 'json' };
import fr from '@archipel/web/locales/fr.json' with { type: 'json' };
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { WAIT_MS } from './pad.ts';

export type Key = keyof typeof en;
const WORDS = { en, fr } as const;

/** Chooses the language of the page where it can be chosen: in the header, or in the menu of a tool. */
async function speak(page: Page, language: 'en' | 'fr'): Promise<void> {
  const chooser = page.locator('select', { has: page.locator('option[value=fr]') });
  if ((await chooser.count()) === 0) await page.locator('.menu > .icon-button').click();
  await chooser.selectOption(language);
  await page.locator(`html[lang="${language}"]`).waitFor();
  await page.keyboard.press('Escape');
}

/** The page says all of these sentences, in English and in French. */
export async function expectWords(page: Page, selector: string, keys: readonly Key[]): Promise<void> {
  for (const language of ['en', 'fr'] as const) {
    await speak(page, language);
    for (const key of keys) {
      await expect
        .poll(() => page.locator(selector).innerText(), { timeout: WAIT_MS, interval: 50 })
        .toContain(WORDS[language][key]);
    }
  }
  await speak(page, 'en');
}
