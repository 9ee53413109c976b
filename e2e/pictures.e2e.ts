import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './harness/browser.ts';
import { newPad, openPad, sharedLinks, textOf, tool, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

/** A picture of this size as a file in the page's clipboard, or dropped: what a person does without a file chooser. */
async function give(
  page: Page,
  how: 'paste' | 'drop',
  width: number,
  height: number,
  type = 'image/png',
): Promise<void> {
  await textOf(page).evaluate(
    async (text, [gesture, across, down, mediaType]) => {
      const canvas = new OffscreenCanvas(Number(across), Number(down));
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.fillStyle = '#0a7';
      context.fillRect(0, 0, Number(across), Number(down) / 2);
      const blob = await canvas.convertToBlob({ type: String(mediaType) });
      const data = new DataTransfer();
      data.items.add(new File([blob], 'harbour.png', { type: String(mediaType) }));
      const { left, bottom } = text.getBoundingClientRect();
      const at = { bubbles: true, cancelable: true, clientX: left + 20, clientY: bottom - 5 };
      text.dispatchEvent(
        gesture === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: data, ...at }),
      );
    },
    [how, width, height, type] as const,
  );
}

const image = (page: Page) => textOf(page).locator('.pad-picture img:not(.ProseMirror-separator)');
const sizeOf = (page: Page) =>
  image(page)
    .first()
    .evaluate(
      (element) => `${(element as HTMLImageElement).naturalWidth}x${(element as HTMLImageElement).naturalHeight}`,
    );

async function describePicture(page: Page, words: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: /^(Picture|Image)$/ });
  await dialog.getByRole('textbox').fill(words);
  await dialog.getByRole('button', { name: /^(Apply|Appliquer)$/ }).click();
  await dialog.waitFor({ state: 'hidden' });
}

describe('a picture in a pad', () => {
  test('that is pasted is described, seen by the others, sized by the keyboard, and saved with the text', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person({ locale: 'fr-FR' })]);
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'The harbour');
    const { view } = await sharedLinks(ada.page);
    await openPad(ben.page, view, 'readonly');
    await give(ada.page, 'paste', 3000, 1500);
    await describePicture(ada.page, 'Boats at low tide');
    await image(ben.page).waitFor({ timeout: WAIT_MS });
    await expect.poll(() => sizeOf(ben.page), patience).toBe('2400x1200');
    expect(await image(ben.page).getAttribute('alt')).toBe('Boats at low tide');
    const handle = ada.page.getByRole('slider', { name: 'Width of the picture' });
    await handle.focus();
    await ada.page.keyboard.press('ArrowLeft');
    await ada.page.keyboard.press('ArrowLeft');
    await expect.poll(() => handle.getAttribute('aria-valuenow'), patience).toBe('90');
    expect(await seriousFindings(ada.page)).toEqual([]);
    expect(await seriousFindings(ben.page)).toEqual([]);
    await ada.page.getByRole('button', { name: 'Menu' }).click();
    await ada.page.getByRole('button', { name: 'Save a copy' }).click();
    await ada.page.getByLabel('Web page (HTML)').check();
    const [saved] = await Promise.all([
      ada.page.waitForEvent('download'),
      ada.page.getByRole('button', { name: 'Save as a file' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
    const html = Buffer.concat(chunks).toString();
    expect(html).toMatch(
      /<img src="data:image\/webp;base64,[A-Za-z0-9+/=]{100,}" alt="Boats at low tide" width="90%">/,
    );
    expect(
      [...ada.watch.errors, ...ben.watch.errors].filter((line) => !line.startsWith('Failed to load resource')),
    ).toEqual([]);
    expect(ada.watch.sent.join('\n')).not.toContain('harbour.png');
  });

  test('that is added without a network is there after a reload, and leaves when the network is back', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person()]);
    await newPad(ada.page, world.origin);
    const { edit } = await sharedLinks(ada.page);
    await openPad(ben.page, edit);
    await ada.context.setOffline(true);
    await untilPill(ada.page, 'offline');
    await give(ada.page, 'drop', 40, 30, 'image/jpeg');
    await describePicture(ada.page, 'A small one');
    await image(ada.page).waitFor();
    expect(await image(ben.page).count()).toBe(0);
    await ada.context.setOffline(false);
    await expect.poll(() => image(ben.page).count(), { timeout: 60_000, interval: 200 }).toBe(1);
    await expect.poll(() => sizeOf(ben.page), { timeout: 60_000, interval: 200 }).toBe('40x30');
    await ben.page.reload();
    await image(ben.page).waitFor({ timeout: WAIT_MS });
  });

  test('is refused with a reason: a drawing that can hold programs, a host without files', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await page.getByTestId('pad-picture').setInputFiles({
      name: 'logo.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    });
    await page.getByText('“logo.svg” is an SVG drawing').waitFor();
    await page.getByTestId('pad-picture').setInputFiles({
      name: 'notes.png',
      mimeType: 'image/png',
      buffer: Buffer.from('not a picture'),
    });
    await page.getByText('“notes.png” is not a picture').waitFor();
    expect(await image(page).count()).toBe(0);
    await page.route('**/host.json', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), files: null } });
    });
    await page.reload();
    await untilPill(page, 'saved');
    await give(page, 'paste', 20, 20);
    await page.getByText('This host keeps no files').waitFor();
    expect(await image(page).count()).toBe(0);
    await tool(page, 'picture').waitFor();
  });
});
