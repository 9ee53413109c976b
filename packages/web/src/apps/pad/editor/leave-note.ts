import type { Editor } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import { FOOTNOTE } from '../model/footnotes.ts';
import type { Note } from './note-book.ts';

/** Puts the caret behind a note's number. */
export function leaveNote(editor: Editor, note: Note): void {
  const position = note.position();
  if (position !== undefined) {
    const { tr } = editor.state;
    editor.view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(position + note.node.nodeSize))));
  }
  editor.view.focus();
}

export function removeNote(editor: Editor, note: Note): void {
  const position = note.position();
  if (position === undefined || editor.state.doc.nodeAt(position)?.type.name !== FOOTNOTE) return;
  editor.view.dispatch(editor.state.tr.delete(position, position + note.node.nodeSize));
}
