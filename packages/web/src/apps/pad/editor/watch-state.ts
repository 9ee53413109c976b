import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { PadState } from './commands.ts';
import { readState } from './commands.ts';

/**
 * The place of the caret as a signal, read at most once per frame while people type; `stop` ends it. Nothing is drawn
 * again while the values stay the same.
 */
export function watchState(editor: Editor): { state: Signal<PadState>; stop: () => void } {
  const state = signal(readState(editor));
  let frame = 0;
  const read = () => {
    frame = 0;
    if (editor.isDestroyed) return;
    const next = readState(editor);
    const keys = Object.keys(next) as (keyof PadState)[];
    if (keys.some((key) => next[key] !== state.value[key])) state.value = next;
  };
  const later = () => {
    if (frame === 0) frame = requestAnimationFrame(read);
  };
  editor.on('transaction', later);
  return {
    state,
    stop: () => {
      cancelAnimationFrame(frame);
      editor.off('transaction', later);
    },
  };
}
