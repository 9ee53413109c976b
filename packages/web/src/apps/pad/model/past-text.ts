import * as Y from 'yjs';
import type { Ages } from './ages.ts';
import type { PadNode } from './content.ts';

/** What happened to a piece between the two moments that are looked at. */
export type Change = 'added' | 'removed' | '';

/** A block of the text of a moment. Text nodes carry the mark `past` (`person`, `change`), blocks the attribute `change`. */
export interface PastBlock {
  /** None: it is there at neither of the two moments. */
  nodes: readonly PadNode[];
  /** Signs of text between the two moments. */
  added: number;
  removed: number;
}

/** The text of a moment; a block that looks as it did in another drawing of the same past is the same object there. */
export interface PastDrawing {
  title: string;
  blocks: readonly PastBlock[];
  added: number;
  removed: number;
}

/** What of a past is looked at. */
export interface PastView {
  step: number;
  since: number;
  ages: (client: number) => Ages;
  personOf: (client: number) => number;
  /** Is told of each sign that the drawing hangs on, once for those that came and went together. */
  note: (ages: Ages, clock: number) => void;
}

function isVisible(ages: Ages, clock: number, { step, note }: PastView): boolean {
  note(ages, clock);
  return ages.isVisible(clock, step);
}

/** Undefined: at neither moment. */
function changeAt(ages: Ages, clock: number, view: PastView): Change | undefined {
  const { step, since } = view;
  const isNow = isVisible(ages, clock, view);
  const wasThen = step === since ? isNow : ages.isVisible(clock, since);
  if (isNow) return wasThen ? '' : 'added';
  return wasThen ? 'removed' : undefined;
}

type Holder = Pick<Y.Text, '_start'>;

/** What a shared type holds, deleted or not. */
export function* itemsOf(type: Holder): Generator<Y.Item> {
  for (let item = type._start; item !== null; item = item.right) yield item;
}

export function drawTitle(ydoc: Y.Doc, view: PastView): string {
  let title = '';
  for (const { id, content } of itemsOf(ydoc.getText('title'))) {
    if (!(content instanceof Y.ContentString)) continue;
    const ages = view.ages(id.client);
    for (let index = 0; index < content.str.length; index += 1) {
      if (isVisible(ages, id.clock + index, view)) title += content.str[index];
    }
  }
  return title.trim();
}

/** What one child of the text is at the moment. */
export function drawBlock(item: Y.Item, view: PastView): PastBlock {
  const tally = { added: 0, removed: 0 };
  return { nodes: nodesAt(item, view, tally), ...tally };
}

type Tally = { added: number; removed: number };

function childrenAt(parent: Holder, view: PastView, tally: Tally): PadNode[] {
  const nodes: PadNode[] = [];
  for (const item of itemsOf(parent)) nodes.push(...nodesAt(item, view, tally));
  return nodes;
}

function nodesAt({ id, content }: Y.Item, view: PastView, tally: Tally): PadNode[] {
  if (!(content instanceof Y.ContentType)) return [];
  const change = changeAt(view.ages(id.client), id.clock, view);
  if (change === undefined) return [];
  const { type } = content;
  if (type instanceof Y.XmlText) return runsAt(type, view, tally);
  if (!(type instanceof Y.XmlElement)) return [];
  const attrs = { ...attributesAt(type, view), ...(change !== '' && { change }) };
  return [{ type: type.nodeName, attrs, content: childrenAt(type, view, tally) }];
}

/** An attribute is a chain of values, the last one first. */
function attributesAt(type: Y.XmlElement, view: PastView): Record<string, unknown> {
  const attrs: Record<string, unknown> = {};
  for (const [name, last] of type._map) {
    let item: Y.Item | null = last;
    while (item !== null && !isVisible(view.ages(item.id.client), item.id.clock, view)) item = item.left;
    if (item !== null) attrs[name] = item.content.getContent()[0];
  }
  return attrs;
}

/** A mark that may overlap itself has a suffix in Yjs (y-tiptap, `hashedMarkNameRegex`). */
const markName = (key: string): string => key.replace(/--[a-zA-Z0-9+/=]{8}$/, '');

function runsAt(text: Y.XmlText, view: PastView, tally: Tally): PadNode[] {
  const runs: PadNode[] = [];
  const formats = new Map<string, Record<string, unknown>>();
  /** What sets a run apart from the one before it. */
  let look = '';
  let looks = 0;
  for (const { id, content } of itemsOf(text)) {
    const ages = view.ages(id.client);
    if (content instanceof Y.ContentFormat && isVisible(ages, id.clock, view)) {
      if (content.value === null) formats.delete(content.key);
      else formats.set(content.key, content.value as unknown as Record<string, unknown>);
      looks += 1;
    }
    if (!(content instanceof Y.ContentString)) continue;
    for (const [piece, change] of pieces(content.str, id.clock, ages, view)) {
      if (change !== '') tally[change] += piece.length;
      const person = view.personOf(id.client);
      const last = runs.at(-1);
      const next = `${looks} ${person} ${change}`;
      if (last !== undefined && look === next) {
        last.text += piece;
        continue;
      }
      look = next;
      const past = { type: 'past', attrs: { person, change } };
      const marks = [...formats].map(([key, attrs]) => ({ type: markName(key), attrs }));
      runs.push({ type: 'text', text: piece, marks: [...marks, past] });
    }
  }
  return runs;
}

/** The visible parts of one item: it may have been typed and deleted in many steps. */
function* pieces(text: string, clock: number, ages: Ages, view: PastView): Generator<[string, Change]> {
  for (let from = 0; from < text.length; ) {
    const end = ages.endOfRun(clock + from, clock + text.length) - clock;
    const change = changeAt(ages, clock + from, view);
    if (change !== undefined) yield [text.slice(from, end), change];
    from = end;
  }
}

/** The text as it was, with what only the history shows. */
export function pastDoc({ blocks }: PastDrawing): PadNode {
  return { type: 'doc', content: blocks.flatMap(({ nodes }) => nodes) };
}

/** The text as it was, without what only the history shows: to export it, or to bring it back. */
export function plainPast(drawing: PastDrawing): PadNode {
  return withoutPast(pastDoc(drawing));
}

function withoutPast(node: PadNode): PadNode {
  const { change: _, ...attrs } = node.attrs ?? {};
  const marks = node.marks?.filter(({ type }) => type !== 'past');
  return {
    ...node,
    ...(node.attrs && { attrs }),
    ...(node.content && { content: node.content.map(withoutPast) }),
    ...(marks && { marks }),
  };
}
