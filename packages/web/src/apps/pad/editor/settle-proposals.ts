import type { Node as PmNode } from '@tiptap/pm/model';
import type { Transform } from '@tiptap/pm/transform';
import { runText } from '../model/content.ts';
import type { ProposalKind, ProposalTag } from '../model/proposals.ts';
import { PROPOSAL, readProposal, readTag } from '../model/proposals.ts';

/** One piece of a proposal in the text. */
interface Piece {
  from: number;
  to: number;
  node: PmNode;
  tags: readonly (ProposalTag & { kind: ProposalKind })[];
}

/** A proposal as it stands: where, and what is to come and to go. `breaks`: new paragraphs, or paragraphs to be joined. */
export interface Proposal extends ProposalTag {
  from: number;
  to: number;
  added: string;
  removed: string;
  breaks: { added: number; removed: number };
}

const KINDS: readonly ProposalKind[] = ['insertion', 'deletion'];

function piecesOf(doc: PmNode): Piece[] {
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

/** All proposals, in the order of the text. */
export function readProposals(doc: PmNode): Proposal[] {
  const found = new Map<string, Proposal>();
  for (const { from, to, node, tags } of piecesOf(doc)) {
    for (const { kind, ...tag } of tags) {
      const proposal = found.get(tag.id) ?? {
        ...tag,
        from,
        to,
        added: '',
        removed: '',
        breaks: { added: 0, removed: 0 },
      };
      found.set(tag.id, proposal);
      const side = kind === 'insertion' ? 'added' : 'removed';
      if (node.isBlock) {
        proposal.breaks[side] += 1;
        if (proposal[side] !== '') proposal[side] += ' ¶ ';
      } else proposal[side] += runText({ type: node.type.name, attrs: node.attrs, text: node.text ?? '↵' });
      // Of a block only the break before it is meant.
      proposal.to = Math.max(proposal.to, node.isBlock ? from + 1 : to);
    }
  }
  return [...found.values()];
}

/** Accepts (or refuses) the proposals with these ids; all without `ids`. What is proposed by nobody is left as it is. */
export function settle<T extends Transform>(transform: T, isAccepted: boolean, ids?: ReadonlySet<string>): T {
  const goes = (kind: ProposalKind): boolean => (kind === 'deletion') === isAccepted;
  // From the end on, so that the positions before stay what they are.
  for (const { from, to, node, tags } of piecesOf(transform.doc).reverse()) {
    const settled = tags.filter(({ id }) => ids === undefined || ids.has(id));
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
