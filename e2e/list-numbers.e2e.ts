import { strToU8, zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blocksOf, brought, keep, save } from './harness/files.ts';
import { newPad } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

async function padWith(name: string, bytes: Uint8Array | string): Promise<Page> {
  const { page } = await world.person();
  await newPad(page, world.origin);
  await brought(page, name, bytes);
  return page;
}

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A Word document as small as it can be. */
function docx(numbering: string, ...paragraphs: string[]): Uint8Array {
  const parts = {
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
    '_rels/.rels': `<Relationships xmlns="${RELATIONS}"><Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `<Relationships xmlns="${RELATIONS}"><Relationship Id="r1" Type="${OFFICE}/numbering" Target="numbering.xml"/></Relationships>`,
    'word/document.xml': `<w:document ${W}><w:body>${paragraphs.join('')}</w:body></w:document>`,
    'word/numbering.xml': `<w:numbering ${W}>${numbering}</w:numbering>`,
  };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
}

const list = (id: number, ...levels: string[]): string =>
  `<w:abstractNum w:abstractNumId="${id}">${levels.map((level, at) => `<w:lvl w:ilvl="${at}">${level}</w:lvl>`).join('')}</w:abstractNum>`;
const decimal = (start: number): string => `<w:start w:val="${start}"/><w:numFmt w:val="decimal"/>`;
const num = (id: number, of: number, more = ''): string =>
  `<w:num w:numId="${id}"><w:abstractNumId w:val="${of}"/>${more}</w:num>`;
const restart = (level: number, start: number): string =>
  `<w:lvlOverride w:ilvl="${level}"><w:startOverride w:val="${start}"/></w:lvlOverride>`;
const words = (text: string): string => `<w:r><w:t>${text}</w:t></w:r>`;
const p = (text: string): string => `<w:p>${words(text)}</w:p>`;
const item = (text: string, id: number, level = 0): string =>
  `<w:p><w:pPr><w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${id}"/></w:numPr></w:pPr>${words(text)}</w:p>`;
const styled = (text: string): string => `<w:p><w:pPr><w:pStyle w:val="Counted"/></w:pPr>${words(text)}</w:p>`;

const TWO_LEVELS = list(0, decimal(5), decimal(3));

describe('the numbers that lists of a Word document begin with', () => {
  test.each<[string, Uint8Array, string[]]>([
    [
      'come from the list, on each level',
      docx(TWO_LEVELS + num(1, 0), item('a', 1), item('b', 1, 1), item('c', 1), item('d', 1, 1)),
      ['OL.5(LI(P "a" OL.3(LI(P "b"))) LI(P "c" OL.3(LI(P "d"))))'],
    ],
    [
      'come from what overrides them',
      docx(TWO_LEVELS + num(1, 0, restart(0, 7) + restart(1, 2)), item('a', 1), item('b', 1, 1)),
      ['OL.7(LI(P "a" OL.2(LI(P "b"))))'],
    ],
    [
      'go on after a paragraph between, and begin anew in a list of its own',
      docx(
        TWO_LEVELS + list(1, decimal(1)) + num(1, 0) + num(2, 1) + num(3, 1, restart(0, 1)),
        ...[item('a', 1), item('b', 1), p('between'), item('c', 1)],
        ...[item('d', 2), item('e', 2), item('f', 3), p('end'), item('g', 2)],
      ),
      [
        'OL.5(LI(P "a") LI(P "b"))',
        'P "between"',
        'OL.7(LI(P "c"))',
        'OL(LI(P "d") LI(P "e"))',
        'OL(LI(P "f"))',
        'P "end"',
        'OL.2(LI(P "g"))',
      ],
    ],
    [
      'come from the style of a paragraph; bullets have none',
      docx(
        list(0, `${decimal(4)}<w:pStyle w:val="Counted"/>`) + list(1, '<w:numFmt w:val="bullet"/>') + num(1, 1),
        ...[styled('a'), styled('b'), item('c', 1)],
      ),
      ['OL.4(LI(P "a") LI(P "b"))', 'UL(LI(P "c"))'],
    ],
    [
      'are 1 where they are none that Word knows',
      docx(
        TWO_LEVELS + num(1, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="-9e99"/></w:lvlOverride>'),
        ...[item('a', 1), item('b', 1, 99_999)],
      ),
      ['OL(LI(P "a"))', 'P "b"'],
    ],
  ])('%s', async (_what, bytes, blocks) => {
    const page = await padWith('numbers.docx', bytes);
    expect((await blocksOf(page)).split('\n')).toEqual(blocks);
  });
});

const SPACES = ['office', 'text', 'style']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(' ');

function odt(...blocks: string[]): Uint8Array {
  const level = (at: number, start: number) =>
    `<text:list-level-style-number text:level="${at}" style:num-format="1" text:start-value="${start}"/>`;
  const style = `<text:list-style style:name="L1">${level(1, 5)}${level(2, 3)}</text:list-style>`;
  const content = `<office:document-content ${SPACES}><office:automatic-styles>${style}</office:automatic-styles><office:body><office:text>${blocks.join('')}</office:text></office:body></office:document-content>`;
  return zipSync({ mimetype: strToU8('application/vnd.oasis.opendocument.text'), 'content.xml': strToU8(content) });
}

const odtList = (more: string, ...items: string[]): string =>
  `<text:list text:style-name="L1"${more}>${items.join('')}</text:list>`;
const odtItem = (text: string, more = '', inside = ''): string =>
  `<text:list-item${more}><text:p>${text}</text:p>${inside}</text:list-item>`;
const BETWEEN = '<text:p>between</text:p>';

describe('the numbers that lists of an OpenDocument text begin with', () => {
  test.each<[string, Uint8Array, string[]]>([
    [
      'come from their style, on each level',
      odt(odtList('', odtItem('a', '', `<text:list>${odtItem('b')}</text:list>`), odtItem('c'))),
      ['OL.5(LI(P "a" OL.3(LI(P "b"))) LI(P "c"))'],
    ],
    [
      'come from an item, also in the middle',
      odt(odtList('', odtItem('a', ' text:start-value="8"'), odtItem('b'), odtItem('c', ' text:start-value="2"'))),
      ['OL.8(LI(P "a") LI(P "b"))', 'OL.2(LI(P "c"))'],
    ],
    [
      'go on where the file says so, and else begin anew',
      odt(
        ...[odtList(' xml:id="one"', odtItem('a'), odtItem('b')), BETWEEN],
        ...[odtList(' text:continue-numbering="true"', odtItem('c')), BETWEEN],
        ...[odtList('', odtItem('d')), BETWEEN, odtList(' text:continue-list="one"', odtItem('e'))],
      ),
      [
        ...['OL.5(LI(P "a") LI(P "b"))', 'P "between"', 'OL.7(LI(P "c"))', 'P "between"'],
        ...['OL.5(LI(P "d"))', 'P "between"', 'OL.7(LI(P "e"))'],
      ],
    ],
  ])('%s', async (_what, bytes, blocks) => {
    const page = await padWith('numbers.odt', bytes);
    expect((await blocksOf(page)).split('\n')).toEqual(blocks);
  });
});

describe('a copy', () => {
  const PAGE =
    '<!doctype html><ol start="5"><li><p>a</p><ol start="3"><li><p>b</p></li></ol></li><li><p>c</p><ol start="3"><li><p>d</p></li></ol></li></ol><p>between</p><ol start="0"><li><p>e</p></li></ol>';
  const BLOCKS = ['OL.5(LI(P "a" OL.3(LI(P "b"))) LI(P "c" OL.3(LI(P "d"))))', 'P "between"', 'OL.0(LI(P "e"))'];
  test.each([
    ['Word (DOCX)', 'numbers.docx'],
    ['LibreOffice (ODT)', 'numbers.odt'],
  ])('as %s brings the numbers back, also of inner lists', async (format, name) => {
    const page = await padWith('page.html', PAGE);
    expect((await blocksOf(page)).split('\n')).toEqual(BLOCKS);
    const bytes = await save(page, format);
    await keep(name, bytes);
    expect((await blocksOf(await padWith(name, bytes))).split('\n')).toEqual(BLOCKS);
  });
});
