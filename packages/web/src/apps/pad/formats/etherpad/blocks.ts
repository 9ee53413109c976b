import { safeHref } from '../../model/links.ts';
import type { Attributes } from './attributes.ts';
import type { Line } from './pad-text.ts';

/** One sign (two UTF-16 units for those that need them), and whose it is. */
export interface Sign {
  id: number;
  text: string;
  author: string;
  marks: Marks;
}

/** As Yjs keeps them: `{ bold: {} }`. Those of a kind are the same object. */
export type Marks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A block of a pad. One that nothing changed is the same object from moment to moment. */
export interface Block {
  type: 'paragraph' | 'heading' | 'bulletList' | 'orderedList' | 'listItem';
  attrs: Readonly<Record<string, number>>;
  /** The line that it is; undefined for one that only holds others. */
  line: number | undefined;
  signs: readonly Sign[];
  children: Block[];
}

interface Read {
  words: Block;
  list: { type: 'bulletList' | 'orderedList'; depth: number; start: number } | undefined;
}

const NAMES = [
  ['bold', 'bold'],
  ['italic', 'italic'],
  ['underline', 'underline'],
  ['strikethrough', 'strike'],
] as const;
const DEPTH_MAX = 16;
const ADDRESS = /https?:\/\/[^\s<>"]{0,2000}[^\s<>".,;:!?)]/g;

/** Lines of Etherpad as blocks; remembers what it has read. */
export class BlockReader {
  readonly #read = new WeakMap<Line, Read>();
  readonly #marks = new Map<string, Marks>();

  blocks(lines: readonly Line[]): Block[] {
    const blocks: Block[] = [];
    let open: Block[] = [];
    // Etherpad ends every text with a line end.
    const shown = lines.at(-1)?.length === 1 ? lines.slice(0, -1) : lines;
    for (const line of shown) {
      const { words, list } = this.#lineOf(line);
      if (list === undefined) {
        open = [];
        blocks.push(words);
      } else open = intoList(blocks, open, words, list);
    }
    return blocks;
  }

  #lineOf(line: Line): Read {
    const known = this.#read.get(line) ?? this.#readLine(line);
    this.#read.set(line, known);
    return known;
  }

  #readLine({ id, runs }: Line): Read {
    const [first, ...rest] = runs;
    const said = first?.text.startsWith('*') && first.attributes.has('lmkr') ? first.attributes : undefined;
    const bare =
      first !== undefined && said !== undefined
        ? [{ ...first, first: first.first + 1, text: first.text.slice(1) }, ...rest]
        : runs;
    const signs = bare.flatMap((run) => this.#signsOf(run));
    this.#link(signs);
    const level = /^h([1-6])$/.exec(said?.get('heading') ?? '')?.[1];
    const words: Block =
      level === undefined
        ? { type: 'paragraph', attrs: {}, line: id, signs, children: [] }
        : { type: 'heading', attrs: { level: Math.min(3, Number(level)) }, line: id, signs, children: [] };
    return { words, list: listOf(said) };
  }

  #signsOf({ first, text, attributes }: Line['runs'][number]): Sign[] {
    const author = attributes.get('author') ?? '';
    const marks = this.#marksOf(attributes);
    let id = first;
    return [...text].map((found) => {
      const sign = { id, text: found.toWellFormed().replace(/[^\P{Cc}\t]/u, ' '), author, marks };
      id += found.length;
      return sign;
    });
  }

  #marksOf(attributes: Attributes): Marks {
    const found = NAMES.filter(([theirs]) => attributes.get(theirs) === 'true').map(([, ours]) => [ours, {}]);
    return this.#same(Object.fromEntries(found));
  }

  #same(marks: Marks): Marks {
    const key = JSON.stringify(marks);
    const known = this.#marks.get(key) ?? marks;
    this.#marks.set(key, known);
    return known;
  }

  /** Addresses become links. */
  #link(signs: Sign[]): void {
    const text = signs.map(({ text }) => text).join('');
    if (!text.includes('://')) return;
    const found = [...text.matchAll(ADDRESS)].filter(([address]) => safeHref(address) !== undefined);
    let at = 0;
    for (const [index, sign] of signs.entries()) {
      const inside = found.find((match) => match.index <= at && at < match.index + match[0].length);
      if (inside) signs[index] = { ...sign, marks: this.#same({ ...sign.marks, link: { href: inside[0] } }) };
      at += sign.text.length;
    }
  }
}

function listOf(said: Attributes | undefined): Read['list'] {
  const [, kind, level] = /^(bullet|number|indent)(\d{1,3})$/.exec(said?.get('list') ?? '') ?? [];
  if (kind === undefined) return undefined;
  const depth = Math.min(Math.max(Number(level), 1), DEPTH_MAX);
  const start = /^\d{1,6}$/.test(said?.get('start') ?? '') ? Number(said?.get('start')) : 1;
  return { type: kind === 'number' ? 'orderedList' : 'bulletList', depth, start };
}

/** Adds an item, and the lists that it needs; answers those that are open then, from the outside to the inside. */
function intoList(blocks: Block[], open: Block[], words: Block, { type, depth, start }: NonNullable<Read['list']>) {
  const kept = open.slice(0, open[depth - 1]?.type === type ? depth : depth - 1);
  while (kept.length < depth) {
    const attrs = type === 'orderedList' ? { start: kept.length === depth - 1 ? start : 1 } : {};
    const list: Block = { type, attrs, line: undefined, signs: [], children: [] };
    const around = kept.at(-1);
    // A deeper list stands in an item, which a line of Etherpad need not have.
    if (around !== undefined && around.children.length === 0) around.children.push(item(EMPTY));
    (around?.children.at(-1)?.children ?? blocks).push(list);
    kept.push(list);
  }
  kept.at(-1)?.children.push(item(words));
  return kept;
}

const EMPTY: Block = { type: 'paragraph', attrs: {}, line: undefined, signs: [], children: [] };
const item = (words: Block): Block => ({
  type: 'listItem',
  attrs: {},
  line: undefined,
  signs: [],
  children: [words],
});
