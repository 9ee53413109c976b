import type { Editor } from '@tiptap/core';
import { linesOf } from '../model/lines.ts';
import { tidyPasted } from './paste.ts';

/** The largest file brought in, in bytes: more would not fit one record once sealed. */
export const BRING_MAX_BYTES = 2_000_000;
/** What the file chooser offers. */
export const BRING_ACCEPTS = '.html,.htm,.txt,text/html,text/plain';

/**
 * Puts a file's text at the end of the pad, or in the place of an empty one: HTML through the schema like a paste, any
 * other text as paragraphs. False when it is too large.
 */
export async function bringIn(editor: Editor, file: File): Promise<boolean> {
  if (file.size > BRING_MAX_BYTES) return false;
  const text = await file.text();
  const isHtml = file.type === 'text/html' || /\.html?$/i.test(file.name);
  const content = isHtml
    ? tidyPasted(text)
    : linesOf(text).map((line) => ({ type: 'paragraph', content: line === '' ? [] : [{ type: 'text', text: line }] }));
  const { doc } = editor.state;
  const place = editor.isEmpty ? { from: 0, to: doc.content.size } : doc.content.size;
  return editor.chain().insertContentAt(place, content).focus('end').run();
}
