import type { PadNode } from './content.ts';
import {
  BECOMES,
  COMES,
  FORMAT_OF,
  GOES,
  PROPOSAL,
  PROPOSED_BLOCKS,
  readProposal,
  readTag,
  readWas,
} from './proposals.ts';

/** Words do not run on from before these into what comes after them. */
const BARRIERS = new Set(['table', 'tableRow', 'tableCell', 'tableHeader', 'picture', 'horizontalRule']);

/** The text without what is only proposed: words to be added are left out, words to be taken away are kept. */
export function acceptedText(doc: PadNode): PadNode {
  /** The block of words before, which takes those of a new paragraph that is only proposed. */
  let before: PadNode | undefined;
  const walk = (node: PadNode): PadNode | undefined => {
    const { [PROPOSAL]: tag, [COMES]: _comes, [GOES]: _goes, [BECOMES]: _becomes, ...attrs } = node.attrs ?? {};
    const proposed = readProposal(tag)?.kind;
    const marks = node.marks && formerMarks(node.marks);
    if (node.text !== undefined) {
      if (node.marks?.some(({ type }) => type === 'insertion')) return undefined;
      const { marks: _, ...text } = node;
      return marks === undefined || marks.length === 0 ? text : { ...text, marks };
    }
    const isWords = PROPOSED_BLOCKS.includes(node.type ?? '');
    if (proposed === 'insertion' && !isWords) return undefined;
    if (BARRIERS.has(node.type ?? '')) before = undefined;
    const target = isWords && proposed === 'insertion' ? before : undefined;
    const plain: PadNode = { ...node, ...(node.attrs && { attrs }) };
    if (isWords && target === undefined) before = plain;
    const content = node.content?.map(walk).filter((child) => child !== undefined);
    if (BARRIERS.has(node.type ?? '')) before = undefined;
    if (target !== undefined) {
      target.content = joined([...(target.content ?? []), ...(content ?? [])]);
      return undefined;
    }
    if (content !== undefined && !isWords && content.length === 0 && (node.content?.length ?? 0) > 0) return undefined;
    if (content !== undefined) plain.content = isWords ? joined(content) : wholeItems(content);
    return plain;
  };
  return walk(withoutComing(doc) ?? { ...doc, content: [{ type: 'paragraph' }] }) ?? doc;
}

/** Without the blocks that are only proposed, and without what would hold nothing then. */
function withoutComing(node: PadNode): PadNode | undefined {
  if (readTag(node.attrs?.[COMES]) !== undefined) return undefined;
  const { content } = node;
  if (content === undefined || content.length === 0) return node;
  const kept = content.map(withoutComing).filter((child) => child !== undefined);
  if (kept.length === 0 && content.some(({ text }) => text === undefined)) return undefined;
  return { ...node, content: kept };
}

type Marks = NonNullable<PadNode['marks']>;

/** The formats that words had before others were proposed. */
function formerMarks(marks: Marks): Marks {
  const keepers = marks.filter(({ type, attrs }) => type in FORMAT_OF && readTag(attrs) !== undefined);
  const changed = new Set(keepers.map(({ type }) => FORMAT_OF[type]));
  const isKept = (type: string): boolean =>
    type !== 'insertion' && type !== 'deletion' && !(type in FORMAT_OF) && !changed.has(type);
  const former = keepers.flatMap(({ type, attrs }) => {
    const was = readWas(attrs?.was);
    return was === undefined
      ? []
      : [{ type: FORMAT_OF[type] ?? '', ...(Object.keys(was).length > 0 && { attrs: was }) }];
  });
  return [...marks.filter(({ type }) => isKept(type)), ...former];
}

/** What an item holds beside its words goes where its words went: to the item before. */
function wholeItems(nodes: PadNode[]): PadNode[] {
  const whole: PadNode[] = [];
  for (const node of nodes) {
    const last = whole.at(-1);
    const isItem = node.type === 'listItem' || node.type === 'taskItem';
    const [first] = node.content ?? [];
    if (!isItem || first?.type === 'paragraph') whole.push(node);
    else if (last !== undefined) last.content = [...(last.content ?? []), ...(node.content ?? [])];
    else whole.push({ ...node, content: [{ type: 'paragraph' }, ...(node.content ?? [])] });
  }
  return whole;
}

/** Neighbours of one look are one run again. */
function joined(nodes: readonly PadNode[]): PadNode[] {
  const runs: PadNode[] = [];
  for (const node of nodes) {
    const last = runs.at(-1);
    const isSame = JSON.stringify(last?.marks ?? []) === JSON.stringify(node.marks ?? []);
    if (isSame && last?.text !== undefined && node.text !== undefined) last.text += node.text;
    else runs.push({ ...node });
  }
  return runs;
}
