import type { Editor } from '@tiptap/core';
import { InputRule, Node } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { NodeSelection, Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { FOOTNOTE } from '../model/footnotes.ts';
import type { Note, NoteBook } from './note-book.ts';

/**
 * A note of the text: its words are content of the node at the place of its number, so that whoever takes the place away
 * takes the words too, and nobody ever leaves one without the other. The number is the place among all notes, and is
 * not kept. `book`: undefined where nothing is drawn (export, tests).
 */
export function footnoteNode(book?: NoteBook) {
  return Node.create({
    name: FOOTNOTE,
    group: 'inline',
    inline: true,
    atom: true,
    content: '(text | hardBreak)*',
    isolating: true,
    parseHTML: () => [{ tag: 'span[data-footnote]' }],
    renderHTML: () => ['span', { 'data-footnote': '' }, 0],
    renderText: ({ node }) => ` [${node.textContent}]`,
    addInputRules() {
      return [
        new InputRule({
          find: /\^\[([^[\]]{1,500})\]$/,
          handler: ({ state, range, match }) => {
            const words = match[1]?.trim() ?? '';
            if (words !== '' && mayHoldNote(state.doc, range.from)) {
              state.tr.replaceWith(range.from, range.to, this.type.create(null, state.schema.text(words)));
            }
          },
        }),
      ];
    },
    addKeyboardShortcuts() {
      return {
        'Mod-Alt-f': ({ editor }) => insertNote(editor, book),
        Enter: ({ editor }) => {
          const { selection } = editor.state;
          if (!(selection instanceof NodeSelection) || selection.node.type !== this.type) return false;
          const note = book?.at(editor.view.nodeDOM(selection.from));
          if (note) book?.open(note);
          return note !== undefined;
        },
      };
    },
    addProseMirrorPlugins() {
      return [new Plugin({ key: new PluginKey('pad-note-kept'), props: { handleTextInput: typeBehind } })];
    },
    addNodeView() {
      return ({ node, editor, getPos }) => noteView(node, editor, getPos, book);
    },
  });
}

/** Puts a note after what is selected, and opens it to be written. False where none can stand. */
export function insertNote(editor: Editor, book?: NoteBook): boolean {
  const { state, view } = editor;
  const place = state.selection.to;
  const type = state.schema.nodes[FOOTNOTE];
  if (type === undefined || !mayHoldNote(state.doc, place)) return false;
  const tr = state.tr.insert(place, type.create());
  view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, place)));
  const note = book?.at(view.nodeDOM(place));
  if (note) book?.open(note);
  return true;
}

/** A letter typed while a number is selected stands behind it: nobody means to lose a note by it. */
function typeBehind(view: EditorView, _from: number, _to: number, text: string): boolean {
  const { selection, tr } = view.state;
  if (!(selection instanceof NodeSelection) || selection.node.type.name !== FOOTNOTE) return false;
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, selection.to)).insertText(text).scrollIntoView());
  return true;
}

function mayHoldNote(doc: PmNode, place: number): boolean {
  const $place = doc.resolve(place);
  const type = doc.type.schema.nodes[FOOTNOTE];
  return type !== undefined && $place.parent.canReplaceWith($place.index(), $place.index(), type);
}

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

function noteView(node: PmNode, editor: Editor, getPos: () => number | undefined, book: NoteBook | undefined) {
  const dom = document.createElement('sup');
  dom.className = 'pad-note';
  dom.setAttribute('role', 'button');
  if (!editor.isEditable) dom.tabIndex = 0;
  const note: Note = { dom, node, position: getPos };
  book?.add(note);
  const open = () => book?.open(note);
  dom.addEventListener('click', open);
  dom.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open();
  });
  return {
    dom,
    update: (next: PmNode) => {
      if (next.type !== note.node.type) return false;
      if (next !== note.node) {
        note.node = next;
        book?.changed(note);
      }
      return true;
    },
    selectNode: () => {
      dom.classList.add('is-selected');
      book?.selected(note);
    },
    deselectNode: () => dom.classList.remove('is-selected'),
    // What is found by the search stands in the note.
    setSelection: (anchor: number, head: number) => {
      if (anchor !== head) open();
    },
    stopEvent: (event: Event) => !editor.isEditable && /^(key|click)/.test(event.type),
    ignoreMutation: () => true,
    destroy: () => book?.remove(note),
  };
}
