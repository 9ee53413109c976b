import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { Command } from '@tiptap/pm/state';
import {
  findNext,
  findPrev,
  getSearchState,
  replaceAll,
  replaceNext,
  SearchQuery,
  search,
  setSearchState,
} from 'prosemirror-search';
import { undoManagerOf } from './forget-undone.ts';

/** What is looked for in the text. */
export interface Wanted {
  words: string;
  replacement: string;
  matchCase: boolean;
  wholeWord: boolean;
}

/** `at`: the one that is selected, from 1; 0 when none is. `isMore`: there are more than were counted. */
export interface Found {
  at: number;
  count: number;
  isMore: boolean;
}

/** Counting goes no further: nobody walks through more. */
const COUNTED_MAX = 1000;
const NOTHING: Found = { at: 0, count: 0, isMore: false };
const NO_QUERY = new SearchQuery({ search: '' });

const run = (editor: Editor, command: Command): boolean => command(editor.state, editor.view.dispatch, editor.view);

/** What `wanted` asks for is marked from now on; nothing is when it has no words. */
export function look(editor: Editor, { words, replacement, matchCase, wholeWord }: Wanted): void {
  // What marks the words is part of the editor from the first search on.
  if (getSearchState(editor.state) === undefined) editor.registerPlugin(search());
  const query = new SearchQuery({
    search: words,
    replace: replacement,
    caseSensitive: matchCase,
    wholeWord,
    literal: true,
  });
  editor.view.dispatch(setSearchState(editor.state.tr, query));
}

export function stopLooking(editor: Editor): void {
  editor.view.dispatch(setSearchState(editor.state.tr, NO_QUERY));
}

/** Selects the next one from the caret on, or the one before; round and round. */
export function step(editor: Editor, direction: 1 | -1): void {
  run(editor, direction === 1 ? findNext : findPrev);
}

/** Replaces the selected one and selects the next; when none is selected, selects one. */
export function replaceOne(editor: Editor): void {
  undoManagerOf(editor)?.stopCapturing();
  run(editor, replaceNext);
}

/** All of them in one edit, which one undo takes back. How many. */
export function replaceEvery(editor: Editor): number {
  const count = countAll(editor);
  undoManagerOf(editor)?.stopCapturing();
  run(editor, replaceAll);
  return count;
}

function countAll(editor: Editor): number {
  let count = 0;
  each(editor, () => {
    count += 1;
    return true;
  });
  return count;
}

/** Calls `visit` for each match in order, until it says false. */
function each(editor: Editor, visit: (from: number, to: number) => boolean): void {
  const { state } = editor;
  const query = getSearchState(state)?.query;
  if (query === undefined || !query.valid) return;
  for (let from = 0; ; ) {
    const match = query.findNext(state, from);
    if (match === null || !visit(match.from, match.to)) return;
    from = Math.max(match.to, from + 1);
  }
}

export function readFound(editor: Editor): Found {
  const { from: start, to: end } = editor.state.selection;
  const found = { ...NOTHING };
  each(editor, (from, to) => {
    if (found.count === COUNTED_MAX) {
      found.isMore = true;
      return false;
    }
    found.count += 1;
    if (from === start && to === end) found.at = found.count;
    return true;
  });
  return found;
}

/** How many there are and which is selected, counted at most once per frame while people type; `stop` ends it. */
export function watchFound(editor: Editor): { found: Signal<Found>; stop: () => void } {
  const found = signal(readFound(editor));
  let frame = 0;
  const read = () => {
    frame = 0;
    if (!editor.isDestroyed) found.value = readFound(editor);
  };
  const later = () => {
    if (frame === 0) frame = requestAnimationFrame(read);
  };
  editor.on('transaction', later);
  return {
    found,
    stop: () => {
      cancelAnimationFrame(frame);
      editor.off('transaction', later);
    },
  };
}
