import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, textOf, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

/** On which side of its box each part begins. */
function sides(page: Page): Promise<Record<string, string>> {
  return textOf(page).evaluate((text) => {
    const sideOf = (selector: string): string => {
      const element = text.querySelector(selector);
      const words = document.createRange();
      words.selectNodeContents(element as Node);
      const [outer, inner] = [text.getBoundingClientRect(), words.getBoundingClientRect()];
      return outer.right - inner.right < inner.left - outer.left ? 'right' : 'left';
    };
    const directionOf = (selector: string): string =>
      getComputedStyle(text.querySelector(selector) as Element).direction;
    return {
      heading: sideOf('h1'),
      paragraph: sideOf('h1 + p'),
      latin: sideOf('h1 + p + p'),
      list: directionOf('ul'),
      item: sideOf('ul li p'),
      quote: directionOf('blockquote'),
      callout: directionOf('aside'),
    };
  });
}

describe('text from right to left', () => {
  test('stands on the right with its lists, quotes and callouts, and leaves other lines alone', async () => {
    const { page, watch } = await world.person({ viewport: DESK });
    await newPad(page, world.origin);
    await page.locator('.pad-title').fill('محضر الاجتماع');
    await typeAtEnd(page, '# اجتماع يوم الأحد');
    for (const line of [
      '',
      'الحاضرون: ليلى، يوسف (و Anne).',
      '',
      'A line in English: it begins on the left.',
      '',
      '- خبز',
      '',
      'ماء',
      '',
      '',
      '> שלום לכולם, נפגשים ב־18:00.',
      '',
      '',
      '[!tip] הגיעו מוקדם!',
      '',
      '',
    ]) {
      if (line === '') await page.keyboard.press('Enter');
      else await page.keyboard.type(line);
    }
    await page.keyboard.type('[] مهمة');
    const right = { heading: 'right', paragraph: 'right', item: 'right', list: 'rtl', quote: 'rtl', callout: 'rtl' };
    await expect.poll(() => sides(page), patience).toEqual({ ...right, latin: 'left' });
    await untilPill(page, 'saved');
    await expectSound(page, 'right-to-left', { ...DESK, language: 'en', theme: 'light' });
    const { view } = await sharedLinks(page);
    const reader = await world.person({ viewport: PHONE, locale: 'fr-FR' });
    await openPad(reader.page, view, 'readonly');
    await expect.poll(() => sides(reader.page), patience).toEqual({ ...right, latin: 'left' });
    await expectSound(reader.page, 'right-to-left', { ...PHONE, language: 'fr', theme: 'light' });
    expect([...watch.errors, ...reader.watch.errors]).toEqual([]);
  });
});
