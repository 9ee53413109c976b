/** Long pads, as the editor writes them: a Yjs fragment of blocks, each with one piece of text. */
import { Doc, XmlElement, type XmlFragment, XmlText } from 'yjs';
import type { Patch, Trace } from '../harness/trace.ts';
import { clientIdOf } from '../peers/peer.ts';

/** Where the pad keeps its text (packages/web, model/field.ts). */
const FIELD = 'pad';
const SIGNS_PER_PAGE = 3000;
const PAGES = 500;
const BLOCKS_PER_HEADING = 10;
const BLOCKS_PER_TABLE = 50;
const ROWS = 8;
const COLUMNS = 4;
/** So much of a document goes into one record. */
const BLOCKS_PER_UPDATE = 100;

export interface LongPad {
  updates: Uint8Array[];
  /** Characters of its text. */
  signs: number;
  /** Blocks at its top level. */
  blocks: number;
}

function recorded(): { fragment: XmlFragment; updates: Uint8Array[]; doc: Doc } {
  const doc = new Doc();
  doc.clientID = clientIdOf(0);
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return { fragment: doc.getXmlFragment(FIELD), updates, doc };
}

function block(name: string, words: string, attributes: Record<string, unknown> = {}): XmlElement {
  const element = new XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value as string);
  element.insert(0, [new XmlText(words)]);
  return element;
}

function nest(name: string, children: readonly XmlElement[]): XmlElement {
  const element = new XmlElement(name);
  element.insert(0, [...children]);
  return element;
}

const table = (words: readonly string[]): XmlElement =>
  nest(
    'table',
    Array.from({ length: ROWS }, (_, row) =>
      nest(
        'tableRow',
        Array.from({ length: COLUMNS }, (_, column) =>
          nest(row === 0 ? 'tableHeader' : 'tableCell', [
            block('paragraph', words[(row * COLUMNS + column) % words.length]?.slice(0, 40) ?? ''),
          ]),
        ),
      ),
    ),
  );

/** The paper's lines are wrapped by hand: so many of them make a paragraph of some 450 characters, six or seven to a page. */
const LINES_PER_PARAGRAPH = 5;

function paragraphsOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const count = Math.ceil(lines.length / LINES_PER_PARAGRAPH);
  return Array.from({ length: count }, (_, index) =>
    lines.slice(index * LINES_PER_PARAGRAPH, (index + 1) * LINES_PER_PARAGRAPH).join(' '),
  );
}

/** 500 pages: the words of a real paper again and again, with headings, lists and tables. */
export function book(paper: Trace): LongPad {
  const lines = paragraphsOf(paper.endContent);
  const { fragment, updates, doc } = recorded();
  let signs = 0;
  let blocks = 0;
  while (signs < PAGES * SIGNS_PER_PAGE) {
    doc.transact(() => {
      const made: XmlElement[] = [];
      for (let count = 0; count < BLOCKS_PER_UPDATE; count++) {
        const words = lines[blocks % lines.length] as string;
        if (blocks % BLOCKS_PER_TABLE === BLOCKS_PER_TABLE - 1) made.push(table(lines.slice(0, ROWS * COLUMNS)));
        else if (blocks % BLOCKS_PER_HEADING === 0) made.push(block('heading', words.slice(0, 60), { level: 2 }));
        else if (blocks % BLOCKS_PER_HEADING === 1) {
          made.push(nest('bulletList', [nest('listItem', [block('paragraph', words)])]));
        } else made.push(block('paragraph', words));
        blocks++;
        signs += words.length;
      }
      fragment.insert(fragment.length, made);
    });
  }
  return { updates, signs, blocks };
}

/** The recorded paper, each of its lines a paragraph, typed as it was: `perUpdate` edits go into one record. */
export function paperInParagraphs(paper: Trace, perUpdate: number): LongPad {
  const { fragment, updates, doc } = recorded();
  const page = new Paragraphs(fragment);
  doc.transact(() => page.begin(paper.startContent));
  for (let start = 0; start < paper.txns.length; start += perUpdate) {
    doc.transact(() => {
      for (const { patches } of paper.txns.slice(start, start + perUpdate)) page.apply(patches);
    });
  }
  const text = page.text();
  if (text !== paper.endContent) throw new Error('the replayed paper differs');
  return { updates, signs: text.length, blocks: fragment.length };
}

/** Edits by position in a text become what the editor does: a line break splits a paragraph, deleting one joins two. */
class Paragraphs {
  readonly #fragment: XmlFragment;
  /** The text of each paragraph. */
  readonly #texts: XmlText[] = [];

  constructor(fragment: XmlFragment) {
    this.#fragment = fragment;
  }

  begin(words: string): void {
    for (const line of words.split('\n')) this.#add(this.#texts.length, line);
  }

  apply(patches: readonly Patch[]): void {
    for (const [position, deleted, inserted] of patches) {
      if (deleted > 0) this.#delete(position, deleted);
      if (inserted !== '') this.#insert(position, inserted);
    }
  }

  text(): string {
    return this.#texts.map((text) => text.toString()).join('\n');
  }

  #add(index: number, words: string): void {
    const text = new XmlText(words);
    const element = new XmlElement('paragraph');
    element.insert(0, [text]);
    this.#fragment.insert(index, [element]);
    this.#texts.splice(index, 0, text);
  }

  #at(position: number): { index: number; offset: number; text: XmlText } {
    let offset = position;
    for (const [index, text] of this.#texts.entries()) {
      if (offset <= text.length) return { index, offset, text };
      offset -= text.length + 1;
    }
    throw new Error(`no position ${position}`);
  }

  #insert(position: number, words: string): void {
    const { index, offset, text } = this.#at(position);
    const [first = '', ...more] = words.split('\n');
    const rest = more.length === 0 ? '' : this.#cut(text, offset);
    if (first !== '') text.insert(offset, first);
    for (const [place, line] of more.entries()) {
      this.#add(index + 1 + place, place === more.length - 1 ? line + rest : line);
    }
  }

  #cut(text: XmlText, offset: number): string {
    const rest = text.toString().slice(offset);
    if (rest !== '') text.delete(offset, rest.length);
    return rest;
  }

  #delete(position: number, count: number): void {
    let left = count;
    while (left > 0) {
      const { index, offset, text } = this.#at(position);
      const here = Math.min(left, text.length - offset);
      if (here > 0) text.delete(offset, here);
      left -= here;
      const next = this.#texts[index + 1];
      if (left === 0 || next === undefined) return;
      const words = next.toString();
      this.#fragment.delete(index + 1, 1);
      this.#texts.splice(index + 1, 1);
      if (words !== '') text.insert(text.length, words);
      left -= 1;
    }
  }
}
