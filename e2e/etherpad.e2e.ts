import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  newPad,
  openPad,
  padHtml,
  padText,
  sharedLinks,
  textOf,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const LONG = { timeout: 60_000 };

const fixture = (name: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
/** Written by Etherpad 1.8.14's own code: two authors, a saved revision, a chat. */
const reunion = (): Promise<Buffer> => fixture('reunion.etherpad');

async function choose(page: Page, name: string, buffer: Buffer | string): Promise<void> {
  await page.locator('.menu > .icon-button').last().click();
  await page
    .getByTestId('pad-file')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) });
}

async function bring(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Bring it in' }).click();
  await page.getByText(/^The text of “.*” is at the end of the pad\.$/).waitFor(LONG);
}

async function openHistory(page: Page): Promise<void> {
  await page.locator('.menu > .icon-button').last().click();
  await page.getByRole('button', { name: 'History' }).click();
  await page.locator('.past-sheet').waitFor({ timeout: WAIT_MS });
}

async function showAuthors(page: Page): Promise<void> {
  await page.locator('.people .face-button').click();
  await page.getByLabel('Show who wrote what, in colours').click();
}

/** Etherpad begins the lines of lists with a sign, which is none of their words. */
const bare = (line: string): string => line.replaceAll('*', '');

const WORDS = 'Ordre du jour\nCompte et budget\npain\neau, sel 🧂 https://example.org/liste';

