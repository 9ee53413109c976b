/** Takes the pictures of README and docs/using.md again: `node e2e/pictures.ts`, after `npm run build`; with `--pads` only those of what a pad can do, with `--ask` only those of a request for files. */
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launch, person } from './harness/browser.ts';
import { longFile, sendDrop } from './harness/drops.ts';
import { RelayProcess } from './harness/relay-process.ts';
import { type SmallNetwork, startSmallNetwork } from './harness/small-network.ts';
import { picturesOfPads } from './pictures-pad.ts';

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

const SENDINGS = {
  en: {
    locale: 'en-GB',
    files: [
      ['Garden day, all photos.zip', 24_300_000],
      ['The old pear tree.jpg', 4_120_000],
      ['Who brought what.ods', 38_400],
    ],
    message: 'The photos of Saturday, before and after. Thank you all!',
  },
  fr: {
    locale: 'fr-FR',
    files: [
      ['Journée jardin, toutes les photos.zip', 24_300_000],
      ['Le vieux poirier.jpg', 4_120_000],
      ['Qui a apporté quoi.ods', 38_400],
    ],
    message: 'Les photos de samedi, avant et après. Merci à toutes et à tous\u202f!',
  },
} as const;

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

/** Files that are about to be sent. */
async function pictureOfSending(browser: Browser, relay: RelayProcess, language: Language): Promise<void> {
  const { locale, files, message } = SENDINGS[language];
  const { page, context } = await person(browser, relay.origin, { locale, viewport: { width: 1280, height: 1000 } });
  await page.goto(`${relay.origin}/drop`);
  const folder = await mkdtemp(join(tmpdir(), 'archipel-pictures-'));
  for (const [name, bytes] of files) {
    await writeFile(join(folder, name), '');
    await truncate(join(folder, name), bytes);
  }
  await page.locator('[data-field=files]').setInputFiles(files.map(([name]) => join(folder, name)));
  await page.locator('textarea').fill(message);
  await page.locator('h1').click();
  await page.screenshot({ path: `${FOLDER}/send-${language}.png` });
  await context.close();
  await rm(folder, { recursive: true });
}

const DROPS = {
  en: {
    message: 'The photos of the garden day, and the plan of the hedge. Thank you all!',
    files: ['Garden day 01.jpg', 'Garden day 02.jpg', 'Soup for twelve.mp4', 'Plan of the hedge.pdf'],
  },
  fr: {
    message: 'Les photos de la journée jardin, et le plan de la haie. Merci à toutes et à tous !',
    files: ['Jardin 01.jpg', 'Jardin 02.jpg', 'Soupe pour douze.mp4', 'Plan de la haie.pdf'],
  },
};

/** A drop that somebody is about to take. */
async function pictureOfTaking(browser: Browser, { origin }: RelayProcess, language: Language): Promise<void> {
  const { message, files } = DROPS[language];
  const sizes = [3_412_000, 2_871_000, 18_240_000, 412_000];
  const sources = files.map((name, index) => longFile(name, sizes[index] ?? 0));
  const link = await sendDrop(origin, sources, { message, downloads: 10, keepSeconds: 7 * 86_400 });
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const { page, context } = await person(browser, origin, { locale, viewport: { width: 1280, height: 860 } });
  await page.goto(link);
  await page.locator('.take-file').first().waitFor();
  await page.screenshot({ path: `${FOLDER}/take-${language}.png` });
  await context.close();
}

/** The directory, once the portal knows its hosts. */
async function pictureOfHosts(browser: Browser, { portal }: SmallNetwork, language: Language): Promise<void> {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const { page, context } = await person(browser, portal.origin, { locale, viewport: { width: 1280, height: 1000 } });
  while ((await page.locator('.host[data-standing=room]').count()) < 3) {
    await page.goto(`${portal.origin}/hosts`);
    await page.locator('.host').first().waitFor();
  }
  await page.locator('.map').waitFor();
  await page.screenshot({ path: `${FOLDER}/hosts-${language}.png` });
  await context.close();
}

/** What was sent for a request, on the page of whoever asked. */
async function pictureOfRequest(browser: Browser, relay: RelayProcess, language: Language): Promise<void> {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  // All that whoever asked can do.
  const options = { locale, viewport: { width: 1280, height: 1400 } };
  const [asker, sender] = [await person(browser, relay.origin, options), await person(browser, relay.origin, options)];
  await asker.page.goto(`${relay.origin}/drop?ask`);
  await asker.page
    .locator('form input.field')
    .first()
    .fill(language === 'fr' ? 'Photos de la fête' : 'Photos of the feast');
  await asker.page.locator('form button[type=submit]').click();
  const link = await asker.page.locator('.link-field').inputValue();
  await sender.page.goto(link);
  const file = { name: 'photo.txt', mimeType: 'text/plain', buffer: Buffer.alloc(2_400_000) };
  await sender.page.locator('input[data-field="files"]').setInputFiles([file]);
  await sender.page.locator('.drop-form input.field').fill('Zoé');
  await sender.page.locator('.drop-send').click();
  await asker.page.locator('.ask-item').waitFor();
  await asker.page.screenshot({ path: `${FOLDER}/ask-${language}.png` });
  await asker.context.close();
  await sender.context.close();
}

/** Those of the portal, of drops and of hosts. */
async function takeOthers(browser: Browser, relay: RelayProcess): Promise<void> {
  const network = await startSmallNetwork();
  try {
    for (const language of ['en', 'fr'] as const) {
      await pictures(browser, relay, language);
      await pictureOfSending(browser, relay, language);
      await pictureOfTaking(browser, relay, language);
      await pictureOfHosts(browser, network, language);
    }
  } finally {
    await network.close();
  }
}

/** Without any of them all pictures are taken. */
const PARTS = ['--pads', '--ask'];

function isWanted(part: string): boolean {
  const named = PARTS.filter((one) => process.argv.includes(one));
  return named.length === 0 || named.includes(part);
}

await mkdir(FOLDER, { recursive: true });
const relay = await RelayProcess.start();
const browser = await launch();
try {
  for (const language of ['en', 'fr'] as const) {
    if (isWanted('--ask')) await pictureOfRequest(browser, relay, language);
    if (isWanted('--pads')) await picturesOfPads(browser, relay.origin, FOLDER, language);
  }
  if (PARTS.every((part) => !process.argv.includes(part))) await takeOthers(browser, relay);
} finally {
  await browser.close();
  await relay.remove();
}
