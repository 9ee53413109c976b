import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { Gapcursor } from '@tiptap/extensions/gap-cursor';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { PAD_FIELD } from '../model/field.ts';
import { safeHref } from '../model/links.ts';
import type { CalloutWords } from './callout.ts';
import { Carets } from './carets.ts';
import type { ColourCode } from './code-colours.ts';
import { CodeColours } from './code-colours.ts';
import { DrawnSelection } from './drawn-selection.ts';
import { FirstDrawing } from './first-drawing.ts';
import type { FormulaHooks } from './formula.ts';
import { FreshSelection } from './fresh-selection.ts';
import type { KeyOptions } from './keys.ts';
import { PadKeys } from './keys.ts';
import { LongText } from './long-text.ts';
import type { NoteBook } from './note-book.ts';
import { type Tidy, tidyLater } from './paste-later.ts';
import type { DrawPicture } from './picture.ts';
import { padSchema } from './schema.ts';
import { TableRepair } from './table-repair.ts';

/** Undoing our heading, list or cell leaves it when somebody else has written in it meanwhile. */
const BLOCKS = new Set([
  'paragraph',
  'heading',
  'blockquote',
  'callout',
  'codeBlock',
  'bulletList',
  'orderedList',
  'listItem',
  'taskList',
  'taskItem',
  'table',
  'tableRow',
  'tableHeader',
  'tableCell',
  'picture',
]);

export interface PadWords {
  label: () => string;
  placeholder: () => string;
  anonymous: () => string;
  task: (words: string) => string;
  callout: CalloutWords;
}

export interface PadEditorDeps extends KeyOptions {
  ydoc: Y.Doc;
  awareness: Awareness;
  editable: boolean;
  /** the attribute values of the text's element and what is drawn in it, in the person's language */
  words: PadWords;
  /** opens an address of a link in a new tab; only ever called with a safe one */
  openLink: (href: string) => void;
  /** px at each side of the window that something lies over: scrolling to the caret leaves them out */
  covered: { top: number; bottom: number; left: number; right: number };
  drawPicture: DrawPicture;
  formulas: FormulaHooks;
  notes: NoteBook;
  loadColours: () => Promise<ColourCode>;
  loadTidy: () => Promise<Tidy>;
  /** files that were pasted or dropped at a place of the text; false when they are nothing to a pad */
  takeFiles: (files: readonly File[], place: number) => boolean;
}

/** The editor of a pad, bound to the shared document; it draws itself once `mount(element)` was called. */
export function createPadEditor({
  ydoc,
  awareness,
  editable,
  words,
  openLink,
  toToolbar,
  editLink,
  covered,
  drawPicture,
  formulas,
  notes,
  takeFiles,
  loadColours,
  loadTidy,
}: PadEditorDeps): Editor {
  const pasted = tidyLater(loadTidy);
  return new Editor({
    element: null,
    injectCSS: false,
    editable,
    enableContentCheck: false,
    extensions: [
      ...padSchema({ label: words.task, picture: drawPicture, formulas, notes, callouts: words.callout }),
      Gapcursor,
      Collaboration.configure({
        document: ydoc,
        field: PAD_FIELD,
        ySyncOptions: { mapping: new Map() },
        yUndoOptions: { protectedNodes: BLOCKS },
      }),
      FirstDrawing,
      TableRepair.configure({ ydoc, field: PAD_FIELD }),
      FreshSelection.configure({ ydoc }),
      DrawnSelection.configure({ ydoc }),
      Carets.configure({ awareness, anonymous: words.anonymous }),
      PadKeys.configure({ toToolbar, editLink }),
      LongText,
      CodeColours.configure({ load: loadColours }),
    ],
    editorProps: {
      attributes: textAttributes(words, editable),
      scrollThreshold: covered,
      scrollMargin: covered,
      transformPastedHTML: pasted.tidy,
      handlePaste: (view, event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        // Word processors give a picture of the text beside the text.
        const hasWords = (event.clipboardData?.getData('text/plain') ?? '').trim() !== '';
        if (view.editable && !hasWords && files.length > 0 && takeFiles(files, view.state.selection.to)) return true;
        return pasted.waits(view, event);
      },
      handleDrop: (view, event, _slice, moved) => {
        const files = [...(event.dataTransfer?.files ?? [])];
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos;
        if (moved || !view.editable || files.length === 0) return false;
        return takeFiles(files, place ?? view.state.doc.content.size);
      },
      handleClick: (view, _position, event) => {
        const target = event.target instanceof Element ? event.target.closest('a') : null;
        const href = safeHref(target?.getAttribute('href'));
        if (href === undefined || !(event.ctrlKey || event.metaKey) || !view.editable) return false;
        event.preventDefault();
        openLink(href);
        return true;
      },
    },
  });
}

/** The attributes of the text's element: a text field for who can write, an article for who reads. */
export function textAttributes(words: PadWords, editable: boolean): Record<string, string> {
  const named = { class: 'tiptap pad-text', 'aria-label': words.label() };
  if (!editable) return { ...named, role: 'article', tabindex: '0' };
  const hint = { 'data-placeholder': words.placeholder() };
  return { ...named, ...hint, role: 'textbox', 'aria-multiline': 'true', spellcheck: 'true' };
}
