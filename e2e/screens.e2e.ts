import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import { newPad, openPad, sharedLinks, textOf, typeAtEnd, untilPill } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
/** Where to leave pictures for people to look at; without it none are taken. */
const SHOTS = process.env.ARCHIPEL_SHOTS;
if (SHOTS !== undefined) mkdirSync(SHOTS, { recursive: true });

interface Look {
  name: string;
  options: BrowserContextOptions;
}
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 860 };
/** Both widths, languages and themes; the last one is a desk at 200 % zoom. */
const LOOKS: Look[] = [
  { name: 'phone-en-dark', options: { viewport: PHONE, locale: 'en-GB', colorScheme: 'dark', hasTouch: true } },
  { name: 'phone-fr-light', options: { viewport: PHONE, locale: 'fr-FR', colorScheme: 'light', hasTouch: true } },
  { name: 'desk-fr-dark', options: { viewport: DESK, locale: 'fr-FR', colorScheme: 'dark', reducedMotion: 'reduce' } },
  { name: 'desk-en-light', options: { viewport: DESK, locale: 'en-GB', colorScheme: 'light' } },
  {
    name: 'zoomed-fr-light',
    options: { viewport: { width: 640, height: 430 }, locale: 'fr-FR', colorScheme: 'light' },
  },
];

/** Nothing serious for those who do not see, nothing to push sideways for those who do. */
async function judge(page: Page, look: Look, screen: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${screen}-${look.name}.png`) });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${screen} is wider than the window`).toBeLessThanOrEqual(0);
  expect(await seriousFindings(page), screen).toEqual([]);
}

/** Typed in one line after the other; each leaves the list or quote before it. */
async function fill(page: Page): Promise<void> {
  for (const line of ['# Inventory', 'Tools of the **garden**', '- spade', '', '[ ] sharpen', '', '> lend them', '']) {
    await typeAtEnd(page, line);
    await page.keyboard.press('Enter');
  }
  await typeAtEnd(page, '```');
  await page.keyboard.press('Enter');
  await page.keyboard.type('while (winter) rest();');
}

for (const look of LOOKS) {
  test(`every screen holds: ${look.name}`, async () => {
    const { page, watch } = await world.person(look.options);
    await page.goto(world.origin);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await judge(page, look, 'portal');
    await newPad(page, world.origin);
    await judge(page, look, 'pad-empty');
    await fill(page);
    await untilPill(page, 'saved');
    await judge(page, look, 'pad-full');
    const { view } = await sharedLinks(page);
    for (const [screen, open] of [
      ['share', '.pad-share'],
      ['people', '.people .face-button'],
    ] as const) {
      await page.locator(open).click();
      await page.waitForTimeout(300); // a dialog slides in: its picture is taken when it stands
      await judge(page, look, screen);
      await page.keyboard.press('Escape');
    }
    await page.goto(`${world.origin}/documents`);
    await page.locator('.documents li').first().waitFor();
    await judge(page, look, 'documents');
    await page.goto(`${world.origin}/pad#1v.cut`);
    await page.locator('.error-page').waitFor();
    await judge(page, look, 'error');
    await openPad(page, view, 'readonly');
    await textOf(page).getByText('while (winter) rest();').waitFor();
    await judge(page, look, 'reading');
    expect(watch.errors).toEqual([]);
  });
}
