import type { Page } from 'playwright-core';
import { encode } from 'uqr';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  caretIn,
  newPad,
  nextFrames,
  openPad,
  padHtml,
  padText,
  sharedLinks,
  textOf,
  tool,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
let ben: Person;

beforeAll(async () => {
  [ada, ben] = await Promise.all([world.resident(), world.resident({ locale: 'fr-FR' })]);
});

/** Ada has a new pad, and Ben its link to write. */
async function meet(): Promise<void> {
  await newPad(ada.page, world.origin);
  const { edit } = await sharedLinks(ada.page);
  await openPad(ben.page, edit);
}

/** Both have the same text with the same formats. */
async function untilSame(a: Page, b: Page): Promise<string> {
  await expect.poll(async () => (await padHtml(a)) === (await padHtml(b)), patience).toBe(true);
  return padText(a);
}

async function takeName(page: Page, name: string): Promise<void> {
  await page.locator('.people .face-button').click();
  await page.getByRole('button', { name: /^(Your name|Votre nom)$/ }).click();
  const dialog = page.getByRole('dialog', { name: /^(Your name|Votre nom)$/ });
  await dialog.getByRole('textbox').fill(name);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

describe('a pad of one’s own', () => {
  test('one click on the portal makes it, kept for as long as was chosen there', async () => {
    const { page } = await world.person();
    await page.goto(world.origin);
    await page.getByLabel('Keep it').selectOption({ label: 'for a week' });
    await page.getByRole('link', { name: 'Start a pad' }).click();
    await untilPill(page, 'saved');
    expect(new URL(page.url()).hash).toMatch(/^#1o\./);
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'About this document' }).click();
    await expect.poll(() => page.getByTestId('pad-until').textContent(), patience).toMatch(/^Expires in 7\sdays/);
  });

  test('the share dialog gives a link to read and a link to write, each with its QR code', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    const own = page.url();
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share' });
    for (const [name, start] of [
      ['Link to read', '#1v.'],
      ['Link to write', '#1e.'],
    ] as const) {
      await dialog.getByRole('radio', { name }).check();
      const link = await dialog.getByRole('textbox', { name }).inputValue();
      expect(link.startsWith(`${world.origin}/pad${start}`)).toBe(true);
      expect(link).not.toContain(new URL(own).hash.split('.').at(-1));
      const code = dialog.getByRole('img', { name: `QR code: ${link}` });
      expect(await darkModules(code.locator('.qr-ink'))).toEqual(expectedModules(link));
    }
  });
});

/** The dark squares of a drawn code as `x y`, read from what the browser fills, not from the path's text. */
async function darkModules(ink: ReturnType<Page['locator']>): Promise<string[]> {
  return ink.evaluate((element) => {
    const path = element as SVGPathElement;
    const size = path.ownerSVGElement?.viewBox.baseVal.width ?? 0;
    const dark: string[] = [];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        if (path.isPointInFill(new DOMPoint(x + 0.5, y + 0.5))) dark.push(`${x} ${y}`);
      }
    }
    return dark;
  });
}

function expectedModules(link: string): string[] {
  const { data } = encode(link, { ecc: 'M', border: 4 });
  return data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])));
}

