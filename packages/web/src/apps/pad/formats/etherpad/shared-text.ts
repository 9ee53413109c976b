import * as Y from 'yjs';
import type { Block, Marks, Sign } from './blocks.ts';

type Parent = Y.XmlFragment | Y.XmlElement;

/**
 * Blocks as y-tiptap keeps them in Yjs, from moment to moment: what both have stays, what comes is written by the number of
 * its author, so that its colour and its place in the history follow from Yjs alone.
 */
export class SharedText {
  readonly #root: Y.XmlFragment;
  readonly #offset: number;
  readonly #clientOf: (author: string) => number;
  #blocks: readonly Block[] = [];
  /** Who makes the blocks themselves. */
  #maker = '';
  #made = new Map<Block, Y.XmlElement>();

  /** It begins at child `offset` of `root`. */
  constructor(root: Y.XmlFragment, offset: number, clientOf: (author: string) => number) {
    this.#root = root;
    this.#offset = offset;
    this.#clientOf = clientOf;
  }

  /** Within a transaction. */
  update(blocks: readonly Block[], maker: string): void {
    this.#maker = maker;
    const known = this.#made;
    this.#made = new Map();
    this.#children({ parent: this.#root, at: this.#offset, before: this.#blocks, after: blocks, known });
    this.#blocks = blocks;
  }

  #as(author: string): void {
    const { doc } = this.#root;
    if (doc !== null) doc.clientID = this.#clientOf(author);
  }

  #children(step: Step): void {
    const { parent, before, after, known } = step;
    const places = placesOf(before);
    let { at } = step;
    let old = 0;
    for (const block of after) {
      const place = placeOf(block, before, places, old);
      if (place === undefined) this.#insert(parent, at, block);
      else {
        this.#delete(parent, at, place - old);
        old = place + 1;
        this.#change(before[place] as Block, block, known);
      }
      at += 1;
    }
    this.#delete(parent, at, before.length - old);
  }

  #delete(parent: Parent, at: number, count: number): void {
    if (count > 0) parent.delete(at, count);
  }

  #insert(parent: Parent, at: number, block: Block): void {
    this.#as(this.#maker);
    const element = new Y.XmlElement(block.type);
    parent.insert(at, [element]);
    for (const [name, value] of Object.entries(block.attrs)) element.setAttribute(name, value as unknown as string);
    this.#made.set(block, element);
    if (block.signs.length > 0) this.#signs(this.#textOf(element), [], block.signs);
    for (const [index, child] of block.children.entries()) this.#insert(element, index, child);
  }

  #change(before: Block, after: Block, known: ReadonlyMap<Block, Y.XmlElement>): void {
    const element = known.get(before);
    if (element === undefined) throw new Error('a block that was never made');
    this.#made.set(after, element);
    if (before === after) return;
    this.#as(this.#maker);
    for (const [name, value] of Object.entries(after.attrs)) {
      if (before.attrs[name] !== value) element.setAttribute(name, value as unknown as string);
    }
    if (before.signs.length + after.signs.length > 0) this.#signs(this.#textOf(element), before.signs, after.signs);
    this.#children({ parent: element, at: 0, before: before.children, after: after.children, known });
  }

  #textOf(element: Y.XmlElement): Y.XmlText {
    const found = element.get(0);
    if (found instanceof Y.XmlText) return found;
    this.#as(this.#maker);
    const text = new Y.XmlText();
    element.insert(0, [text]);
    return text;
  }

  #signs(text: Y.XmlText, before: readonly Sign[], after: readonly Sign[]): void {
    const places = new Map(before.map(({ id }, index) => [id, index]));
    const edit = new TextEdit(text, (author) => this.#as(author));
    let old = 0;
    for (const sign of after) {
      const place = places.get(sign.id);
      const then = place === undefined || place < old ? undefined : before[place];
      if (place === undefined || then === undefined || then.text !== sign.text || then.author !== sign.author) {
        edit.add(sign);
        continue;
      }
      for (; old < place; old += 1) edit.drop(before[old] as Sign);
      old += 1;
      edit.keep(then, sign);
    }
    for (; old < before.length; old += 1) edit.drop(before[old] as Sign);
    edit.end();
  }
}

interface Step {
  parent: Parent;
  at: number;
  before: readonly Block[];
  after: readonly Block[];
  known: ReadonlyMap<Block, Y.XmlElement>;
}

interface Piece {
  kind: 'add' | 'drop' | 'keep';
  text: string;
  author: string;
  /** Of what stays. */
  from: Marks;
  to: Marks;
}

/** Pieces of one text, gathered as long as they go on in the same way. */
class TextEdit {
  readonly #text: Y.XmlText;
  readonly #as: (author: string) => void;
  #at = 0;
  #piece: Piece | undefined;

  constructor(text: Y.XmlText, as: (author: string) => void) {
    this.#text = text;
    this.#as = as;
  }

  add({ text, author, marks }: Sign): void {
    this.#take({ kind: 'add', text, author, from: marks, to: marks });
  }

  drop({ text, marks }: Sign): void {
    this.#take({ kind: 'drop', text, author: '', from: marks, to: marks });
  }

  keep({ marks: from }: Sign, { text, author, marks: to }: Sign): void {
    this.#take({ kind: 'keep', text, author: from === to ? '' : author, from, to });
  }

  #take(next: Piece): void {
    const last = this.#piece;
    const isKeptAsIs = last?.kind === 'keep' && next.kind === 'keep' && last.from === last.to && next.from === next.to;
    const isSame =
      last?.kind === next.kind && last.author === next.author && last.from === next.from && last.to === next.to;
    if (last !== undefined && (isKeptAsIs || next.kind === 'drop' ? last.kind === next.kind : isSame)) {
      last.text += next.text;
      return;
    }
    this.end();
    this.#piece = { ...next };
  }

  end(): void {
    const piece = this.#piece;
    this.#piece = undefined;
    if (piece === undefined) return;
    const { kind, text, author, from, to } = piece;
    this.#as(author);
    if (kind === 'add') this.#text.insert(this.#at, text, to);
    if (kind === 'drop') this.#text.delete(this.#at, text.length);
    if (kind === 'keep' && from !== to) this.#text.format(this.#at, text.length, difference(from, to));
    if (kind !== 'drop') this.#at += text.length;
  }
}

function difference(from: Marks, to: Marks): Record<string, unknown> {
  const gone = Object.keys(from).filter((name) => !(name in to));
  const come = Object.entries(to).filter(([name, value]) => JSON.stringify(from[name]) !== JSON.stringify(value));
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(come) };
}

/** Lines to the children that hold them. */
function placesOf(blocks: readonly Block[]): Map<number, number> {
  return new Map(blocks.flatMap((block, index) => linesOf(block).map((line) => [line, index] as const)));
}

function linesOf(block: Block): number[] {
  const own = block.line === undefined ? [] : [block.line];
  return block.children.length === 0 ? own : [...own, ...block.children.flatMap(linesOf)];
}

/** Which child it was, not before `from`; undefined for a new one. */
function placeOf(block: Block, before: readonly Block[], places: ReadonlyMap<number, number>, from: number) {
  const fits = (place: number | undefined): place is number =>
    place !== undefined && place >= from && before[place]?.type === block.type;
  const lines = linesOf(block);
  if (lines.length > 0) return lines.map((line) => places.get(line)).find(fits);
  return fits(from) && linesOf(before[from] as Block).length === 0 ? from : undefined;
}
