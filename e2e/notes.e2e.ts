import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import { newPad, openPad, padText, sharedLinks, textOf, tool, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

describe('a note', () => {
  test('is written where it is asked for, read under the text, and taken back by undo', async () => {
    const { page, watch } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, 'The harbour');
    await page.keyboard.press('Control+Alt+f');
    const bubble = page.getByRole('textbox', { name: 'Note 1' });
    await bubble.waitFor({ timeout: WAIT_MS });
    await page.keyboard.type('Built in ');
    await page.keyboard.press('Control+b');
    await page.keyboard.type('1850');
    await page.keyboard.press('Enter');
    await bubble.waitFor({ state: 'detached' });
    await page.keyboard.type(' is old.');
    const notes = page.getByRole('region', { name: 'Notes' });
    await expect.poll(() => notes.locator('li').innerHTML(), patience).toContain('Built in <strong>1850</strong>');
    expect(await textOf(page).locator('p').first().textContent()).toBe('The harbour1 is old.');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await notes.waitFor({ state: 'detached' });
    expect(watch.errors).toEqual([]);
  });

  test('is typed between brackets, numbered by its place, and reached with the arrows', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, 'one^[first] two');
    const numbers = textOf(page).locator('.pad-note');
    await expect.poll(() => numbers.allTextContents(), patience).toEqual(['1']);
    await page.keyboard.press('Home');
    await page.keyboard.type('^[before] ', { delay: 20 });
    await expect.poll(() => numbers.allTextContents(), patience).toEqual(['1', '2']);
    const items = page.getByRole('region', { name: 'Notes' }).locator('.pad-note-words');
    await expect.poll(() => items.allTextContents(), patience).toEqual(['before', 'first']);
    await page.keyboard.press('Home', { delay: 100 });
    await page.keyboard.press('ArrowRight', { delay: 100 });
    await textOf(page).locator('.pad-note.is-selected').waitFor();
    // A letter does not take the place of the note.
    await page.keyboard.type('x');
    expect(await items.allTextContents()).toEqual(['before', 'first']);
    await page.keyboard.press('ArrowLeft', { delay: 100 });
    await page.keyboard.press('ArrowLeft', { delay: 100 });
    await page.keyboard.press('Enter', { delay: 100 });
    const bubble = page.getByRole('textbox', { name: 'Note 1' });
    await bubble.waitFor();
    await page.keyboard.type(' all');
    await page.keyboard.press('Escape');
    await expect.poll(() => items.allTextContents(), patience).toEqual(['before all', 'first']);
    await expect.poll(() => textOf(page).evaluate((text) => text === document.activeElement), patience).toBe(true);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await expect.poll(() => items.allTextContents(), patience).toEqual(['first']);
  });

  test('that nobody wrote anything in goes again', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, 'word');
    await tool(page, 'footnote').click();
    await page.getByRole('textbox', { name: 'Note 1' }).waitFor({ timeout: WAIT_MS });
    await page.keyboard.press('Escape');
    await expect.poll(() => textOf(page).locator('.pad-note').count(), patience).toBe(0);
    await page.keyboard.type('s');
    expect(await padText(page)).toBe('words');
  });

  test('is written by two at once, and read by who may only read', async () => {
    const anne = await world.person();
    await newPad(anne.page, world.origin);
    await typeAtEnd(anne.page, 'Vote^[on May]');
    await untilPill(anne.page, 'saved');
    const links = await sharedLinks(anne.page);
    const bo = await world.person({ locale: 'fr-FR', viewport: PHONE });
    await openPad(bo.page, links.edit);
    await textOf(bo.page).locator('.pad-note').click();
    const inner = bo.page.getByRole('textbox', { name: 'Note 1' });
    await inner.waitFor({ timeout: WAIT_MS });
    await textOf(anne.page).locator('.pad-note').click();
    await anne.page.getByRole('textbox', { name: 'Note 1' }).waitFor({ timeout: WAIT_MS });
    await bo.page.keyboard.press('Home');
    await Promise.all([
      bo.page.keyboard.type('Tous, ', { delay: 40 }),
      anne.page.keyboard.type(' the 3rd', { delay: 40 }),
    ]);
    // Each sees where the other writes: in the note that is open, and at its number in the text.
    for (const { page } of [anne, bo]) {
      await expect.poll(() => page.locator('.pad-note-text .pad-caret').count(), patience).toBe(1);
      await expect.poll(() => textOf(page).locator('.pad-note + .pad-caret').count(), patience).toBe(1);
    }
    const words = 'Tous, on May the 3rd';
    await expect.poll(() => inner.textContent(), patience).toBe(words);
    await expect.poll(() => anne.page.getByRole('textbox', { name: 'Note 1' }).textContent(), patience).toBe(words);
    await expectSound(bo.page, 'note', { ...PHONE, language: 'fr', theme: 'light' });
    await expectSound(anne.page, 'note', { ...DESK, language: 'en', theme: 'light' });
    await bo.page.keyboard.press('Escape');
    await expect.poll(() => anne.page.locator('.pad-note-text .pad-caret').count(), patience).toBe(0);
    const reader = await world.person({ colorScheme: 'dark' });
    await openPad(reader.page, links.view, 'readonly');
    const number = textOf(reader.page).getByRole('button', { name: 'Note 1' });
    await number.focus();
    await reader.page.keyboard.press('Enter');
    const read = reader.page.getByRole('textbox', { name: 'Note 1' });
    await expect.poll(() => read.textContent(), patience).toBe(words);
    expect(await read.getAttribute('contenteditable')).toBe('false');
    await expectSound(reader.page, 'note-reader', { ...DESK, language: 'en', theme: 'dark' });
    for (const { watch } of [anne, bo, reader]) expect(watch.errors).toEqual([]);
  });
});
