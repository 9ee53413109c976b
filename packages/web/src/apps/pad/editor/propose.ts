import { ChangeSet } from '@tiptap/pm/changeset';
import type { Node as PmNode, Slice } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { Selection, TextSelection } from '@tiptap/pm/state';
import { AddMarkStep, RemoveMarkStep, ReplaceStep } from '@tiptap/pm/transform';
import { newId } from '../model/messages.ts';
import type { ProposalKind, ProposalTag } from '../model/proposals.ts';
import { PROPOSAL, PROPOSED_BLOCKS, PROPOSED_SIGNS, readProposal, readTag } from '../model/proposals.ts';
import { PROPOSED } from './proposal-marks.ts';
import { proposeFormats } from './propose-format.ts';
import { isInOwnBlock } from './propose-own.ts';
import { proposeBlocks } from './propose-structure.ts';
import { endBefore } from './settle-proposals.ts';

/** Blocks around words that a proposal may reach across, or split. */
const WRAPPERS = ['bulletList', 'orderedList', 'listItem', 'taskList', 'taskItem', 'blockquote'];
const SPLIT = ['listItem', 'taskItem'];

/** The range that went and the one that came in its place. */
interface Change {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

/** Who proposes: the person, and the program by its number and clock in Yjs. */
export type Who = Omit<ProposalTag, 'id'>;

/** Turns the edits of one person into proposals. */
export class Proposer {
  readonly #who: () => Who;
  /** Those made here: also somebody without a name knows their own. */
  readonly #own = new Set<string>();

  constructor(who: () => Who) {
    this.#who = who;
  }

  /** The edit as a proposal; null when it cannot be one. */
  propose(edit: Transaction, state: EditorState): Transaction | null {
    if (isInOwnBlock(state.doc, edit.doc, (tag) => this.#isMine(tag))) return edit;
    const changes = changesOf(edit, state.doc);
    if (changes.length === 0 && this.#isOfOwnWords(edit)) return edit;
    const next =
      (changes.length > 0 && this.#words(edit, state, changes)) ||
      this.#formats(edit, state) ||
      this.#blocks(edit, state);
    if (!next) return null;
    if (edit.storedMarksSet) next.setStoredMarks(edit.storedMarks);
    if (edit.scrolledIntoView) next.scrollIntoView();
    return next.setMeta(PROPOSED, true).setMeta('preventAutolink', true);
  }

  #words(edit: Transaction, state: EditorState, changes: readonly Change[]): Transaction | undefined {
    const next = state.tr;
    const made = [...changes].reverse().every((change) => this.#add(next, edit, state.doc, change));
    if (!made) return undefined;
    const [only, ...more] = changes;
    if (only !== undefined && more.length === 0)
      next.setSelection(caretAfter(within(only, state.doc, edit.doc), state, next));
    return next;
  }

  #formats(edit: Transaction, state: EditorState): Transaction | undefined {
    const next = state.tr;
    const isOwn = (node: PmNode): boolean => this.#tagIn(node, 'insertion') !== undefined;
    return proposeFormats(next, edit, this.#newTag(), isOwn) ? next : undefined;
  }

  #blocks(edit: Transaction, state: EditorState): Transaction | undefined {
    const next = state.tr;
    const made = proposeBlocks(next, edit, state, {
      tag: this.#newTag(),
      isMine: (tag) => this.#isMine(tag),
      words: (to, change) => this.#add(to, edit, state.doc, change),
    });
    return made ? next : undefined;
  }

  /** The tag of one edit, made when it is needed. */
  #newTag(): () => ProposalTag {
    let tag: ProposalTag | undefined;
    return () => {
      tag ??= { id: newId(), ...this.#who() };
      this.#own.add(tag.id);
      return tag;
    };
  }

  #isMine({ id, name }: ProposalTag): boolean {
    return this.#own.has(id) || (name !== '' && name === this.#who().name);
  }

  /** Formats are no words: only those of words that are proposed anyway. */
  #isOfOwnWords({ steps, docs }: Transaction): boolean {
    return steps.every((step, index) => {
      if (!(step instanceof AddMarkStep) && !(step instanceof RemoveMarkStep)) return false;
      let isOwn = true;
      docs[index]?.nodesBetween(step.from, step.to, (node) => {
        if (node.isText) isOwn &&= this.#tagIn(node, 'insertion') !== undefined;
      });
      return isOwn;
    });
  }

  /** Our tag of a kind on some words. */
  #tagIn(node: PmNode | null, kind: ProposalKind): ProposalTag | undefined {
    const tag = readTag(node?.marks.find(({ type }) => type.name === kind)?.attrs);
    return tag !== undefined && this.#isMine(tag) ? tag : undefined;
  }

  #add(next: Transaction, edit: Transaction, doc: PmNode, change: Change): boolean {
    const { fromA, toA, fromB, toB } = within(change, doc, edit.doc);
    if (!isOfWords(doc, fromA, toA, WRAPPERS) || !isOfWords(edit.doc, fromB, toB, SPLIT)) return false;
    const tag = this.#tagFor(doc, fromA, toA);
    if (toB > fromB && !insert(next, toA, edit.doc.slice(fromB, toB), tag)) return false;
    if (toA > fromA) this.#delete(next, doc, fromA, toA, tag);
    return true;
  }

