import type { Editor } from '@tiptap/core';
import { Transform } from '@tiptap/pm/transform';
import { acceptedText } from '../model/accepted.ts';
import type { PadNode } from '../model/content.ts';
import { heal } from './heal-proposals.ts';

/** The text as it leaves the pad, in a copy or on a page: what is only proposed stays here. */
export function leavingText(editor: Editor | Pick<Editor, 'getJSON'>): PadNode {
  if (!('state' in editor)) return acceptedText(editor.getJSON());
  const { state } = editor;
  return acceptedText(heal(new Transform(state.doc), state).doc.toJSON());
}
