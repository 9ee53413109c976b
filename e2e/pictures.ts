/** Takes the pictures of README and docs/using.md again: `node e2e/pictures.ts`, after `npm run build`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launch, person } from './harness/browser.ts';
import { RelayProcess } from './harness/relay-process.ts';

const FOLDER = fileURLToPath(new URL('../docs/images', import.meta.url));
const WORDS = {
  en: { start: 'Start a pad', share: 'Share' },
  fr: { start: 'Ouvrir un pad', share: 'Partager' },
};
const TEXTS = {
  en: {
    title: 'Garden day, 5 December',
    lines: [
      '# Who brings what',
      '[ ] Awa: gloves and buckets',
      'Lucien: soup for twelve',
      '',
      '## Why now',
      '**Two frosts** have passed; the hedge can move.',
    ],
    second: 'I bring the ladder.',
  },
  fr: {
    title: 'Journée jardin du 5 décembre',
    lines: [
      '# Qui apporte quoi',
      '[ ] Awa : gants et seaux',
      'Lucien : soupe pour douze',
      '',
      '## Pourquoi maintenant',
      '**Deux gelées** sont passées ; la haie peut bouger.',
    ],
    second: 'J’apporte l’échelle.',
  },
};
type Language = keyof typeof WORDS;

async function write(page: Page, lines: readonly string[]): Promise<void> {
  await page.locator('#pad-text').click();
  await page.keyboard.press('Control+End');
  for (const line of lines) {
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
  }
}

/** As the dialog for one's own name leaves it in the browser. */
async function setName(page: Page, name: string): Promise<void> {
  await page.evaluate((own) => localStorage.setItem('archipel.name', own), name);
}

async function pictures(browser: Browser, relay: RelayProcess, language: Language): Promise<void> {
  const [words, texts] = [WORDS[language], TEXTS[language]];
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const awa = await person(browser, relay.origin, { locale, viewport: { width: 1280, height: 800 } });
  await awa.page.goto(relay.origin);
  await setName(awa.page, 'Awa');
  await awa.page.getByText(words.start).waitFor();
  await awa.page.screenshot({ path: `${FOLDER}/portal-${language}.png` });
  await awa.page.getByText(words.start).click();
  await awa.page.locator('.pad-title').first().click();
  await awa.page.keyboard.type(texts.title);
  await write(awa.page, texts.lines);
  await awa.page.getByRole('button', { name: words.share }).click();
  await awa.page.locator('input[type=radio]').nth(1).check();
  const link = await awa.page.locator('.link-field').inputValue();
  await awa.page.screenshot({ path: `${FOLDER}/share-${language}.png` });
  await awa.page.keyboard.press('Escape');
  await awa.page.locator('#pad-text').click();

  const phone = { width: 360, height: 740 };
  const lucien = await person(browser, relay.origin, { locale, viewport: phone, colorScheme: 'dark', hasTouch: true });
  await lucien.page.goto(relay.origin);
  await setName(lucien.page, 'Lucien');
  await lucien.page.goto(link);
  await lucien.page.locator('#pad-text [contenteditable=true], #pad-text[contenteditable=true]').first().waitFor();
  await lucien.page.waitForSelector('[data-state=saved]');
  await write(lucien.page, []);
  await lucien.page.keyboard.type(texts.second);
  await awa.page.getByText(texts.second).waitFor();
  await awa.page.waitForSelector('[data-state=saved]');
  await awa.page.screenshot({ path: `${FOLDER}/pad-${language}.png` });
  await lucien.page.waitForSelector('[data-state=saved]');
  await lucien.page.screenshot({ path: `${FOLDER}/pad-phone-${language}.png` });
  await awa.context.close();
  await lucien.context.close();
}

await mkdir(FOLDER, { recursive: true });
const relay = await RelayProcess.start();
const browser = await launch();
try {
  for (const language of ['en', 'fr'] as const) await pictures(browser, relay, language);
} finally {
  await browser.close();
  await relay.remove();
}
