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
/** Longest time until somebody who went away is known to be gone. */
const LEFT_MS = 60_000;
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
let ben: Person;

beforeAll(async () => {
  [ada, ben] = await Promise.all([world.named('Ada'), world.named('Ben', { locale: 'fr-FR' })]);
});

/** A pad where Ada wrote `text` and Ben came. */
async function meet(text: string): Promise<{ view: string; edit: string }> {
  await newPad(ada.page, world.origin);
  const links = await sharedLinks(ada.page);
  await typeAtEnd(ada.page, text);
  await openPad(ben.page, links.edit);
  await expect.poll(() => padText(ben.page), patience).toBe(text);
  return links;
}

const openPeople = (page: Page): Promise<void> => page.locator('.people .face-button').click();

async function showAuthors(page: Page, yes: boolean): Promise<void> {
  await openPeople(page);
  await page.locator('.pad-authors-switch input').setChecked(yes);
  await page.keyboard.press('Escape');
}

/** The pieces of the text by author: whose (as the mouse tells), and which words. */
const authored = (page: Page): Promise<string[]> =>
  textOf(page).evaluate((text) => {
    const told: [string, string][] = [];
    for (const piece of text.querySelectorAll<HTMLElement>('.pad-authored')) {
      const last = told.at(-1);
      // A caret of somebody stands between the two parts of one.
      if (last !== undefined && last[0] === piece.title) last[1] += piece.textContent;
      else told.push([piece.title, piece.textContent]);
    }
    return told.map(([title, words]) => `${title}: ${words}`);
  });

describe('the colours of the authors', () => {
  test('say who wrote what, also before one came; they go when they are not wanted, and this browser remembers', async () => {
    const { view } = await meet('Apples and pears');
    await caretIn(ben.page, 'Apples and pears');
    await ben.page.keyboard.type(', figs');
    await ben.page.keyboard.press('Home', { delay: 100 });
    for (let step = 0; step < 7; step += 1) await ben.page.keyboard.press('ArrowRight', { delay: 100 });
    await ben.page.keyboard.type('(red) ');
    await expect.poll(() => padText(ada.page), patience).toBe('Apples (red) and pears, figs');
    expect(await authored(ada.page)).toEqual([]);

    await showAuthors(ada.page, true);
    const byAda = [
      'Written by you: Apples ',
      'Written by Ben: (red) ',
      'Written by you: and pears',
      'Written by Ben: , figs',
    ];
    await expect.poll(() => authored(ada.page), patience).toEqual(byAda);
    await caretIn(ada.page, 'Apples (red) and pears, figs');
    await expect.poll(() => ada.page.locator('.pad-chip').textContent(), patience).toBe('Written by Ben');
    await ada.page.keyboard.type('!');
    await expect.poll(() => authored(ada.page), patience).toEqual([...byAda, 'Written by you: !']);
    await expect.poll(() => ada.page.locator('.pad-chip').textContent(), patience).toBe('Written by you');

    await untilPill(ada.page, 'saved');
    const late = await world.person();
    await openPad(late.page, view, 'readonly');
    await ben.page.goto(world.origin);
    await showAuthors(late.page, true);
    await expect.poll(async () => (await authored(late.page))[0], patience).toBe('Written by Ada: Apples ');
    await expect.poll(async () => (await authored(late.page)).at(-2), patience).toBe('Written by Ben: , figs');
    await openPeople(late.page);
    // Who closes a page is thought to be there for half a minute, in case the network comes back.
    await late.page.getByText('They wrote here, too').waitFor({ timeout: LEFT_MS });
    expect(await late.page.locator('.people-lines').last().innerText()).toContain('Ben');
    await late.page.reload();
    await expect.poll(async () => (await authored(late.page)).length, patience).toBe(5);
    await showAuthors(late.page, false);
    await expect.poll(() => authored(late.page), patience).toEqual([]);
    await showAuthors(ada.page, false);
  });

  test('colour what is on the screen of a long text, and what one scrolls to', async () => {
    await meet('Begin');
    await showAuthors(ada.page, true);
    await ada.page.evaluate(pasteLong, 3000);
    await expect.poll(() => textOf(ada.page).locator('.pad-authored').count(), patience).toBeGreaterThan(3);
    expect(await textOf(ada.page).locator('.pad-authored').count()).toBeLessThan(200);
    const first = textOf(ada.page).locator('p').nth(1500);
    expect(await first.locator('.pad-authored').count()).toBe(0);
    await first.scrollIntoViewIfNeeded();
    await first.locator('.pad-authored').waitFor();
    await showAuthors(ada.page, false);
  });
});

