import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { ySyncPluginKey } from '@tiptap/y-tiptap';

/** What binds the shared text to what is drawn. */
interface Binding {
  _forceRerender(): void;
}

/**
 * Draws the shared text when a view of it begins. The binding would draw all of it anew whenever a plugin comes or goes
 * (comments, a search, the colours of authors): in 500 pages that is a second, and from then on every key compares the
 * whole text, because what is drawn and what is meant are equal but no longer the same. A binding that is given its
 * `mapping` leaves the drawing to us.
 */
export const FirstDrawing = Extension.create({
  name: 'padFirstDrawing',
  // After the binding (1000), which must know the view, and before all that look at the text.
  priority: 999,
  addProseMirrorPlugins() {
    const drawn = new WeakSet<EditorView>();
    const draw = (view: EditorView) => {
      if (drawn.has(view)) return {};
      drawn.add(view);
      const binding: Binding | undefined = ySyncPluginKey.getState(view.state)?.binding;
      binding?._forceRerender();
      return {};
    };
    return [new Plugin({ key: new PluginKey('pad-first-drawing'), view: draw })];
  },
});
