import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import { newPad, openPad, padText, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

const titles = (page: Page): Promise<string[]> => page.locator('.document-title').allTextContents();

/** A pad with this title, remembered under it. */
async function padCalled(page: Page, title: string): Promise<string> {
  await newPad(page, world.origin);
  const { own } = await sharedLinks(page);
  await retitle(page, title);
  return own;
}

async function retitle(page: Page, title: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Title of the pad' }).fill(title);
  await page.locator('[data-state=sending]').waitFor();
  await untilPill(page, 'saved');
}

async function documents(page: Page): Promise<void> {
  await page.goto(`${world.origin}/documents`);
  await page.getByRole('heading', { name: 'My documents' }).waitFor();
}

/** Chooses a file to bring a list back from. */
async function bring(page: Page, buffer: Buffer): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name: 'list.json', mimeType: 'application/json', buffer });
}

/** A list as a host of today saves it: what people have on their disks must go on being read. */
function savedList(names: readonly string[]): Buffer {
  const entries = names.map((title, index) => {
    const docId = String(index).padStart(27, 'A');
    const link = `${world.origin}/pad#1v.${docId}.${'A'.repeat(27)}`;
    return { docId, tool: 'pad', title, link, cap: 'view', openedAt: 1_700_000_000_000, expiresAt: null };
  });
  return Buffer.from(JSON.stringify({ format: 'archipel-documents', version: 1, documents: entries }));
}

/** Keys of what the client keeps in this browser; runs in the page. */
function keptHere(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('archipel');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const keys = opening.result.transaction('entries').objectStore('entries').getAllKeys();
      keys.onsuccess = () => resolve(keys.result.map(String));
      opening.result.close();
    };
  });
}

