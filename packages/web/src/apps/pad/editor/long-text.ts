import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { whenIdle } from './when-idle.ts';

/** From so many blocks on, a text is laid out only around the window. */
export const LONG_BLOCKS = 300;
/** The class of such a text; `style/long-text.css` says what it does. */
export const LONG_CLASS = 'is-long';
/** Blocks whose heights are learnt in one go: a key that comes in between must not wait. */
const BATCH = 50;
/** ms without a change of the text before any are: who writes has the browser to themselves. */
const QUIET_MS = 1500;

let count = 0;

/**
 * Lays out each block of a long text once, a batch at a time, while the browser has nothing else to do: it then knows how high they are
 * (`contain-intrinsic-size: auto`), and whoever goes to a place far off arrives there. `quietMs`: how long the text has not changed.
 * Returns how to stop.
 */
function learnHeights(text: HTMLElement, quietMs: () => number): () => void {
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
  const wait = (): void => {
    const left = QUIET_MS - quietMs();
    if (left <= 0) {
      cancel = whenIdle(go, { atLast: false });
      return;
    }
    const timer = setTimeout(wait, left);
    cancel = () => clearTimeout(timer);
  };
  const go = (): void => {
    if (next > text.childElementCount) return stop();
    const range = `:nth-child(n + ${next}):nth-child(-n + ${next + BATCH - 1})`;
    sheet.replaceSync(`.${name} > ${range} { content-visibility: visible }`);
    next += BATCH;
    wait();
  };
  text.classList.add(name);
  document.adoptedStyleSheets.push(sheet);
  wait();
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
        let doc: Node | undefined;
        let changedAt = 0;
        const look = (): void => {
          if (doc === view.state.doc) return;
          doc = view.state.doc;
          changedAt = performance.now();
          if (doc.childCount >= LONG_BLOCKS) stop ??= learnHeights(view.dom, () => performance.now() - changedAt);
        };
        look();
        return { update: look, destroy: () => stop?.() };
      },
    }),
  ],
});
