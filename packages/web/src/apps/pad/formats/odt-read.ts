/** OpenDocument text (ODF 1.3) as HTML: its structure and its marks, not its looks. */

import { escapeHtml } from '../model/html.ts';
import { pictureType } from '../model/pictures.ts';
import { signOf, withStarts } from './list-numbers.ts';
import { joinLists, OdtNumbers, type Place, placeOf } from './odt-lists.ts';
import { Refusal } from './refusal.ts';
import { type Parts, xmlDocument, xmlText } from './zip.ts';

const TEXT = 'urn:oasis:names:tc:opendocument:xmlns:text:1.0';
const TABLE = 'urn:oasis:names:tc:opendocument:xmlns:table:1.0';
const STYLE = 'urn:oasis:names:tc:opendocument:xmlns:style:1.0';
const FO = 'urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0';
const XLINK = 'http://www.w3.org/1999/xlink';
const SVG = 'urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0';
/** Elements within elements: more is no document of a person, and would overflow the stack. */
const DEPTH_MAX = 200;
const REPEATED_MAX = 50;

interface Look {
  bold: boolean | undefined;
  italic: boolean | undefined;
  underline: boolean | undefined;
  strike: boolean | undefined;
  code: boolean;
  quote: boolean;
  pre: boolean;
  title: boolean;
  /** of a heading that is a paragraph of that style only; 0: none */
  heading: number;
  rule: boolean;
  /** the kind of callout that a paragraph belongs to */
  callout: string;
  calloutName: boolean;
  /** the kind of callout that a cell is which it begins */
  calloutTitle: string;
  /** of a picture */
  caption: boolean;
}

const NO_LOOK: Look = {
  bold: undefined,
  italic: undefined,
  underline: undefined,
  strike: undefined,
  code: false,
  quote: false,
  pre: false,
  title: false,
  heading: 0,
  rule: false,
  callout: '',
  calloutName: false,
  calloutTitle: '',
  caption: false,
};

/** Throws `Refusal`: `broken`, `hostile`, `password`. */
export function readOdt(parts: Parts): string {
  if (parts.has('META-INF/manifest.xml') && /encryption-data/.test(xmlText(parts, 'META-INF/manifest.xml'))) {
    throw new Refusal('password');
  }
  const content = xmlDocument(parts, 'content.xml');
  const styles = parts.has('styles.xml') ? xmlDocument(parts, 'styles.xml') : undefined;
  const body = content.getElementsByTagNameNS('urn:oasis:names:tc:opendocument:xmlns:office:1.0', 'text')[0];
  if (body === undefined) throw new Refusal('broken');
  joinLists(body);
  return new OdtReader(parts, [styles, content]).read(body);
}

class OdtReader {
  readonly #parts: Parts;
  readonly #styles = new Map<string, Element>();
  readonly #numbers = new OdtNumbers();
  readonly #looks = new Map<string, Look>();

  constructor(parts: Parts, sources: readonly (Document | undefined)[]) {
    this.#parts = parts;
    for (const source of sources) {
      for (const style of source?.getElementsByTagNameNS(STYLE, 'style') ?? []) {
        this.#styles.set(style.getAttributeNS(STYLE, 'name') ?? '', style);
      }
      for (const list of source?.getElementsByTagNameNS(TEXT, 'list-style') ?? []) {
        this.#numbers.learn(list.getAttributeNS(STYLE, 'name') ?? '', list);
      }
    }
  }

  read(body: Element): string {
    return withStarts(this.#blocks(body, 0));
  }

  #blocks(parent: Element, depth: number): string {
    if (depth > DEPTH_MAX) throw new Refusal('hostile');
    const children = [...parent.children].filter((child) => !isSpacer(child));
    return children.map((child) => this.#block(child, depth + 1)).join('');
  }

  #block(element: Element, depth: number): string {
    switch (element.localName) {
      case 'h': {
        const level = Number(element.getAttributeNS(TEXT, 'outline-level') ?? 1);
        return wrap(`h${Math.min(Math.max(level || 1, 1), 3)}`, this.#inline(element, depth));
      }
      case 'p':
        return this.#paragraph(element, depth);
      case 'list':
        return this.#list(element, depth);
      case 'table':
        return this.#table(element, depth);
      case 'section':
        return this.#section(element, depth);
      case 'index-body':
      case 'table-of-content':
      case 'text-box':
        return this.#blocks(element, depth);
      case 'frame':
        return this.#inline(wrapper(element), depth);
      // Kept for who wrote it: comments, changes that were taken back, declarations.
      default:
        return '';
    }
  }

  #section(element: Element, depth: number): string {
    const inside = this.#blocks(element, depth);
    const kind = /^Callout (note|tip|warning) /.exec(element.getAttributeNS(TEXT, 'name') ?? '')?.[1];
    return kind === undefined || inside === '' ? inside : `<aside data-callout="${kind}">${inside}</aside>`;
  }

