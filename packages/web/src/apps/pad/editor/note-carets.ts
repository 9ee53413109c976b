import type { Editor } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state';
import { DecorationSet, type EditorView } from '@tiptap/pm/view';
import { CaretFlags, drawCarets } from './carets.ts';
import type { Note } from './note-book.ts';

const key = new PluginKey<DecorationSet>('pad-note-carets');

/** In a note that is open: the carets of others who are in it, and ours told to them. */
export function noteCarets(editor: Editor, note: Note): Plugin {
  const { padCarets } = editor.storage;
  const flags = new CaretFlags(padCarets.anonymous);
  const draw = ({ doc }: EditorState): DecorationSet => {
    const start = (note.position() ?? Number.NaN) + 1;
    // While the note and the text differ, places of one are none of the other; the next change draws them.
    if (editor.state.doc.nodeAt(start - 1)?.nodeSize !== doc.nodeSize) return DecorationSet.empty;
    const within = (at: number): number => Math.min(Math.max(at - start, 0), doc.content.size);
    const drawn = drawCarets(editor.state, padCarets.awareness, flags, ({ head, from, to }) => {
      const isHere = head >= start && head <= start + doc.content.size;
      return isHere ? { head: head - start, from: within(from), to: within(to) } : undefined;
    });
    return DecorationSet.create(doc, drawn);
  };
  return new Plugin({
    key,
    state: {
      init: (_config, state) => draw(state),
      apply: (transaction, set, _before, state) => {
        if (transaction.getMeta(key)) return draw(state);
        return transaction.docChanged ? set.map(transaction.mapping, transaction.doc) : set;
      },
    },
    props: { decorations: (state) => key.getState(state) },
    view: (view) => watch(view, editor, note, flags),
  });
}

function watch(view: EditorView, editor: Editor, note: Note, flags: CaretFlags) {
  const { padCarets } = editor.storage;
  const { awareness } = padCarets;
  const inNote = () => {
    const position = note.position();
    if (!view.hasFocus() || position === undefined) return undefined;
    const { anchor, head } = view.state.selection;
    return { anchor: position + 1 + anchor, head: position + 1 + head };
  };
  padCarets.inNote = inNote;
  const tell = () => padCarets.tell();
  const redraw = () => {
    if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, true));
  };
  const heard = ({ added, updated }: { added: number[]; updated: number[] }) => {
    for (const clientId of [...added, ...updated]) if (clientId !== awareness.clientID) flags.show(clientId);
    redraw();
  };
  awareness.on('change', heard);
  editor.on('update', redraw);
  view.dom.addEventListener('focusin', tell);
  view.dom.addEventListener('focusout', tell);
  return {
    update: tell,
    destroy: () => {
      awareness.off('change', heard);
      editor.off('update', redraw);
      view.dom.removeEventListener('focusin', tell);
      view.dom.removeEventListener('focusout', tell);
      flags.stop();
      if (padCarets.inNote === inNote) padCarets.inNote = undefined;
      tell();
    },
  };
}
