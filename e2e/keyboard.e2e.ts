import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { padHtml, textOf, tool, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const MANY_STOPS = 40;

/** Presses Tab until this has the focus; fails when a whole round of the page does not lead there. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stop = 0; stop < MANY_STOPS; stop++) {
    await page.keyboard.press('Tab');
    if (await page.locator(selector).evaluateAll((found) => found.some((one) => one === document.activeElement)))
      return;
  }
  throw new Error(`Tab does not reach ${selector}`);
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('data-command') ?? activeElement?.className ?? '';
  });

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

test('a pad is made, written, formatted and shared without a mouse', async () => {
  const { page, context } = await world.person();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(world.origin);
  await page.getByRole('link', { name: 'Start a pad' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
  await tabTo(page, 'a[href^="/pad?new"]');
  await page.keyboard.press('Enter');
  await untilPill(page, 'saved');

  await page.getByLabel('Title of the pad').focus();
  await page.keyboard.type('By keys');
  await page.keyboard.press('Enter');
  await expect.poll(() => focused(page), patience).toContain('tiptap');
  await page.keyboard.type('Agenda');

  // The toolbar: one stop, arrows inside, Escape back to the text.
  await press(page, 'Alt+F10');
  const first = await focused(page);
  await press(page, 'ArrowRight');
  expect(await focused(page)).not.toBe(first);
  await press(page, 'End');
  expect(await focused(page)).toBe('table');
  await press(page, 'Home', 'Escape');
  await expect.poll(() => focused(page), patience).toContain('tiptap');
  for (let step = 0; step < MANY_STOPS && (await focused(page)) !== 'heading1'; step++) {
    await press(page, step === 0 ? 'Alt+F10' : 'ArrowRight');
  }
  await press(page, 'Enter');
  await expect.poll(() => focused(page), patience).toContain('tiptap');
  await press(page, 'End', 'Enter');
  await page.keyboard.type('plain ');
  await press(page, 'Control+b');
  await page.keyboard.type('bold');
  await press(page, 'Control+b', 'Enter');
  await page.keyboard.type('- one');
  await press(page, 'Enter', 'Tab');
  await page.keyboard.type('inside one');
  await expect.poll(() => padHtml(page), patience).toContain('<h1>Agenda</h1>');
  expect(await padHtml(page)).toMatch(/plain <strong>bold<\/strong>.*<ul>.*one.*<ul>.*inside one/);
});

test('a table is made, walked through and left by keys', async () => {
  const { page } = await world.person();
  await page.goto(`${world.origin}/pad?new&keep=7d`);
  await untilPill(page, 'saved');
  await textOf(page).focus();
  await press(page, 'Alt+F10', 'End', 'Enter');
  const dialog = page.getByRole('dialog', { name: 'Insert a table' });
  await dialog.waitFor();
  await press(page, 'Enter');
  await dialog.waitFor({ state: 'hidden' });
  await textOf(page).locator('table').waitFor();
  await page.keyboard.type('first');
  await press(page, 'Tab');
  await page.keyboard.type('second');
  await expect
    .poll(() => textOf(page).locator('th, td').allTextContents(), patience)
    .toEqual(expect.arrayContaining(['first', 'second']));
  await press(page, 'Shift+Tab');
  await page.keyboard.type('!');
  await textOf(page).getByText('!').waitFor();
  await press(page, 'Escape', 'Tab');
  await expect.poll(() => focused(page), patience).not.toContain('tiptap');
});

test('dialogs hold the focus and give it back', async () => {
  const { page, context } = await world.person();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${world.origin}/pad?new&keep=7d`);
  await untilPill(page, 'saved');
  await page.locator('.pad-share').focus();
  await press(page, 'Enter');
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await dialog.waitFor();
  for (let stop = 0; stop < 8; stop++) {
    await press(page, 'Tab');
    const strayed = await page.evaluate(
      () => document.activeElement !== document.body && document.activeElement?.closest('dialog') === null,
    );
    expect(strayed, `after ${stop + 1} Tabs`).toBe(false);
  }
  await dialog.getByRole('button', { name: 'Copy' }).focus();
  await press(page, 'Enter');
  await dialog.getByText('Link copied.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/pad#1v\./);
  await press(page, 'Escape');
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page), patience).toContain('pad-share');
});

test('Tab goes through the whole page and comes round', async () => {
  const { page } = await world.person();
  await page.goto(`${world.origin}/pad?new&keep=7d`);
  await untilPill(page, 'saved');
  const stops = new Set<string>();
  for (let stop = 0; stop < MANY_STOPS; stop++) {
    await press(page, 'Tab');
    stops.add(await focused(page));
  }
  for (const expected of ['pad-share', 'tiptap', 'undo']) {
    expect(
      [...stops].some((stop) => stop.includes(expected)),
      `${expected} in ${[...stops].join(', ')}`,
    ).toBe(true);
  }
  await expect(tool(page, 'undo').getAttribute('aria-disabled')).resolves.toBe('true');
});
