import type { Slice } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { CellSelection, isInTable } from '@tiptap/pm/tables';
import { Transform } from '@tiptap/pm/transform';
import type { Proposer } from './propose.ts';
import { settle } from './settle-proposals.ts';

/** What ProseMirror does with what is pasted. */
export function pasteOf({ tr }: EditorState, slice: Slice): Transaction {
  const { content, openStart, openEnd } = slice;
  const only = openStart === 0 && openEnd === 0 && content.childCount === 1 ? content.firstChild : null;
  return only === null ? tr.replaceSelection(slice) : tr.replaceSelectionWith(only, false);
}

/**
 * A paste as a proposal that gives the same when it is accepted, and the text from before when it is refused; undefined when there
 * is none. What is pasted can be anything, and so is looked at, unlike what is typed.
 */
export function proposePaste(proposer: Proposer, state: EditorState, slice: Slice): Transaction | undefined {
  if (isOfCells(state, slice)) return undefined;
  const edit = pasteOf(state, slice);
  const made = proposer.propose(edit, state);
  return made !== null && isSame(made, edit, state) ? made : undefined;
}

/** Whether cells would take the place of others: no paste of blocks. */
export function isOfCells(state: EditorState, { content }: Slice): boolean {
  if (state.selection instanceof CellSelection) return true;
  if (!isInTable(state)) return false;
  let isFound = false;
  content.descendants(({ type }) => {
    isFound ||= type.spec.tableRole !== undefined;
    return !isFound;
  });
  return isFound;
}

function isSame(made: Transaction, edit: Transaction, { doc }: EditorState): boolean {
  const settled = (one: typeof doc, isAccepted: boolean) => settle(new Transform(one), isAccepted).doc;
  return settled(made.doc, true).eq(settled(edit.doc, true)) && settled(made.doc, false).eq(settled(doc, false));
}