  #paragraph(element: Element, depth: number): string {
    const look = this.#look(element.getAttributeNS(TEXT, 'style-name') ?? '');
    const inside = this.#inline(element, depth);
    if (look.callout !== '') {
      const text = look.calloutName ? `<p data-callout-name>${inside}</p>` : wrap('p', inside);
      return `<aside data-callout="${look.callout}" data-callout-part>${text}</aside>`;
    }
    if (look.calloutTitle !== '') return `<p data-callout-title="${look.calloutTitle}">${inside}</p>`;
    if (look.caption) return `<p data-caption>${marked(inside, { ...look, italic: false })}</p>`;
    if (look.rule && inside === '') return '<hr>';
    if (look.pre) return `<pre>${inside}</pre>`;
    if (look.title) return wrap('h1', inside);
    if (look.heading > 0) return wrap(`h${Math.min(look.heading, 3)}`, inside);
    return look.quote ? wrap('blockquote', wrap('p', inside)) : wrap('p', marked(inside, look));
  }

  /** `around`: of the list that it is in. */
  #list(element: Element, depth: number, around?: Place): string {
    if (depth > DEPTH_MAX) throw new Refusal('hostile');
    const place = placeOf(element, around);
    const numbered = this.#numbers.begin(element, place);
    const items = [...element.children].filter(({ localName }) => /^list-(item|header)$/.test(localName));
    const inside = items.map((item) => {
      const number = numbered && item.localName === 'list-item' ? numbered.next(item) : undefined;
      const blocks = [...item.children].map((child) =>
        child.localName === 'list' ? this.#list(child, depth + 1, place) : this.#block(child, depth + 1),
      );
      return `<li>${number === undefined ? '' : signOf(number)}${blocks.join('')}</li>`;
    });
    return wrap(numbered ? 'ol' : 'ul', inside.join(''));
  }

  #table(element: Element, depth: number): string {
    const rows: string[] = [];
    const visit = (parent: Element, isHeader: boolean): void => {
      for (const child of parent.children) {
        if (child.localName === 'table-row') rows.push(this.#row(child, isHeader, depth + 1));
        else if (/^table-(header-rows|rows|row-group)$/.test(child.localName)) {
          visit(child, isHeader || child.localName === 'table-header-rows');
        }
      }
    };
    visit(element, false);
    return wrap('table', wrap('tbody', rows.join('')));
  }

  #row(row: Element, isHeader: boolean, depth: number): string {
    const cells = [...row.children].filter(({ localName }) => localName === 'table-cell');
    const tag = isHeader ? 'th' : 'td';
    const drawn = cells.flatMap((cell) => {
      const span = (name: string) => {
        const value = Number(cell.getAttributeNS(TABLE, `number-${name}s-spanned`) ?? 1);
        return value > 1 ? ` ${name === 'row' ? 'rowspan' : 'colspan'}="${Math.min(value, REPEATED_MAX)}"` : '';
      };
      const repeated = Math.min(Number(cell.getAttributeNS(TABLE, 'number-columns-repeated') ?? 1) || 1, REPEATED_MAX);
      const inside = this.#blocks(cell, depth) || '<p></p>';
      return Array.from({ length: repeated }, () => `<${tag}${span('column')}${span('row')}>${inside}</${tag}>`);
    });
    return wrap('tr', drawn.join(''));
  }

  #inline(parent: Element, depth: number): string {
    if (depth > DEPTH_MAX) throw new Refusal('hostile');
    return [...parent.childNodes].map((node) => this.#run(node, depth + 1)).join('');
  }

  #run(node: Node, depth: number): string {
    if (node.nodeType === Node.TEXT_NODE) return escapeHtml((node.nodeValue ?? '').replace(/\s+/g, ' '));
    if (!(node instanceof Element)) return '';
    switch (node.localName) {
      case 'span':
        return marked(this.#inline(node, depth), this.#look(node.getAttributeNS(TEXT, 'style-name') ?? ''));
      case 'a':
        return `<a href="${escapeHtml(node.getAttributeNS(XLINK, 'href') ?? '')}">${this.#inline(node, depth)}</a>`;
      case 's':
        // What would run together in HTML.
        return '\u00a0'.repeat(Math.min(Number(node.getAttributeNS(TEXT, 'c') ?? 1) || 1, REPEATED_MAX));
      case 'tab':
        return '\t';
      case 'line-break':
        return '<br>';
      case 'note':
        return this.#note(node, depth);
      case 'frame':
        return this.#frame(node, depth);
      case 'annotation':
      case 'annotation-end':
      case 'tracked-changes':
        return '';
      default:
        return this.#inline(node, depth);
    }
  }

  /** A list within a note is read as its words. */
  #note(node: Element, depth: number): string {
    const body = [...node.children].find(({ localName }) => localName === 'note-body');
    const paragraphs = [...(body?.children ?? [])].map((child) => this.#inline(child, depth + 1));
    return `<span data-footnote>${paragraphs.join(' ')}</span>`;
  }

  #frame(frame: Element, depth: number): string {
    const described = ['desc', 'title'].map((name) => frame.getElementsByTagNameNS(SVG, name)[0]?.textContent?.trim());
    for (const child of frame.children) {
      if (child.localName === 'text-box') return this.#inline(child, depth);
      const bytes =
        child.localName === 'image' ? this.#parts.get(child.getAttributeNS(XLINK, 'href') ?? '') : undefined;
      const type = bytes && pictureType(bytes);
      if (bytes && type) {
        return `<img src="data:${type};base64,${base64(bytes)}" alt="${escapeHtml(described.find(Boolean) ?? '')}">`;
      }
    }
    return '';
  }

  /** With what its parents say. */
  #look(name: string, depth = 0): Look {
    const known = this.#looks.get(name);
    if (known !== undefined) return known;
    const style = this.#styles.get(name);
    if (style === undefined || depth > DEPTH_MAX) return NO_LOOK;
    const parent = this.#look(style.getAttributeNS(STYLE, 'parent-style-name') ?? '', depth + 1);
    const look = { ...parent, ...defined(lookOf(style, name)) };
    this.#looks.set(name, look);
    return look;
  }
}

