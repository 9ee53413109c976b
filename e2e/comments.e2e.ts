import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  caretIn,
  newPad,
  openPad,
  padText,
  sharedLinks,
  textOf,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
let ben: Person;

beforeAll(async () => {
  [ada, ben] = await Promise.all([world.named('Ada'), world.named('Ben', { locale: 'fr-FR' })]);
});

async function meet(): Promise<{ view: string; edit: string }> {
  await newPad(ada.page, world.origin);
  const links = await sharedLinks(ada.page);
  await typeAtEnd(ada.page, 'Apples and pears\nFigs');
  await openPad(ben.page, links.edit);
  await expect.poll(() => padText(ben.page), patience).toBe('Apples and pears\nFigs');
  return links;
}

async function openSide(page: Page, name: RegExp): Promise<void> {
  await page.locator('.menu > .icon-button').last().click();
  await page.getByRole('button', { name }).click();
  await page.locator('.pad-side-body').waitFor();
}

/** The words that are marked as commented. */
const marked = (page: Page): Promise<string> =>
  textOf(page).evaluate((text) =>
    [...text.querySelectorAll('.pad-commented')].map((part) => part.textContent).join(''),
  );

/** Comments the last word of a line, by the keyboard. */
async function commentLastWord(page: Page, line: string, words: string): Promise<void> {
  await caretIn(page, line);
  await page.keyboard.press('Control+Shift+ArrowLeft', { delay: 100 });
  await page.keyboard.press('Control+Alt+m');
  await page.locator('.pad-side-body textarea, dialog[open] textarea').waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

describe('comments', () => {
  test('stay at their words while both write, are answered and settled; a reader sees them', async () => {
    const { view } = await meet();
    await commentLastWord(ada.page, 'Apples and pears', 'Which kind?');
    await expect.poll(() => marked(ben.page), patience).toBe('pears');
    await caretIn(ben.page, 'Apples and pears');
    await ben.page.keyboard.press('Home');
    await ben.page.keyboard.type('Quinces, ');
    await expect.poll(() => padText(ada.page), patience).toContain('Quinces, Apples and pears');
    expect(await marked(ada.page)).toBe('pears');

    await textOf(ben.page).locator('.pad-commented').click();
    await ben.page.getByText('Which kind?').waitFor();
    await ben.page.getByRole('button', { name: 'Répondre' }).click();
    await ben.page.keyboard.type('Conference');
    await ben.page.keyboard.press('Enter');
    await ada.page.locator('.said', { hasText: 'Conference' }).waitFor();
    expect(await ada.page.locator('.said-who strong').allTextContents()).toEqual(['Ada', 'Ben']);

    const reader = await world.person();
    await openPad(reader.page, view, 'readonly');
    await expect.poll(() => marked(reader.page), patience).toBe('pears');
    await openSide(reader.page, /^Comments$/);
    await reader.page.getByText('Conference').waitFor();
    expect(await reader.page.locator('.pad-side-body textarea, .pad-side-body .button').count()).toBe(0);

    await ada.page.getByRole('button', { name: 'Settled' }).click();
    await expect.poll(() => marked(reader.page), patience).toBe('');
    await expect.poll(() => ben.page.locator('.comments > li').count(), patience).toBe(0);
    await ben.page.getByRole('button', { name: 'Montrer celui qui est réglé' }).click();
    await ben.page.getByText('Conference').waitFor();
  });

  test('of a passage that is deleted are still there, and say so; they come back after a reload', async () => {
    await meet();
    await commentLastWord(ada.page, 'Figs', 'Dried ones');
    await expect.poll(() => marked(ben.page), patience).toBe('Figs');
    await caretIn(ben.page, 'Figs');
    await ben.page.locator('.comment.is-chosen').waitFor();
    await ben.page.keyboard.press('End');
    // As slow as a hand: the editor hears of a selection a moment after the browser has made it.
    await ben.page.keyboard.press('Shift+Home', { delay: 100 });
    await ben.page.keyboard.press('Delete');
    await expect.poll(() => marked(ada.page), patience).toBe('');
    await ada.page.getByText('the passage was deleted').waitFor();
    await untilPill(ada.page, 'saved');
    await ada.page.reload();
    await untilPill(ada.page, 'saved');
    await openSide(ada.page, /^Comments$/);
    await ada.page.getByText('Dried ones').waitFor();
  });
});

describe('the chat', () => {
  test('is heard by the others, lasts, and is erased when somebody wants that', async () => {
    await meet();
    await openSide(ada.page, /^Chat$/);
    await ada.page.getByLabel('Your message').fill('Shall we begin?');
    await ada.page.keyboard.press('Enter');
    await openSide(ben.page, /^Discussion$/);
    await ben.page.getByText('Shall we begin?').waitFor();
    await ben.page.getByLabel('Votre message').fill('Oui');
    await ben.page.keyboard.press('Enter');
    await ada.page.locator('.said', { hasText: 'Oui' }).waitFor();
    await untilPill(ben.page, 'saved');
    await ben.page.reload();
    await untilPill(ben.page, 'saved');
    await openSide(ben.page, /^Discussion$/);
    await expect
      .poll(() => ben.page.locator('.said-text').allTextContents(), patience)
      .toEqual(['Shall we begin?', 'Oui']);
    await ada.page.getByRole('button', { name: 'Erase the chat' }).click();
    await ada.page.getByRole('button', { name: 'Erase it for everybody' }).click();
    await expect.poll(() => ben.page.locator('.said-text').count(), patience).toBe(0);
  });
});

test.each([PHONE, DESK])('comments and chat are sound on a screen of $width', async (size) => {
  await meet();
  for (const [{ page }, language, theme, comments, chat] of [
    [ada, 'en', 'light', /^Comments$/, /^Chat$/],
    [ben, 'fr', 'dark', /^Commentaires$/, /^Discussion$/],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: theme });
    await commentLastWord(page, 'Apples and pears', 'Which kind of pears are these? Conference keep best.');
    await page.locator('.said').first().waitFor();
    await expectSound(page, 'comments', { ...size, language, theme });
    await page.locator('dialog[open] .dialog-head button, .pad-side-head button').click();
    await openSide(page, comments);
    await page.locator('dialog[open] .dialog-head button, .pad-side-head button').click();
    await openSide(page, chat);
    await page.locator('.pad-side-body textarea').fill('Shall we begin?');
    await page.keyboard.press('Enter');
    await page.locator('.chat .said').first().waitFor();
    await expectSound(page, 'chat', { ...size, language, theme });
    await page.locator('dialog[open] .dialog-head button, .pad-side-head button').click();
  }
});
