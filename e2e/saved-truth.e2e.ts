import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  newPad,
  nextFrames,
  openPad,
  padText,
  pill,
  sharedLinks,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
/** docs/client.md: what is typed is on this machine's disk after 200 ms. */
const ON_DISK_MS = 400;

/** Two people in one pad with a paragraph each. */
async function twoWriters(): Promise<{ ada: Person; ben: Person; edit: string }> {
  const [ada, ben] = await Promise.all([world.person(), world.person()]);
  await newPad(ada.page, world.origin);
  const { edit } = await sharedLinks(ada.page);
  await openPad(ben.page, edit);
  return { ada, ben, edit };
}

/** Writes numbered words until told to stop; answers how many. */
function keepTyping(page: Page, name: string): { stop(): Promise<number> } {
  let isTyping = true;
  let count = 0;
  const typing = (async () => {
    while (isTyping) {
      await page.keyboard.type(`${name}${count} `, { delay: 10 });
      count++;
    }
  })();
  return {
    stop: async () => {
      isTyping = false;
      await typing;
      return count;
    },
  };
}

/** Remembers in the page the words that were in the text whenever its pill turned to "saved". */
async function watchSaved(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shown: { words: string } = { words: '' };
    Object.assign(window, { shownSaved: shown });
    const text = document.querySelector('#pad-text .tiptap');
    const element = document.querySelector('[data-state]');
    if (text === null || element === null) throw new Error('no pad');
    new MutationObserver(() => {
      if (element.getAttribute('data-state') === 'saved') shown.words = text.textContent ?? '';
    }).observe(element, { attributes: true, attributeFilter: ['data-state'] });
  });
  return async () => {
    const words = await page.evaluate(() => (window as unknown as { shownSaved: { words: string } }).shownSaved.words);
    return words.split(' ').slice(0, -1);
  };
}

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${name}${n}`);

describe('"saved" tells the truth', () => {
  test('a host killed while both type: nobody is told "saved", then it goes on by itself and nothing is lost', async () => {
    const { ada, ben, edit } = await twoWriters();
    await typeAtEnd(ada.page, 'x');
    await expect.poll(() => padText(ben.page), patience).toBe('x');
    await typeAtEnd(ben.page, '\n');
    await expect.poll(() => padText(ada.page), patience).toBe('x\n');
    const writers = [keepTyping(ada.page, 'a'), keepTyping(ben.page, 'b')];
    await expect.poll(() => padText(ben.page), patience).toContain('a15 ');
    await world.relay.down('SIGKILL');
    await Promise.all([ada, ben].map(({ page }) => untilPill(page, 'offline', 'connecting')));
    const before = (await padText(ada.page)).length;
    await expect.poll(async () => (await padText(ada.page)).length, patience).toBeGreaterThan(before + 40);
    for (const { page } of [ada, ben]) {
      await page.evaluate(nextFrames);
      expect(await pill(page)).not.toBe('saved');
    }
    await world.relay.up();
    const [adas = 0, bens = 0] = await Promise.all(writers.map((writer) => writer.stop()));
    await Promise.all([ada, ben].map(({ page }) => untilPill(page, 'saved')));
    const cleo = await world.person();
    await openPad(cleo.page, edit);
    const words = (await padText(cleo.page))
      .replace(/^x/, '')
      .split(/[ \n]+/)
      .filter(Boolean);
    expect(words.toSorted()).toEqual([...numbered('a', adas), ...numbered('b', bens)].toSorted());
    await expect.poll(() => padText(ada.page), patience).toBe(await padText(cleo.page));
    await expect.poll(() => padText(ben.page), patience).toBe(await padText(cleo.page));
  });

  test.each([0, 1])('what was shown as saved is on the disk of a host killed at any moment (%i)', async (round) => {
    const { ada, ben, edit } = await twoWriters();
    const shown = await watchSaved(ada.page);
    await typeAtEnd(ben.page, '\n');
    const distraction = keepTyping(ben.page, 'b');
    await typeAtEnd(ada.page, '\n');
    const killed = Promise.withResolvers<void>();
    let isTyping = true;
    const typing = (async () => {
      for (let count = 0; isTyping; count++) {
        await typeAtEnd(ada.page, `a${count} `, 10);
        // Typing without a break would never leave a moment in which everything is saved.
        if (count % 3 === 2) await Promise.race([untilPill(ada.page, 'saved', 'offline'), killed.promise]);
      }
    })();
    await expect.poll(async () => (await shown()).length, { ...patience, interval: 7 + round * 31 }).toBeGreaterThan(5);
    await world.relay.down('SIGKILL');
    killed.resolve();
    isTyping = false;
    const promised = await shown();
    await Promise.all([typing, distraction.stop()]);
    // Neither of them comes back: whatever is found now was on the host's disk.
    await Promise.all([ada.context.close(), ben.context.close()]);
    await world.relay.up();
    const cleo = await world.person();
    await openPad(cleo.page, edit);
    const found = new Set((await padText(cleo.page)).split(/[ \n]+/));
    expect(promised.filter((word) => word.startsWith('a') && !found.has(word))).toEqual([]);
  });

  test('a tab that crashes without a network loses nothing that was typed', async () => {
    const ada = await world.person();
    await newPad(ada.page, world.origin);
    const { edit, own } = await sharedLinks(ada.page);
    await typeAtEnd(ada.page, 'Saved. ');
    await untilPill(ada.page, 'saved');
    await world.relay.down('SIGKILL');
    await untilPill(ada.page, 'offline');
    await typeAtEnd(ada.page, 'Not saved.');
    await new Promise((resolve) => setTimeout(resolve, ON_DISK_MS));
    const debug = await ada.context.newCDPSession(ada.page);
    const crash = new Promise((resolve) => ada.page.once('crash', resolve));
    debug.send('Page.crash').catch(() => undefined);
    await crash;
    await world.relay.up();

    const page = await ada.context.newPage();
    await openPad(page, own);
    expect(await padText(page)).toBe('Saved. Not saved.');
    const ben = await world.person();
    await openPad(ben.page, edit);
    expect(await padText(ben.page)).toBe('Saved. Not saved.');
  });
});
