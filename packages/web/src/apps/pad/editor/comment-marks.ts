import type { Editor } from '@tiptap/core';
import { isChangeOrigin } from '@tiptap/extension-collaboration';
import type { EditorState } from '@tiptap/pm/state';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import type { Passage, Thread } from '../model/comments.ts';
import { readThreads } from '../model/comments.ts';
import type { Talk } from '../model/talk.ts';
import { watchTalk } from '../model/talk.ts';
import { placeOf, positionOf, syncState } from './places.ts';

const key = new PluginKey<DecorationSet>('pad-comments');

export interface CommentMarks {
  /** Draws it as the one that is looked at. */
  choose: (id: string | undefined) => void;
  stop: () => void;
}

/** Underlines the passages that have open comments; a click on one tells its thread. */
export function markComments(editor: Editor, talk: Talk, onClick: (id: string) => void): CommentMarks {
  let chosen: string | undefined;
  const draw = (state: EditorState): DecorationSet => {
    if (syncState(state) === undefined) return DecorationSet.empty;
    const open = readThreads(talk).filter(({ isResolved }) => !isResolved);
    return DecorationSet.create(
      state.doc,
      open.flatMap((thread) => decorationOf(state, thread, thread.id === chosen)),
    );
  };
  const plugin = new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, state) => draw(state),
      apply: (transaction, set, _before, state) => {
        if (transaction.getMeta(key) || isChangeOrigin(transaction)) return draw(state);
        return transaction.docChanged ? set.map(transaction.mapping, transaction.doc) : set;
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handleClick: (view, position) => {
        const [hit] = key.getState(view.state)?.find(position, position) ?? [];
        if (hit !== undefined) onClick((hit.spec as { thread: string }).thread);
        return false;
      },
    },
  });
  editor.registerPlugin(plugin);
  const redraw = (): void => {
    if (!editor.isDestroyed) editor.view.dispatch(editor.state.tr.setMeta(key, true));
  };
  const stop = watchTalk(talk, redraw);
  redraw();
  return {
    choose: (id) => {
      chosen = id;
      redraw();
    },
    stop: () => {
      stop();
      if (!editor.isDestroyed) editor.unregisterPlugin(key);
    },
  };
}

function decorationOf(state: EditorState, thread: Thread, isChosen: boolean): Decoration[] {
  const range = rangeOf(state, thread);
  if (range === undefined) return [];
  const look = { class: `pad-commented ${isChosen ? 'is-chosen' : ''}` };
  return [Decoration.inline(range.from, range.to, look, { thread: thread.id })];
}

/** Where the passage is now; undefined when its words were deleted. */
export function rangeOf(state: EditorState, { start, end }: Thread): { from: number; to: number } | undefined {
  const [from, to] = [positionOf(state, start), positionOf(state, end)];
  return from === undefined || to === undefined || from >= to ? undefined : { from, to };
}

/** The selection, or the block around the caret: what a new comment is about. Undefined where there are no words. */
export function passageHere({ state }: Editor): Passage | undefined {
  const { selection } = state;
  const { $from } = selection;
  const isWhole = selection.empty;
  const from = isWhole ? $from.start() : selection.from;
  const to = isWhole ? $from.end() : selection.to;
  const quote = state.doc.textBetween(from, to, ' ', ' ').trim();
  const [start, end] = [placeOf(state, from), placeOf(state, to)];
  return quote === '' || start === undefined || end === undefined ? undefined : { start, end, quote };
}

/** The passage is shown and selected. */
export function goToPassage(editor: Editor, thread: Thread): boolean {
  const range = rangeOf(editor.state, thread);
  if (range === undefined) return false;
  editor.chain().setTextSelection(range).scrollIntoView().run();
  return true;
}
