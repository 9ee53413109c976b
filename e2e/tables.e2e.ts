import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  caretIn,
  newPad,
  openPad,
  padHtml,
  sharedLinks,
  textOf,
  tool,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

/** A table of two rows and two columns with `a` to `d` in its cells, made and filled by the keyboard. */
async function smallTable(page: Page): Promise<void> {
  await typeAtEnd(page, 'Who does what\n');
  await tool(page, 'table').click();
  const dialog = page.getByRole('dialog', { name: 'Insert a table' });
  await dialog.getByLabel('Rows').fill('2');
  await dialog.getByLabel('Columns').fill('2');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => textOf(page).evaluate((text) => text.contains(document.activeElement)), patience).toBe(true);
  for (const letter of 'abcd') {
    await page.keyboard.type(letter);
    if (letter !== 'd') await page.keyboard.press('Tab');
  }
}

/** The table as rows of `th` or `td`, spans and words: `th a | td2x1 b`. */
function shape(page: Page): Promise<string[]> {
  return textOf(page).evaluate((text) => {
    const copy = text.cloneNode(true) as Element;
    for (const extra of copy.querySelectorAll('.pad-caret')) extra.remove();
    return [...copy.querySelectorAll('tr')].map((row) =>
      [...row.cells]
        .map((cell) => {
          const span = cell.colSpan * cell.rowSpan === 1 ? '' : `${cell.colSpan}x${cell.rowSpan}`;
          return `${cell.tagName.toLowerCase()}${span} ${[...cell.children].map((block) => block.textContent).join(' ')}`.trim();
        })
        .join(' | '),
    );
  });
}

const said = (page: Page): Promise<string> =>
  page.evaluate(() => [...document.querySelectorAll('[aria-live]')].map(({ textContent }) => textContent).join(' '));

describe('a table', () => {
  test('is changed by its toolbar: rows, columns, headers, merged and split cells; what was done is said', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await smallTable(page);
    expect(await shape(page)).toEqual(['th a | th b', 'td c | td d']);
    await caretIn(page, 'c');
    await tool(page, 'headerColumn').click();
    await expect.poll(() => shape(page), patience).toEqual(['th a | th b', 'th c | td d']);
    expect(await tool(page, 'headerColumn').getAttribute('aria-pressed')).toBe('true');
    expect(await tool(page, 'headerRow').getAttribute('aria-pressed')).toBe('true');
    await tool(page, 'addRowAfter').click();
    await expect.poll(() => said(page), patience).toContain('Add a row below. Rows: 3, columns: 2');
    await caretIn(page, 'c');
    await tool(page, 'mergeRight').click();
    await expect.poll(() => shape(page), patience).toEqual(['th a | th b', 'th2x1 c d', 'th | td']);
    await tool(page, 'splitCell').click();
    await expect.poll(() => shape(page), patience).toEqual(['th a | th b', 'th c d | th', 'th | td']);
    await caretIn(page, 'a');
    await tool(page, 'deleteColumn').click();
    await expect.poll(() => shape(page), patience).toEqual(['th b', 'th', 'td']);
  });

  test('its cells are selected by Shift and arrows, or by the mouse, and merged', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await smallTable(page);
    await caretIn(page, 'a');
    expect(await tool(page, 'mergeCells').getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => page.locator('.selectedCell').count(), patience).toBe(2);
    await tool(page, 'mergeCells').click();
    await expect.poll(() => shape(page), patience).toEqual(['th2x1 a b', 'td c | td d']);
    const [from, to] = [textOf(page).getByText('c', { exact: true }), textOf(page).getByText('d', { exact: true })];
    await from.hover();
    await page.mouse.down();
    await to.hover();
    await page.mouse.up();
    await expect.poll(() => page.locator('.selectedCell').count(), patience).toBe(2);
    await tool(page, 'mergeCells').click();
    await expect.poll(() => shape(page), patience).toEqual(['th2x1 a b', 'td2x1 c d']);
  });

  test('that two change at once, one of them without a network, is whole and the same for both', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person({ locale: 'fr-FR' })]);
    await newPad(ada.page, world.origin);
    await smallTable(ada.page);
    const { edit } = await sharedLinks(ada.page);
    await openPad(ben.page, edit);
    await expect.poll(() => shape(ben.page), patience).toEqual(['th a | th b', 'td c | td d']);
    await ben.context.setOffline(true);
    await untilPill(ben.page, 'offline');
    await caretIn(ben.page, 'd');
    await tool(ben.page, 'addRowAfter').click();
    await caretIn(ada.page, 'b');
    await tool(ada.page, 'addColumnAfter').click();
    await caretIn(ada.page, 'c');
    await tool(ada.page, 'mergeRight').click();
    await ben.context.setOffline(false);
    const whole = ['th a | th b | th', 'td2x1 c d | td', 'td | td | td'];
    await expect.poll(() => shape(ada.page), patience).toEqual(whole);
    await expect.poll(() => shape(ben.page), patience).toEqual(whole);
    expect(await padHtml(ben.page)).toBe(await padHtml(ada.page));
    // The cell that was filled in is one like the others.
    await ada.page.locator('#pad-text tr').last().locator('td').last().click();
    // As slow as a hand: the editor hears of a click a moment after the browser.
    await ada.page.keyboard.press('End', { delay: 100 });
    await ada.page.keyboard.type('here');
    await expect.poll(() => shape(ben.page), patience).toEqual([...whole.slice(0, 2), 'td | td | td here']);
  });
});
