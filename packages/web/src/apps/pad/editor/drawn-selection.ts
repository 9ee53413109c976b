import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { getRelativeSelection, ySyncPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';

/** What the selection is remembered in while a change by somebody else is drawn. */
interface Binding {
  beforeTransactionSelection: unknown;
}

/**
 * A change by somebody else that leaves a block without what it must hold (both took away half of a quote) is drawn, and
 * the empty block taken away by a second change before the first one is over. The selection that is remembered is then
 * one of the text before both, and may lie beyond the end of what is drawn: it is taken anew, or the second change would
 * not be drawn and be undone with the next letter (y-tiptap issue 48).
 */
export const DrawnSelection = Extension.create<{ ydoc: Y.Doc }>({
  name: 'padDrawnSelection',
  addProseMirrorPlugins() {
    const { ydoc } = this.options;
    return [new Plugin({ key: new PluginKey('pad-drawn-selection'), view: (view) => keepDrawn(view, ydoc) })];
  },
});

function keepDrawn(view: EditorView, ydoc: Y.Doc) {
  let { doc } = view.state;
  const begin = () => {
    doc = view.state.doc;
  };
  const beforeDrawing = () => {
    const binding: Binding | undefined = ySyncPluginKey.getState(view.state)?.binding;
    if (!binding?.beforeTransactionSelection || view.state.doc === doc) return;
    binding.beforeTransactionSelection = getRelativeSelection(binding as never, view.state);
    doc = view.state.doc;
  };
  ydoc.on('beforeAllTransactions', begin);
  ydoc.on('beforeObserverCalls', beforeDrawing);
  return {
    destroy: () => {
      ydoc.off('beforeAllTransactions', begin);
      ydoc.off('beforeObserverCalls', beforeDrawing);
    },
  };
}