describe('two people at once', () => {
  test('in different paragraphs, and then in the same one', async () => {
    await meet();
    await typeAtEnd(ada.page, 'Apples\nPears');
    await expect.poll(() => padText(ben.page), patience).toBe('Apples\nPears');
    await Promise.all([
      caretIn(ada.page, 'Apples').then(() => ada.page.keyboard.type(' from the orchard', { delay: 20 })),
      caretIn(ben.page, 'Pears').then(() => ben.page.keyboard.type(' du jardin', { delay: 30 })),
    ]);
    await expect.poll(() => padText(ben.page), patience).toBe('Apples from the orchard\nPears du jardin');
    expect(await untilSame(ada.page, ben.page)).toBe('Apples from the orchard\nPears du jardin');

    await caretIn(ada.page, 'Pears du jardin');
    await caretIn(ben.page, 'Pears du jardin');
    await ben.page.keyboard.press('Home');
    await Promise.all([
      ada.page.keyboard.type(', and quinces', { delay: 20 }),
      ben.page.keyboard.type('Figues et ', { delay: 25 }),
    ]);
    const together = 'Apples from the orchard\nFigues et Pears du jardin, and quinces';
    await expect.poll(() => padText(ada.page), patience).toBe(together);
    expect(await untilSame(ada.page, ben.page)).toBe(together);
  });

  test('at the very same place: both words are there, whole', async () => {
    await meet();
    await typeAtEnd(ada.page, '[]');
    await expect.poll(() => padText(ben.page), patience).toBe('[]');
    for (const { page } of [ada, ben]) {
      await caretIn(page, '[]');
      await page.keyboard.press('ArrowLeft');
    }
    await Promise.all([
      ada.page.keyboard.type('albatross', { delay: 15 }),
      ben.page.keyboard.type('BOUQUETIN', { delay: 15 }),
    ]);
    await expect.poll(async () => (await padText(ada.page)).length, patience).toBe(20);
    const text = await untilSame(ada.page, ben.page);
    expect(['[albatrossBOUQUETIN]', '[BOUQUETINalbatross]']).toContain(text);
  });

  test('a click in the text goes where it was made, however much the other types', async () => {
    await meet();
    const lines = ['zero', 'one', 'two', 'three', 'four'];
    await typeAtEnd(ada.page, `${lines.join('\n')}\n`);
    await expect.poll(() => padText(ben.page), patience).toContain('four');
    let isTyping = true;
    const typing = (async () => {
      while (isTyping) await ada.page.keyboard.type('tide ', { delay: 15 });
    })();
    const went: string[] = [];
    const meant: string[] = [];
    for (let click = 0; click < 25; click++) {
      const line = lines[(click * 3) % lines.length] ?? '';
      await textOf(ben.page).getByText(line, { exact: true }).click();
      await textOf(ben.page).evaluate(nextFrames);
      went.push(await ben.page.evaluate(() => document.getSelection()?.anchorNode?.textContent ?? ''));
      meant.push(line);
    }
    isTyping = false;
    await typing;
    expect(went).toEqual(meant);
  });

  test('each sees who is here, by name, and where they write', async () => {
    await meet();
    await ada.page.getByRole('button', { name: '2 people here' }).waitFor();
    await takeName(ada.page, 'Ada');
    await takeName(ben.page, 'Bénédicte');
    await typeAtEnd(ada.page, 'First\nSecond');
    await expect.poll(() => padText(ben.page), patience).toBe('First\nSecond');
    await caretIn(ada.page, 'First');
    const caret = textOf(ben.page).locator('p', { has: ben.page.locator('.pad-caret[data-name="Ada"]') });
    await expect.poll(() => caret.allTextContents(), patience).toEqual(['First']);
    await textOf(ben.page).getByText('Second').click();
    const other = textOf(ada.page).locator('p', { has: ada.page.locator('.pad-caret[data-name="Bénédicte"]') });
    await expect.poll(() => other.allTextContents(), patience).toEqual(['Second']);

    await takeName(ada.page, 'Ada Lovelace');
    await ben.page.getByRole('button', { name: '2 personnes ici' }).click();
    await expect
      .poll(() => ben.page.locator('.people-name').allTextContents(), patience)
      .toEqual(['Bénédicte (vous)', 'Ada Lovelace']);
    await ada.page.goto(world.origin);
    await ben.page.getByRole('button', { name: '1 personne ici' }).waitFor();
  });

  test('undo takes back one’s own edits only', async () => {
    await meet();
    await typeAtEnd(ada.page, 'Mine');
    await expect.poll(() => padText(ben.page), patience).toBe('Mine');
    await typeAtEnd(ben.page, ' and yours');
    await expect.poll(() => padText(ada.page), patience).toBe('Mine and yours');
    await textOf(ada.page).focus();
    await ada.page.keyboard.press('Control+z');
    await expect.poll(() => padText(ben.page), patience).toBe(' and yours');
    await ada.page.keyboard.press('Control+Shift+z');
    await expect.poll(() => padText(ben.page), patience).toBe('Mine and yours');
    await tool(ben.page, 'undo').click();
    await expect.poll(() => padText(ada.page), patience).toBe('Mine');
  });

  test('the title is shared, letter by letter', async () => {
    await meet();
    await ada.page.getByRole('textbox', { name: 'Title of the pad' }).fill('Minutes');
    const field = ben.page.locator('.pad-title');
    await expect.poll(() => field.inputValue(), patience).toBe('Minutes');
    await field.focus();
    await ben.page.keyboard.press('End');
    await ben.page.keyboard.type(' of May');
    await expect.poll(() => ada.page.title(), patience).toBe('Minutes of May – Archipel');
  });
});