describe('a pad of Etherpad', () => {
  test('comes in with its authors’ colours, which are said to be the file’s, and its chat; one undo takes the text back', async () => {
    const { page, watch } = await world.person();
    await newPad(page, world.origin);
    await choose(page, 'reunion.etherpad', await reunion());
    await page.getByText('Anna (from Etherpad)').waitFor(LONG);
    await bring(page);
    expect(await padText(page)).toBe(WORDS);
    expect(await padHtml(page)).toContain('<p><strong>Ordre du jour</strong></p>');
    expect(await padHtml(page)).toMatch(/<ul[^>]*><li><p>pain<\/p><\/li><li><p>eau/);
    await untilPill(page, 'saved');
    // Another person sees them, too.
    const other = await world.person();
    await openPad(other.page, (await sharedLinks(page)).edit);
    for (const who of [page, other.page]) {
      await showAuthors(who);
      await expect
        .poll(() => textOf(who).locator('.pad-authored.person-10').allTextContents(), patience)
        .toEqual(['et budget', 'pain', 'eau']);
      const own = textOf(who).locator('.pad-authored.person-1').first();
      expect(await own.getAttribute('title')).toBe('Written by Anna (from Etherpad)');
      await who.getByText('Bo (from Etherpad)').waitFor({ timeout: WAIT_MS });
      await who.keyboard.press('Escape');
    }
    await page.locator('.menu > .icon-button').last().click();
    await page.getByRole('button', { name: 'Chat' }).click();
    const said = page.locator('.chat-lines .said');
    await expect.poll(() => said.count(), patience).toBe(2);
    expect(await said.first().textContent()).toMatch(/^Anna \(from Etherpad\).*On commence \?$/);
    await page.keyboard.press('Escape');
    await textOf(page).focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => padText(page), patience).toBe('');
    expect(watch.errors).toEqual([]);
  });

  test('brings its history when that is wanted: moments with the dates of the file, a named one, and words written afterwards', async () => {
    const { page, watch } = await world.person({ viewport: DESK });
    await newPad(page, world.origin);
    await typeAtEnd(page, 'Before.');
    await untilPill(page, 'sending', 'saved');
    await untilPill(page, 'saved');
    await choose(page, 'reunion.etherpad', await reunion());
    await page.getByLabel('The history, too: 3 moments').check(LONG);
    await bring(page);
    expect(await padText(page)).toBe(`Before.\n${WORDS}`);
    await untilPill(page, 'saved');
    await page.reload();
    await expect.poll(() => padText(page), patience).toBe(`Before.\n${WORDS}`);
    await openHistory(page);
    const slider = page.locator('.past-slider input');
    const moment = page.getByTestId('past-moment');
    await slider.focus();
    const seen: string[] = [];
    await page.keyboard.press('Home');
    for (let step = 1; step <= Number(await slider.getAttribute('max')); step += 1) {
      await page.keyboard.press('ArrowRight');
      seen.push((await moment.textContent()) ?? '');
    }
    const ofTheFile = seen.filter((words) => words.startsWith('Before the import, '));
    expect(ofTheFile.map((words) => words.replace(/^.*, /, ''))).toEqual([
      'Anna (from Etherpad)',
      'Bo (from Etherpad)',
      'Anna (from Etherpad)',
    ]);
    expect(ofTheFile[0]).toMatch(/May 3, 2019/);
    expect(seen[0]).not.toMatch(/import/);
    await page.getByRole('button', { name: /^Avant relecture/ }).click();
    await expect.poll(() => page.locator('.past-text').textContent(), patience).toContain('Bilan et budget');
    await page.getByLabel('Written by').selectOption({ label: 'Bo (from Etherpad)' });
    await expect.poll(() => page.locator('.past-text .person-10').allTextContents(), patience).toContain('et budget');
    await expectSound(page, 'history of Etherpad', { ...DESK, language: 'en', theme: 'light' });
    expect(watch.errors).toEqual([]);
  });

  test('with a long history says how far it is, lets the page go on drawing, and ends as the file does', async () => {
    const { page, watch } = await world.person({ viewport: DESK });
    await newPad(page, world.origin);
    const bytes = await fixture('random.etherpad');
    await choose(page, 'random.etherpad', bytes);
    await page.getByLabel('The history, too: 99 moments').check(LONG);
    await page.evaluate(() => {
      const counted = { frames: 0 };
      Object.assign(window, { counted });
      const frame = () => {
        counted.frames += 1;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    await page.getByRole('button', { name: 'Bring it in' }).click();
    await page.getByText(/^[1-9]\d? of 99 moments are here$/).waitFor(LONG);
    const frames = await page.evaluate(() => (window as unknown as { counted: { frames: number } }).counted.frames);
    await page.getByText('The text of “random.etherpad” is at the end of the pad.').waitFor(LONG);
    const more = await page.evaluate(() => (window as unknown as { counted: { frames: number } }).counted.frames);
    // Frozen from the first moment to the last it would have drawn once.
    expect(more - frames).toBeGreaterThan(50);
    const { atext } = (JSON.parse(bytes.toString()) as Record<string, { atext: { text: string } }>)['pad:random'] ?? {};
    const wanted = (atext?.text ?? '').split('\n').filter((line) => bare(line) !== '');
    const shown = await textOf(page).locator('p').allTextContents();
    expect(shown.filter((line) => bare(line) !== '').map(bare)).toEqual(wanted.map(bare));
    await untilPill(page, 'saved');
    await openHistory(page);
    expect(Number(await page.locator('.past-slider input').getAttribute('max'))).toBeGreaterThanOrEqual(99);
    expect(watch.errors).toEqual([]);
  });

  test('whose history is broken says so and brings the text; the dialog is sound on a phone', async () => {
    const { page } = await world.person({ viewport: PHONE });
    await newPad(page, world.origin);
    const file = JSON.parse((await reunion()).toString()) as Record<string, object>;
    file['pad:reunion'] = { ...file['pad:reunion'], head: 1e9 };
    await choose(page, 'reunion.etherpad', JSON.stringify(file));
    await page.getByText('The history of this file cannot be read. The text can.').waitFor(LONG);
    expect(await page.getByLabel(/^The history, too/).count()).toBe(0);
    await expectSound(page, 'etherpad', { ...PHONE, language: 'en', theme: 'light' });
    await bring(page);
    expect(await padText(page)).toBe(WORDS);
  });
});
