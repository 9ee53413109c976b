import type { Editor } from '@tiptap/core';
import type { Awareness } from 'y-protocols/awareness';
import { headOf } from './carets.ts';

/** Why it ended: the person who follows did something of their own, or the other one left. */
export type FollowEnd = 'own' | 'left';

/** Where the followed caret is put when it left what is seen: this part of the window from the top. */
const SHOWN_AT = 1 / 3;
const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta'];

interface FollowOptions {
  awareness: Awareness;
  clientId: number;
  /** px at each side of the window that something lies over */
  covered: { top: number; bottom: number };
  onEnd: (end: FollowEnd) => void;
}

/**
 * Keeps somebody's caret on the screen until a key is pressed, the page is scrolled by hand or the text is clicked, or they leave.
 * Returns how to stop, without `onEnd`.
 */
export function followCaret(editor: Editor, { awareness, clientId, covered, onEnd }: FollowOptions): () => void {
  let frame = 0;
  const look = (): void => {
    frame = 0;
    const theirs = awareness.getStates().get(clientId);
    if (theirs === undefined) return end('left');
    const head = editor.isDestroyed ? undefined : headOf(editor.state, theirs);
    if (head === undefined) return;
    const { top, bottom } = editor.view.coordsAtPos(head);
    if (top < covered.top || bottom > window.innerHeight - covered.bottom) {
      window.scrollBy({ top: top - window.innerHeight * SHOWN_AT, behavior: 'instant' });
    }
  };
  const later = (): void => {
    if (frame === 0) frame = requestAnimationFrame(look);
  };
  const key = ({ key: pressed }: KeyboardEvent): void => {
    if (!MODIFIERS.includes(pressed)) end('own');
  };
  const own = (): void => end('own');
  const press = ({ target }: PointerEvent): void => {
    // The text, or the scrollbar.
    if (target === document.documentElement || (target instanceof Element && target.closest('#pad-text'))) own();
  };
  const stop = (): void => {
    cancelAnimationFrame(frame);
    awareness.off('change', later);
    editor.off('update', later);
    window.removeEventListener('keydown', key, true);
    window.removeEventListener('wheel', own);
    window.removeEventListener('touchmove', own);
    window.removeEventListener('pointerdown', press);
  };
  const end = (why: FollowEnd): void => {
    stop();
    onEnd(why);
  };
  awareness.on('change', later);
  editor.on('update', later);
  window.addEventListener('keydown', key, true);
  window.addEventListener('wheel', own, { passive: true });
  window.addEventListener('touchmove', own, { passive: true });
  window.addEventListener('pointerdown', press);
  later();
  return stop;
}
