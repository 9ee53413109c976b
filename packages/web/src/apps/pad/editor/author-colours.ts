import type { Editor } from '@tiptap/core';
import type { EditorState } from '@tiptap/pm/state';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import * as Y from 'yjs';
import type { Author, AuthorRun } from '../model/text-authors.ts';
import { authorRuns } from '../model/text-authors.ts';
import { syncState } from './places.ts';

/** Screens above and below the one that is seen that are coloured as well, so that scrolling shows no bare text. */
const SCREENS_AROUND = 1;

const key = new PluginKey<DecorationSet>('pad-author-colours');

export interface AuthorColours {
  /** The author of what is left of the caret, or right of it at the start of a line; undefined without words. */
  atCaret: () => Author | undefined;
  /** Draws again, after people came, went or changed their names. */
  redraw: () => void;
  stop: () => void;
}

interface Names {
  of: (client: number) => Author | undefined;
  /** What the mouse tells of a piece. */
  title: (author: Author) => string;
}

/**
 * Tints the text by its authors. Only what is on the screen and a little around it is looked at, once a frame: the length
 * of the document does not matter.
 */
export function showAuthors(editor: Editor, names: Names): AuthorColours {
  const { view } = editor;
  let frame = 0;
  const paint = (): void => {
    frame = 0;
    if (editor.isDestroyed) return;
    const drawn = decorations(view, names);
    if (drawn !== undefined && !isSame(key.getState(view.state)?.find() ?? [], drawn)) {
      view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(view.state.doc, drawn)));
    }
  };
  const later = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  editor.registerPlugin(
    new Plugin<DecorationSet>({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply: (transaction, set) =>
          (transaction.getMeta(key) as DecorationSet | undefined) ??
          (transaction.docChanged ? set.map(transaction.mapping, transaction.doc) : set),
      },
      props: { decorations: (state) => key.getState(state) },
      // The shared document hears of a change after this; a frame later it has.
      view: () => ({ update: (_view, before) => before.doc !== view.state.doc && later() }),
    }),
  );
  window.addEventListener('scroll', later, { passive: true });
  window.addEventListener('resize', later);
  later();
  return {
    atCaret: () => authorAt(view.state, names),
    redraw: later,
    stop: () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
      if (!editor.isDestroyed) editor.unregisterPlugin(key);
    },
  };
}

function decorations(view: EditorView, { of, title }: Names): Decoration[] | undefined {
  const span = onScreen(view);
  const runs = span && runsOf(view.state, span.from, span.to);
  return runs?.flatMap(({ from, to, client }) => {
    const author = of(client);
    if (author === undefined) return [];
    const look = { class: `pad-authored person-${author.colour}`, title: title(author) };
    return [Decoration.inline(from, to, look, { look: `${look.class} ${look.title}` })];
  });
}

function isSame(before: readonly Decoration[], after: readonly Decoration[]): boolean {
  const told = ({ from, to, spec }: Decoration): string => `${from} ${to} ${(spec as { look: string }).look}`;
  return before.length === after.length && before.every((one, index) => told(one) === told(after[index] as Decoration));
}

/** The top blocks (by index, `to` not included) that are on the screen or near it. */
function onScreen(view: EditorView): { from: number; to: number } {
  const { doc } = view.state;
  const starts: number[] = [];
  doc.forEach((_node, offset) => {
    starts.push(offset);
  });
  const height = window.innerHeight;
  const bottomOf = (index: number): number => {
    const node = view.nodeDOM(starts[index] ?? 0);
    return node instanceof Element ? node.getBoundingClientRect().bottom : 0;
  };
  /** The first block that ends below `y`. */
  const below = (y: number): number => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bottomOf(middle) < y) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    from: below(-SCREENS_AROUND * height),
    to: Math.min(starts.length, below((1 + SCREENS_AROUND) * height) + 1),
  };
}

/** Whose the text of these top blocks is; undefined while the shared document and the drawn one differ. */
function runsOf(state: EditorState, from: number, to: number): AuthorRun[] | undefined {
  const blocks = syncState(state)?.type.toArray();
  const { doc, schema } = state;
  if (blocks === undefined || blocks.length !== doc.childCount) return undefined;
  const isLeaf = (name: string): boolean => schema.nodes[name]?.isLeaf ?? false;
  const found: AuthorRun[] = [];
  let at = 0;
  for (let index = 0; index < to; index += 1) {
    const block = blocks[index];
    const { nodeSize } = doc.child(index);
    if (index >= from && block instanceof Y.XmlElement) {
      const { runs, size } = authorRuns(block, at, isLeaf);
      if (size !== nodeSize) return undefined;
      found.push(...runs);
    }
    at += nodeSize;
  }
  return found;
}

function authorAt(state: EditorState, { of }: Names): Author | undefined {
  const { $head } = state.selection;
  if (!$head.parent.isTextblock) return undefined;
  const index = $head.index(0);
  const sign = $head.parentOffset === 0 ? $head.pos : $head.pos - 1;
  const run = runsOf(state, index, index + 1)?.find(({ from, to }) => from <= sign && sign < to);
  return run && $head.start() <= run.from ? of(run.client) : undefined;
}
