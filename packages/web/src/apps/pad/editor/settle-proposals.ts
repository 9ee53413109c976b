import type { Node as PmNode } from '@tiptap/pm/model';
import type { Transform } from '@tiptap/pm/transform';
import type { ProposalKind, ProposalTag } from '../model/proposals.ts';
import { PROPOSAL, readProposal, readTag } from '../model/proposals.ts';
import { settleBlocks } from './settle-blocks.ts';
import { settleFormats } from './settle-formats.ts';

/** One piece of a proposal in the text. */
export interface Piece {
  from: number;
  to: number;
  node: PmNode;
  tags: readonly (ProposalTag & { kind: ProposalKind })[];
}

const KINDS: readonly ProposalKind[] = ['insertion', 'deletion'];

/** The pieces that are words, signs, or breaks between paragraphs. */
export function piecesOf(doc: PmNode): Piece[] {
  const pieces: Piece[] = [];
  doc.descendants((node, from) => {
    const tags = node.isText
      ? node.marks.flatMap(({ type, attrs }) => {
          const kind = KINDS.find((name) => name === type.name);
          const tag = kind && readTag(attrs);
          return kind && tag ? [{ ...tag, kind }] : [];
        })
      : [readProposal(node.attrs[PROPOSAL])].filter((tag) => tag !== undefined);
    if (tags.length > 0) pieces.push({ from, to: from + node.nodeSize, node, tags });
  });
  return pieces;
}

/** Accepts (or refuses) the proposals with these ids; all without `ids`. What is proposed by nobody is left as it is. */
export function settle<T extends Transform>(transform: T, isAccepted: boolean, ids?: ReadonlySet<string>): T {
  const goes = (kind: ProposalKind): boolean => (kind === 'deletion') === isAccepted;
  const isSettled = ({ id }: ProposalTag): boolean => ids === undefined || ids.has(id);
  settleFormats(transform, isAccepted, isSettled);
  settleBlocks(transform, isAccepted, isSettled);
  // From the end on, so that the positions before stay what they are.
  for (const { from, node, tags } of piecesOf(transform.doc).reverse()) {
    // What a note holds was settled before it.
    const { nodeSize } = (node.isText ? node : transform.doc.nodeAt(from)) ?? node;
    const to = from + nodeSize;
    const settled = tags.filter(isSettled);
    if (settled.length === 0) continue;
    const isGone = settled.some(({ kind }) => goes(kind));
    if (node.isBlock) {
      const end = isGone ? endBefore(transform.doc, from) : undefined;
      if (end === undefined) transform.setNodeAttribute(from, PROPOSAL, null);
      else transform.delete(end, from + 1);
    } else if (isGone) transform.delete(from, to);
    else if (!node.isText) transform.setNodeAttribute(from, PROPOSAL, null);
    else {
      for (const mark of node.marks) {
        if (settled.some(({ kind, id }) => kind === mark.type.name && id === mark.attrs.id)) {
          transform.removeMark(from, to, mark);
        }
      }
    }
  }
  return transform;
}

/** The end of the words before a block; undefined when something else stands there. */
export function endBefore(doc: PmNode, position: number): number | undefined {
  let $at = doc.resolve(position);
  while ($at.nodeBefore === null) {
    if ($at.depth === 0 || $at.parent.type.spec.isolating === true) return undefined;
    $at = doc.resolve($at.before());
  }
  let [node, end] = [$at.nodeBefore, $at.pos - 1];
  while (!node.isTextblock) {
    if (node.lastChild === null || node.type.spec.isolating === true) return undefined;
    node = node.lastChild;
    end -= 1;
  }
  return end;
}
