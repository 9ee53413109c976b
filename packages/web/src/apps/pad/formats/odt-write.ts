/** OpenDocument text (ODF 1.3) as LibreOffice and Word open it. */
import { calloutOf } from '../model/callouts.ts';
import type { PadNode } from '../model/content.ts';
import { childrenOf, numberAttr, runText, textAttr } from '../model/content.ts';
import { isRightToLeft } from '../model/direction.ts';
import { FOOTNOTE, numberNotes } from '../model/footnotes.ts';
import { escapeHtml } from '../model/html.ts';
import { safeHref } from '../model/links.ts';
import { clampSpan } from '../model/table-plan.ts';
import { CONTENT_SPACES, MANIFEST_SPACE, numbers, STYLES, TEXT_STYLES, turnedStyle } from './odt-styles.ts';
import { type PictureBytes, pictureBytes } from './picture-bytes.ts';
import { zipOfParts } from './zip.ts';

export const ODT_TYPE = 'application/vnd.oasis.opendocument.text';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `doc`: pictures with their bytes in `src`; `language`: BCP 47. */
export function writeOdt(doc: PadNode, title: string, language: string): Uint8Array {
  const writer = new OdtWriter();
  const body = writer.blocks(childrenOf(numberNotes(doc).doc));
  const content = `${HEAD}<office:document-content ${CONTENT_SPACES} office:version="1.3"><office:automatic-styles>${TEXT_STYLES}${writer.lists}${[...writer.turned].map(turnedStyle).join('')}</office:automatic-styles><office:body><office:text>${body}</office:text></office:body></office:document-content>`;
  const meta = `${HEAD}<office:document-meta ${CONTENT_SPACES} office:version="1.3"><office:meta><dc:title>${xml(title)}</dc:title><dc:language>${xml(language)}</dc:language></office:meta></office:document-meta>`;
  const styles = `${HEAD}<office:document-styles ${CONTENT_SPACES} office:version="1.3">${STYLES}</office:document-styles>`;
  const files: [string, string, Uint8Array][] = [
    ['content.xml', 'text/xml', encode(content)],
    ['styles.xml', 'text/xml', encode(styles)],
    ['meta.xml', 'text/xml', encode(meta)],
    ...writer.pictures.map(({ name, picture }): [string, string, Uint8Array] => [
      name,
      `image/${picture.type === 'jpg' ? 'jpeg' : picture.type}`,
      picture.bytes,
    ]),
  ];
  const entries = [['/', ODT_TYPE] as const, ...files.map(([name, type]) => [name, type] as const)];
  const manifest = `${HEAD}<manifest:manifest ${MANIFEST_SPACE} manifest:version="1.3">${entries
    .map(([name, type]) => `<manifest:file-entry manifest:full-path="${name}" manifest:media-type="${type}"/>`)
    .join('')}</manifest:manifest>`;
  return zipOfParts(
    ['mimetype', encode(ODT_TYPE)],
    [...files.map(([name, , bytes]) => [name, bytes] as const), ['META-INF/manifest.xml', encode(manifest)]],
  );
}

/** Text as it may stand in XML, which has no place for control characters. */
function xml(text: string): string {
  return escapeHtml(text.toWellFormed().replace(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, ''));
}

class OdtWriter {
  readonly pictures: { name: string; picture: PictureBytes }[] = [];
  /** Styles of numbered lists that do not begin with 1. */
  lists = '';
  /** Styles that are wanted from right to left, too. */
  readonly turned = new Set<string>();
  #tables = 0;
  #callouts = 0;

  blocks(nodes: readonly PadNode[], style = 'Text_20_body'): string {
    return nodes
      .map((node, index) => {
        // Two tables that touch would be one, and a text that ends with one has no place to go on.
        const isApart = node.type === 'table' && (nodes[index + 1] === undefined || nodes[index + 1]?.type === 'table');
        return this.#block(node, style) + (isApart ? '<text:p text:style-name="Text_20_body"/>' : '');
      })
      .join('');
  }

