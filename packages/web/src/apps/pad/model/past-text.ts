import * as Y from 'yjs';
import type { Ages } from './ages.ts';
import type { PadNode } from './content.ts';

/** What happened to a piece between the two moments that are looked at. */
export type Change = 'added' | 'removed' | '';

/** The text of a moment. Text nodes carry the mark `past` (`person`, `change`), blocks the attribute `change`. */
export interface PastDrawing {
  title: string;
  doc: PadNode;
  /** Signs of text between the two moments. */
  added: number;
  removed: number;
}

export interface PastView {
  step: number;
  since: number;
  ages: (client: number) => Ages;
  personOf: (client: number) => number;
}

/** Undefined: at neither moment. */
function changeAt(ages: Ages, clock: number, { step, since }: PastView): Change | undefined {
  const isNow = ages.isVisible(clock, step);
  const wasThen = step === since ? isNow : ages.isVisible(clock, since);
  if (isNow) return wasThen ? '' : 'added';
  return wasThen ? 'removed' : undefined;
}

/** What a shared type holds, deleted or not. */
type Holder = Pick<Y.Text, '_start'>;

function* itemsOf(type: Holder): Generator<Y.Item> {
  for (let item = type._start; item !== null; item = item.right) yield item;
}

export function drawTitle(ydoc: Y.Doc, view: PastView): string {
  let title = '';
  for (const { id, content } of itemsOf(ydoc.getText('title'))) {
    if (!(content instanceof Y.ContentString)) continue;
    const ages = view.ages(id.client);
    for (let index = 0; index < content.str.length; index += 1) {
      if (ages.isVisible(id.clock + index, view.step)) title += content.str[index];
    }
  }
  return title.trim();
}

export function drawText(ydoc: Y.Doc, view: PastView): Omit<PastDrawing, 'title'> {
  const tally = { added: 0, removed: 0 };
  const content = childrenAt(ydoc.getXmlFragment('pad'), view, tally);
  return { doc: { type: 'doc', content }, ...tally };
}

type Tally = { added: number; removed: number };

function childrenAt(parent: Holder, view: PastView, tally: Tally): PadNode[] {
  const nodes: PadNode[] = [];
  for (const { id, content } of itemsOf(parent)) {
    if (!(content instanceof Y.ContentType)) continue;
    const change = changeAt(view.ages(id.client), id.clock, view);
    if (change === undefined) continue;
    const { type } = content;
    if (type instanceof Y.XmlText) nodes.push(...runsAt(type, view, tally));
    else if (type instanceof Y.XmlElement) {
      const attrs = { ...attributesAt(type, view), ...(change !== '' && { change }) };
      nodes.push({ type: type.nodeName, attrs, content: childrenAt(type, view, tally) });
    }
  }
  return nodes;
}

/** An attribute is a chain of values, the last one first. */
function attributesAt(type: Y.XmlElement, { step, ages }: PastView): Record<string, unknown> {
  const attrs: Record<string, unknown> = {};
  for (const [name, last] of type._map) {
    let item: Y.Item | null = last;
    while (item !== null && !ages(item.id.client).isVisible(item.id.clock, step)) item = item.left;
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
    if (content instanceof Y.ContentFormat && ages.isVisible(id.clock, view.step)) {
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

/** The text as it was, without what only the history shows: to export it, or to bring it back. */
export function plainPast(node: PadNode): PadNode {
  const { change: _, ...attrs } = node.attrs ?? {};
  const marks = node.marks?.filter(({ type }) => type !== 'past');
  return {
    ...node,
    ...(node.attrs && { attrs }),
    ...(node.content && { content: node.content.map(plainPast) }),
    ...(marks && { marks }),
  };
}
