import { Extension } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import type { Span } from '../model/code-spans.ts';

/** Longer code stays plain: colouring it at each key would be felt. */
const COLOURED_MAX_LENGTH = 20_000;

/** The coloured parts of a piece of code; none when the language is not known. */
export type ColourCode = (code: string, language: string) => readonly Span[];

const key = new PluginKey<DecorationSet>('pad-code-colours');

/** Colours the words of code by its language. What knows the languages is fetched when the first such block is met. */
export const CodeColours = Extension.create<{ load: () => Promise<ColourCode> }>({
  name: 'padCodeColours',
  addProseMirrorPlugins() {
    const { load } = this.options;
    let colour: ColourCode | undefined;
    /** A block that did not change is the same node. */
    const known = new WeakMap<PmNode, readonly Span[]>();
    const spansOf = (node: PmNode): readonly Span[] => {
      const language = node.attrs.language;
      if (colour === undefined || typeof language !== 'string' || node.content.size > COLOURED_MAX_LENGTH) return [];
      const spans = known.get(node) ?? colour(node.textContent, language);
      known.set(node, spans);
      return spans;
    };
    const draw = (doc: PmNode) => DecorationSet.create(doc, coloured(doc, spansOf));
    return [
      new Plugin({
        key,
        state: {
          init: (_config, state) => draw(state.doc),
          apply: (transaction, set) =>
            transaction.docChanged || transaction.getMeta(key) ? draw(transaction.doc) : set,
        },
        props: { decorations: (state) => key.getState(state) },
        view: (view) =>
          fetchWhenMet(view, load, (loaded) => {
            colour = loaded;
          }),
      }),
    ];
  },
});

function fetchWhenMet(view: EditorView, load: () => Promise<ColourCode>, use: (colour: ColourCode) => void) {
  let isAsked = false;
  const look = () => {
    if (isAsked || !hasCode(view.state.doc)) return;
    isAsked = true;
    void load().then((colour) => {
      use(colour);
      if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, true));
    });
  };
  look();
  return { update: look };
}

/** Whether a block of the text is, or holds, code with a language: it is asked with each key, and a block that did not change is the same node. */
const holders = new WeakMap<PmNode, boolean>();

function holdsCode(block: PmNode): boolean {
  const known = holders.get(block);
  if (known !== undefined) return known;
  let found = isCode(block);
  block.descendants((node) => {
    found ||= isCode(node);
    return !found && !node.isTextblock;
  });
  holders.set(block, found);
  return found;
}

const isCode = ({ type, attrs }: PmNode): boolean => type.name === 'codeBlock' && typeof attrs.language === 'string';

function hasCode(doc: PmNode): boolean {
  return doc.children.some(holdsCode);
}

function coloured(doc: PmNode, spansOf: (node: PmNode) => readonly Span[]): Decoration[] {
  const drawn: Decoration[] = [];
  const add = (node: PmNode, position: number): boolean => {
    if (!isCode(node)) return !node.isTextblock;
    for (const { from, to, kind } of spansOf(node)) {
      drawn.push(Decoration.inline(position + 1 + from, position + 1 + to, { class: `code-${kind}` }));
    }
    return false;
  };
  doc.forEach((block, position) => {
    if (!holdsCode(block)) return;
    if (add(block, position)) block.descendants((node, inside) => add(node, position + 1 + inside));
  });
  return drawn;
}
