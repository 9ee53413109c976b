/** What somebody with the link to comment does in a browser. */
import type { Page } from 'playwright-core';
import { textOf } from './pad.ts';

/** As a hand does it: a double click on a word of the text. */
async function chooseWord(page: Page, word: string): Promise<void> {
  const box = await textOf(page).evaluate((text, wanted) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = (node.nodeValue ?? '').indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    throw new Error(`no ${wanted} in the text`);
  }, word);
  await page.mouse.dblclick(box.x, box.y);
}

/** The words that somebody commented on, as this page shows them. */
export const marked = (page: Page): Promise<string> =>
  textOf(page).evaluate((text) =>
    [...text.querySelectorAll('.pad-commented')].map((part) => part.textContent).join(''),
  );

const addButton = (page: Page) => page.locator('.pad-comment-bar button').first();

/** Chooses a word and comments on it. */
export async function comment(page: Page, word: string, words: string): Promise<void> {
  // The bar over the text comes a moment after it, and moves it.
  await addButton(page).waitFor();
  await chooseWord(page, word);
  await addButton(page).click();
  await page.locator('.pad-side-body textarea, dialog[open] textarea').waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

/** The panel of comments, or on a phone its dialog. */
export async function closeSide(page: Page): Promise<void> {
  await page.locator('dialog[open] .dialog-head button, .pad-side-head button').click();
}
