import type { Editor } from '@tiptap/core';
import { chainCommands, deleteSelection, toggleMark } from '@tiptap/pm/commands';
import { keymap } from '@tiptap/pm/keymap';
import { Fragment, type Node as PmNode, Slice } from '@tiptap/pm/model';
import { type Command, EditorState, Selection, type Transaction } from '@tiptap/pm/state';
import { StepMap } from '@tiptap/pm/transform';
import { EditorView } from '@tiptap/pm/view';
import type { Note } from './note-book.ts';
import { noteCarets } from './note-carets.ts';
import { tidyPasted } from './paste.ts';

const FROM_OUTSIDE = 'pad-note-outside';

export interface NoteEditorDeps {
  editor: Editor;
  note: Note;
  /** its name for screen readers */
  label: string;
  leave: () => void;
}

export interface NoteEditor {
  focus: () => void;
  toggle: (mark: string) => void;
  /** shows what others made of the note */
  update: () => void;
  stop: () => void;
}

/** An editor of a note's words alone: what is done in it is done in the text, where it is shared and can be undone. */
export function createNoteEditor(place: HTMLElement, { editor, note, label, leave }: NoteEditorDeps): NoteEditor {
  const { schema } = note.node.type;
  const view = new EditorView(place, {
    state: EditorState.create({
      doc: note.node,
      plugins: [keymap(noteKeys(editor, leave)), noteCarets(editor, note)],
    }),
    editable: () => editor.isEditable,
    attributes: {
      class: 'pad-note-text',
      role: 'textbox',
      'aria-label': label,
      'aria-multiline': 'true',
      'aria-readonly': String(!editor.isEditable),
      dir: 'auto',
      spellcheck: 'true',
    },
    transformPastedHTML: tidyPasted,
    transformPasted: (slice) => inOneLine(slice),
    dispatchTransaction: (transaction) => {
      const { state, transactions } = view.state.applyTransaction(transaction);
      view.updateState(state);
      if (!transaction.getMeta(FROM_OUTSIDE)) pass(transactions);
    },
  });
  const pass = (transactions: readonly Transaction[]) => {
    const position = note.position();
    if (position === undefined) return;
    const { tr } = editor.state;
    const offset = StepMap.offset(position + 1);
    for (const step of transactions.flatMap(({ steps }) => steps)) {
      const moved = step.map(offset);
      if (moved) tr.step(moved);
    }
    if (tr.docChanged) editor.view.dispatch(tr);
  };
  return {
    focus: () => {
      view.dispatch(view.state.tr.setSelection(Selection.atEnd(view.state.doc)));
      view.focus();
    },
    toggle: (name) => {
      const mark = schema.marks[name];
      if (mark) toggleMark(mark)(view.state, view.dispatch);
      view.focus();
    },
    update: () => {
      const change = changeTo(view.state, note.node);
      if (change) view.dispatch(change.setMeta(FROM_OUTSIDE, true).setMeta('addToHistory', false));
    },
    stop: () => view.destroy(),
  };
}

/** The smallest change that makes a note what it is in the text. */
function changeTo({ doc, tr }: EditorState, wanted: PmNode): Transaction | undefined {
  const start = wanted.content.findDiffStart(doc.content);
  const end = wanted.content.findDiffEnd(doc.content);
  if (start === null || end === null) return undefined;
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  return tr.replace(start, end.b + overlap, wanted.slice(start, end.a + overlap));
}

function noteKeys(editor: Editor, leave: () => void): Record<string, Command> {
  const { marks, nodes } = editor.schema;
  const go: Command = () => {
    leave();
    return true;
  };
  const mark = (name: string): Command => {
    const type = marks[name];
    return type ? toggleMark(type) : () => false;
  };
  const again =
    (name: 'undo' | 'redo'): Command =>
    () => {
      editor.commands[name]();
      return true;
    };
  const lineBreak: Command = (state, dispatch) => {
    const type = nodes.hardBreak;
    if (type === undefined) return false;
    dispatch?.(state.tr.replaceSelectionWith(type.create()).scrollIntoView());
    return true;
  };
  return {
    Enter: go,
    Escape: go,
    'Shift-Enter': lineBreak,
    Backspace: chainCommands(deleteSelection),
    'Mod-b': mark('bold'),
    'Mod-i': mark('italic'),
    'Mod-u': mark('underline'),
    'Mod-e': mark('code'),
    'Mod-z': again('undo'),
    'Mod-y': again('redo'),
    'Mod-Shift-z': again('redo'),
  };
}

/** The words of what is pasted, with their marks; where a block ended there is a space. */
function inOneLine(slice: Slice): Slice {
  const runs: PmNode[] = [];
  slice.content.descendants((node) => {
    if (node.isText || node.type.name === 'hardBreak') runs.push(node);
    else if (node.isTextblock && runs.length > 0) runs.push(node.type.schema.text(' '));
    return true;
  });
  return new Slice(Fragment.from(runs), 0, 0);
}
