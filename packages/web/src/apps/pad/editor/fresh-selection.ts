import { Extension } from '@tiptap/core';
import type { Selection } from '@tiptap/pm/state';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { getRelativeSelection, ySyncPluginKey } from '@tiptap/y-tiptap';
import type * as Y from 'yjs';

/** What the selection is remembered in while a change by somebody else is drawn. */
interface Binding {
  beforeTransactionSelection: unknown;
}

/** What ProseMirror has heard of the browser's selection so far. */
interface Observer {
  currentSelection: { eq(range: globalThis.Selection): boolean };
}

/**
 * Keeps a click that somebody else's change overtakes. A browser moves its selection at once but tells of it a moment
 * later; a change drawn in between put the caret back to where it had been before the click (one click in eight while
 * another person typed). So the browser's own selection counts where the editor has not heard of it yet.
 */
export const FreshSelection = Extension.create<{ ydoc: Y.Doc }>({
  name: 'padFreshSelection',
  addProseMirrorPlugins() {
    const { ydoc } = this.options;
    return [new Plugin({ key: new PluginKey('pad-fresh-selection'), view: (view) => keepFresh(view, ydoc) })];
  },
});

function keepFresh(view: EditorView, ydoc: Y.Doc) {
  const beforeChange = () => {
    const selection = unheardSelection(view);
    const binding: Binding | undefined = ySyncPluginKey.getState(view.state)?.binding;
    if (selection === undefined || !binding) return;
    const state = view.state.apply(view.state.tr.setSelection(selection));
    binding.beforeTransactionSelection = getRelativeSelection(binding as never, state);
  };
  ydoc.on('beforeAllTransactions', beforeChange);
  return { destroy: () => ydoc.off('beforeAllTransactions', beforeChange) };
}

/** Where the person just went in the text, as long as the editor has not heard of it; else undefined. */
export function unheardSelection(view: EditorView): Selection | undefined {
  const selection = view.dom.ownerDocument.getSelection();
  const { domObserver } = view as unknown as { domObserver: Observer };
  if (selection === null || !view.hasFocus() || view.composing) return undefined;
  if (domObserver.currentSelection.eq(selection)) return undefined;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (!view.dom.contains(anchorNode) || !view.dom.contains(focusNode)) return undefined;
  if (anchorNode === null || focusNode === null) return undefined;
  const { doc } = view.state;
  const anchor = doc.resolve(view.posAtDOM(anchorNode, anchorOffset));
  return TextSelection.between(anchor, doc.resolve(view.posAtDOM(focusNode, focusOffset)));
}
