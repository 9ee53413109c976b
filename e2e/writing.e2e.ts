import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import { newPad, padText, textOf, typeAtEnd, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

describe('writing', () => {
  test('begins with a template, and one undo takes it back', async () => {
    const { page } = await world.person({ locale: 'fr-FR' });
    await newPad(page, world.origin);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Partir d’un modèle' }).click();
    await page.getByRole('button', { name: /^Ordre du jour/ }).click();
    await expect.poll(() => padText(page), patience).toMatch(/^Ordre du jour\nDate et heure/);
    expect(await textOf(page).locator('th').allTextContents()).toEqual(['Point', 'Qui', 'Minutes']);
    await page.keyboard.press('Control+z');
    await expect.poll(() => padText(page), patience).toBe('');
  });

  test('colours code by the language that is chosen, and those who read see it', async () => {
    const { page, watch } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, '``` if x: # why');
    const code = textOf(page).locator('pre');
    expect(await code.locator('[class^=code-]').count()).toBe(0);
    await page.getByLabel('Language of the code').selectOption({ label: 'Python' });
    await code.locator('.code-word', { hasText: 'if' }).waitFor({ timeout: WAIT_MS });
    await code.locator('.code-comment', { hasText: '# why' }).waitFor();
    expect(await code.textContent()).toBe('if x: # why');
    expect(await seriousFindings(page)).toEqual([]);
    expect(watch.errors).toEqual([]);
  });

  test('draws a formula that is typed or asked for, as mathematics, and saves it as it was typed', async () => {
    const { page, watch } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, 'So $$\\frac{a}{b}$$ holds');
    const formulas = textOf(page).locator('.pad-formula math');
    await formulas.locator('mfrac').waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Formula' }).click();
    const dialog = page.getByRole('dialog', { name: 'Formula' });
    await dialog.getByRole('textbox').fill('\\sqrt{2}\\href{javascript:alert(1)}{x}');
    await dialog.locator('math msqrt').waitFor();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await formulas.locator('msqrt').waitFor();
    expect(await textOf(page).locator('a, [href]').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(watch.errors).toEqual([]);
  });

  test('shows only the text, and the bars again by the button or by Escape twice', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    const bars = page.locator('.pad-bars');
    for (const back of ['button', 'Escape']) {
      await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('button', { name: 'Only the text' }).click();
      await bars.waitFor({ state: 'hidden' });
      await typeAtEnd(page, 'calm ');
      if (back === 'button') await page.getByRole('button', { name: 'Show the bars again' }).click();
      else for (let press = 0; press < 2; press++) await page.keyboard.press('Escape');
      await bars.waitFor({ state: 'visible' });
    }
    expect(await padText(page)).toBe('calm calm ');
  });

  test('is printed with its title, in black, without anything of the page', async () => {
    const { page } = await world.person({ colorScheme: 'dark' });
    await newPad(page, world.origin);
    await page.locator('.pad-title').fill('The garden');
    await typeAtEnd(page, 'See https://example.org/ now');
    await page.emulateMedia({ media: 'print' });
    for (const part of ['.app-head', '.pad-bars']) expect(await page.locator(part).isVisible()).toBe(false);
    const shown = await textOf(page).evaluate((text) => ({
      title: getComputedStyle(text.parentElement as Element, '::before').content,
      colour: getComputedStyle(text.querySelector('p') as Element).color,
      address: getComputedStyle(text.querySelector('a') as Element, '::after').content,
    }));
    expect(shown.title).toContain('The garden');
    expect(shown.colour).toBe('rgb(0, 0, 0)');
    expect(shown.address).toContain('https://example.org/');
  });
});
