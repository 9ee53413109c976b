import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import {
  newPad,
  notice,
  openPad,
  padText,
  paste,
  sharedLinks,
  textOf,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { expectWords } from './harness/words.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

/** "About this document", where the owner decides. */
async function about(page: Page) {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'About this document' }).click();
  return page.getByRole('dialog', { name: 'About this document' });
}

/** As its owner, twice asked, until it says that it is done. */
async function changeLocks(page: Page): Promise<void> {
  const dialog = await about(page);
  await dialog.getByRole('button', { name: 'Change the locks' }).click();
  await dialog.getByText('stop working, on every host').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Change the locks' }).click();
  await dialog.getByText('no longer work').waitFor({ timeout: WAIT_MS });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

async function givePicture(page: Page): Promise<void> {
  await textOf(page).evaluate(async (text) => {
    const canvas = new OffscreenCanvas(40, 30);
    canvas.getContext('2d')?.fillRect(0, 0, 20, 30);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob()], 'boat.png', { type: 'image/png' }));
    text.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  const dialog = page.getByRole('dialog', { name: 'Picture' });
  await dialog.getByRole('textbox').fill('A boat');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** An address within the page, of its own for each picture that was sealed. */
const pictureId = (page: Page): Promise<string | null> =>
  textOf(page).locator('.pad-picture img[alt="A boat"]').getAttribute('src');

const pictureShown = (page: Page): Promise<boolean> =>
  textOf(page)
    .locator('.pad-picture img[alt="A boat"]')
    .evaluate((image) => (image as HTMLImageElement).naturalWidth === 40)
    .catch(() => false);

describe('changing the locks', () => {
  test('whoever is there by an old link is told at once and keeps what had not left; the new link sends it along', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person()]);
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'The plan.');
    await untilPill(ada.page, 'saved');
    const old = await sharedLinks(ada.page);
    await openPad(ben.page, old.edit);
    await ben.context.setOffline(true);
    await untilPill(ben.page, 'offline');
    await typeAtEnd(ben.page, ' A note of Ben.');
    await changeLocks(ada.page);
    await ben.context.setOffline(false);
    await notice(ben.page, 'renewed').waitFor({ timeout: WAIT_MS });
    await expectWords(ben.page, '[data-notice="renewed"]', ['pad.notice.renewed.title', 'pad.notice.renewed.text']);
    expect(await padText(ben.page)).toContain('A note of Ben.');
    expect(await textOf(ben.page).getAttribute('contenteditable')).toBe('false');
    expect(await seriousFindings(ben.page)).toEqual([]);
    await notice(ben.page, 'renewed').getByRole('button', { name: 'Save a copy' }).click();
    await ben.page.getByLabel('Plain text').check();
    const [saved] = await Promise.all([
      ben.page.waitForEvent('download'),
      ben.page.getByRole('button', { name: 'Save as a file' }).click(),
    ]);
    expect(await readFile(await saved.path(), 'utf8')).toContain('A note of Ben.');
    // The owner goes on, by the link of before.
    await typeAtEnd(ada.page, ' Nobody else knows.');
    await untilPill(ada.page, 'saved');
    const fresh = await sharedLinks(ada.page);
    expect([fresh.own, fresh.edit === old.edit, fresh.view === old.view]).toEqual([old.own, false, false]);
    expect(await padText(ben.page)).not.toContain('Nobody else knows.');
    await ben.page.goto('about:blank');
    await openPad(ben.page, fresh.edit);
    await expect.poll(() => padText(ada.page), patience).toContain('A note of Ben.');
    await expect.poll(() => padText(ben.page), patience).toContain('Nobody else knows.');
  });

  test('ATT-4: old links lead to a page that says why, new ones to everything, the pictures too, sealed anew', async () => {
    const ada = await world.person();
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'The plan.');
    await givePicture(ada.page);
    await untilPill(ada.page, 'saved');
    const old = await sharedLinks(ada.page);
    const before = await pictureId(ada.page);
    await changeLocks(ada.page);
    await untilPill(ada.page, 'saved');
    expect(await pictureId(ada.page)).not.toBe(before);
    const fresh = await sharedLinks(ada.page);
    const stranger = await world.person();
    for (const link of [old.edit, old.view]) {
      await stranger.page.goto('about:blank');
      await stranger.page.goto(link);
      await stranger.page.locator('.error-page[data-code="renewed"]').waitFor({ timeout: WAIT_MS });
    }
    await expectWords(stranger.page, '.error-page', [
      'error.renewed.title',
      'error.renewed.what',
      'error.renewed.do',
      'error.renewed.safe',
    ]);
    await stranger.page.goto('about:blank');
    await openPad(stranger.page, fresh.view, 'readonly');
    expect(await padText(stranger.page)).toContain('The plan.');
    await expect.poll(() => pictureShown(stranger.page), patience).toBe(true);
    // In another browser of the owner, by the link of before.
    await stranger.page.goto('about:blank');
    await openPad(stranger.page, old.own);
    await expect.poll(() => pictureShown(stranger.page), patience).toBe(true);
  });

  test('"My documents" says which links were changed, and a weaker new link takes their place', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person()]);
    await newPad(ada.page, world.origin);
    await ada.page.getByRole('textbox', { name: 'Title of the pad' }).fill('Common ground');
    await ada.page.locator('[data-state=sending]').waitFor();
    await untilPill(ada.page, 'saved');
    const old = await sharedLinks(ada.page);
    await openPad(ben.page, old.edit);
    await changeLocks(ada.page);
    await notice(ben.page, 'renewed').waitFor({ timeout: WAIT_MS });
    await ben.page.goto(`${world.origin}/documents`);
    await ben.page.getByText('its links were changed').waitFor({ timeout: WAIT_MS });
    const { view } = await sharedLinks(ada.page);
    await openPad(ben.page, view, 'readonly');
    await ben.page.goto(`${world.origin}/documents`);
    await ben.page.getByText('read only').waitFor({ timeout: WAIT_MS });
    expect(await ben.page.getByText('its links were changed').count()).toBe(0);
    expect(await ben.page.locator('.document-title').getAttribute('href')).toBe(view);
  });

  test('the host is killed in the middle: the page waits, goes on by itself, and nothing is lost', async () => {
    const ada = await world.person();
    await newPad(ada.page, world.origin);
    await paste(ada.page, 'Kept whatever happens.');
    await untilPill(ada.page, 'saved');
    const old = await sharedLinks(ada.page);
    const dialog = await about(ada.page);
    await dialog.getByRole('button', { name: 'Change the locks' }).click();
    await dialog.getByRole('button', { name: 'Change the locks' }).click();
    await world.relay.down('SIGKILL');
    await world.relay.up();
    await dialog.getByText('no longer work').waitFor({ timeout: 60_000 });
    await ada.page.keyboard.press('Escape');
    const { edit } = await sharedLinks(ada.page);
    expect(edit).not.toBe(old.edit);
    const ben = await world.person();
    await openPad(ben.page, edit);
    expect(await padText(ben.page)).toBe('Kept whatever happens.');
  });
});
