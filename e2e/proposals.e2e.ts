import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  caretIn,
  newPad,
  openPad,
  padHtml,
  padText,
  pasteHtml,
  sharedLinks,
  textOf,
  tool,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

let ada: Person;
let ben: Person;

beforeAll(async () => {
  [ada, ben] = await Promise.all([world.named('Ada'), world.named('Ben', { locale: 'fr-FR' })]);
});

async function meet(text: string): Promise<{ view: string; edit: string }> {
  await newPad(ada.page, world.origin);
  const links = await sharedLinks(ada.page);
  await typeAtEnd(ada.page, text);
  await openPad(ben.page, links.edit);
  await expect.poll(() => padText(ben.page), patience).toBe(text);
  return links;
}

async function choose(page: Page, name: RegExp): Promise<void> {
  await page.locator('.menu > .icon-button').last().click();
  await page.getByRole('button', { name }).click();
}

async function propose(page: Page): Promise<void> {
  await choose(page, /^(Propose changes|Proposer des changements)$/);
  await page.locator('.pad-proposing').waitFor();
}

/** What is proposed in the text, in its order: `+` what is to come, `-` what is to go. */
const proposed = (page: Page): Promise<string[]> =>
  textOf(page).evaluate((text) =>
    [...text.querySelectorAll('ins.proposal, del.proposal, [data-proposed]')].map((piece) => {
      const sign = piece.matches('ins, [data-proposed="insertion"]') ? '+' : '-';
      return `${sign}${piece.matches('p, h1, h2, h3, pre') ? '¶' : piece.textContent}`;
    }),
  );

/** The blocks that are to come, to go, or to become another kind, with their words. */
const wholes = (page: Page): Promise<string[]> =>
  textOf(page).evaluate((text) => {
    const copy = text.cloneNode(true) as Element;
    for (const extra of copy.querySelectorAll('.pad-caret')) extra.remove();
    return [...copy.querySelectorAll<HTMLElement>('[data-whole]')].map(
      (block) => `${block.dataset.whole} ${block.localName} ${block.textContent}`,
    );
  });

