import type { Node as PmNode } from '@tiptap/pm/model';
import type { ProposalTag } from '../model/proposals.ts';
import { COMES, GOES, PROPOSAL, readProposal, readTag } from '../model/proposals.ts';

type IsMine = (tag: ProposalTag) => boolean;

/** Whether an edit stays within one block that is itself only proposed, by who edits: it is a part of that proposal. */
export function isInOwnBlock(before: PmNode, after: PmNode, isMine: IsMine): boolean {
  const start = before.content.findDiffStart(after.content);
  const end = before.content.findDiffEnd(after.content);
  if (start === null || end === null) return false;
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  const [endA, endB] = [end.a + overlap, end.b + overlap];
  if (hasProposals(before, start, endA) || hasProposals(after, start, endB)) return false;
  const $start = before.resolve(start);
  for (let depth = $start.sharedDepth(endA); depth > 0; depth -= 1) {
    const node = $start.node(depth);
    const at = $start.before(depth);
    if (start <= at || !isOwn(node, isMine)) continue;
    const now = after.nodeAt(at);
    return now?.type === node.type && isOwn(now, isMine) && now.nodeSize === node.nodeSize + endB - endA;
  }
  return false;
}

function isOwn({ attrs, isInline }: PmNode, isMine: IsMine): boolean {
  // On a block of words it is about the break before.
  const sign = isInline ? readProposal(attrs[PROPOSAL]) : undefined;
  const tag = readTag(attrs[COMES]) ?? (sign?.kind === 'insertion' ? sign : undefined);
  return tag !== undefined && isMine(tag);
}

function hasProposals(doc: PmNode, from: number, to: number): boolean {
  let isFound = false;
  if (from < to) {
    doc.nodesBetween(from, to, (node, at) => {
      const isAround = at < from && at + node.nodeSize > to && !node.isText;
      const isTagged = [PROPOSAL, COMES, GOES].some((name) => node.attrs[name] != null);
      const isMarked = node.marks.some(({ type: { name } }) => name === 'insertion' || name === 'deletion');
      isFound ||= !isAround && (isTagged || isMarked);
    });
  }
  return isFound;
}
