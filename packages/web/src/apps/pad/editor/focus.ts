import type { Editor } from '@tiptap/core';

/**
 * Gives the text the focus at once. Tiptap's own `focus` waits for a frame, and a letter typed in that frame would go
 * where the focus was before.
 */
export function focusText(editor: Editor, place?: 'start' | 'end'): void {
  if (place === 'start') editor.commands.setTextSelection(0);
  if (place === 'end') editor.commands.setTextSelection(editor.state.doc.content.size);
  editor.view.focus();
}
