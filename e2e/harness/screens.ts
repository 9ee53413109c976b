import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFindings } from './browser.ts';
import { nextFrames } from './pad.ts';

/** A screen, a language and a theme. */
export interface Look {
  width: number;
  height: number;
  language: 'en' | 'fr';
  theme: 'light' | 'dark';
}

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 860 };

/** What is drawn outside of the window and cannot be scrolled to inside its own box: a line each. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element: Element | null): boolean => {
      if (element === null) return false;
      return ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX)
        ? true
        : scrolls(element.parentElement);
    };
    const found = [...document.querySelectorAll('button, a, input, select, h1, h2, h3, p, li, label, td, th')]
      .filter((element) => element.checkVisibility() && !scrolls(element.parentElement))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.right > width + 1 || box.left < -1) && box.bottom > 0)
      .map(
        ({ element, box }) =>
          `${element.tagName} ${element.className} ${Math.round(box.left)}-${Math.round(box.right)}`,
      );
    const { scrollWidth } = document.documentElement;
    return scrollWidth > width ? [`the page is ${scrollWidth} wide`, ...found] : found;
  });
}

/** A screen as it stands: nothing overflows, axe finds nothing serious, its picture is kept where `ARCHIPEL_SHOTS` says. */
export async function expectSound(page: Page, name: string, look: Look): Promise<void> {
  await page.evaluate(nextFrames);
  await page.evaluate(() => {
    // Those that go round for ever are let be.
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished)).then(() => undefined);
  });
  await shoot(page, `${name}-${look.width}-${look.language}-${look.theme}`);
  expect(await overflowing(page), name).toEqual([]);
  expect(await seriousFindings(page), name).toEqual([]);
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.ARCHIPEL_SHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