  #block(node: PadNode, style: string): string {
    switch (node.type) {
      case 'heading': {
        const level = Math.min(Math.max(numberAttr(node, 'level', 1), 1), 3);
        return `<text:h text:style-name="${this.#towards(`Heading_20_${level}`, node)}" text:outline-level="${level}">${this.#inline(node)}</text:h>`;
      }
      case 'bulletList':
        return this.#list(node, 'PadBullets');
      case 'orderedList':
        return this.#list(node, this.#numbers(numberAttr(node, 'start', 1)));
      case 'taskList':
        return this.#list(node, 'PadTasks');
      case 'blockquote':
        return this.blocks(childrenOf(node), 'Quotations');
      case 'callout':
        return this.#callout(node);
      case 'codeBlock':
        return `<text:p text:style-name="Preformatted_20_Text">${this.#inline(node)}</text:p>`;
      case 'horizontalRule':
        return '<text:p text:style-name="Horizontal_20_Line"/>';
      case 'table':
        return this.#table(node);
      case 'picture':
        return this.#picture(node);
      default:
        return node.content === undefined && node.text === undefined && node.type !== 'paragraph'
          ? ''
          : `<text:p text:style-name="${this.#towards(style, node)}">${this.#inline(node)}</text:p>`;
    }
  }

  /** A style, or the same from right to left. */
  #towards(style: string, node: PadNode): string {
    if (!isRightToLeft(node)) return style;
    this.turned.add(style);
    return `${style}_rtl`;
  }

  /** A section, which holds lists and tables too; its name says what it is to who reads it again. */
  #callout(node: PadNode): string {
    const { kind, name } = calloutOf(node);
    this.#callouts += 1;
    const head = `<text:p text:style-name="Callout_20_name">${xml(name)}</text:p>`;
    return `<text:section text:name="Callout ${kind} ${this.#callouts}">${head}${this.blocks(childrenOf(node), 'Callout')}</text:section>`;
  }

  #numbers(start: number): string {
    if (start === 1) return 'PadNumbers';
    const name = `PadNumbers${this.lists.length}`;
    this.lists += numbers(name, Math.max(0, start));
    return name;
  }

  #list(list: PadNode, style: string): string {
    const items = childrenOf(list).map((item) => {
      const box = item.type !== 'taskItem' ? '' : item.attrs?.checked === true ? '☑ ' : '☐ ';
      const [first, ...rest] = childrenOf(item);
      const begin = first === undefined ? '' : this.#block(withText(box, first), 'Text_20_body');
      return `<text:list-item>${begin}${this.blocks(rest)}</text:list-item>`;
    });
    return `<text:list text:style-name="${style}">${items.join('')}</text:list>`;
  }

  #table(table: PadNode): string {
    const rows = childrenOf(table);
    const grid = gridOf(rows);
    const width = Math.max(1, ...grid.map((row) => row.length));
    const drawn = grid.map(
      (row) => `<table:table-row>${row.map((cell) => this.#cell(cell)).join('')}</table:table-row>`,
    );
    const [first = '', ...rest] = drawn;
    const isHeaded = childrenOf(rows[0] ?? {}).every(({ type }) => type === 'tableHeader') && rows.length > 1;
    const head = isHeaded ? `<table:table-header-rows>${first}</table:table-header-rows>` : first;
    this.#tables += 1;
    return `<table:table table:name="Table${this.#tables}" table:style-name="${isRightToLeft(table) ? 'PadTableRtl' : 'PadTable'}"><table:table-column table:number-columns-repeated="${width}"/>${head}${rest.join('')}</table:table>`;
  }

  #cell(cell: GridCell): string {
    if (cell === 'covered') return '<table:covered-table-cell/>';
    const spans = `${cell.colspan > 1 ? ` table:number-columns-spanned="${cell.colspan}"` : ''}${cell.rowspan > 1 ? ` table:number-rows-spanned="${cell.rowspan}"` : ''}`;
    const style = cell.node.type === 'tableHeader' ? 'Table_20_Heading' : 'Table_20_Contents';
    const inside = this.blocks(childrenOf(cell.node), style) || `<text:p text:style-name="${style}"/>`;
    return `<table:table-cell table:style-name="PadCell" office:value-type="string"${spans}>${inside}</table:table-cell>`;
  }

  #picture(node: PadNode): string {
    const picture = pictureBytes(node);
    const caption = this.#inline(node);
    const below =
      caption === '' ? '' : `<text:p text:style-name="${this.#towards('Caption', node)}">${caption}</text:p>`;
    if (picture === undefined)
      return `<text:p text:style-name="Text_20_body">[${xml(textAttr(node.attrs, 'alt'))}]</text:p>${below}`;
    const name = `Pictures/picture${this.pictures.length + 1}.${picture.type}`;
    this.pictures.push({ name, picture });
    const size = `svg:width="${picture.width.toFixed(2)}cm" svg:height="${picture.height.toFixed(2)}cm"`;
    const alt = picture.alt === '' ? '' : `<svg:desc>${xml(picture.alt)}</svg:desc>`;
    const frame = `<draw:frame draw:style-name="PadPicture" draw:name="Picture ${this.pictures.length}" text:anchor-type="as-char" ${size}><draw:image xlink:href="${name}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>${alt}</draw:frame>`;
    return `<text:p text:style-name="Text_20_body">${frame}</text:p>${below}`;
  }

  #note(note: PadNode): string {
    const number = numberAttr(note, 'number', 1);
    return `<text:note text:id="ftn${number}" text:note-class="footnote"><text:note-citation>${number}</text:note-citation><text:note-body><text:p text:style-name="${this.#towards('Footnote', note)}">${this.#inline(note)}</text:p></text:note-body></text:note>`;
  }

  #inline(node: PadNode): string {
    return childrenOf(node)
      .map((run) => {
        if (run.type === 'hardBreak') return '<text:line-break/>';
        if (run.type === FOOTNOTE) return this.#note(run);
        const marks = new Map((run.marks ?? []).map(({ type, attrs }) => [type, attrs]));
        const styles = Object.keys(MARK_STYLES).filter((name) => marks.has(name));
        const inside = styles.reduce(
          (text, name) => `<text:span text:style-name="${MARK_STYLES[name]}">${text}</text:span>`,
          spaced(xml(runText(run))),
        );
        const href = safeHref(textAttr(marks.get('link'), 'href'));
        return href === undefined ? inside : `<text:a xlink:type="simple" xlink:href="${xml(href)}">${inside}</text:a>`;
      })
      .join('');
  }
}

