import { describe, expect, test } from 'vitest';
import { newPad, openPad, padText, sharedLinks, textOf, tool, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

describe('a callout', () => {
  test('is typed or taken from the toolbar, changes its kind, and is left by Enter', async () => {
    const { page, watch } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, '[!tip] Come early');
    const tip = textOf(page).getByRole('note', { name: 'Tip' });
    await tip.waitFor({ timeout: WAIT_MS });
    expect(await tip.locator('p').textContent()).toBe('Come early');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('> [!WARNING] Ice on the quay');
    const warning = textOf(page).getByRole('note', { name: 'Warning' });
    await warning.waitFor();
    expect(await textOf(page).locator('blockquote').count()).toBe(0);
    await warning.getByLabel('Kind of callout').selectOption('note');
    await textOf(page).getByRole('note', { name: 'Note' }).waitFor();
    await typeAtEnd(page, '!');
    await page.keyboard.press('Control+Alt+n');
    await expect.poll(() => textOf(page).locator('aside').count(), patience).toBe(1);
    expect(await padText(page)).toBe('Come early\nIce on the quay!');
    await tool(page, 'callout').click();
    await expect.poll(() => textOf(page).locator('aside').count(), patience).toBe(2);
    expect(watch.errors).toEqual([]);
  });

  test('has its sign and its name on every screen, for who writes and who reads', async () => {
    const { page } = await world.person({ locale: 'fr-FR', viewport: PHONE });
    await newPad(page, world.origin);
    for (const kind of ['note', 'tip', 'warning']) {
      await typeAtEnd(page, `[!${kind}] Le ponton est fermé ce soir, passez par le quai.`);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
    }
    await textOf(page).getByRole('note', { name: 'Attention' }).waitFor();
    await expectSound(page, 'callouts', { ...PHONE, language: 'fr', theme: 'light' });
    await untilPill(page, 'saved');
    const { view } = await sharedLinks(page);
    const reader = await world.person({ viewport: DESK, colorScheme: 'dark' });
    await openPad(reader.page, view, 'readonly');
    await textOf(reader.page).getByRole('note', { name: 'Warning' }).waitFor();
    expect(await textOf(reader.page).locator('select').count()).toBe(0);
    await expectSound(reader.page, 'callouts', { ...DESK, language: 'en', theme: 'dark' });
  });
});
