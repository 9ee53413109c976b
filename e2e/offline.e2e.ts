import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, openPad, padText, sharedLinks, textOf, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

describe('without a network', () => {
  test('both go on writing; after the return it is the same text, and saved', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person()]);
    await newPad(ada.page, world.origin);
    const { edit } = await sharedLinks(ada.page);
    await openPad(ben.page, edit);
    await typeAtEnd(ada.page, 'Before');
    await expect.poll(() => padText(ben.page), patience).toBe('Before');

    await ada.context.setOffline(true);
    await untilPill(ada.page, 'offline');
    expect(await ada.page.locator('[data-state]').textContent()).toContain('Offline');
    await textOf(ada.page).focus();
    await ada.page.keyboard.press('Control+Home');
    await ada.page.keyboard.type('Ada, alone. ');
    await ada.page.getByRole('textbox', { name: 'Title of the pad' }).fill('Given at sea');
    await typeAtEnd(ben.page, ' and after, by Ben');
    expect(await padText(ben.page)).toBe('Before and after, by Ben');
    expect(await padText(ada.page)).toBe('Ada, alone. Before');

    await ada.context.setOffline(false);
    await untilPill(ada.page, 'saved');
    const together = 'Ada, alone. Before and after, by Ben';
    await expect.poll(() => padText(ada.page), patience).toBe(together);
    await expect.poll(() => padText(ben.page), patience).toBe(together);
    expect(await ben.page.locator('.pad-title').inputValue()).toBe('Given at sea');
  });

  test('a reload opens the page and the text from this browser, and what is typed then arrives later', async () => {
    const ada = await world.person();
    await newPad(ada.page, world.origin);
    const { edit } = await sharedLinks(ada.page);
    await typeAtEnd(ada.page, 'On the host.');
    await untilPill(ada.page, 'saved');
    await kept(ada.page, '/pad');

    await ada.context.setOffline(true);
    await ada.page.reload();
    await expect.poll(() => padText(ada.page), patience).toBe('On the host.');
    await untilPill(ada.page, 'offline');
    await typeAtEnd(ada.page, ' Typed without.');
    await ada.page.reload();
    await expect.poll(() => padText(ada.page), patience).toBe('On the host. Typed without.');

    await ada.context.setOffline(false);
    await untilPill(ada.page, 'saved');
    const ben = await world.person();
    await openPad(ben.page, edit);
    expect(await padText(ben.page)).toBe('On the host. Typed without.');
  });

  test('the portal and the list of documents open, and a pad begun there reaches the host later', async () => {
    const ada = await world.person();
    await newPad(ada.page, world.origin);
    await ada.page.getByRole('textbox', { name: 'Title of the pad' }).fill('Known here');
    await untilPill(ada.page, 'saved');
    await kept(ada.page, '/');
    await kept(ada.page, '/documents');

    await ada.context.setOffline(true);
    await ada.page.goto(`${world.origin}/documents`);
    await ada.page.getByRole('link', { name: 'Known here' }).waitFor();
    await ada.page.goto(world.origin);
    await ada.page.getByRole('heading', { level: 1 }).waitFor();
    await ada.page.getByRole('link', { name: 'Start a pad' }).click();
    await typeAtEnd(ada.page, 'Begun offline');
    await untilPill(ada.page, 'offline');
    const { edit } = await sharedLinks(ada.page);

    await ada.context.setOffline(false);
    await untilPill(ada.page, 'saved');
    const ben = await world.person();
    await openPad(ben.page, edit);
    expect(await padText(ben.page)).toBe('Begun offline');
  });
});

/** Waits until the service worker has this page for offline use. */
async function kept(page: Page, path: string): Promise<void> {
  const isKept = (wanted: string) =>
    caches.match(wanted).then((copy) => copy !== undefined && navigator.serviceWorker.controller !== null);
  await expect.poll(() => page.evaluate(isKept, path), patience).toBe(true);
}