const MARK_STYLES: Readonly<Record<string, string>> = {
  code: 'Source_20_Text',
  strike: 'PadStrike',
  underline: 'PadUnderline',
  italic: 'PadItalic',
  bold: 'PadBold',
};

/** What XML would run together: several spaces, tabs, line ends. */
function spaced(text: string): string {
  return text
    .replace(/ {2,}/g, (spaces) => ` <text:s text:c="${spaces.length - 1}"/>`)
    .replaceAll('\t', '<text:tab/>')
    .replaceAll('\n', '<text:line-break/>');
}

function withText(text: string, block: PadNode): PadNode {
  return text === '' ? block : { ...block, content: [{ type: 'text', text }, ...childrenOf(block)] };
}

export type GridCell = 'covered' | { node: PadNode; colspan: number; rowspan: number };

/** A table as the rows of its grid: where a cell reaches, the others are covered. */
export function gridOf(rows: readonly PadNode[]): GridCell[][] {
  const grid: GridCell[][] = rows.map(() => []);
  rows.forEach((row, at) => {
    let column = 0;
    for (const node of childrenOf(row)) {
      while (grid[at]?.[column] !== undefined) column += 1;
      const colspan = clampSpan(node.attrs?.colspan);
      const rowspan = Math.min(clampSpan(node.attrs?.rowspan), rows.length - at);
      for (let down = 0; down < rowspan; down++) {
        for (let across = 0; across < colspan; across++) {
          const target = grid[at + down];
          if (target) target[column + across] = down + across === 0 ? { node, colspan, rowspan } : 'covered';
        }
      }
    }
  });
  return grid.map((row) => Array.from(row, (cell) => cell ?? 'covered'));
}