describe('formats reach the other', () => {
  test('by the toolbar', async () => {
    await meet();
    const { page } = ada;
    await textOf(page).focus();
    await tool(page, 'heading1').click();
    await page.keyboard.type('Garden\n');
    await tool(page, 'heading2').click();
    await page.keyboard.type('Spring\n');
    for (const mark of ['bold', 'italic', 'underline', 'strike', 'code']) {
      await tool(page, mark).click();
      await page.keyboard.type(mark);
      await tool(page, mark).click();
      await page.keyboard.type(' ');
    }
    await page.keyboard.press('Enter');
    for (const list of ['bulletList', 'orderedList', 'taskList']) {
      await tool(page, list).click();
      await page.keyboard.type(`${list} one\n${list} two\n\n`);
    }
    await tool(page, 'blockquote').click();
    await page.keyboard.type('Quoted\n\n');
    await tool(page, 'codeBlock').click();
    await page.keyboard.type('let code = 1;');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('End');
    await expect.poll(() => padHtml(ben.page), patience).toContain('<p>End</p>');
    await untilSame(ada.page, ben.page);
    const html = await padHtml(ben.page);
    for (const piece of [
      '<h1>Garden</h1>',
      '<h2>Spring</h2>',
      '<strong>bold</strong>',
      '<em>italic</em>',
      '<u>underline</u>',
      '<s>strike</s>',
      '<code>code</code>',
      '<ul><li><p>bulletList one</p></li><li><p>bulletList two</p></li></ul>',
      '<ol><li><p>orderedList one</p></li><li><p>orderedList two</p></li></ol>',
      '<blockquote><p>Quoted</p></blockquote>',
      '<pre><code>let code = 1;</code></pre>',
    ]) {
      expect(html).toContain(piece);
    }
    await textOf(ben.page)
      .getByRole('checkbox', { name: /taskList two/ })
      .check();
    await textOf(page).locator('[data-checked=true]', { hasText: 'taskList two' }).waitFor();
    expect(await textOf(page).locator('[data-checked=false]').allTextContents()).toEqual(['taskList one']);
  });

  test('a table, with rows and columns added by the other', async () => {
    await meet();
    await textOf(ada.page).focus();
    await tool(ada.page, 'table').click();
    const dialog = ada.page.getByRole('dialog', { name: 'Insert a table' });
    await dialog.getByLabel('Rows').fill('2');
    await dialog.getByLabel('Columns').fill('2');
    await dialog.getByRole('button', { name: 'Insert' }).click();
    await textOf(ada.page).locator('table').waitFor();
    await ada.page.keyboard.type('Tool');
    await ada.page.keyboard.press('Tab');
    await ada.page.keyboard.type('Who');
    expect(await textOf(ada.page).locator('th').allTextContents()).toEqual(['Tool', 'Who']);
    await expect.poll(() => textOf(ben.page).locator('th').allTextContents(), patience).toEqual(['Tool', 'Who']);
    await caretIn(ben.page, 'Who');
    await tool(ben.page, 'addColumnAfter').click();
    await tool(ben.page, 'addRowAfter').click();
    await expect.poll(() => textOf(ada.page).locator('tr').count(), patience).toBe(3);
    await expect.poll(() => textOf(ada.page).locator('th').count(), patience).toBe(3);
    await untilSame(ada.page, ben.page);
  });

  test('by markdown signs', async () => {
    await meet();
    await typeAtEnd(
      ada.page,
      '## Title\n**strong** *soft* ~~gone~~ `mono` \n- one\ntwo\n\n[ ] task\n\n> said\n\n--- https://example.org \n',
    );
    await expect.poll(() => padHtml(ben.page), patience).toContain('example.org</a>');
    await untilSame(ada.page, ben.page);
    const html = await padHtml(ben.page);
    for (const piece of [
      '<h2>Title</h2>',
      '<strong>strong</strong>',
      '<em>soft</em>',
      '<s>gone</s>',
      '<code>mono</code>',
      '<li><p>two</p></li></ul>',
      '<blockquote><p>said</p></blockquote>',
      '<a href="https://example.org',
    ]) {
      expect(html).toContain(piece);
    }
  });
});