describe('proposals', () => {
  test('are marked for everybody, and accepted and refused one by one or together', async () => {
    const { view } = await meet('Apples and pears\nFigs');
    await propose(ben.page);
    await caretIn(ben.page, 'Apples and pears');
    await ben.page.keyboard.press('Control+Shift+ArrowLeft', { delay: 100 });
    await ben.page.keyboard.type('plums', { delay: 20 });
    await caretIn(ben.page, 'Figs');
    await ben.page.keyboard.press('Enter');
    await ben.page.keyboard.type('# Dates', { delay: 20 });
    const all = ['-pears', '+plums', '+¶', '+# Dates'];
    await expect.poll(() => proposed(ada.page), patience).toEqual(all);
    expect(await padText(ada.page)).toBe('Apples and pearsplums\nFigs\n# Dates');

    // Ada writes in the text meanwhile, as ever, also in the middle of what is to go.
    await caretIn(ada.page, 'Apples and pearsplums');
    for (let step = 0; step < 8; step += 1) await ada.page.keyboard.press('ArrowLeft');
    await ada.page.keyboard.type('!');
    await expect.poll(() => proposed(ben.page), patience).toEqual(['-pe', '-ars', '+plums', '+¶', '+# Dates']);
    await ada.page.keyboard.press('Backspace');

    await untilPill(ben.page, 'saved');
    const reader = await world.person();
    await openPad(reader.page, view, 'readonly');
    expect(await proposed(reader.page)).toEqual(all);
    await choose(reader.page, /^Proposals$/);
    await reader.page.getByText('2 proposals').waitFor();
    expect(await reader.page.locator('.pad-side-body .button').count()).toBe(0);

    await choose(ada.page, /^Proposals$/);
    await expect.poll(() => ada.page.locator('.comment strong').allTextContents(), patience).toEqual(['Ben', 'Ben']);
    await ada.page.getByRole('button', { name: 'Accept the proposal by Ben: plums' }).click();
    await expect.poll(() => padText(ben.page), patience).toBe('Apples and plums\nFigs\n# Dates');
    await ada.page.getByRole('button', { name: 'Refuse the proposal by Ben: # Dates' }).click();
    await expect.poll(() => padText(ben.page), patience).toBe('Apples and plums\nFigs');
    expect(await proposed(reader.page)).toEqual([]);
    await ada.page.getByText('Nothing is proposed here').waitFor();
    await ada.page.keyboard.press('Escape');
    await caretIn(ada.page, 'Figs');
    await ada.page.keyboard.press('Control+z');
    await expect.poll(() => proposed(ben.page), patience).toEqual(['+¶', '+# Dates']);
  });

  test('are made of what is pasted, with its formats and its blocks; cells in a table come as their words', async () => {
    await meet('Apples');
    await propose(ben.page);
    await caretIn(ben.page, 'Apples');
    await pasteHtml(ben.page, ', <b>pears</b> from <a href="https://example.org/">here</a>');
    await expect.poll(() => proposed(ada.page), patience).toEqual(['+, pears from here']);
    await pasteHtml(ben.page, '<h2>More</h2><ul><li>figs</li></ul><table><tr><td>dates</td></tr></table>');
    await expect.poll(() => padText(ada.page), patience).toContain('dates');
    // The paragraph stays, and what others write in it.
    expect(await wholes(ada.page)).toEqual(['comes ul figs', 'comes div dates']);
    await caretIn(ben.page, 'dates');
    await pasteHtml(ben.page, '<table><tr><td>plums</td></tr></table>');
    await expect.poll(() => padText(ada.page), patience).toContain('datesplain');

    await choose(ada.page, /^Proposals$/);
    await ada.page.getByRole('button', { name: /^Accept all/ }).click();
    const first = 'Apples, <strong>pears</strong> from <a href="https://example.org/">here</a>More';
    const last = '<table><tbody><tr><td><p>datesplain</p></td></tr></tbody></table>';
    const pasted = `<p>${first}</p><ul><li><p>figs</p></li></ul><div>${last}</div>`;
    await expect.poll(() => padHtml(ben.page), patience).toBe(pasted);
    await ada.page.keyboard.press('Escape');
    await caretIn(ada.page, 'figs');
    await ada.page.keyboard.press('Control+z');
    await choose(ada.page, /^Proposals$/);
    await ada.page.getByRole('button', { name: /^Refuse all/ }).click();
    await expect.poll(() => padHtml(ben.page), patience).toBe('<p>Apples</p>');
    await ada.page.keyboard.press('Escape');
  });

  test('are made of formats, headings, lists, tables and pictures, too, with the ordinary tools', async () => {
    await meet('Apples\nPears\nFigs\nDates');
    await propose(ben.page);
    await caretIn(ben.page, 'Apples');
    await ben.page.keyboard.press('Control+Alt+1');
    await caretIn(ben.page, 'Pears');
    await tool(ben.page, 'bulletList').click();
    await expect.poll(() => wholes(ada.page), patience).toEqual(['becomes p Apples', 'goes p Pears', 'comes ul Pears']);
    // The caret is in what is to come: writing goes on there, as a part of it.
    await ben.page.keyboard.type(', ripe');
    await caretIn(ben.page, 'Figs');
    await ben.page.keyboard.press('Control+Shift+ArrowLeft', { delay: 100 });
    await ben.page.keyboard.press('Control+b');
    await expect
      .poll(() => textOf(ada.page).locator('.proposal-format strong').allTextContents(), patience)
      .toEqual(['Figs']);
    await caretIn(ben.page, 'Dates');
    await tool(ben.page, 'table').click();
    const size = ben.page.locator('dialog[open]');
    await size.locator('input[type=number]').first().fill('1');
    await ben.page.keyboard.press('Enter');
    await size.waitFor({ state: 'hidden' });
    await ben.page.keyboard.type('cell');
    await tool(ben.page, 'addRowAfter').click();
    await expect.poll(() => textOf(ada.page).locator('table tr').count(), patience).toBe(2);
    expect(await wholes(ada.page)).toEqual([
      ...['becomes p Apples', 'goes p Pears', 'comes ul Pears, ripe', 'comes div cell'],
    ]);

    await choose(ada.page, /^Proposals$/);
    await ada.page.getByText('4 proposals').waitFor();
    for (const words of ['Becomes: Heading 1', 'Adds: Bullet list', 'Format: Bold', 'Adds: Table']) {
      await ada.page.locator('.comment').getByText(words).waitFor();
    }
    await ada.page.getByRole('button', { name: 'Accept the proposal by Ben: Becomes: Heading 1' }).click();
    await ada.page.getByRole('button', { name: 'Refuse the proposal by Ben: Pears, ripe' }).click();
    await ada.page.getByRole('button', { name: 'Accept the proposal by Ben: Format: Bold' }).click();
    await ada.page.getByRole('button', { name: 'Refuse the proposal by Ben: cell' }).click();
    const settled = '<h1>Apples</h1><p>Pears</p><p><strong>Figs</strong></p><p>Dates</p>';
    for (const { page } of [ada, ben]) await expect.poll(() => padHtml(page), patience).toBe(settled);
    await ada.page.keyboard.press('Escape');
    await caretIn(ada.page, 'Dates');
    await ada.page.keyboard.press('Control+z');
    await expect.poll(() => wholes(ben.page), patience).toEqual(['comes div cell']);
    await ada.page.keyboard.press('Control+Shift+z');
    await expect.poll(() => wholes(ben.page), patience).toEqual([]);

    // Ben takes his own back by undo; a table that is there loses a row when that is accepted.
    await caretIn(ben.page, 'Dates');
    await tool(ben.page, 'taskList').click();
    await expect.poll(() => wholes(ada.page), patience).toEqual(['goes p Dates', 'comes ul Dates']);
    await ben.page.keyboard.press('Control+z');
    await expect.poll(() => padHtml(ada.page), patience).toBe(settled);
    await expect.poll(() => wholes(ada.page), patience).toEqual([]);

    // A picture, with its description, is one proposal.
    await caretIn(ben.page, 'Dates');
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const file = { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') };
    await ben.page.getByTestId('pad-picture').setInputFiles(file);
    const about = ben.page.getByRole('dialog', { name: 'Image' });
    await about.getByRole('textbox').fill('Un point');
    await about.getByRole('button', { name: 'Appliquer' }).click();
    await about.waitFor({ state: 'hidden' });
    const figure = textOf(ada.page).locator('figure[data-whole="comes"] img[alt="Un point"]');
    await figure.waitFor({ timeout: WAIT_MS });
    await choose(ada.page, /^Proposals$/);
    await ada.page.getByRole('button', { name: 'Refuse the proposal by Ben: Adds: Picture' }).click();
    for (const { page } of [ada, ben]) await expect.poll(() => padHtml(page), patience).toBe(settled);
    await ada.page.keyboard.press('Escape');
    await ben.page.locator('.pad-proposing button').click();
    // A picture is asked for before its host has been shown the link.
    const errors = [...ada.watch.errors, ...ben.watch.errors];
    expect(errors.filter((line) => !line.startsWith('Failed to load resource'))).toEqual([]);
  });

  test('of two people who change one table meet, and are settled one by one', async () => {
    await newPad(ada.page, world.origin);
    const { edit } = await sharedLinks(ada.page);
    await typeAtEnd(ada.page, 'Who\n');
    await tool(ada.page, 'table').click();
    const size = ada.page.locator('dialog[open]');
    await size.locator('input[type=number]').first().fill('2');
    await size.locator('input[type=number]').last().fill('2');
    await ada.page.keyboard.press('Enter');
    await size.waitFor({ state: 'hidden' });
    for (const letter of 'abcd') {
      await ada.page.keyboard.type(letter);
      if (letter !== 'd') await ada.page.keyboard.press('Tab');
    }
    await openPad(ben.page, edit);
    await caretIn(ben.page, 'd');
    await propose(ada.page);
    await propose(ben.page);
    await caretIn(ada.page, 'a');
    await caretIn(ben.page, 'c');
    await tool(ada.page, 'addColumnAfter').click();
    await tool(ben.page, 'deleteRow').click();
    const both = ['comes th ', 'goes tr cd', 'comes td '];
    for (const { page } of [ada, ben]) await expect.poll(() => wholes(page), patience).toEqual(both);
    await choose(ada.page, /^Proposals$/);
    await ada.page.locator('.comment').getByText('Adds: Column of the table').waitFor();
    await ada.page.getByRole('button', { name: 'Refuse the proposal by Ada: Adds: Column of the table' }).click();
    await ada.page.getByRole('button', { name: 'Accept the proposal by Ben: c ¶ d' }).click();
    for (const { page } of [ada, ben]) {
      await expect.poll(() => textOf(page).locator('tr').allTextContents(), patience).toEqual(['ab']);
      expect(await textOf(page).locator('th, td').count()).toBe(2);
    }
    await ada.page.keyboard.press('Escape');
    for (const { page } of [ada, ben]) await page.locator('.pad-proposing button').click();
  });

  test('do not leave the pad', async () => {
    await meet('Apples and pears');
    await propose(ada.page);
    await caretIn(ada.page, 'Apples and pears');
    await ada.page.keyboard.type(' and figs', { delay: 20 });
    await ada.page.keyboard.press('Home', { delay: 100 });
    for (let step = 0; step < 6; step += 1) await ada.page.keyboard.press('Delete', { delay: 50 });
    await expect.poll(() => proposed(ben.page), patience).toEqual(['-Apples', '+ and figs']);
    await ada.page.keyboard.press('Control+Alt+1');
    await expect.poll(() => wholes(ben.page), patience).toEqual(['becomes p Apples and pears and figs']);
    expect(await textOf(ada.page).locator('h1').count()).toBe(0);
    await choose(ada.page, /^Save a copy$/);
    const dialog = ada.page.locator('dialog[open]');
    await dialog.getByText('Markdown').click();
    await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await expect
      .poll(() => ada.page.evaluate(() => navigator.clipboard.readText()), patience)
      .toBe('Apples and pears\n');
    await ada.page.keyboard.press('Escape');
    await ada.page.locator('.pad-proposing button').click();
    await choose(ben.page, /^Propositions$/);
    await ben.page.getByRole('button', { name: 'Tout accepter' }).click();
    await expect.poll(() => padText(ada.page), patience).toBe(' and pears and figs');
    await caretIn(ada.page, 'and pears and figs');
    await ada.page.keyboard.type('!');
    await expect.poll(() => padText(ben.page), patience).toBe(' and pears and figs!');
    expect(await proposed(ben.page)).toEqual([]);
  });
});

describe('mentions', () => {
  test('complete the names of who is here; who is named hears of it, now or at the next visit', async () => {
    await meet('Who brings figs?');
    await caretIn(ada.page, 'Who brings figs?');
    await ada.page.keyboard.type(' @be', { delay: 30 });
    await ada.page.locator('.pad-completion').getByText('Ben').waitFor();
    await ada.page.keyboard.press('Enter');
    await expect.poll(() => padText(ben.page), patience).toBe('Who brings figs? @Ben ');
    await ben.page.getByText('Ada vous mentionne.').waitFor();
    await ben.page.getByRole('button', { name: 'Montrer où' }).click();
    await textOf(ben.page).locator('.pad-mention.ProseMirror-selectednode').waitFor();

    // Who wrote can be mentioned when they are gone, too.
    await ben.page.keyboard.press('ArrowRight');
    await ben.page.keyboard.type('?');
    await untilPill(ben.page, 'saved');
    const place = ben.page.url();
    // As long as somebody needs to see what is there.
    await ben.page.waitForTimeout(2000);
    await ben.page.goto(world.origin);
    await caretIn(ada.page, 'Who brings figs? @Ben? ');
    await ada.page.keyboard.type('And @', { delay: 30 });
    await ada.page.locator('.pad-completion').getByText('Ben').click();
    await untilPill(ada.page, 'saved');
    await openPad(ben.page, place);
    await ben.page.getByText('Vous y êtes mentionné par Ada.').waitFor();

    // Escape leaves it as text; an address is no mention.
    await caretIn(ada.page, 'Who brings figs? @Ben? And @Ben ');
    await ada.page.keyboard.type('me@b @b', { delay: 30 });
    await ada.page.locator('.pad-completion').waitFor();
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Enter');
    await expect.poll(() => padText(ben.page), patience).toBe('Who brings figs? @Ben? And @Ben me@b @b\n');
  });
});

/** Each in one line of words, and together as wide as what they are in: beside each other, or one beneath the other. */
async function expectAligned(buttons: Locator): Promise<void> {
  const { lines, edges, rows } = await buttons.evaluateAll((all) => {
    const [{ left, right } = new DOMRect()] = all.map((button) => button.parentElement?.getBoundingClientRect());
    const boxes = all.map((button) => button.getBoundingClientRect());
    const words = all.map((button) => {
      const range = document.createRange();
      range.selectNodeContents(button.querySelector('span') ?? button);
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
    });
    const tops = [...new Set(boxes.map(({ top }) => Math.round(top)))];
    const rowsOf = tops.map((top) => boxes.filter((box) => Math.round(box.top) === top));
    return {
      lines: words.map(({ size }) => size),
      rows: rowsOf.length,
      edges: rowsOf.map((row) => [
        Math.round(Math.min(...row.map((box) => box.left)) - left),
        Math.round(right - Math.max(...row.map((box) => box.right))),
      ]),
    };
  });
  expect(lines).toEqual([1, 1]);
  expect(edges).toEqual(Array.from({ length: rows }, () => [0, 0]));
}

test.each([PHONE, DESK])('proposals and mentions are sound on a screen of $width', async (size) => {
  await meet('Apples and pears\nFigs');
  for (const [{ page }, language, theme, line] of [
    [ada, 'en', 'light', 'Figs'],
    [ben, 'fr', 'dark', 'Apples and pears'],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: theme });
    await propose(page);
    await caretIn(page, line);
    await page.keyboard.press('Control+Shift+ArrowLeft', { delay: 100 });
    await page.keyboard.type(language === 'en' ? 'dates' : 'prunes', { delay: 20 });
    await page.keyboard.press('Enter');
    await page.keyboard.type('@', { delay: 20 });
    await page.locator('.pad-completion').waitFor();
    await expectSound(page, 'mentions', { ...size, language, theme });
    await page.keyboard.press('Enter');
    await choose(page, /^(Proposals|Propositions)$/);
    await page.locator('.comment').first().waitFor();
    await expectSound(page, 'proposals', { ...size, language, theme });
    await page.locator('dialog[open] .dialog-head button, .pad-side-head button').click();
    // "Ben mentions you" lies over the bars of a phone until it is read.
    for (const one of await page.locator('.toast .icon-button').all()) await one.click();
    await page.locator('.pad-proposing button').click();
  }
  for (const [{ page }, language, theme] of [
    [ada, 'en', 'light'],
    [ben, 'fr', 'dark'],
  ] as const) {
    await choose(page, /^(Proposals|Propositions)$/);
    await page.locator('.settle-all').waitFor();
    await expectSound(page, 'proposals-of-two', { ...size, language, theme });
    await expectAligned(page.locator('.settle-all .button'));
    await page.locator('dialog[open] .dialog-head button, .pad-side-head button').click();
  }
});
