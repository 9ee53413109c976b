import type { Editor } from '@tiptap/core';
import { focusText } from './focus.ts';

/** Puts the caret at the end of the text; after a table, code or a rule there it makes the paragraph to write in. */
export function writeBelow(editor: Editor): void {
  const last = editor.state.doc.lastChild;
  const end = editor.state.doc.content.size;
  if (last !== null && ['table', 'codeBlock', 'horizontalRule'].includes(last.type.name)) {
    editor.commands.insertContentAt(end, { type: 'paragraph' });
  }
  focusText(editor, 'end');
}
