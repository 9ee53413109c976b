import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import { newPad, notice, openPad, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { expectWords } from './harness/words.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({ maxExpiryDays: 365 });
const patience = { timeout: WAIT_MS, interval: 50 };

const life = (page: Page): Promise<string> => page.getByTestId('pad-life').innerText();

async function keep(page: Page, days: string): Promise<void> {
  await page.getByTestId('pad-life').getByRole('button').click();
  const dialog = page.getByRole('dialog', { name: 'About this document' });
  await dialog.getByRole('combobox', { name: 'Keep it' }).selectOption(days);
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await dialog.getByText('Done: the host keeps it until then.').waitFor({ timeout: WAIT_MS });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

describe('until when a pad is kept', () => {
  test('stands below the text, is changed by its owner, and others see it at once; the last days are announced to everybody', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person({ locale: 'fr-FR' })]);
    await newPad(ada.page, world.origin);
    const { view } = await sharedLinks(ada.page);
    await openPad(ben.page, view, 'readonly');
    expect(await life(ada.page)).toContain('in 7');
    expect(await life(ben.page)).toMatch(/^Conservé jusqu’au .*\(dans 7/);
    await keep(ada.page, '30');
    await expect.poll(() => life(ben.page), patience).toMatch(/dans (29|30|31)/);
    expect(await notice(ben.page, 'expiring').count()).toBe(0);
    await keep(ada.page, '1');
    await notice(ben.page, 'expiring').waitFor({ timeout: WAIT_MS });
    await notice(ada.page, 'expiring').getByRole('button', { name: 'Keep it longer' }).waitFor();
    await expectWords(ben.page, '[data-notice="expiring"]', ['pad.life.soonOther']);
    expect(await seriousFindings(ben.page)).toEqual([]);
    await notice(ada.page, 'expiring').getByRole('button', { name: 'Keep it longer' }).click();
    const dialog = ada.page.getByRole('dialog', { name: 'About this document' });
    await dialog.getByText('at most 365').waitFor();
    await dialog.getByText('Opening it or writing in it does not make it live longer').waitFor();
    await ada.page.keyboard.press('Escape');
    await keep(ada.page, '180');
    await notice(ben.page, 'expiring').waitFor({ state: 'detached', timeout: WAIT_MS });
  });
});

interface Printed {
  /** Sizes of the pages in points, as "width x height". */
  pages: string[];
  /** What is on paper, by card. */
  texts: string[];
}

/** What would come out of the printer. */
async function print(page: Page): Promise<Printed> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const sizes = [...pdf.matchAll(/\/Type \/Page\b[^s][\s\S]*?\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  await page.emulateMedia({ media: 'print' });
  const texts = await page
    .locator('body > * :is(.link-sheet, .link-card, #pad-text)')
    .evaluateAll((all) =>
      all.map((part) => ((part as HTMLElement).checkVisibility() ? (part as HTMLElement).innerText : '')),
    );
  await page.emulateMedia({ media: null });
  return {
    pages: sizes.map(([, width, height]) => `${Math.round(Number(width))}x${Math.round(Number(height))}`),
    texts,
  };
}

const A4 = '595x842';
const A6 = '298x420';
const without = (text: string): string => text.replaceAll(/\s+/g, '');

describe('a card of the links', () => {
  test('holds the links that were chosen, where it is kept and until when; the owner’s only after a warning', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await page.getByRole('textbox', { name: 'Title of the pad' }).fill('Minutes of the harbour council');
    await typeAtEnd(page, 'Secret words');
    await untilPill(page, 'saved');
    const links = await sharedLinks(page);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Card of the links' }).click();
    const dialog = page.getByRole('dialog', { name: 'Card of the links' });
    expect(await seriousFindings(page)).toEqual([]);
    const read = await print(page);
    expect(read.pages).toEqual([A4]);
    const first = read.texts.join('');
    for (const words of ['Minutes of the harbour council', 'Link to read', 'Until ', 'Kept by localhost']) {
      expect(first).toContain(words);
    }
    expect(without(first)).toContain(links.view);
    expect(without(first)).not.toContain(links.edit);
    expect(first).not.toContain('Secret words');

    await dialog.getByRole('checkbox', { name: 'Link to write' }).check();
    expect(await dialog.getByText('Whoever sees this paper').count()).toBe(0);
    await dialog.getByRole('checkbox', { name: 'The owner’s link' }).check();
    await dialog.getByText('Whoever sees this paper').waitFor();
    const all = await print(page);
    expect(all.pages).toEqual([A4]);
    for (const link of Object.values(links)) expect(without(all.texts.join(''))).toContain(link);
    await dialog.getByRole('radio', { name: 'A small card for each link (A6)' }).check();
    const cards = await print(page);
    expect(cards.pages).toEqual([A6, A6, A6]);
    const written = cards.texts.map(without).filter((text) => text.includes(links.edit));
    expect(written).toHaveLength(1);
    expect(written[0]).not.toContain(links.view);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect((await print(page)).texts.join('')).toContain('Secret words');
  });
});
