import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { nextFrames, padHtml, padText, textOf, tool, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
/** More stops than any page has. */
const STOPS_MAX = 40;

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement || element.contains(document.activeElement));

async function untilFocused(target: Locator): Promise<void> {
  await target.waitFor();
  await expect.poll(() => hasFocus(target), patience).toBe(true);
}

/** Presses Tab (or Shift+Tab) until the focus is there. */
async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    if ((await target.count()) > 0 && (await hasFocus(target))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reaches ${target}`);
}

/** From the text to a button of the toolbar and back, by Alt+F10 and the arrows. */
async function press(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Alt+F10');
  await untilFocused(page.getByRole('toolbar', { name: 'Formatting' }));
  for (let stop = 0; stop < STOPS_MAX && !(await hasFocus(tool(page, command))); stop++) {
    await page.keyboard.press('ArrowRight');
  }
  expect(await hasFocus(tool(page, command)), command).toBe(true);
  await page.keyboard.press('Enter');
}

/** Escape puts away the button's tooltip first (WCAG 1.4.13), then goes back to the text. */
async function leaveToolbar(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  if (!(await hasFocus(textOf(page)))) await page.keyboard.press('Escape');
  await untilFocused(textOf(page));
}

/** A new pad, by Tab and Enter from the portal on, with the caret in its text. */
async function padByKeyboard(): Promise<Page> {
  const { page, context } = await world.person();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(world.origin);
  await page.locator('.tool-card').first().waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Start a pad' }));
  await page.keyboard.press('Enter');
  await textOf(page).waitFor();
  await tabTo(page, page.getByRole('textbox', { name: 'Title of the pad' }));
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await untilFocused(textOf(page));
  return page;
}

/** Goes round a dialog in both directions: the focus never lands on what lies behind it. */
async function expectModal(page: Page, dialog: Locator): Promise<void> {
  const stops = new Set<string>();
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press(key);
      const stop = await dialog.evaluate((element) => {
        const { activeElement } = document;
        if (activeElement === document.body || activeElement === null) return 'the browser';
        if (!element.contains(activeElement)) return `behind: ${activeElement.outerHTML.slice(0, 80)}`;
        return activeElement.getAttribute('aria-label') ?? activeElement.textContent ?? activeElement.tagName;
      });
      stops.add(stop);
    }
  }
  expect([...stops].filter((stop) => stop.startsWith('behind'))).toEqual([]);
  expect(stops.size).toBeGreaterThan(2);
}

const selectedWords = (page: Page): Promise<string> => page.evaluate(() => `${getSelection()}`);

describe('by keyboard alone', () => {
  test('a skip link comes first and leads past the header', async () => {
    const { page } = await world.person();
    for (const path of ['/', '/documents']) {
      await page.goto(`${world.origin}${path}`);
      await page.locator('main h1').waitFor();
      await page.keyboard.press('Tab');
      const skip = page.getByRole('link', { name: 'Skip to the content' });
      expect(await hasFocus(skip)).toBe(true);
      expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0);
      await page.keyboard.press('Enter');
      expect(await hasFocus(page.locator('main'))).toBe(true);
      expect(new URL(page.url()).pathname).toBe(path);
    }
  });

  test('from the portal to a title, a text and its formats', async () => {
    const page = await padByKeyboard();
    await page.keyboard.type('A heading');
    await press(page, 'heading2');
    await untilFocused(textOf(page));
    await page.keyboard.press('Enter');
    await page.keyboard.type('plain ');
    await press(page, 'bold');
    await page.keyboard.type('bold');
    await press(page, 'bold');
    await page.keyboard.press('Enter');
    await press(page, 'bulletList');
    await page.keyboard.type('a point');
    expect(await padHtml(page)).toBe(
      '<h2>A heading</h2><p>plain <strong>bold</strong></p><ul><li><p>a point</p></li></ul>',
    );
    // Looking at the toolbar without pressing anything changes nothing.
    await page.keyboard.press('Alt+F10');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await hasFocus(tool(page, 'emoji'))).toBe(true);
    await leaveToolbar(page);
    await page.keyboard.type('!');
    expect(await padText(page)).toBe('A heading\nplain bold\na point!');
    // In a list Tab moves the line in; after Escape it leaves the text.
    await page.keyboard.press('Enter');
    await page.keyboard.type('below');
    await page.keyboard.press('Tab');
    expect(await hasFocus(textOf(page))).toBe(true);
    expect(await padHtml(page)).toContain('<li><p>a point!</p><ul><li><p>below</p></li></ul></li>');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.evaluate(nextFrames);
    expect(await hasFocus(textOf(page))).toBe(false);
    await untilPill(page, 'saved');
  });

  test('a table: its size, its cells, and out of it', async () => {
    const page = await padByKeyboard();
    await press(page, 'table');
    const dialog = page.getByRole('dialog', { name: 'Insert a table' });
    await untilFocused(dialog);
    await expectModal(page, dialog);
    await tabTo(page, dialog.getByLabel('Rows'));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await textOf(page).locator('table').waitFor();
    await untilFocused(textOf(page));
    await page.keyboard.type('one');
    await page.keyboard.press('Tab');
    await page.keyboard.type('two');
    await page.keyboard.press('Tab');
    await page.keyboard.type('three');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('2');
    expect(await textOf(page).locator('th, td').allTextContents()).toEqual(['one', '2', 'three', '']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    await untilFocused(page.getByRole('toolbar', { name: 'Table' }));
    await page.keyboard.press('End');
    await leaveToolbar(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.evaluate(nextFrames);
    expect(await hasFocus(textOf(page))).toBe(false);
  });

  test('sharing: the dialog takes the focus, copies the link, and gives the focus back', async () => {
    const page = await padByKeyboard();
    await page.keyboard.type('to be shared');
    await page.keyboard.press('Shift+Home', { delay: 100 });
    const selected = await selectedWords(page);
    expect(selected).not.toBe('');
    const share = page.getByRole('button', { name: 'Share' });
    await tabTo(page, share, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Share' });
    await untilFocused(dialog.getByRole('radio', { name: 'Link to read' }));
    await expectModal(page, dialog);
    await tabTo(page, dialog.getByRole('radio', { checked: true }));
    for (const next of ['Link to comment', 'Link to write']) {
      await page.keyboard.press('ArrowDown');
      expect(await dialog.getByRole('radio', { name: next }).isChecked()).toBe(true);
    }
    await tabTo(page, dialog.getByRole('button', { name: 'Copy' }));
    await page.keyboard.press('Enter');
    await dialog.getByText('Link copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await dialog.locator('.link-field').inputValue());
    expect(new URL(copied).hash).toMatch(/^#1e\./);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await hasFocus(share)).toBe(true);
    // What was selected in the text under the dialog is so again.
    expect(await selectedWords(page)).toBe(selected);
  });

  test('menu and its dialogs, a link, and all the way round the page', async () => {
    const page = await padByKeyboard();
    const menu = page.getByRole('button', { name: 'Menu' });
    const shortcuts = page.getByRole('button', { name: 'Keyboard and shortcuts' });
    await tabTo(page, menu, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await shortcuts.waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Escape');
    expect(await hasFocus(menu)).toBe(true);
    await shortcuts.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await shortcuts.waitFor();
    await tabTo(page, shortcuts);
    await page.keyboard.press('Enter');
    const help = page.getByRole('dialog', { name: 'Keyboard and shortcuts' });
    await untilFocused(help);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await page.evaluate(nextFrames);
    expect(await hasFocus(menu)).toBe(true);
    expect(await menu.getAttribute('aria-expanded')).toBe('false');

    await tabTo(page, textOf(page));
    await page.keyboard.press('Control+k');
    const link = page.getByRole('dialog', { name: 'Link' });
    await untilFocused(link.getByLabel('Address'));
    await page.keyboard.type('example.org');
    await page.keyboard.press('Tab');
    await page.keyboard.type('an example');
    await page.keyboard.press('Enter');
    await untilFocused(textOf(page));
    await expect.poll(() => padHtml(page), patience).toContain('<a href="https://example.org/">an example</a>');

    const seen: string[] = [];
    for (let stop = 0; stop < STOPS_MAX; stop++) {
      await page.keyboard.press('Tab');
      seen.push(await page.evaluate(() => document.activeElement?.className ?? ''));
    }
    for (const stop of ['skip', 'pad-title', 'pad-share', 'pad-tool', 'pad-text']) {
      expect(seen.filter((name) => name.includes(stop)).length, stop).toBeGreaterThan(1);
    }
  });
});
