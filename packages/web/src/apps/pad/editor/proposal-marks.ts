import { Extension, Mark } from '@tiptap/core';
import { isChangeOrigin } from '@tiptap/extension-collaboration';
import type { Node as PmNode, Slice } from '@tiptap/pm/model';
import { Fragment, Slice as PmSlice } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import {
  BECOMES,
  COMES,
  FORMAT_OF,
  GOES,
  PROPOSAL,
  PROPOSED_BLOCKS,
  PROPOSED_SIGNS,
  readBecoming,
  readProposal,
  readTag,
  WHOLE_BLOCKS,
} from '../model/proposals.ts';

/** Transactions with this meta are let through as they are. */
export const PROPOSED = 'pad-proposed';

/** What becomes of an edit while somebody proposes; null: it is not done. */
export type Proposing = (transaction: Transaction) => Transaction | null;

declare module '@tiptap/core' {
  interface Storage {
    padProposals: { proposing: Proposing | undefined };
  }
}

const TAG_ATTRIBUTES = {
  ...{ id: { default: '' }, name: { default: '' }, colour: { default: 0 } },
  ...{ by: { default: 0 }, since: { default: 0 } },
};

function proposalMark(name: string, element: string, priority: number) {
  const isFormat = name in FORMAT_OF;
  return Mark.create({
    name,
    priority,
    inclusive: false,
    keepOnSplit: false,
    addAttributes: () => ({ ...TAG_ATTRIBUTES, ...(isFormat && { was: { default: null } }) }),
    renderHTML: ({ mark }) => {
      const tag = readTag(mark.attrs);
      const look = {
        class: `${isFormat ? 'proposal-format' : 'proposal'} person-${tag?.colour ?? 0}`,
        title: tag?.name ?? '',
        'data-proposal': tag?.id ?? '',
      };
      return [element, look, 0];
    },
  });
}

/** Around all other marks, so that one proposal is one element. */
const OUTER = 1100;
/** Words that are proposed, and words that are proposed to go; and words whose format is proposed, with how they were. */
export const ProposalMarks = [
  proposalMark('insertion', 'ins', OUTER),
  proposalMark('deletion', 'del', OUTER),
  ...Object.keys(FORMAT_OF).map((name) => proposalMark(name, 'span', OUTER - 1)),
];

/** How a block says what is proposed of it as a whole: attributes of its element. */
export function blockLook(attrs: Record<string, unknown>): Record<string, string> {
  const [goes, becomes] = [readTag(attrs[GOES]), readBecoming(attrs[BECOMES])];
  const tag = goes ?? becomes ?? readTag(attrs[COMES]);
  if (tag === undefined) return {};
  const is = goes ? 'goes' : becomes ? 'becomes' : 'comes';
  const look = { class: `person-${tag.colour}`, title: tag.name, 'data-proposal': tag.id, 'data-whole': is };
  return becomes && !goes ? { ...look, 'data-becomes': `${becomes.type}${becomes.attrs.level ?? ''}` } : look;
}

const LOOKS = ['title', 'data-proposal', 'data-whole', 'data-becomes'];

/** The same on an element that a block draws itself. */
export function showProposed(dom: HTMLElement, { attrs }: PmNode): void {
  const look = blockLook(attrs);
  dom.classList.remove(...[...dom.classList].filter((name) => name.startsWith('person-')));
  if (look.class !== undefined) dom.classList.add(look.class);
  for (const name of LOOKS) {
    const value = look[name];
    if (value === undefined) dom.removeAttribute(name);
    else dom.setAttribute(name, value);
  }
}

/** Kept when a block is split: all of it is of that proposal. */
const whole = (name: string) => ({
  default: null,
  keepOnSplit: name !== BECOMES,
  parseHTML: () => null,
  renderHTML: (attrs: Record<string, unknown>) => (name === COMES ? blockLook(attrs) : {}),
});

/** The same for breaks between paragraphs, for signs without text and for whole blocks; and the door that edits go through. */
export const Proposals = Extension.create({
  name: 'padProposals',
  addStorage: (): { proposing: Proposing | undefined } => ({ proposing: undefined }),
  addGlobalAttributes: () => [
    {
      types: [...WHOLE_BLOCKS],
      attributes: { [COMES]: whole(COMES), [GOES]: whole(GOES), [BECOMES]: whole(BECOMES) },
    },
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

const TAGS = [PROPOSAL, COMES, GOES, BECOMES];

function plain(content: Fragment): Fragment {
  const nodes: PmNode[] = [];
  content.forEach((node) => {
    const attrs = { ...node.attrs };
    for (const tag of TAGS) if (tag in attrs) attrs[tag] = null;
    const marks = node.marks.filter(({ type: { name } }) => !isProposalMark(name));
    nodes.push(node.isText ? node.mark(marks) : node.type.create(attrs, plain(node.content), marks));
  });
  return Fragment.fromArray(nodes);
}

const isProposalMark = (name: string): boolean => name === 'insertion' || name === 'deletion' || name in FORMAT_OF;
