/** Looking at files of a drop: what is shown, and that nothing in them ever runs in the page. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type Sent, sendDrop, sendNamed, takenOf, utf8 } from './harness/drops.ts';
import { WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({}, { whole: true });
const patience = { timeout: WAIT_MS, interval: 50 };
const RUN = 'globalThis.hasRun = true; top.hasRun = true; if (opener) opener.hasRun = true;';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function opened(files: readonly Sent[], options = {}) {
  const link = await sendDrop(world.origin, files);
  const person = await world.person(options);
  await person.page.goto(link);
  await person.page.locator('.take-facts').waitFor({ timeout: WAIT_MS });
  return { ...person, link };
}

async function look(page: Page, name: string, kind: string): Promise<void> {
  await page.getByRole('button', { name: `Look at ${name}`, exact: true }).click();
  await page.locator(`[data-look="${kind}"]`).waitFor({ timeout: WAIT_MS });
}

const hasRun = (page: Page): Promise<boolean> => page.evaluate(() => 'hasRun' in globalThis);

/** Sixty seconds of a tone, as other programs write it. */
function wav(): Uint8Array {
  const rate = 8000;
  const bytes = new Uint8Array(44 + 60 * rate);
  const view = new DataView(bytes.buffer);
  bytes.set(utf8('RIFF'), 0);
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(utf8('WAVEfmt '), 8);
  for (const [at, value] of [
    [16, 16],
    [24, rate],
    [28, rate],
    [40, bytes.length - 44],
  ] as const)
    view.setUint32(at, value, true);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const)
    view.setUint16(at, value, true);
  bytes.set(utf8('data'), 36);
  for (let at = 44; at < bytes.length; at++) bytes[at] = 128 + Math.round(100 * Math.sin(at / 3));
  return bytes;
}

const PDF = utf8(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n',
);

describe('what is shown', () => {
  test('pictures, drawings, texts; all of them are one download', async () => {
    const { page, link, watch } = await opened([
      { name: 'dot.png', bytes: new Uint8Array(Buffer.from(PNG, 'base64')) },
      { name: 'drawing.svg', bytes: utf8('<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>') },
      { name: 'عربي.txt', bytes: utf8('سلام\n<b>not bold</b>') },
      { name: 'long.log', bytes: utf8('line\n'.repeat(100_000)) },
      { name: 'broken.png', bytes: utf8('\x89PNG').fill(0x89, 0, 1) },
    ]);
    const width = () => page.locator('.take-look img').evaluate((image: HTMLImageElement) => image.naturalWidth);
    await look(page, 'dot.png', 'picture');
    await expect.poll(width, patience).toBe(1);
    await page.keyboard.press('Escape');
    await look(page, 'drawing.svg', 'picture');
    await expect.poll(width, patience).toBe(7);
    await page.keyboard.press('Escape');
    await look(page, 'عربي.txt', 'text');
    expect(await page.locator('.take-text').inputValue()).toBe('سلام\n<b>not bold</b>');
    await page.keyboard.press('Escape');
    await look(page, 'long.log', 'text');
    expect(await page.locator('.take-look').innerText()).toContain('the beginning of a long file');
    await page.keyboard.press('Escape');
    await look(page, 'broken.png', 'none');
    expect(await takenOf(link)).toBe(1);
    expect(watch.errors.filter((text) => !text.includes('status of 401'))).toEqual([]);
  });

  test('a sound is played from any place in it, without the rest', async () => {
    const { page } = await opened([{ name: 'tone.wav', bytes: wav() }]);
    await look(page, 'tone.wav', 'sound');
    const sound = page.locator('.take-look audio');
    await expect.poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.duration), patience).toBeCloseTo(60, 0);
    await sound.evaluate((audio: HTMLAudioElement) => {
      audio.muted = true;
      audio.currentTime = 50;
      return audio.play();
    });
    await expect
      .poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.currentTime), patience)
      .toBeGreaterThan(50.2);
  });

  test('a PDF in a tab of its own, which cannot reach this one', async () => {
    const { page, context } = await opened([{ name: 'paper.pdf', bytes: PDF }]);
    await look(page, 'paper.pdf', 'pdf');
    const [tab] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('link', { name: 'Open the PDF' }).click(),
    ]);
    await expect.poll(() => tab.evaluate(() => document.contentType), patience).toBe('application/pdf');
    expect(await tab.evaluate(() => opener)).toBeNull();
    expect(new URL(tab.url()).pathname).toMatch(/^\/served\/[0-9a-f]{32}$/);
  });

  test.each(['en', 'fr'] as const)('a look is sound on a phone and on a desk (%s)', async (language) => {
    for (const [size, theme] of [
      [PHONE, 'dark'],
      [DESK, 'light'],
    ] as const) {
      const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
      const files = [
        { name: 'notes.txt', bytes: utf8('Bring gloves.\n'.repeat(40)) },
        { name: 'a.pdf', bytes: PDF },
      ];
      const { page } = await opened(files, { locale, viewport: size, colorScheme: theme });
      for (const [index, name] of ['look-text', 'look-pdf'].entries()) {
        await page.locator('.take-file').nth(index).locator('.icon-button').first().click();
        await page.locator('[data-look="text"], [data-look="pdf"]').waitFor({ timeout: WAIT_MS });
        await expectSound(page, name, { ...size, language, theme });
        await page.keyboard.press('Escape');
      }
    }
  });
});