describe('my documents', () => {
  test('what was opened here is remembered with its title, right and expiry; the portal shows the last ones', async () => {
    const { page } = await world.person();
    for (const title of ['Minutes', 'Shopping', 'Letters', 'Recipes']) await padCalled(page, title);
    await documents(page);
    await expect.poll(() => titles(page), patience).toEqual(['Recipes', 'Letters', 'Shopping', 'Minutes']);
    const line = page.getByRole('listitem').filter({ hasText: 'Minutes' });
    for (const fact of ['Pad', 'yours', 'Opened now', 'Expires in 7']) {
      expect(await line.textContent()).toContain(fact);
    }
    await page.goto(world.origin);
    await expect.poll(() => titles(page), patience).toEqual(['Recipes', 'Letters', 'Shopping']);
    await page.getByRole('link', { name: 'All my documents' }).click();
    await page.getByRole('link', { name: 'Minutes' }).click();
    await untilPill(page, 'saved');
    await retitle(page, 'Minutes of March');
    await documents(page);
    await expect.poll(() => titles(page), patience).toEqual(['Minutes of March', 'Recipes', 'Letters', 'Shopping']);
  });

  test('a link to read is remembered as such, and a stronger one is never lost to it', async () => {
    const owner = await world.person();
    await padCalled(owner.page, 'Common ground');
    const links = await sharedLinks(owner.page);
    const reader = await world.person();
    await openPad(reader.page, links.view, 'readonly');
    await documents(reader.page);
    const line = reader.page.getByRole('listitem').filter({ hasText: 'Common ground' });
    await line.getByText('read only').waitFor();

    await openPad(owner.page, links.view, 'readonly');
    await documents(owner.page);
    await owner.page.getByRole('listitem').filter({ hasText: 'Common ground' }).getByText('yours').waitFor();
    expect(await owner.page.locator('.document-title').getAttribute('href')).toBe(links.own);
  });

  test('search by title, whatever the case and the accents', async () => {
    const { page } = await world.person();
    await documents(page);
    await bring(page, savedList(['Été au jardin', 'Hiver', 'Le jardin d’hiver']));
    await page.getByText('3 documents brought back.').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search by title' });
    await search.fill('ete');
    await expect.poll(() => titles(page), patience).toEqual(['Été au jardin']);
    await search.fill('HIVER jardin');
    await expect.poll(() => titles(page), patience).toEqual(['Le jardin d’hiver']);
    await page.getByText('1 document', { exact: true }).waitFor();
    await search.fill('nowhere');
    await page.getByText('No title or tag contains “nowhere”.').waitFor();
  });

  test('tags are added, found by, removed, and travel with the file; the arrows lead from line to line', async () => {
    const { page } = await world.person();
    await documents(page);
    await bring(page, savedList(['Été au jardin', 'Hiver', 'Budget']));
    await page.getByText('3 documents brought back.').waitFor();
    const dialog = page.getByRole('dialog', { name: 'Tags of “Budget”' });
    await page.getByRole('button', { name: 'Tags of “Budget”' }).click();
    await page.keyboard.type('Comité');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Remove the tag “Comité”' }).waitFor();
    await page.keyboard.type('Argent');
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.waitFor({ state: 'detached' });
    const filters = page.getByRole('group', { name: 'Tags' });
    await expect.poll(() => filters.getByRole('button').allTextContents(), patience).toEqual(['Argent', 'Comité']);
    await page.getByRole('searchbox').fill('comite');
    await expect.poll(() => titles(page), patience).toEqual(['Budget']);
    await page.getByRole('searchbox').fill('');
    await filters.getByRole('button', { name: 'Argent' }).click();
    await expect.poll(() => titles(page), patience).toEqual(['Budget']);
    expect(await seriousFindings(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the list' }).click(),
    ]);
    const file = await readFile(await download.path());
    await page.getByRole('button', { name: 'Tags of “Budget”' }).click();
    await dialog.getByRole('button', { name: 'Remove the tag “Argent”' }).click();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await page.getByText('No document in the list is of this kind').waitFor();

    const ben = await world.person();
    await documents(ben.page);
    await bring(ben.page, file);
    await ben.page.getByRole('group', { name: 'Tags' }).getByRole('button', { name: 'Argent' }).waitFor();
    await ben.page.getByRole('combobox', { name: 'Order' }).selectOption('title');
    await expect.poll(() => titles(ben.page), patience).toEqual(['Budget', 'Été au jardin', 'Hiver']);
    await ben.page.getByRole('searchbox').press('ArrowDown');
    await ben.page.keyboard.press('ArrowDown');
    expect(await ben.page.evaluate(() => document.activeElement?.textContent)).toBe('Été au jardin');
  });

  test('a thousand documents: a hundred are drawn at once, all are searched', async () => {
    const many = await world.person();
    await documents(many.page);
    await bring(many.page, savedList(Array.from({ length: 1000 }, (_, index) => `Document ${index}`)));
    await many.page.getByText('1,000 documents', { exact: true }).waitFor();
    expect(await titles(many.page)).toHaveLength(100);
    await many.page.getByRole('button', { name: 'Show 100 more' }).press('Enter');
    await expect.poll(() => titles(many.page), patience).toHaveLength(200);
    await many.page.getByRole('searchbox').fill('document 777');
    await expect.poll(() => titles(many.page), patience).toEqual(['Document 777']);
  });

  test('taking one off the list leaves the document where it is', async () => {
    const { page } = await world.person();
    const own = await padCalled(page, 'Kept elsewhere');
    await typeAtEnd(page, 'Still here');
    await untilPill(page, 'saved');
    await documents(page);
    await page.getByRole('button', { name: 'Remove “Kept elsewhere” from this browser' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove this link?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await titles(page)).toEqual(['Kept elsewhere']);
    await page.getByRole('button', { name: 'Remove “Kept elsewhere” from this browser' }).click();
    await dialog.getByRole('button', { name: 'Remove the link' }).click();
    await page.getByText('“Kept elsewhere” is no longer in this browser.').waitFor();
    await page.getByRole('heading', { name: 'No document yet' }).waitFor();
    await openPad(page, own);
    expect(await padText(page)).toBe('Still here');
  });

  test('taking one off while it is open in another tab closes it there, and nothing of it stays in the browser', async () => {
    const { page } = await world.person();
    const own = await padCalled(page, 'Two tabs');
    await typeAtEnd(page, 'Seen by both');
    await untilPill(page, 'saved');
    const list = await page.context().newPage();
    await documents(list);
    await list.getByRole('button', { name: 'Remove “Two tabs” from this browser' }).click();
    await list.getByRole('button', { name: 'Remove the link' }).click();
    await page.getByRole('heading', { name: 'You removed this document from this browser' }).waitFor();
    await expect.poll(() => list.evaluate(keptHere), patience).toEqual([]);
    await openPad(list, own);
    expect(await padText(list)).toBe('Seen by both');
  });

  test('the list as a file: out of one browser and into another', async () => {
    const ada = await world.person();
    const links = [await padCalled(ada.page, 'First'), await padCalled(ada.page, 'Second')];
    await documents(ada.page);
    const [download] = await Promise.all([
      ada.page.waitForEvent('download'),
      ada.page.getByRole('button', { name: 'Save the list' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^archipel-documents-\d{4}-\d\d-\d\d\.json$/);
    const file = await readFile(await download.path());

    const ben = await world.person();
    await documents(ben.page);
    await bring(ben.page, Buffer.from('{"a": 1}'));
    await ben.page.getByText('This file is not a list saved by Archipel. Nothing was changed.').waitFor();
    await bring(ben.page, file);
    await ben.page.getByText('2 documents brought back.').waitFor();
    await expect.poll(() => titles(ben.page), patience).toEqual(['Second', 'First']);
    const hrefs = await ben.page
      .locator('.document-title')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(hrefs).toEqual(links.toReversed());
    await ben.page.getByRole('link', { name: 'First' }).click();
    await untilPill(ben.page, 'saved');
    await ben.page.getByRole('textbox', { name: 'Title of the pad' }).waitFor();
  });
});
