import type { Editor } from '@tiptap/core';
import { safeHref } from '../model/links.ts';

/** The address of the link around the caret. */
export function linkAtCaret(editor: Editor): string | undefined {
  return editor.isActive('link') ? safeHref(editor.getAttributes('link').href) : undefined;
}

/** Gives the link at the caret, or the selection, this address; with an empty selection writes `words` as the link. */
export function applyLink(editor: Editor, href: string, words: string): void {
  const chain = editor.chain().focus();
  if (editor.isActive('link')) chain.extendMarkRange('link').setLink({ href }).run();
  else if (!editor.state.selection.empty) chain.setLink({ href }).run();
  else {
    const text = words.trim() === '' ? href : words.trim();
    chain.insertContent([{ type: 'text', text, marks: [{ type: 'link', attrs: { href } }] }]).run();
  }
}

/** Takes the link off; its words stay. */
export function removeLink(editor: Editor): void {
  editor.chain().focus().extendMarkRange('link').unsetLink().run();
}
