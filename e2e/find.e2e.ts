import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, openPad, padText, sharedLinks, textOf, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const VERSE = 'The cat and the Cat saw a catfish.';

const count = (page: Page): Promise<string> => page.locator('.pad-find-count').innerText();
const marked = (page: Page): Promise<number> =>
  page.locator('.ProseMirror-search-match, .ProseMirror-active-search-match').count();

async function untilCount(page: Page, words: string): Promise<void> {
  await expect.poll(() => count(page), patience).toBe(words);
}

describe('find and replace', () => {
  test('by keyboard: finds, replaces one and all, and one undo takes all back', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, VERSE);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('cat');
    await untilCount(page, '3 found');
    expect(await marked(page)).toBe(3);
    await page.getByLabel('Whole words').check();
    await untilCount(page, '2 found');
    await page.getByLabel('Capitals matter').check();
    await untilCount(page, '1 found');
    await page.getByLabel('Capitals matter').uncheck();
    await page.locator('.pad-find input').first().focus();
    await page.keyboard.press('Enter');
    await untilCount(page, '1 of 2');
    await page.keyboard.press('Enter');
    await untilCount(page, '2 of 2');
    await page.keyboard.press('Shift+Enter');
    await untilCount(page, '1 of 2');
    await page.getByPlaceholder('Replace with').fill('dog');
    await page.keyboard.press('Enter');
    await expect.poll(() => padText(page), patience).toBe('The dog and the Cat saw a catfish.');
    await page.getByLabel('Whole words').uncheck();
    await page.getByRole('button', { name: 'Replace all' }).click();
    await expect.poll(() => padText(page), patience).toBe('The dog and the dog saw a dogfish.');
    await untilCount(page, '2 replaced');
    await page.keyboard.press('Escape');
    await page.locator('.pad-find').waitFor({ state: 'detached' });
    expect(await marked(page)).toBe(0);
    await page.keyboard.press('Control+z');
    await expect.poll(() => padText(page), patience).toBe('The dog and the Cat saw a catfish.');
  });

  test('a reader finds what somebody else writes, and replaces nothing', async () => {
    const { page: owner } = await world.person();
    await newPad(owner, world.origin);
    const { view } = await sharedLinks(owner);
    await typeAtEnd(owner, VERSE);
    await untilPill(owner, 'saved');
    const { page } = await world.person();
    await openPad(page, view, 'readonly');
    await textOf(page).focus();
    // Until the page has fetched its own search, the key is the browser's.
    const ask = async (): Promise<number> => {
      await page.keyboard.press('Control+f');
      return page.getByPlaceholder('Find').count();
    };
    await expect.poll(ask, patience).toBe(1);
    await page.keyboard.type('cat');
    await untilCount(page, '3 found');
    await page.keyboard.press('Enter');
    await untilCount(page, '1 of 3');
    expect(await page.getByPlaceholder('Replace with').count()).toBe(0);
    await typeAtEnd(owner, ' A cat!');
    await untilCount(page, '1 of 4');
    await page.getByPlaceholder('Find').fill('dog');
    await untilCount(page, 'Not found');
    expect(await padText(page)).toBe(`${VERSE} A cat!`);
  });
});

test('the outline leads to a heading, and tells how long the text is', async () => {
  const { page } = await world.person({ viewport: { width: 1000, height: 500 } });
  await newPad(page, world.origin);
  await typeAtEnd(page, '# First\nsome words here\n## Second\n');
  for (let line = 0; line < 30; line++) await page.keyboard.type('line\n');
  await page.keyboard.type('# Last\n');
  await untilPill(page, 'saved');
  await page.locator('.app-actions .menu > .icon-button').click();
  await page.getByRole('button', { name: 'Outline and length' }).click();
  const dialog = page.getByRole('dialog', { name: 'Outline and length' });
  await dialog.getByText('36 words').waitFor();
  expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(['First', 'Second', 'Last']);
  await dialog.getByRole('button', { name: 'Second' }).click();
  await dialog.waitFor({ state: 'detached' });
  const second = textOf(page).getByRole('heading', { name: 'Second' });
  await expect.poll(() => second.evaluate(isInSight), patience).toBe(true);
  await page.keyboard.type('The ');
  await expect.poll(() => textOf(page).getByRole('heading').allInnerTexts(), patience).toContain('The Second');
});

/** Runs in the page. */
function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}
