import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import {
  caretIn,
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

const pictureShown = (page: Page): Promise<boolean> =>
  textOf(page)
    .locator('.pad-picture img[alt="A boat"]')
    .evaluate((image) => (image as HTMLImageElement).naturalWidth === 40)
    .catch(() => false);

describe('changing the locks', () => {
  test('old links stop working, whoever is there by one is told at once and keeps what had not left; the new ones open everything', async () => {
    const [ada, ben, rita] = await Promise.all([world.person(), world.person(), world.person({ locale: 'fr-FR' })]);
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'The plan.');
    await givePicture(ada.page);
    await untilPill(ada.page, 'saved');
    const old = await sharedLinks(ada.page);
    await openPad(ben.page, old.edit);
    await openPad(rita.page, old.view, 'readonly');
    await expect.poll(() => pictureShown(ben.page), patience).toBe(true);
    const phone = await world.person();
    await openPad(phone.page, old.own);

    await ben.context.setOffline(true);
    await untilPill(ben.page, 'offline');
    await caretIn(ben.page, 'The plan.');
    await ben.page.keyboard.type(' A note of Ben.');
    await changeLocks(ada.page);
    await expectWords(rita.page, '[data-notice="renewed"]', ['pad.notice.renewed.title', 'pad.notice.renewed.text']);
    await ben.context.setOffline(false);
    await notice(ben.page, 'renewed').waitFor({ timeout: WAIT_MS });
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

    // The owner goes on, in both browsers, by the link of before.
    await caretIn(ada.page, 'The plan.');
    await ada.page.keyboard.type(' Nobody else knows.');
    await untilPill(ada.page, 'saved');
    await expect.poll(() => padText(phone.page), patience).toContain('Nobody else knows.');
    const fresh = await sharedLinks(ada.page);
    expect([fresh.own, fresh.edit === old.edit, fresh.view === old.view]).toEqual([old.own, false, false]);
    expect(await padText(ben.page)).not.toContain('Nobody else knows.');

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

    // A new link: everything is there, the picture too; and Ben's browser sends what had not left.
    await openPad(stranger.page, fresh.view, 'readonly');
    expect(await padText(stranger.page)).toContain('The plan.');
    await expect.poll(() => pictureShown(stranger.page), patience).toBe(true);
    await ben.page.goto('about:blank');
    await openPad(ben.page, fresh.edit);
    await expect.poll(() => padText(ada.page), patience).toContain('A note of Ben.');
    await expect.poll(() => padText(stranger.page), patience).toContain('A note of Ben.');
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
