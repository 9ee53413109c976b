import type { PadNode } from './content.ts';
import { PROPOSAL, PROPOSED_BLOCKS, readProposal } from './proposals.ts';

/** Words do not run on from before these into what comes after them. */
const BARRIERS = new Set(['table', 'tableRow', 'tableCell', 'tableHeader', 'picture', 'horizontalRule']);

/** The text without what is only proposed: words to be added are left out, words to be taken away are kept. */
export function acceptedText(doc: PadNode): PadNode {
  /** The block of words before, which takes those of a new paragraph that is only proposed. */
  let before: PadNode | undefined;
  const walk = (node: PadNode): PadNode | undefined => {
    const { [PROPOSAL]: tag, ...attrs } = node.attrs ?? {};
    const proposed = readProposal(tag)?.kind;
    const marks = node.marks?.filter(({ type }) => type !== 'insertion' && type !== 'deletion');
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
  return walk(doc) ?? doc;
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
