import { Extension, Mark } from '@tiptap/core';
import { isChangeOrigin } from '@tiptap/extension-collaboration';
import type { MarkType, Node as PmNode, Slice } from '@tiptap/pm/model';
import { Fragment, Slice as PmSlice } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { ProposalKind } from '../model/proposals.ts';
import { PROPOSAL, PROPOSED_BLOCKS, PROPOSED_SIGNS, readProposal, readTag } from '../model/proposals.ts';

/** Transactions with this meta are let through as they are. */
export const PROPOSED = 'pad-proposed';

/** What becomes of an edit while somebody proposes; null: it is not done. */
export type Proposing = (transaction: Transaction) => Transaction | null;

declare module '@tiptap/core' {
  interface Storage {
    padProposals: { proposing: Proposing | undefined };
  }
}

function proposalMark(kind: ProposalKind) {
  return Mark.create({
    name: kind,
    // Around all other marks, so that one proposal is one element.
    priority: 1100,
    inclusive: false,
    keepOnSplit: false,
    addAttributes: () => ({
      ...{ id: { default: '' }, name: { default: '' }, colour: { default: 0 } },
      ...{ by: { default: 0 }, since: { default: 0 } },
    }),
    renderHTML: ({ mark }) => {
      const tag = readTag(mark.attrs);
      const look = {
        class: `proposal person-${tag?.colour ?? 0}`,
        title: tag?.name ?? '',
        'data-proposal': tag?.id ?? '',
      };
      return [kind === 'insertion' ? 'ins' : 'del', look, 0];
    },
  });
}

/** Words that are proposed, and words that are proposed to go. */
export const ProposalMarks = [proposalMark('insertion'), proposalMark('deletion')];

/** The same for breaks between paragraphs and for signs without text; and the door that edits go through. */
export const Proposals = Extension.create({
  name: 'padProposals',
  addStorage: (): { proposing: Proposing | undefined } => ({ proposing: undefined }),
  addGlobalAttributes: () => [
    {
      types: [...PROPOSED_BLOCKS, ...PROPOSED_SIGNS],
      attributes: {
        [PROPOSAL]: {
          default: null,
          keepOnSplit: false,
          parseHTML: () => null,
          renderHTML: (attrs: Record<string, unknown>) => {
            const found = readProposal(attrs[PROPOSAL]);
            if (found === undefined) return {};
            const { id, name, colour, kind } = found;
            return { class: `person-${colour}`, title: name, 'data-proposal': id, 'data-proposed': kind };
          },
        },
      },
    },
  ],
  dispatchTransaction({ transaction, next }) {
    const { proposing } = this.storage;
    const isOurs = transaction.docChanged && !isChangeOrigin(transaction) && !transaction.getMeta(PROPOSED);
    const made = proposing !== undefined && isOurs ? proposing(transaction) : transaction;
    if (made !== null) next(made);
  },
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('pad-proposals'),
      appendTransaction: (transactions, _before, state) => keepTyped(transactions, state),
      props: { transformCopied: withoutProposals },
    }),
  ],
});

/** What somebody types in the middle of words that are proposed to go is not proposed to go. */
function keepTyped(transactions: readonly Transaction[], state: EditorState): Transaction | null {
  const { deletion } = state.schema.marks;
  if (deletion === undefined || transactions.some((one) => isChangeOrigin(one) || one.getMeta(PROPOSED))) return null;
  const kept = state.tr;
  transactions.forEach((transaction, index) => {
    transaction.steps.forEach((step, at) => {
      step.getMap().forEach((_from, _to, from, to) => {
        const later = (place: number, side: number): number =>
          transactions
            .slice(index + 1)
            .reduce((mapped, one) => one.mapping.map(mapped, side), transaction.mapping.slice(at + 1).map(place, side));
        const [start, end] = [later(from, -1), later(to, 1)];
        if (state.doc.rangeHasMark(start, end, deletion)) kept.removeMark(start, end, deletion);
      });
    });
  });
  return kept.docChanged ? kept : null;
}

/** What is copied is text: whether it is proposed stays where it was. */
function withoutProposals(slice: Slice): Slice {
  return new PmSlice(plain(slice.content), slice.openStart, slice.openEnd);
}

function plain(content: Fragment): Fragment {
  const nodes: PmNode[] = [];
  content.forEach((node) => {
    const attrs = PROPOSAL in node.attrs ? { ...node.attrs, [PROPOSAL]: null } : node.attrs;
    const { insertion, deletion } = node.type.schema.marks as Record<ProposalKind, MarkType>;
    const marks = deletion.removeFromSet(insertion.removeFromSet(node.marks));
    nodes.push(node.isText ? node.mark(marks) : node.type.create(attrs, plain(node.content), marks));
  });
  return Fragment.fromArray(nodes);
}