/** Runs in the page: pastes so many paragraphs of a hundred signs. */
function pasteLong(count: number): void {
  const clipboardData = new DataTransfer();
  const line =
    'The quick brown fox jumps over the lazy dog, again and again, until the evening comes, and then sleeps. ';
  clipboardData.setData('text/plain', Array.from({ length: count }, (_, index) => `${index} ${line}`).join('\n\n'));
  const text = document.querySelector('#pad-text .tiptap');
  text?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}

describe('following somebody', () => {
  test('goes where they are, until one types, scrolls or presses Escape', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `Line ${index}`).join('\n');
    await meet(lines);
    await ada.page.evaluate(() => window.scrollTo(0, 0));
    const follow = async (): Promise<void> => {
      await openPeople(ada.page);
      await ada.page.getByRole('button', { name: 'Follow Ben' }).click();
      await ada.page.locator('[data-follow]').waitFor();
    };
    const isShown = (words: string): Promise<boolean> =>
      textOf(ada.page)
        .getByText(words, { exact: true })
        .evaluate((line) => {
          const { top, bottom } = line.getBoundingClientRect();
          return top > 60 && bottom < window.innerHeight;
        });
    await follow();
    await caretIn(ben.page, 'Line 59');
    await expect.poll(() => isShown('Line 59'), patience).toBe(true);
    await caretIn(ben.page, 'Line 2');
    await expect.poll(() => isShown('Line 2'), patience).toBe(true);
    await ada.page.keyboard.press('Escape');
    await ada.page.locator('[data-follow]').waitFor({ state: 'detached' });
    await caretIn(ben.page, 'Line 59');
    await ben.page.keyboard.type(' end');
    await expect.poll(() => padText(ada.page), patience).toContain('Line 59 end');
    expect(await isShown('Line 59 end')).toBe(false);

    await follow();
    await expect.poll(() => isShown('Line 59 end'), patience).toBe(true);
    await ada.page.mouse.move(300, 400);
    await ada.page.mouse.wheel(0, -200);
    await ada.page.locator('[data-follow]').waitFor({ state: 'detached' });
    await follow();
    await caretIn(ada.page, 'Line 50');
    await ada.page.locator('[data-follow]').waitFor({ state: 'detached' });
    await follow();
    await ben.page.goto(world.origin);
    await ada.page.locator('[data-follow]').waitFor({ state: 'detached', timeout: LEFT_MS });
    await expect.poll(() => ada.page.locator('[aria-live]').allTextContents(), patience).toContain('Ben has left.');
  });
});

test.each([PHONE, DESK])('colours and following are sound on a screen of $width', async (size) => {
  await meet('Apples and pears\nFigs');
  for (const [{ page }, language, theme, other, line] of [
    [ada, 'en', 'light', 'Ben', 'Figs'],
    [ben, 'fr', 'dark', 'Ada', 'Apples and pears'],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: theme });
    await caretIn(page, line);
    await page.keyboard.type(language === 'en' ? ' and plums' : ' et prunes');
    await showAuthors(page, true);
    await openPeople(page);
    await expectSound(page, 'people', { ...size, language, theme });
    await page.getByRole('button', { name: new RegExp(`(Follow|Suivre) ${other}`) }).click();
    await page.locator('[data-follow]').waitFor();
    await expectSound(page, 'authors', { ...size, language, theme });
    await page.keyboard.press('Escape');
    await showAuthors(page, false);
  }
});
