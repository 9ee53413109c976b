import { describe, expect, test } from 'vitest';
import { newPad, padText, textOf, tool, typeAtEnd, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

describe('an emoji', () => {
  test('is taken by its name while one types, with arrows and Enter, and left by Escape', async () => {
    const { page, watch } = await world.person({ viewport: DESK });
    await newPad(page, world.origin);
    await typeAtEnd(page, 'Well done :party');
    const list = page.getByRole('listbox', { name: 'Emoji' });
    const options = list.getByRole('option');
    await options.first().waitFor({ timeout: WAIT_MS });
    await expectSound(page, 'emoji-list', { ...DESK, language: 'en', theme: 'light' });
    const [first = '', second = ''] = await options.allTextContents();
    expect(first).toContain('party');
    const active = () => textOf(page).getAttribute('aria-activedescendant');
    expect(await page.locator(`#${await active()}`).textContent()).toBe(first);
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => page.locator(`#${await active()}`).textContent(), patience).toBe(second);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await list.waitFor({ state: 'detached' });
    expect(await active()).toBe(null);
    expect(await padText(page)).toBe(`Well done ${first.trim().split(/\s/)[0]}`);
    await page.keyboard.type(' at 12:30 :tada: :hear');
    await options.first().waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    await page.keyboard.type('t');
    await page.keyboard.press('Enter');
    await expect.poll(() => padText(page), patience).toMatch(/ at 12:30 🎉 :heart\n$/u);
    expect(watch.errors).toEqual([]);
  });

  test('is called in French too, with accents or without', async () => {
    const { page } = await world.person({ locale: 'fr-FR', viewport: PHONE });
    await newPad(page, world.origin);
    await typeAtEnd(page, 'Bravo :coeur rou');
    expect(await padText(page)).toBe('Bravo :coeur rou');
    await typeAtEnd(page, ' :coeur_rouge');
    await page.getByRole('option', { name: 'cœur rouge' }).waitFor({ timeout: WAIT_MS });
    await expectSound(page, 'emoji-list', { ...PHONE, language: 'fr', theme: 'light' });
    await page.keyboard.press('Enter');
    await expect.poll(() => padText(page), patience).toMatch(/ ❤️$/u);
  });

  test('is chosen among all of them, by keyboard alone', async () => {
    const { page, watch } = await world.person({ viewport: PHONE, colorScheme: 'dark' });
    await newPad(page, world.origin);
    await typeAtEnd(page, 'Good morning ');
    await tool(page, 'emoji').focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Emoji' });
    await dialog.getByRole('button', { name: 'grinning face', exact: true }).waitFor({ timeout: WAIT_MS });
    await expectSound(page, 'emoji-all', { ...PHONE, language: 'en', theme: 'dark' });
    await page.keyboard.press('Tab');
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key, { delay: 50 });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'grinning face with big eyes',
    );
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('sunrise');
    await expect.poll(() => dialog.locator('.pad-emoji-grid button').count(), patience).toBeLessThan(20);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => padText(page), patience).toBe('Good morning 🌅');
    expect(watch.errors).toEqual([]);
  });
});
