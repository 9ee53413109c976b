import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { strToU8, unzipSync, zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { bring, brought, keep, save } from './harness/files.ts';
import { newPad, padHtml, padText, textOf, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const LONG = { timeout: 60_000 };

/** Made with LibreOffice Writer 7.4. */
const fixture = (name: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));

async function emptyPad(): Promise<Page> {
  const { page } = await world.person();
  await newPad(page, world.origin);
  return page;
}

/** Tags and words without what is not structure: what two formats must agree on. */
async function structure(page: Page): Promise<string> {
  const html = await padHtml(page);
  return html
    .replace(/<div><table>/g, '<table>')
    .replace(/<\/table><\/div>/g, '</table>')
    .replace(/<div>.*?<\/div><figcaption>/g, '<figcaption>')
    .replace(/<\/?tbody>|<br>/g, '')
    .replace(/ href="[^"]*"/g, '');
}

const MEETING = [
  '<h1>Assemblée générale</h1>',
  '<p>Présents : <strong>Anne</strong>, <em>Bo</em> et <s>Chloé</s>',
  '<h2>Ordre du jour</h2>',
  '<ol><li><p>Bilan</p></li><li><p>Budget</p><ol><li><p>Recettes</p></li></ol></li></ol>',
  '<ul><li><p>pain</p></li><li><p>eau</p></li></ul>',
  '<th colspan="2"><p>Quoi et quand</p></th>',
  '<td rowspan="2"><p>Anne</p></td><td><p>salle</p></td><td><p>lundi</p></td>',
  '<figure><figcaption></figcaption></figure>',
  '<p>Voir <a>le site</a>.</p>',
];

/** What stands under the text of the same file. */
const NOTE = 'Arrivée plus tard.';
const notesOf = (page: Page) => page.getByRole('region', { name: 'Notes' }).locator('.pad-note-words');

describe('a file of an office program', () => {
  test.each(['assemblee.odt', 'assemblee.docx'])(
    '%s comes in with its headings, lists, table, picture and note',
    async (name) => {
      const page = await emptyPad();
      await brought(page, name, await fixture(name));
      const found = await structure(page);
      for (const part of MEETING) expect(found).toContain(part);
      await expect.poll(() => notesOf(page).allTextContents(), patience).toEqual([NOTE]);
      const picture = textOf(page).locator('.pad-picture img[src^="blob:"]');
      await picture.waitFor(LONG);
      expect(await picture.getAttribute('alt')).toBe('Le port');
      await untilPill(page, 'saved');
    },
  );

  test.each([
    ['Word (DOCX)', 'copy.docx'],
    ['LibreOffice (ODT)', 'copy.odt'],
  ])('%s is written so that it comes in as it went out', async (format, name) => {
    const page = await emptyPad();
    await brought(page, 'assemblee.odt', await fixture('assemblee.odt'));
    await textOf(page).locator('.pad-picture img[src^="blob:"]').waitFor(LONG);
    const before = await structure(page);
    const bytes = await save(page, format);
    const parts = Object.keys(unzipSync(bytes));
    expect(parts.filter((part) => /\.(png|jpe?g)$/.test(part)).length).toBe(1);
    const again = await emptyPad();
    await brought(again, name, bytes);
    const after = await structure(again);
    for (const part of MEETING) expect(after, before).toContain(part);
    await expect.poll(() => notesOf(again).allTextContents(), patience).toEqual([NOTE]);
    expect((await padText(again)).replace(/\s+/g, ' ').trim()).toBe((await padText(page)).replace(/\s+/g, ' ').trim());
  });
});

/** Notes, callouts and lines from right to left, as Markdown. */
const BLOCKS = [
  '# Sortie[^a]',
  'Rendez-vous[^2] au port, *tôt*[^long].',
  '> [!WARNING]\n> Glace sur le quai[^ice].\n>\n> Restez sur le ponton.',
  '> une citation',
  '> [!TIP]\n> Venez à pied.',
  'مرحبا بكم[^he]',
  '[^a]: Dimanche',
  '[^2]: à **neuf** heures',
  '[^long]: voir [le site](https://example.org/) et ailleurs',
  '[^ice]: selon la météo',
  '[^he]: שלום',
].join('\n\n');
const BLOCKS_NOTES = ['Dimanche', 'à neuf heures', 'voir le site et ailleurs', 'selon la météo', 'שלום'];

async function expectBlocks(page: Page, format: string): Promise<void> {
  await expect.poll(() => notesOf(page).allTextContents(), patience).toEqual(BLOCKS_NOTES);
  const second = await notesOf(page).nth(1).innerHTML();
  expect(second, format).toContain('<strong>neuf</strong>');
  expect(await notesOf(page).locator('a').getAttribute('href'), format).toBe('https://example.org/');
  const found = await textOf(page).evaluate((text) =>
    [...text.children].map((block) => {
      const lines = [...block.querySelectorAll('p')].map((line) => line.textContent);
      return [
        block.tagName,
        block.getAttribute('data-callout') ?? '',
        lines.length > 0 ? lines.join('/') : block.textContent,
      ];
    }),
  );
  expect(found, format).toEqual([
    ['H1', '', 'Sortie1'],
    ['P', '', 'Rendez-vous2 au port, tôt3.'],
    ['ASIDE', 'warning', 'Glace sur le quai4./Restez sur le ponton.'],
    ['BLOCKQUOTE', '', 'une citation'],
    ['ASIDE', 'tip', 'Venez à pied.'],
    ['P', '', 'مرحبا بكم5'],
  ]);
}

describe('notes, callouts and lines from right to left', () => {
  test.each([
    ['Word (DOCX)', 'copy.docx'],
    ['LibreOffice (ODT)', 'copy.odt'],
    ['Web page (HTML)', 'copy.html'],
    ['Markdown', 'copy.md'],
  ])('%s is written so that they come in as they went out', async (format, name) => {
    const page = await emptyPad();
    await brought(page, 'sortie.md', BLOCKS);
    await expectBlocks(page, 'md');
    const bytes = await save(page, format);
    await keep(name, bytes);
    const again = await emptyPad();
    await brought(again, name, bytes);
    await expectBlocks(again, format);
  });
});

describe('a file that LibreOffice wrote', () => {
  test.each(['sortie.odt', 'sortie.docx', 'sortie-of-word.odt'])(
    '%s comes in with its notes and its callouts',
    async (name) => {
      const page = await emptyPad();
      await brought(page, name, await fixture(name));
      await expectBlocks(page, name);
    },
  );
});

describe('a text file', () => {
  test('in Markdown comes in with tasks, tables and code', async () => {
    const page = await emptyPad();
    const source =
      '---\nlang: fr\n---\n# Titre\n\n- [x] fait\n- [ ] à faire\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```js\nlet x\n```\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![far](https://example.org/far.png)\n';
    await brought(page, 'notes.md', source);
    const found = await structure(page);
    expect(found).toContain('<h1>Titre</h1>');
    expect(found).toMatch(/data-checked="true".*fait.*data-checked="false".*à faire/s);
    expect(found).toContain('<th><p>a</p></th>');
    expect(await textOf(page).locator('pre').textContent()).toBe('let x');
    await textOf(page).locator('pre .code-word', { hasText: 'let' }).waitFor(LONG);
    expect(found).not.toContain('alert');
    expect(await textOf(page).locator('img:not(.ProseMirror-separator), script, a').count()).toBe(0);
  });
});

describe('a file that is not what it should be', () => {
  const docx = (document: string, more: Record<string, Uint8Array> = {}) =>
    zipSync({ 'word/document.xml': strToU8(document), ...more });
  const zeros = new Uint8Array(40_000_000);

  test.each<[string, string, () => Promise<Uint8Array> | Uint8Array, RegExp]>([
    [
      'a zip that would fill the memory',
      'bomb.docx',
      () => docx('<x/>', { a: zeros, b: zeros, c: zeros }),
      /is too large/,
    ],
    [
      'entities that name other files',
      'xxe.docx',
      () => docx('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
      /could do harm/,
    ],
    ['half a file', 'half.odt', async () => (await fixture('assemblee.odt')).subarray(0, 6000), /is damaged/],
    [
      'XML that is none',
      'broken.odt',
      () => zipSync({ mimetype: strToU8('application/vnd.oasis.opendocument.text'), 'content.xml': strToU8('<a><b>') }),
      /is damaged/,
    ],
    [
      'an old Word file',
      'old.doc',
      () => Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]),
      /not a file that a pad can read/,
    ],
    [
      'a locked Word file',
      'locked.docx',
      () => Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]),
      /locked with a password/,
    ],
    ['another zip', 'photos.zip', () => zipSync({ 'a.txt': strToU8('a') }), /not a file that a pad can read/],
    ['bytes', 'core.txt', () => Uint8Array.from([1, 0, 2, 0, 3]), /not a file that a pad can read/],
    ['an .etherpad without a pad', 'empty.etherpad', () => strToU8('{}'), /is damaged/],
  ])('is refused with its reason: %s', async (_what, name, make, reason) => {
    const page = await emptyPad();
    await bring(page, name, await make());
    await page.getByText(reason).waitFor(LONG);
    expect(await padText(page)).toBe('');
    await expect.poll(() => page.locator('.toast').count(), patience).toBe(1);
  });
});