describe('what is hostile', () => {
  test('pages, drawings with scripts and what pretends to be something else never run', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}" width="9" height="9"><script>${RUN}</script><image href="${world.origin}/health"/></svg>`;
    const html = `<!doctype html><script>${RUN}</script><img src=x onerror="${RUN}">`;
    const { page, context, watch } = await opened([
      { name: 'page.html', type: 'text/html', bytes: utf8(html) },
      { name: 'photo.jpg', type: 'image/jpeg', bytes: utf8(svg) },
      { name: 'film.mp4', type: 'video/mp4', bytes: utf8(html) },
      { name: 'paper.pdf', type: 'application/pdf', bytes: utf8(html) },
      { name: 'trap.pdf', type: 'text/html', bytes: utf8(`%PDF-1.7\n${html}`) },
      { name: '<img src=x onerror=hasRun=1>.txt', bytes: utf8('x') },
    ]);
    for (const name of ['page.html', 'film.mp4', 'paper.pdf']) {
      await look(page, name, 'text');
      expect(await page.locator('.take-text').inputValue()).toBe(html);
      await page.keyboard.press('Escape');
    }
    await look(page, 'photo.jpg', 'picture');
    expect(await page.locator('.take-look img').getAttribute('src')).toMatch(/^data:image\/svg\+xml;/);
    await page.keyboard.press('Escape');
    await look(page, '<img src=x onerror=hasRun=1>.txt', 'text');
    await page.keyboard.press('Escape');
    await look(page, 'trap.pdf', 'pdf');
    const [tab] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('link', { name: 'Open the PDF' }).click(),
    ]);
    await tab.waitForLoadState();
    await expect.poll(() => tab.evaluate(() => document.contentType), patience).toBe('application/pdf');
    expect([await hasRun(page), await hasRun(tab)]).toEqual([false, false]);
    expect(watch.foreign).toEqual([]);
    expect(watch.sent.join()).not.toContain('/health');
  });

  test.each(['../../escape.sh', 'gnp.\u202eexe', 'a/b', 'con\u0000', '..'])(
    'a name like %j: nothing of it is taken',
    async (name) => {
      const { page } = await world.person();
      await page.goto(await sendNamed(world.origin, name));
      await page.locator('[data-code="files_forged"]').waitFor({ timeout: WAIT_MS });
    },
  );
});

test('by keyboard alone: looks, saves', async () => {
  const { page, context } = await world.person();
  const link = await sendDrop(world.origin, [{ name: 'a.txt', bytes: utf8('hello') }]);
  await context.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto(link);
  await page.locator('.take-facts').waitFor();
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? '');
  const tabTo = async (words: string): Promise<void> => {
    for (let presses = 0; presses < 30 && (await focused()) !== words; presses++) await page.keyboard.press('Tab');
    expect(await focused()).toBe(words);
  };
  await tabTo('Look at a.txt');
  await page.keyboard.press('Enter');
  await page.locator('.take-text').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(focused, patience).toBe('Look at a.txt');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Save a.txt');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  await page.locator('[data-transfer="done"]').waitFor();
  expect(download.suggestedFilename()).toBe('a.txt');
});
