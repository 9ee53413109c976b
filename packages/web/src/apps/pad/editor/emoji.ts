import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state';

/** A name that is being typed after a colon: where, and what of it so far. */
export interface EmojiQuery {
  from: number;
  to: number;
  typed: string;
}

/** What is typed of an emoji's name, and who answers its keys. */
export interface EmojiTyping {
  query: Signal<EmojiQuery | null>;
  /** of the list while it is open: true for a key that it took */
  takeKey: ((event: KeyboardEvent) => boolean) | null;
}

export const newEmojiTyping = (): EmojiTyping => ({ query: signal(null), takeKey: null });

const NAME = /(?:^|[^\p{L}\p{N}:/]):([+-]1|[\p{L}][\p{L}\p{N}_-]{1,29})$/u;
/** In UTF-16 units, the colon and what is before it included. */
const LOOKED_BACK = 33;

/** Watches for `:name` before the caret; Escape leaves it as text. */
export const EmojiNames = Extension.create<{ typing: EmojiTyping }>({
  name: 'padEmoji',
  addProseMirrorPlugins() {
    const { typing } = this.options;
    /** Where a name begins that is meant as text. */
    let left = -1;
    return [
      new Plugin({
        key: new PluginKey('pad-emoji'),
        view: () => ({
          update: (view, before) => {
            if (view.state.selection.eq(before.selection) && view.state.doc.eq(before.doc)) return;
            const query = view.editable && view.hasFocus() ? queryAt(view.state) : null;
            if (query?.from !== left) left = -1;
            typing.query.value = query !== null && left === query.from ? null : query;
          },
        }),
        props: {
          handleKeyDown: (_view, event) => {
            const query = typing.query.peek();
            if (query === null || event.isComposing) return false;
            if (event.key !== 'Escape') return typing.takeKey?.(event) ?? false;
            left = query.from;
            typing.query.value = null;
            return true;
          },
          handleDOMEvents: {
            blur: () => {
              typing.query.value = null;
              return false;
            },
          },
        },
      }),
    ];
  },
});

function queryAt({ selection, schema }: EditorState): EmojiQuery | null {
  const { $from, empty, from } = selection;
  const { parent, parentOffset } = $from;
  if (!empty || !parent.isTextblock || parent.type.spec.code) return null;
  if (schema.marks.code?.isInSet($from.marks())) return null;
  const text = parent.textBetween(Math.max(0, parentOffset - LOOKED_BACK), parentOffset, undefined, '\ufffc');
  const typed = NAME.exec(text)?.[1];
  return typed === undefined ? null : { from: from - typed.length - 1, to: from, typed };
}
