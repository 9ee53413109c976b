import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const LONG = { timeout: 60_000 };

/** For who wants to look at it with the program it is made for. */
export async function keep(name: string, bytes: Uint8Array): Promise<void> {
  const folder = process.env.ARCHIPEL_SHOTS;
  if (folder !== undefined) await writeFile(join(folder, name), bytes);
}

export async function bring(page: Page, name: string, buffer: Buffer | Uint8Array | string): Promise<void> {
  await page.getByRole('button', { name: 'Menu' }).click();
  const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) };
  await page.getByTestId('pad-file').setInputFiles(file);
  await page.keyboard.press('Escape');
}

export async function brought(page: Page, name: string, buffer: Buffer | Uint8Array | string): Promise<void> {
  await bring(page, name, buffer);
  await page.getByText(`The text of “${name}” is at the end of the pad.`).waitFor(LONG);
}

export async function save(page: Page, format: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'Save a copy' }).click();
  await page.getByLabel(format).check();
  const [saved] = await Promise.all([
    page.waitForEvent('download', LONG),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
  await page.keyboard.press('Escape');
  return Buffer.concat(chunks);
}

/** The blocks of the pad and their words, as a tree in one line: what two formats must agree on. */
export function blocksOf(page: Page): Promise<string> {
  return page.locator('.pad-text').evaluate((text) => {
    const HOLDERS = 'UL OL LI TABLE TR ASIDE BLOCKQUOTE FIGURE TH TD'.split(' ');
    const WORDS = 'P H1 H2 H3 PRE FIGCAPTION'.split(' ');
    const told = (element: Element): string => {
      const inside = () => [...element.children].map(told).filter(Boolean).join(' ');
      if (WORDS.includes(element.tagName)) return `${element.tagName} "${element.textContent}"`;
      if (!HOLDERS.includes(element.tagName)) return inside();
      const { callout, checked } = (element as HTMLElement).dataset;
      const start = element.getAttribute('start');
      const picture = element.tagName === 'FIGURE' ? (element.querySelector('img')?.alt ?? '') : undefined;
      const more = [callout, checked, start, picture].filter((each) => each != null).map((each) => `.${each}`);
      return `${element.tagName}${more.join('')}(${inside()})`;
    };
    return [...text.children].map(told).filter(Boolean).join('\n');
  });
}
