/** A Word document, as Word and LibreOffice open it. */
import {
  AlignmentType,
  BorderStyle,
  Document,
  ExternalHyperlink,
  type FileChild,
  FootnoteReferenceRun,
  HeadingLevel,
  type ILevelsOptions,
  ImageRun,
  LevelFormat,
  Packer,
  Paragraph,
  type ParagraphChild,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import { CALLOUT, CALLOUT_KINDS, type CalloutKind, calloutOf } from '../model/callouts.ts';
import type { PadNode } from '../model/content.ts';
import { childrenOf, numberAttr, runText, textAttr } from '../model/content.ts';
import { isRightToLeft } from '../model/direction.ts';
import { FOOTNOTE, numberNotes } from '../model/footnotes.ts';
import { safeHref } from '../model/links.ts';
import { clampSpan } from '../model/table-plan.ts';
import { pictureBytes } from './picture-bytes.ts';

export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const MONO = 'Courier New';
const PX_PER_CM = 96 / 2.54;
const LEVELS_MAX = 9;
const TWIPS_PER_LEVEL = 400;
const HEADINGS = [HeadingLevel.HEADING_1, HeadingLevel.HEADING_2, HeadingLevel.HEADING_3] as const;
const RULE = { style: BorderStyle.SINGLE, size: 6, color: '808080', space: 1 } as const;

/** LibreOffice tells headings by their level, not by their style. */
const HEADING_STYLES = {
  heading1: { paragraph: { outlineLevel: 0 } },
  heading2: { paragraph: { outlineLevel: 1 } },
  heading3: { paragraph: { outlineLevel: 2 } },
};

const CALLOUT_COLOURS = { note: '0B686E', tip: '1F6B3F', warning: '8A4B00' } as const;
/** A bar at the side, in a colour of its kind. */
const bar = (kind: CalloutKind) => ({ ...RULE, color: CALLOUT_COLOURS[kind], size: 20, space: 8 });
const NO_BORDER = { style: BorderStyle.NONE, size: 0, color: 'auto' } as const;

/** The bar is of each paragraph, or of the cell that holds more than paragraphs and begins with a `title`. */
function calloutStyles(kind: CalloutKind) {
  const run = { bold: true, color: CALLOUT_COLOURS[kind] };
  const paragraph = { indent: { start: 200 }, border: { left: bar(kind) } };
  const id = `Callout${kind}`;
  return [
    { id, name: `Callout ${kind}`, basedOn: 'Normal', paragraph },
    { id: `${id}name`, name: `Callout ${kind} name`, basedOn: id, run },
    { id: `${id}title`, name: `Callout ${kind} title`, basedOn: 'Normal', run },
  ];
}

const STYLES = [
  {
    id: 'Quote',
    name: 'Quote',
    basedOn: 'Normal',
    paragraph: { indent: { left: 567, right: 567 } },
    run: { italics: true },
  },
  {
    id: 'Code',
    name: 'Code',
    basedOn: 'Normal',
    paragraph: { shading: { fill: 'F2F2F2' } },
    run: { font: MONO, size: 19 },
  },
  ...CALLOUT_KINDS.flatMap(calloutStyles),
  { id: 'Caption', name: 'caption', basedOn: 'Normal', run: { italics: true, size: 19 } },
];

/** Word holds lists, tables and pictures together in a cell alone: a callout that has some is a table of one. */
const isDrawnAsTable = (node: PadNode): boolean =>
  node.type === 'table' || (node.type === CALLOUT && childrenOf(node).some(({ type }) => type !== 'paragraph'));

interface Place {
  list?: { reference: string; level: number; instance: number };
  /** of the paragraphs */
  style?: string;
  bold?: boolean;
}

/** `doc`: pictures with their bytes in `src`. */
export async function writeDocx(doc: PadNode, title: string): Promise<Uint8Array> {
  const writer = new DocxWriter();
  const numbered = numberNotes(doc);
  const children = writer.blocks(childrenOf(numbered.doc), {});
  const footnotes = numbered.notes.map((note, index) => [index + 1, { children: [writer.note(note)] }]);
  const numbering = { config: [...writer.numberings].map(([reference, levels]) => ({ reference, levels })) };
  const document = new Document({
    title: clean(title),
    numbering,
    footnotes: Object.fromEntries(footnotes),
    styles: {
      paragraphStyles: STYLES,
      default: {
        ...HEADING_STYLES,
        document: { run: { font: 'Calibri', size: 22 }, paragraph: { spacing: { after: 120 } } },
      },
    },
    sections: [{ children: children.length === 0 ? [new Paragraph('')] : children }],
  });
  return new Uint8Array(await Packer.toArrayBuffer(document));
}

const direction = (node: PadNode): { bidirectional?: true } => (isRightToLeft(node) ? { bidirectional: true } : {});

/** XML has no place for control characters. */
const clean = (text: string): string => text.toWellFormed().replace(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, '');

const levels = (format: 'bullet' | 'decimal' | 'none', start = 1): ILevelsOptions[] =>
  Array.from({ length: LEVELS_MAX }, (_, level) => ({
    level,
    format: format === 'decimal' ? LevelFormat.DECIMAL : LevelFormat.BULLET,
    text: format === 'decimal' ? `%${level + 1}.` : format === 'bullet' ? '•' : '',
    alignment: AlignmentType.START,
    start,
    style: { paragraph: { indent: { left: TWIPS_PER_LEVEL * (level + 1), hanging: 360 } } },
  }));

class DocxWriter {
  readonly numberings = new Map<string, ILevelsOptions[]>();
  #instances = 0;

  blocks(nodes: readonly PadNode[], place: Place): FileChild[] {
    return nodes.flatMap((node, index) => {
      // Two tables that touch would be one, and Word wants a paragraph at the end.
      const next = nodes[index + 1];
      const isApart = isDrawnAsTable(node) && (next === undefined || isDrawnAsTable(next));
      return isApart ? [...this.#block(node, place), new Paragraph('')] : this.#block(node, place);
    });
  }

  note(note: PadNode): Paragraph {
    return new Paragraph({ style: 'FootnoteText', ...direction(note), children: this.#inline(note, {}) });
  }

  #block(node: PadNode, place: Place): FileChild[] {
    switch (node.type) {
      case 'heading': {
        const level = Math.min(Math.max(numberAttr(node, 'level', 1), 1), 3);
        const heading = HEADINGS[level - 1];
        return [
          new Paragraph({ ...(heading && { heading }), ...direction(node), children: this.#inline(node, place) }),
        ];
      }
      case 'bulletList':
        return this.#list(node, 'bullet', place);
      case 'taskList':
        return this.#list(node, 'none', place);
      case 'orderedList':
        return this.#list(node, 'decimal', place, Math.max(0, numberAttr(node, 'start', 1)));
      case 'blockquote':
        return this.blocks(childrenOf(node), { ...place, style: 'Quote' });
      case 'callout':
        return this.#callout(node, place);
      case 'codeBlock':
        return [this.#code(node)];
      case 'horizontalRule':
        return [new Paragraph({ border: { bottom: RULE } })];
      case 'table':
        return [this.#table(node)];
      case 'picture':
        return this.#picture(node);
      default:
        return [this.#paragraph(node, place)];
    }
  }

  #callout(node: PadNode, place: Place): FileChild[] {
    const { kind, name } = calloutOf(node);
    const isBox = isDrawnAsTable(node);
    const style = `Callout${kind}${isBox ? 'title' : 'name'}`;
    const head = new Paragraph({ style, keepNext: true, children: [new TextRun(clean(name))] });
    if (!isBox) return [head, ...this.blocks(childrenOf(node), { ...place, style: `Callout${kind}` })];
    const inside = [head, ...this.blocks(childrenOf(node), {})] as (Paragraph | Table)[];
    const borders = { top: NO_BORDER, right: NO_BORDER, bottom: NO_BORDER, left: bar(kind) };
    const margins = { left: 200, right: 0, top: 0, bottom: 0 };
    const rows = [new TableRow({ children: [new TableCell({ borders, margins, children: inside })] })];
    return [new Table({ width: { size: 100, type: WidthType.PERCENTAGE }, rows })];
  }

  #paragraph(node: PadNode, { list, style, bold }: Place, before: ParagraphChild[] = []): Paragraph {
    return new Paragraph({
      ...(list && { numbering: list }),
      ...(style !== undefined && { style }),
      ...direction(node),
      children: [...before, ...this.#inline(node, { ...(bold && { bold }) })],
    });
  }

  #list(list: PadNode, format: 'bullet' | 'decimal' | 'none', place: Place, start = 1): FileChild[] {
    const reference = format === 'decimal' ? `decimal-${start}` : format;
    if (!this.numberings.has(reference)) this.numberings.set(reference, levels(format, start));
    this.#instances += 1;
    const level = Math.min((place.list?.level ?? -1) + 1, LEVELS_MAX - 1);
    const at = { reference, level, instance: this.#instances };
    return childrenOf(list).flatMap((item) => {
      const [first, ...rest] = childrenOf(item);
      const box = item.type !== 'taskItem' ? [] : [new TextRun(item.attrs?.checked === true ? '☑ ' : '☐ ')];
      const begin =
        first?.type === 'paragraph'
          ? [this.#paragraph(first, { list: at }, box)]
          : first
            ? this.#block(first, place)
            : [];
      return [...begin, ...rest.flatMap((block) => this.#inItem(block, at))];
    });
  }

  /** What follows in an item stands under its words, without another number. */
  #inItem(block: PadNode, list: NonNullable<Place['list']>): FileChild[] {
    if (block.type !== 'paragraph') return this.#block(block, { list });
    const indent = { left: TWIPS_PER_LEVEL * (list.level + 1) };
    return [new Paragraph({ indent, ...direction(block), children: this.#inline(block, {}) })];
  }

  #code(node: PadNode): Paragraph {
    const lines = childrenOf(node)
      .map(({ text = '' }) => clean(text))
      .join('')
      .split('\n');
    const children = lines.map((text, index) => new TextRun({ text, ...(index > 0 && { break: 1 }) }));
    return new Paragraph({ style: 'Code', children });
  }

  #table(table: PadNode): Table {
    const rows = childrenOf(table).map((row, index) => {
      const cells = childrenOf(row);
      const isHead = index === 0 && cells.length > 0 && cells.every(({ type }) => type === 'tableHeader');
      return new TableRow({ ...(isHead && { tableHeader: true }), children: cells.map((cell) => this.#cell(cell)) });
    });
    return new Table({
      visuallyRightToLeft: isRightToLeft(table),
      width: { size: 100, type: WidthType.PERCENTAGE },
      rows,
    });
  }

  #cell(cell: PadNode): TableCell {
    const isHead = cell.type === 'tableHeader';
    const children = this.blocks(childrenOf(cell), { bold: isHead });
    return new TableCell({
      columnSpan: clampSpan(cell.attrs?.colspan),
      rowSpan: clampSpan(cell.attrs?.rowspan),
      ...(isHead && { shading: { fill: 'EAF1F4' } }),
      children: (children.length === 0 ? [new Paragraph('')] : children) as (Paragraph | Table)[],
    });
  }

  #picture(node: PadNode): FileChild[] {
    const picture = pictureBytes(node);
    const caption = this.#inline(node, {});
    const below =
      caption.length === 0 ? [] : [new Paragraph({ style: 'Caption', ...direction(node), children: caption })];
    if (picture === undefined) return [new Paragraph(`[${clean(textAttr(node.attrs, 'alt'))}]`), ...below];
    const alt = clean(picture.alt);
    const image = new ImageRun({
      type: picture.type,
      data: picture.bytes,
      transformation: { width: picture.width * PX_PER_CM, height: picture.height * PX_PER_CM },
      altText: { name: alt, title: alt, description: alt },
    });
    return [new Paragraph({ children: [image] }), ...below];
  }

  #inline(node: PadNode, { bold }: Place): ParagraphChild[] {
    return childrenOf(node).map((run) => {
      if (run.type === 'hardBreak') return new TextRun({ break: 1 });
      if (run.type === FOOTNOTE) return new FootnoteReferenceRun(numberAttr(run, 'number', 1));
      const marks = new Map((run.marks ?? []).map(({ type, attrs }) => [type, attrs]));
      const href = safeHref(textAttr(marks.get('link'), 'href'));
      const text = new TextRun({
        text: clean(runText(run)),
        ...(isRightToLeft(run) && { rightToLeft: true }),
        bold: marks.has('bold') || bold === true,
        italics: marks.has('italic'),
        strike: marks.has('strike'),
        ...(marks.has('underline') && { underline: {} }),
        ...(marks.has('code') && { font: MONO }),
        ...(href !== undefined && { style: 'Hyperlink' }),
      });
      return href === undefined ? text : new ExternalHyperlink({ link: href, children: [text] });
    });
  }
}