  /** That of the proposal made here which this one touches, or a new one. */
  #tagFor(doc: PmNode, from: number, to: number): ProposalTag {
    const [$from, $to] = [doc.resolve(from), doc.resolve(to)];
    for (const node of [$from.nodeBefore, $to.nodeAfter]) {
      const found = this.#tagIn(node, 'insertion') ?? this.#tagIn(node, 'deletion');
      if (found !== undefined && this.#own.has(found.id)) return found;
    }
    const before = $from.parentOffset === 0 ? readProposal($from.parent.attrs[PROPOSAL]) : undefined;
    if (before !== undefined && this.#own.has(before.id)) {
      const { kind: _, ...tag } = before;
      return tag;
    }
    return this.#newTag()();
  }

  /** Marks what shall go; what was only proposed, by oneself, goes at once. */
  #delete(next: Transaction, doc: PmNode, from: number, to: number, tag: ProposalTag): void {
    const pieces: { node: PmNode; start: number; end: number }[] = [];
    doc.nodesBetween(from, to, (node, position) => {
      const isBreak = PROPOSED_BLOCKS.includes(node.type.name) && position >= from;
      if (isBreak) pieces.push({ node, start: position, end: position });
      // What holds both ends, a note, stays.
      else if (node.isText || (node.isInline && position >= from)) {
        pieces.push({ node, start: Math.max(position, from), end: Math.min(position + node.nodeSize, to) });
        return false;
      }
      return true;
    });
    const deletion = next.doc.type.schema.marks.deletion?.create({ ...tag });
    for (const { node, start, end } of pieces.reverse()) {
      if (node.isText) {
        const isThere = node.marks.some(({ type }) => type === deletion?.type);
        if (this.#tagIn(node, 'insertion') !== undefined) next.delete(start, end);
        else if (deletion !== undefined && !isThere) next.addMark(start, end, deletion);
        continue;
      }
      const proposed = readProposal(node.attrs[PROPOSAL]);
      const before = node.isBlock ? endBefore(next.doc, start) : start;
      if (proposed?.kind !== 'insertion') {
        if (proposed === undefined) next.setNodeAttribute(start, PROPOSAL, { ...tag, kind: 'deletion' });
      } else if (before !== undefined) next.delete(before, node.isBlock ? start + 1 : end);
    }
  }
}

/** What an edit changed, in order. A word that replaces another is one change, whatever letters they share. */
function changesOf({ steps, mapping, doc }: Transaction, before: PmNode): readonly Change[] {
  const [only, ...more] = steps;
  if (only instanceof ReplaceStep && more.length === 0) {
    const { from, to, slice } = only;
    return [{ fromA: from, toA: to, fromB: from, toB: from + slice.size }];
  }
  return ChangeSet.create(before).addSteps(doc, [...mapping.maps], null).changes;
}

/** When everything was selected, the change is one of the words in it. */
function within(change: Change, doc: PmNode, after: PmNode): Change {
  const { fromA, toA, fromB, toB } = change;
  if (fromA > 0 || toA < doc.content.size) return change;
  const [start, end] = [Selection.atStart(doc).from, Selection.atEnd(doc).to];
  // What came in the place of blocks is the empty one that must be there.
  let isEmpty = true;
  after.nodesBetween(fromB, toB, (node) => {
    isEmpty &&= PROPOSED_BLOCKS.includes(node.type.name) && node.content.size === 0;
  });
  if (!isEmpty) return change;
  return { fromA: start, toA: end, fromB, toB: fromB };
}

/** Whether a range begins and ends in words and has nothing in it but words, small signs and blocks of words. */
function isOfWords(doc: PmNode, from: number, to: number, wrappers: readonly string[]): boolean {
  const [$from, $to] = [doc.resolve(from), doc.resolve(to)];
  if (from === to) return true;
  if (!$from.parent.inlineContent || !$to.parent.inlineContent) return false;
  if (wrappers === SPLIT && $from.depth !== $to.depth) return false;
  const shared = $from.sharedDepth(to);
  let isSound = true;
  doc.nodesBetween(from, to, (node, position) => {
    // What holds both ends stays as it is.
    const isAround = position < from && position + node.nodeSize > to && doc.resolve(position).depth < shared;
    const { name } = node.type;
    isSound &&= isAround || node.isText || [...PROPOSED_BLOCKS, ...PROPOSED_SIGNS, ...wrappers].includes(name);
  });
  return isSound;
}

/** False when it does not fit there as it is. */
function insert(next: Transaction, at: number, slice: Slice, tag: ProposalTag): boolean {
  const { size } = next.doc.content;
  next.replace(at, at, slice);
  if (next.doc.content.size !== size + slice.size) return false;
  const end = at + slice.size;
  const { insertion, deletion } = next.doc.type.schema.marks;
  if (insertion === undefined || deletion === undefined) return false;
  next.removeMark(at, end, deletion).removeMark(at, end, insertion);
  next.doc.nodesBetween(at, end, (node, position) => {
    if (node.isText) {
      next.addMark(Math.max(at, position), Math.min(end, position + node.nodeSize), insertion.create({ ...tag }));
    }
    const isBreak = PROPOSED_BLOCKS.includes(node.type.name) && position >= at;
    const isSign = PROPOSED_SIGNS.includes(node.type.name) && position >= at;
    if (isBreak || isSign) next.setNodeAttribute(position, PROPOSAL, { ...tag, kind: 'insertion' });
    return !isSign;
  });
  return true;
}

/** After what was written; else on the side of what was deleted to which the person was moving. */
function caretAfter({ fromA, toA, fromB, toB }: Change, state: EditorState, next: Transaction): Selection {
  const { empty, head } = state.selection;
  const isForward = toB > fromB || (empty && head <= fromA);
  const place = isForward ? next.mapping.map(toA, 1) : next.mapping.map(fromA, -1);
  return TextSelection.near(next.doc.resolve(place), isForward ? 1 : -1);
}
