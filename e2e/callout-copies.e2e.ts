import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blocksOf, brought, keep, save } from './harness/files.ts';
import { newPad, textOf } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const LONG = { timeout: 60_000 };

const image = `<img alt="Le port" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==">`;
const task = (done: boolean, words: string) => `<li data-type="taskItem" data-checked="${done}"><p>${words}</p></li>`;

/** Callouts with everything that a block can be, beside each other and beside the same outside of them. */
const PAGE = `<!doctype html><html><body>
<p>Avant</p>
<aside data-callout="warning"><p>Glace sur le <strong>quai</strong>.</p>
<ul><li><p>un</p><ol><li><p>un et demi</p></li></ol></li><li><p>deux</p></li></ul>
<p>Puis :</p><ol start="3"><li><p>trois</p></li><li><p>quatre</p></li></ol>
<table><tr><th>Quoi</th><th>Quand</th></tr><tr><td>salle</td><td>lundi</td></tr></table></aside>
<aside data-callout="tip"><table><tr><td>seule</td></tr></table><p>Entre.</p><ul data-type="taskList">${task(true, 'fait')}${task(false, 'à faire')}</ul></aside>
<aside data-callout="tip"><figure>${image}<figcaption>Au matin</figcaption></figure><h2>Titre</h2><blockquote><p>Citation</p></blockquote><pre>let x</pre></aside>
<aside data-callout="note"><p>Une ligne.</p><p>Une autre.</p></aside>
<aside data-callout="note"><ul><li><p>seul</p></li></ul></aside>
<ul><li><p>dehors</p></li></ul>
<table><tr><td>dehors</td></tr></table>
<p>Après</p></body></html>`;

const BLOCKS = [
  'P "Avant"',
  'ASIDE.warning(P "Glace sur le quai." UL(LI(P "un" OL(LI(P "un et demi"))) LI(P "deux")) P "Puis :" OL.3(LI(P "trois") LI(P "quatre")) TABLE(TR(TH(P "Quoi") TH(P "Quand")) TR(TD(P "salle") TD(P "lundi"))))',
  'ASIDE.tip(TABLE(TR(TD(P "seule"))) P "Entre." UL(LI.true(P "fait") LI.false(P "à faire")))',
  'ASIDE.tip(FIGURE.Le port(FIGCAPTION "Au matin") H2 "Titre" BLOCKQUOTE(P "Citation") PRE "let x")',
  'ASIDE.note(P "Une ligne." P "Une autre.")',
  'ASIDE.note(UL(LI(P "seul")))',
  'UL(LI(P "dehors"))',
  'TABLE(TR(TD(P "dehors")))',
  'P "Après"',
];

async function padOfAll(): Promise<Page> {
  const { page } = await world.person();
  await newPad(page, world.origin);
  await brought(page, 'page.html', PAGE);
  await textOf(page).locator('.pad-picture img[src^="blob:"]').waitFor(LONG);
  expect((await blocksOf(page)).split('\n')).toEqual(BLOCKS);
  return page;
}

async function broughtAgain(name: string, bytes: Uint8Array): Promise<string[]> {
  const { page } = await world.person();
  await newPad(page, world.origin);
  await brought(page, name, bytes);
  return (await blocksOf(page)).split('\n');
}

describe('lists, tables and pictures within callouts', () => {
  test.each([
    ['Word (DOCX)', 'callouts.docx'],
    ['LibreOffice (ODT)', 'callouts.odt'],
    ['Web page (HTML)', 'callouts.html'],
    ['Markdown', 'callouts.md'],
  ])('%s has them all, and brings them back', async (format, name) => {
    const page = await padOfAll();
    const bytes = await save(page, format);
    await keep(name, bytes);
    expect(await broughtAgain(name, bytes)).toEqual(BLOCKS);
  });

  test.each(['callouts.odt', 'callouts-of-word.odt', 'callouts.docx'])(
    '%s, which LibreOffice made of one of these, brings them back',
    async (name) => {
      const bytes = await readFile(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
      expect(await broughtAgain(name, bytes)).toEqual(BLOCKS);
    },
  );
});