/** An empty paragraph that only keeps two tables apart, or ends what ends with one. */
function isSpacer(element: Element): boolean {
  const { localName, previousElementSibling: before, nextElementSibling: after, childNodes } = element;
  const isBetween = before?.localName === 'table' && (after === null || after.localName === 'table');
  return localName === 'p' && childNodes.length === 0 && isBetween;
}

function lookOf(style: Element, name: string): Partial<Look> {
  const [text] = style.getElementsByTagNameNS(STYLE, 'text-properties');
  const weight = text?.getAttributeNS(FO, 'font-weight');
  const line = (kind: string) => {
    const value = text?.getAttributeNS(STYLE, `text-${kind}-style`);
    return value == null ? undefined : value !== 'none';
  };
  const posture = text?.getAttributeNS(FO, 'font-style');
  return {
    bold: weight == null ? undefined : weight === 'bold' || Number(weight) >= 600,
    italic: posture == null ? undefined : posture !== 'normal',
    underline: line('underline'),
    strike: line('line-through'),
    ...(/^(Source_20_Text|Teletype)$/.test(name) && { code: true }),
    ...(/^(Quotations|Quote)$/.test(name) && { quote: true }),
    ...(/^(Preformatted_20_Text|Code)$/.test(name) && { pre: true }),
    ...calloutOf(name),
    ...(/^Heading_20_\d$/.test(name) && { heading: Number(name.slice(-1)) }),
    ...(/^(Caption|Illustration|Figure)$/i.test(name) && { caption: true }),
    ...(name === 'Title' && { title: true }),
    ...(name === 'Horizontal_20_Line' && { rule: true }),
  };
}

/** Paragraphs of a callout keep their style where the section around them is lost: in a file that was Word's before. */
function calloutOf(name: string): Partial<Look> {
  const [, kind, end] = /^Callout_20_(note|tip|warning)(_20_name|_20_title)?$/.exec(name) ?? [];
  if (kind === undefined) return {};
  return end === '_20_title' ? { calloutTitle: kind } : { callout: kind, calloutName: end !== undefined };
}

function defined(look: Partial<Look>): Partial<Look> {
  return Object.fromEntries(Object.entries(look).filter(([, value]) => value !== undefined));
}

function marked(inside: string, { bold, italic, underline, strike, code }: Look): string {
  if (inside === '') return inside;
  const tags = [bold && 'strong', italic && 'em', underline && 'u', strike && 's', code && 'code'];
  return tags.reduce((html: string, tag) => (tag ? wrap(tag, html) : html), inside);
}

const wrap = (tag: string, inside: string): string => `<${tag}>${inside}</${tag}>`;

function wrapper(element: Element): Element {
  const parent = element.ownerDocument.createElement('p');
  parent.append(element.cloneNode(true));
  return parent;
}

const PART_BYTES = 0x6000;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PART_BYTES)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PART_BYTES)));
  return text;
}
