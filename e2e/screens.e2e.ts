import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, openPad, textOf, tool, typeAtEnd, untilPill } from './harness/pad.ts';
import { DESK, expectSound, type Look, overflowing, PHONE } from './harness/screens.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();

/** Between them each screen is seen at both widths, in both languages and both themes. */
const PAGE_LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...DESK, language: 'en', theme: 'light' },
];
const PAD_LOOKS: Look[] = [
  { ...PHONE, language: 'en', theme: 'light' },
  { ...DESK, language: 'fr', theme: 'dark' },
];

function beholder({ width, height, language, theme }: Look, more = {}): Promise<Person> {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  return world.person({ viewport: { width, height }, locale, colorScheme: theme, ...more });
}

let fullPad: string | undefined;

/** The owner's link to a pad that holds everything a pad can; made once. */
async function linkToFullPad(): Promise<string> {
  if (fullPad !== undefined) return fullPad;
  const { page } = await world.person({ locale: 'fr-FR' });
  await newPad(page, world.origin);
  await fill(page);
  fullPad = page.url();
  return fullPad;
}

async function fill(page: Page): Promise<void> {
  await page.locator('.pad-title').fill('Assemblée générale de l’association des jardins partagés');
  await typeAtEnd(page, '# Ordre du jour\n');
  await page.keyboard.type(
    'Un paragraphe avec du **gras** , de *l’italique* , du `code` et un lien https://example.org \n',
  );
  await page.keyboard.type('## Points\n- le compost\nles outils\n\n[ ] acheter des graines\nprévenir Ada\n\n');
  await page.keyboard.type('1. ouvrir\nfermer\n\n> La terre ne ment pas.\n\n');
  await page.keyboard.type(
    '``` function semer(graines) { return graines.map((graine) => graine.planter({ profondeur: 2 })); }',
  );
  for (let press = 0; press < 3; press++) await page.keyboard.press('Enter');
  await tool(page, 'table').click();
  await page.getByRole('dialog').locator('button[type=submit]').click();
  await textOf(page).locator('table').waitFor();
  for (const cell of ['Qui', 'Quoi', 'Quand', 'Ada', 'Les semis de printemps', 'mars']) {
    await page.keyboard.type(cell);
    await page.keyboard.press('Tab');
  }
  await textOf(page).getByRole('checkbox').first().check();
  await untilPill(page, 'saved');
}

async function openDialog(page: Page, open: () => Promise<void>): Promise<void> {
  await open();
  await page.locator('dialog[open] h2').waitFor();
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
}

/** The item of a pad's menu with this icon. */
async function menuItem(page: Page, index: number): Promise<void> {
  await page.locator('.app-actions .menu > .icon-button').click();
  const isWithin = (panel: Element) => panel.getBoundingClientRect().bottom <= window.innerHeight;
  expect(await page.locator('.app-actions .menu-panel:not([hidden])').evaluate(isWithin)).toBe(true);
  await page.locator('.menu-panel .menu-item').nth(index).click();
}

describe('what people see', () => {
  test.each(PAGE_LOOKS)('pages at $width px, in $language, $theme', async (look) => {
    const { page, watch } = await beholder(look);
    await page.goto(world.origin);
    await page.locator('.tool-card').first().waitFor();
    await expectSound(page, 'portal', look);
    await page.goto(`${world.origin}/documents`);
    await page.locator('.empty').waitFor();
    await expectSound(page, 'documents-empty', look);
    await newPad(page, world.origin);
    await expectSound(page, 'pad-empty', look);
    await page.locator('.pad-title').fill('Jardins partagés');
    await typeAtEnd(page, 'x');
    await untilPill(page, 'saved');
    await page.goto(`${world.origin}/pad#1e.cut`);
    await page.locator('.error-page').waitFor();
    await expectSound(page, 'error', look);
    await page.goto(`${world.origin}/documents`);
    await page.getByRole('link', { name: 'Jardins partagés' }).waitFor();
    await expectSound(page, 'documents', look);
    expect(watch.errors).toEqual([]);
  });

  test('a full pad and its dialogs, in each look', async () => {
    const own = await linkToFullPad();
    for (const look of PAD_LOOKS) {
      const { page, context } = await beholder(look);
      await openPad(page, own);
      await expectSound(page, 'pad-full', look);
      await openDialog(page, () => page.locator('.pad-share').click());
      await page.locator('dialog[open] .qr').waitFor();
      await expectSound(page, 'share', look);
      await closeDialog(page);
      await page.locator('.people .face-button').click();
      await expectSound(page, 'people', look);
      await openDialog(page, () => menuItem(page, 0));
      await expectSound(page, 'about', look);
      await closeDialog(page);
      await openDialog(page, () => menuItem(page, 1));
      await expectSound(page, 'outline', look);
      await closeDialog(page);
      await textOf(page).locator('td').first().click();
      await page.locator('[data-toolbar=table]').waitFor();
      await expectSound(page, 'pad-table', look);
      await page.keyboard.press('Control+f');
      await page.keyboard.type('semis');
      await page.locator('.ProseMirror-search-match').waitFor();
      await expectSound(page, 'find', look);
      await context.close();
    }
  });

  test('at 200 % and 400 % nothing is out of reach', async () => {
    const own = await linkToFullPad();
    const { page } = await world.person({ viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 });
    const look: Look = { width: 640, height: 430, language: 'en', theme: 'light' };
    for (const address of [world.origin, `${world.origin}/documents`, own]) {
      await page.goto('about:blank');
      await page.goto(address);
      await page.locator('h1, .pad-title').first().waitFor();
      await expectSound(page, `zoom-${new URL(address).pathname.slice(1)}`, look);
      await page.setViewportSize({ width: 320, height: 256 });
      expect(await overflowing(page), address).toEqual([]);
      await page.setViewportSize(look);
    }
    await untilPill(page, 'saved');
    await typeAtEnd(page, 'Seen while typing');
    const line = textOf(page).getByText('Seen while typing');
    await expect.poll(() => line.evaluate(isSeen)).toBe(true);
    await openDialog(page, () => page.locator('.pad-share').click());
    await page.locator('.link-field').waitFor();
    await expectSound(page, 'zoom-share', look);
  });

  test('who asks for less motion gets none', async () => {
    const lively = await world.person();
    const calm = await world.person({ reducedMotion: 'reduce' });
    for (const { page } of [lively, calm]) {
      await page.goto(world.origin);
      await page.locator('.tool-card').first().waitFor();
    }
    const moving = () => document.getAnimations().filter(({ playState }) => playState === 'running').length;
    expect(await lively.page.evaluate(moving)).toBeGreaterThan(0);
    expect(await calm.page.evaluate(moving)).toBe(0);
  });
});

/** Runs in the page: nothing lies over the middle of the element, and it is in the window. */
function isSeen(element: Element): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}
