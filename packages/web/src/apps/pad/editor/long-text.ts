import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { whenIdle } from './when-idle.ts';

/** From so many blocks on, a text is laid out only around the window. */
export const LONG_BLOCKS = 300;
/** The class of such a text; `style/long-text.css` says what it does. */
export const LONG_CLASS = 'is-long';
/** Blocks whose heights are learnt in one go: less than a frame's time. */
const BATCH = 150;

let count = 0;

/**
 * Lays out each block of a long text once, a batch at a time, while the browser has nothing else to do: it then knows how high they are
 * (`contain-intrinsic-size: auto`), and whoever goes to a place far off arrives there. Returns how to stop.
 */
function learnHeights(text: HTMLElement): () => void {
  if (!('adoptedStyleSheets' in document)) return () => undefined;
  count += 1;
  const name = `is-learnt-${count}`;
  // A style of the blocks themselves would be an edit to the editor.
  const sheet = new CSSStyleSheet();
  let cancel = (): void => undefined;
  let next = 1;
  const stop = (): void => {
    cancel();
    text.classList.remove(name);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
  const go = (): void => {
    if (next > text.childElementCount) return stop();
    const range = `:nth-child(n + ${next}):nth-child(-n + ${next + BATCH - 1})`;
    sheet.replaceSync(`.${name} > ${range} { content-visibility: visible }`);
    next += BATCH;
    cancel = whenIdle(go);
  };
  text.classList.add(name);
  document.adoptedStyleSheets.push(sheet);
  cancel = whenIdle(go);
  return stop;
}

/** A long text costs what its window costs: see `docs/adr/0023-long-pads.md`. */
export const LongText = Extension.create({
  name: 'padLongText',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        attributes: ({ doc }): Record<string, string> => (doc.childCount >= LONG_BLOCKS ? { class: LONG_CLASS } : {}),
      },
      view: (view) => {
        let stop: (() => void) | undefined;
        const look = (): void => {
          if (stop === undefined && view.state.doc.childCount >= LONG_BLOCKS) stop = learnHeights(view.dom);
        };
        look();
        return { update: look, destroy: () => stop?.() };
      },
    }),
  ],
});
