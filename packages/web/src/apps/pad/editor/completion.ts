import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { EditorState } from '@tiptap/pm/state';
import { Plugin, PluginKey } from '@tiptap/pm/state';

/** What is typed after a sign that asks for completion, the sign not included: where it stands with the sign. */
export interface CompletionQuery {
  from: number;
  to: number;
  typed: string;
}

/** What is being typed, and who answers its keys. */
export interface Completion {
  query: Signal<CompletionQuery | null>;
  /** of the list while it is open: true for a key that it took */
  takeKey: ((event: KeyboardEvent) => boolean) | null;
  /** For this time it is meant as text. */
  leave: () => void;
  stop: () => void;
}

interface CompletionOptions {
  /** What is before the caret; its first group is what was typed after the one sign that begins it. */
  pattern: RegExp;
  /** How far back it may reach, in UTF-16 units. */
  lookBack: number;
}

/** Watches for something that may be completed before the caret; Escape leaves it as text. */
export function watchCompletion(editor: Editor, name: string, { pattern, lookBack }: CompletionOptions): Completion {
  const key = new PluginKey(`pad-complete-${name}`);
  /** Where something begins that is meant as text. */
  let left = -1;
  const query = signal<CompletionQuery | null>(null);
  const completion: Completion = {
    query,
    takeKey: null,
    leave: () => {
      left = query.peek()?.from ?? -1;
      query.value = null;
    },
    stop: () => {
      query.value = null;
      if (!editor.isDestroyed) editor.unregisterPlugin(key);
    },
  };
  const plugin = new Plugin({
    key,
    view: () => ({
      update: (view, before) => {
        if (view.state.selection.eq(before.selection) && view.state.doc.eq(before.doc)) return;
        const found = view.editable && view.hasFocus() ? queryAt(view.state, pattern, lookBack) : null;
        if (found?.from !== left) left = -1;
        query.value = found !== null && left === found.from ? null : found;
      },
    }),
    props: {
      handleKeyDown: (_view, event) => {
        if (query.peek() === null || event.isComposing) return false;
        if (event.key !== 'Escape') return completion.takeKey?.(event) ?? false;
        completion.leave();
        return true;
      },
      handleDOMEvents: {
        blur: () => {
          query.value = null;
          return false;
        },
      },
    },
  });
  // Before the keys of the text: Enter takes what is chosen.
  editor.registerPlugin(plugin, (added, others) => [added, ...others]);
  return completion;
}

function queryAt({ selection, schema }: EditorState, pattern: RegExp, lookBack: number): CompletionQuery | null {
  const { $from, empty, from } = selection;
  const { parent, parentOffset } = $from;
  if (!empty || !parent.isTextblock || parent.type.spec.code || schema.marks.code?.isInSet($from.marks())) return null;
  const text = parent.textBetween(Math.max(0, parentOffset - lookBack), parentOffset, undefined, '\ufffc');
  const typed = pattern.exec(text)?.[1];
  return typed === undefined ? null : { from: from - typed.length - 1, to: from, typed };
}
