// A link to comment between two people: who has it reads, comments and chats, and the text stays as it is.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { closeSide, comment, marked } from './harness/commenting.ts';
import { caretIn, newPad, openPad, padText, textOf, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
let ben: Person;

beforeAll(async () => {
  [ada, ben] = await Promise.all([world.named('Ada'), world.named('Ben', { locale: 'fr-FR' })]);
});

/** What the owner's Share dialog makes when it is asked for. */
async function commentLink(page: Page): Promise<string> {
  await page.locator('.pad-share').click();
  await page.getByRole('radio', { name: /^Link to comment/ }).check();
  const field = page.getByRole('textbox', { name: 'Link to comment' });
  await expect.poll(() => field.inputValue(), patience).toContain('#1c.');
  const link = await field.inputValue();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  return link;
}

async function meet(words = 'Apples and pears\nFigs'): Promise<string> {
  await newPad(ada.page, world.origin);
  await typeAtEnd(ada.page, words);
  await untilPill(ada.page, 'saved');
  const link = await commentLink(ada.page);
  await openPad(ben.page, link);
  await expect.poll(() => padText(ben.page), patience).toBe(words);
  return link;
}

describe('a link to comment', () => {
  test('lets people comment, be answered and settle what they began, beside a text that only its writers change', async () => {
    await meet();
    await comment(ben.page, 'pears', 'Lesquelles ?');
    await expect.poll(() => marked(ada.page), patience).toBe('pears');
    await textOf(ada.page).locator('.pad-commented').click();
    await ada.page.getByText('Lesquelles ?').waitFor();
    await ada.page.getByRole('button', { name: 'Answer', exact: true }).click();
    await ada.page.keyboard.type('Conference');
    await ada.page.keyboard.press('Enter');
    await ben.page.locator('.said', { hasText: 'Conference' }).waitFor();
    expect(await ben.page.locator('.said-who strong').allTextContents()).toEqual(['Ben', 'Ada']);

    await typeAtEnd(ada.page, ', dried');
    await expect.poll(() => padText(ben.page), patience).toBe('Apples and pears\nFigs, dried');
    await untilPill(ben.page, 'saved');
    await ben.page.getByRole('button', { name: 'C’est réglé' }).click();
    await expect.poll(() => marked(ada.page), patience).toBe('');

    // What others began is theirs.
    await caretIn(ada.page, 'Figs, dried');
    await ada.page.keyboard.press('Control+Alt+m');
    await ada.page.locator('.pad-side-body .say textarea').first().waitFor();
    await ada.page.keyboard.type('Mine');
    await ada.page.keyboard.press('Enter');
    const mine = ben.page.locator('.comments > li', { hasText: 'Mine' });
    await mine.waitFor();
    expect(await mine.getByRole('button', { name: 'Répondre' }).count()).toBe(1);
    expect(await mine.getByRole('button', { name: 'C’est réglé' }).count()).toBe(0);
    await closeSide(ada.page);
    await closeSide(ben.page);
  });

  test('lets nothing be typed, pasted or ticked in the text; comments and own ones are there after a reload', async () => {
    await meet('Apples and pears');
    await comment(ben.page, 'Apples', 'Rouges');
    await untilPill(ben.page, 'saved');
    await closeSide(ben.page);
    await textOf(ben.page).click();
    await ben.page.keyboard.type('never');
    await ben.page.keyboard.press('Control+v');
    expect(await padText(ben.page)).toBe('Apples and pears');
    await ben.page.reload();
    await untilPill(ben.page, 'saved');
    await expect.poll(() => marked(ben.page), patience).toBe('Apples');
    await textOf(ben.page).locator('.pad-commented').click();
    await ben.page.getByRole('button', { name: 'C’est réglé' }).waitFor();
    expect(await padText(ada.page)).toBe('Apples and pears');
    await closeSide(ben.page);
  });

  test('works by the keyboard: a paragraph is chosen, commented, and the chat is a press away', async () => {
    await meet();
    await textOf(ben.page).focus();
    await ben.page.keyboard.press('Alt+ArrowDown');
    await ben.page.keyboard.press('Alt+ArrowDown', { delay: 100 });
    await expect.poll(() => ben.page.evaluate(() => document.getSelection()?.toString()), patience).toBe('Figs');
    // The editor hears of a selection a moment after the browser has made it.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await ben.page.keyboard.press('Control+Alt+m');
    await ben.page.locator('.pad-side-body textarea').waitFor();
    await ben.page.keyboard.type('Sèches ?');
    await ben.page.keyboard.press('Enter');
    await expect.poll(() => marked(ada.page), patience).toBe('Figs');
    await closeSide(ben.page);
    await ben.page.locator('.pad-comment-bar button').last().focus();
    await ben.page.keyboard.press('Enter');
    await ben.page.getByLabel('Votre message').fill('Bonjour');
    await ben.page.keyboard.press('Enter');
    await ada.page.locator('.menu > .icon-button').last().click();
    await ada.page.getByRole('button', { name: /^Chat$/ }).click();
    await ada.page.locator('.said', { hasText: 'Bonjour' }).waitFor();
    expect(await ben.page.getByRole('button', { name: 'Effacer la discussion' }).count()).toBe(0);
    await closeSide(ada.page);
    await closeSide(ben.page);
  });

  test('is remembered as what it is, and is handed on with the link to read alone', async () => {
    const link = await meet('Plums and cherries');
    await ben.page.locator('.pad-share').click();
    const choices = ben.page.locator('dialog[open] .choice-name');
    await choices.first().waitFor();
    expect(await choices.allTextContents()).toEqual(['Lien pour lire', 'Lien pour commenter']);
    await ben.page.keyboard.press('Escape');
    await ben.page.goto(`${world.origin}/documents`);
    const here = ben.page.locator(`a[href$="${link.slice(link.indexOf('#'))}"]`);
    const line = ben.page.locator('.document').filter({ has: here });
    await line.getByText('vous pouvez commenter').waitFor();
  });
});

test.each([PHONE, DESK])('what a commenter sees is sound on a screen of $width', async (size) => {
  await meet('Apples and pears\nFigs');
  await ada.page.setViewportSize(size);
  await ada.page.locator('.pad-share').click();
  await ada.page.getByRole('radio', { name: /^Link to comment/ }).check();
  await ada.page.locator('.qr-frame').waitFor();
  await expectSound(ada.page, 'share-comment', { ...size, language: 'en', theme: 'light' });
  await ada.page.keyboard.press('Escape');
  await ben.page.setViewportSize(size);
  for (const theme of ['light', 'dark'] as const) {
    await ben.page.emulateMedia({ colorScheme: theme });
    await expectSound(ben.page, 'commenter', { ...size, language: 'fr', theme });
  }
  await comment(ben.page, 'pears', 'Lesquelles ?');
  await ben.page.locator('.said').first().waitFor();
  await expectSound(ben.page, 'commenter-comments', { ...size, language: 'fr', theme: 'dark' });
  await closeSide(ben.page);
});
