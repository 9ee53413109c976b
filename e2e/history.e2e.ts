import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { newPad, openPad, padText, sharedLinks, textOf, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
let ben: Person;

beforeAll(async () => {
  [ada, ben] = await Promise.all([world.named('Ada'), world.named('Ben', { locale: 'fr-FR' })]);
});

/** A sentence that the host has, as a step of its own. */
async function writes(page: Page, words: string): Promise<void> {
  await typeAtEnd(page, words);
  await untilPill(page, 'sending', 'saved');
  await untilPill(page, 'saved');
}

async function openHistory(page: Page): Promise<void> {
  await page.locator('.menu > .icon-button').last().click();
  await page.getByRole('button', { name: /^(History|Historique)$/ }).click();
  await page.locator('.past-sheet').waitFor({ timeout: WAIT_MS });
}

const slider = (page: Page) => page.locator('.past-slider input');
const pastText = (page: Page): Promise<string> =>
  page.locator('.past-text').evaluate((text) => {
    const copy = text.cloneNode(true) as Element;
    for (const gone of copy.querySelectorAll('del')) gone.remove();
    return [...copy.querySelectorAll('p, h1, h2, h3, pre')].map((block) => block.textContent ?? '').join('\n');
  });

async function goTo(page: Page, index: number): Promise<void> {
  await slider(page).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < index; step += 1) await page.keyboard.press('ArrowRight');
}

const choose = (page: Page, label: string, option: string) => page.getByLabel(label).selectOption({ label: option });

/** Whether this browser has noted that it was here. */
function noted(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('archipel');
    await new Promise((resolve) => opening.addEventListener('success', resolve));
    const [store = ''] = opening.result.objectStoreNames;
    const keys = opening.result.transaction(store).objectStore(store).getAllKeys();
    await new Promise((resolve) => keys.addEventListener('success', resolve));
    opening.result.close();
    return keys.result.some((key) => JSON.stringify(key).includes('note/visit'));
  });
}

/** Ada and Ben have written a sentence each, which Ben then cut. */
async function pastOfTwo(): Promise<{ view: string; edit: string }> {
  await newPad(ada.page, world.origin);
  const links = await sharedLinks(ada.page);
  await writes(ada.page, 'Apples and pears.');
  await openPad(ben.page, links.edit);
  await writes(ben.page, ' Figues.');
  await expect.poll(() => padText(ada.page), patience).toBe('Apples and pears. Figues.');
  await ben.page.keyboard.press('Control+Shift+ArrowLeft');
  await ben.page.keyboard.press('Control+Shift+ArrowLeft');
  await ben.page.keyboard.type('Prunes');
  await untilPill(ben.page, 'sending', 'saved');
  await untilPill(ben.page, 'saved');
  await expect.poll(() => padText(ada.page), patience).toContain('Prunes');
  await untilPill(ada.page, 'saved');
  return links;
}

