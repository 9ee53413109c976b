/** What a person waits for in the pad's page: measured inside the page, from the event to the frame that shows it. */
import type { Page } from 'playwright-core';

/** Longest wait for any of it: what is slower has failed. */
const LIMIT_MS = 120_000;
const KEY_EVERY_MS = 70;
/** A new window of the browser loads its own surface first, 400 modules of it: whoever opens a link has the browser open. */
const WINDOW_MS = 2000;

/** ms from the beginning of the navigation until the whole text is drawn and the host has said that all is there. */
export async function openingMs(page: Page, link: string, blocks: number): Promise<number> {
  await page.addInitScript((wanted) => {
    const look = (): void => {
      const drawn = document.querySelectorAll('#pad-text .tiptap > *').length;
      const state = document.querySelector('[data-state]')?.getAttribute('data-state');
      if (drawn < wanted || state !== 'saved') return void requestAnimationFrame(look);
      Object.assign(globalThis, { openedMs: performance.now() });
    };
    requestAnimationFrame(look);
  }, blocks);
  await page.waitForTimeout(WINDOW_MS);
  await page.goto(link, { waitUntil: 'commit' });
  await page.waitForFunction(() => 'openedMs' in globalThis, undefined, { timeout: LIMIT_MS });
  return page.evaluate(() => (globalThis as unknown as { openedMs: number }).openedMs);
}

/** ms from each key until the frame that shows its letter has been handed over, in the middle of the text. */
export async function typingMs(page: Page, keys: number): Promise<number[]> {
  const middle = page
    .locator('#pad-text .tiptap > p')
    .nth(Math.floor((await page.locator('#pad-text .tiptap > p').count()) / 2));
  await middle.scrollIntoViewIfNeeded();
  await middle.click();
  await page.keyboard.press('End');
  await page.evaluate(() => {
    const taken: number[] = [];
    Object.assign(globalThis, { keysTaken: taken });
    const channel = new MessageChannel();
    let began: number[] = [];
    channel.port1.onmessage = () => {
      for (const at of began) taken.push(performance.now() - at);
      began = [];
    };
    document.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        began.push(timeStamp);
        // After the frame: a message posted in it is heard when it has been painted.
        requestAnimationFrame(() => channel.port2.postMessage(0));
      },
      { capture: true },
    );
  });
  for (let key = 0; key < keys; key++) {
    await page.keyboard.press(key % 6 === 5 ? 'Space' : 'e');
    await page.waitForTimeout(KEY_EVERY_MS);
  }
  return page.evaluate(() => (globalThis as unknown as { keysTaken: number[] }).keysTaken);
}

/** ms until the history is there, from the press of its button. */
export async function historyMs(page: Page): Promise<number> {
  await page.locator('.menu > .icon-button').last().click();
  const button = page.getByRole('button', { name: 'History', exact: true });
  const taken = button.evaluate(async (element) => {
    const started = performance.now();
    (element as HTMLElement).click();
    while (document.querySelector('.past-text')?.firstElementChild == null) {
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - started;
  });
  return taken;
}

/** ms from a move of the slider to a moment anywhere in the history until the text of that moment is drawn. */
export async function seekMs(page: Page, places: readonly number[]): Promise<number[]> {
  return page.evaluate(async (shares) => {
    const slider = document.querySelector<HTMLInputElement>('.past-slider input');
    const sheet = document.querySelector('.past-text');
    if (slider === null || sheet === null) throw new Error('the history is not open');
    const frame = () => new Promise(requestAnimationFrame);
    const taken: number[] = [];
    for (const share of shares) {
      const drawn = new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          resolve();
        });
        observer.observe(sheet, { childList: true, subtree: true });
      });
      const started = performance.now();
      slider.value = String(Math.round(Number(slider.max) * share));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await drawn;
      await frame();
      taken.push(performance.now() - started);
    }
    return taken;
  }, places);
}
