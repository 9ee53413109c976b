import type { Editor } from '@tiptap/core';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import * as Y from 'yjs';

/** The undo manager of an editor. */
export function undoManagerOf(editor: Editor): Y.UndoManager | undefined {
  return yUndoPluginKey.getState(editor.state)?.undoManager;
}

/**
 * After something too large for a record was undone: gives up redoing it, so that Yjs lets go of its words and what is
 * left fits a record again. Until then undone words stay in the document for the redo.
 */
export function forgetUndone(ydoc: Y.Doc, undoManager: Y.UndoManager): void {
  undoManager.clear(false, true);
  Y.tryGc(Y.createDeleteSetFromStructStore(ydoc.store), ydoc.store, ydoc.gcFilter);
}
