import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';

/** From so many blocks on a text is drawn first where it is looked at. */
export const LONG_BLOCKS = 300;
/** Blocks that are laid out in one go: less than a frame's time. */
const BATCH = 150;
/** A browser that is never idle does it all the same, after. */
const LATEST_MS = 500;
/** Where browsers do not say when they are idle. */
const IDLE_MS = 50;

const canWait = 'requestIdleCallback' in globalThis;
let count = 0;

/**
 * A long text that appears at once is laid out where the window is; the rest follows, a batch at a time, while the browser has nothing
 * else to do. In the end nothing is left out: what a browser leaves out for good (`content-visibility`) a screen reader
 * is not given either. Returns how to stop; a text that is not long is let be.
 */
export function layOutGradually(text: HTMLElement): () => void {
  if (text.childElementCount < LONG_BLOCKS || !('adoptedStyleSheets' in document)) return () => undefined;
  count += 1;
  const name = `is-long-${count}`;
  // A style of the blocks themselves would be an edit to the editor.
  const sheet = new CSSStyleSheet();
  text.classList.add(name);
  document.adoptedStyleSheets.push(sheet);
  let cancel = (): void => undefined;
  let next = 1;
  const stop = (): void => {
    cancel();
    text.classList.remove(name);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
  const go = (): void => {
    if (next > text.childElementCount) return stop();
    const style = 'content-visibility: auto; contain-intrinsic-size: auto 5lh; overflow-clip-margin: 2em';
    sheet.replaceSync(`@media screen { .${name} > :nth-child(n + ${next}) { ${style} } }`);
    next += BATCH;
    cancel = whenIdle(go);
  };
  go();
  return stop;
}

/** Runs something once the browser has nothing else to do. Returns how to call it off. */
export function whenIdle(run: () => void): () => void {
  if (canWait) {
    const wait = requestIdleCallback(run, { timeout: LATEST_MS });
    return () => cancelIdleCallback(wait);
  }
  const wait = setTimeout(run, IDLE_MS);
  return () => clearTimeout(wait);
}

/** The text as it is when the pad opens. */
export const LongText = Extension.create({
  name: 'padLongText',
  addProseMirrorPlugins: () => [
    new Plugin({
      view: (view) => {
        let stop: (() => void) | undefined;
        const look = (): void => {
          if (stop === undefined && view.state.doc.childCount >= LONG_BLOCKS) stop = layOutGradually(view.dom);
        };
        look();
        return { update: look, destroy: () => stop?.() };
      },
    }),
  ],
});