describe('the history of a pad', () => {
  test('goes back to the beginning and to each step, tells who wrote when and what changed', async () => {
    await pastOfTwo();
    const { page } = ada;
    const now = await padText(page);
    await openHistory(page);
    await expect.poll(() => pastText(page), patience).toBe(now);
    await expect(page.getByTestId('past-moment').textContent()).resolves.toMatch(/2\d{3}.*\d:\d{2}.*, Ben$/);
    await goTo(page, 0);
    await expect.poll(() => pastText(page), patience).toBe('');
    expect(await page.getByTestId('past-moment').textContent()).toBe('The beginning');
    // The moment of before is compared with that of now.
    await page.getByRole('button', { name: 'Compare from here' }).click();
    await slider(page).focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.past-text ins').allTextContents(), patience).toContain('Apples and pears.');
    // Only what one of them wrote.
    await choose(page, 'Written by', 'Ada');
    await expect.poll(() => page.getByTestId('past-moment').textContent(), patience).toMatch(/, Ada$/);
    await expect.poll(() => pastText(page), patience).toBe('Apples and pears.');
    await page.keyboard.press('Escape');
    await page.locator('.past').waitFor({ state: 'detached' });
    expect(await padText(page)).toBe(now);
  });

  test('plays by itself to the end', async () => {
    await pastOfTwo();
    const { page } = ada;
    await openHistory(page);
    await goTo(page, 0);
    await choose(page, 'Speed', 'fast');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect
      .poll(() => slider(page).evaluate((range: HTMLInputElement) => range.value === range.max), patience)
      .toBe(true);
    await expect.poll(() => pastText(page), patience).toContain('Prunes');
    await page.keyboard.press('Escape');
  });

  test('brings an earlier text back for everybody, and one undo takes that back', async () => {
    await pastOfTwo();
    const before = await padText(ada.page);
    const { page } = ada;
    await openHistory(page);
    await choose(page, 'Written by', 'Ada');
    await expect.poll(() => pastText(page), patience).toBe('Apples and pears.');
    await page.getByRole('button', { name: 'Bring this text back' }).click();
    await page.getByRole('button', { name: 'Bring it back', exact: true }).click();
    await expect.poll(() => padText(ben.page), patience).toBe('Apples and pears.');
    await textOf(page).focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => padText(ben.page), patience).toBe(before);
  });

  test('moments have names that all see, and a moment can be saved as a file', async () => {
    await pastOfTwo();
    const { page } = ada;
    await openHistory(page);
    await choose(page, 'Written by', 'Ada');
    await page.getByLabel('Give this moment a name').fill('Before Ben');
    await page.getByRole('button', { name: 'Give this name' }).click();
    await page.getByRole('button', { name: /^Before Ben/ }).waitFor();
    await page.keyboard.press('Escape');
    await untilPill(page, 'saved');
    await expect
      .poll(async () => {
        await openHistory(ben.page);
        const names = await ben.page.locator('.past-versions strong').allTextContents();
        if (names.length === 0) await ben.page.keyboard.press('Escape');
        return names;
      }, patience)
      .toEqual(['Before Ben']);
    await ben.page.getByRole('button', { name: /^Before Ben/ }).click();
    await expect.poll(() => pastText(ben.page), patience).toBe('Apples and pears.');
    await ben.page.getByRole('button', { name: 'Enregistrer une copie' }).last().click();
    await ben.page.getByRole('radio', { name: /Texte/ }).check();
    const saving = ben.page.waitForEvent('download');
    await ben.page.getByRole('button', { name: 'Enregistrer le fichier' }).click();
    expect(await readFile(await (await saving).path(), 'utf8')).toBe('Apples and pears.\n');
    await ben.page.keyboard.press('Escape');
    await ben.page.keyboard.press('Escape');
  });

  test('is for readers when the owner says so, is erased when the owner says so, and can be seen offline', async () => {
    const { view } = await pastOfTwo();
    const reader = await world.person();
    await openPad(reader.page, view, 'readonly');
    const entry = reader.page.getByRole('button', { name: 'History' });
    await reader.page.locator('.menu > .icon-button').last().click();
    expect(await entry.count()).toBe(0);
    await reader.page.keyboard.press('Escape');

    await openHistory(ada.page);
    await ada.page.getByLabel('People with the link to read may see the history').click();
    await expect
      .poll(() => ada.page.getByLabel('People with the link to read may see the history').isChecked(), patience)
      .toBe(true);
    await openHistory(reader.page);
    await expect.poll(() => pastText(reader.page), patience).toContain('Prunes');
    expect(await reader.page.getByRole('button', { name: 'Bring this text back' }).count()).toBe(0);
    await reader.page.keyboard.press('Escape');

    await reader.context.setOffline(true);
    await untilPill(reader.page, 'offline');
    await openHistory(reader.page);
    await goTo(reader.page, 0);
    await expect.poll(() => pastText(reader.page), patience).toBe('');
    await reader.page.keyboard.press('Escape');
    await reader.context.setOffline(false);
    await untilPill(reader.page, 'readonly');

    await ada.page.getByRole('button', { name: 'Erase the history' }).click();
    await ada.page.getByRole('button', { name: 'Erase it for everybody' }).click();
    await expect.poll(() => slider(ada.page).getAttribute('max'), patience).toBe('0');
    expect(await pastText(ada.page)).toContain('Prunes');
    await ada.page.keyboard.press('Escape');
    await openHistory(reader.page);
    expect(await slider(reader.page).getAttribute('max')).toBe('0');
    await reader.page.keyboard.press('Escape');
  });

  test('who comes back is told that there is something new, and sees what', async () => {
    const { edit } = await pastOfTwo();
    const { page } = await world.person();
    await openPad(page, edit);
    await expect.poll(() => padText(page), patience).toContain('Prunes');
    // What was seen is noted a moment later.
    await expect.poll(() => noted(page), patience).toBe(true);
    await page.goto(world.origin);
    await writes(ada.page, ' And quinces.');
    await openPad(page, edit);
    await page.getByRole('button', { name: 'See what changed' }).click();
    await expect.poll(() => page.locator('.past-text ins').allTextContents(), patience).toEqual([' And quinces.']);
    await page.keyboard.press('Escape');
    await page.reload();
    await untilPill(page, 'saved');
    await expect.poll(() => page.locator('[data-notice=news]').count(), patience).toBe(0);
  });

  test.each([PHONE, DESK])('is sound on a screen of $width', async (size) => {
    await pastOfTwo();
    for (const [person, language, theme] of [
      [ada, 'en', 'light'],
      [ben, 'fr', 'dark'],
    ] as const) {
      const { page } = person;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme });
      await openHistory(page);
      await goTo(page, 3);
      await expectSound(page, 'history', { ...size, language, theme });
      await page.keyboard.press('Escape');
    }
  });
});
