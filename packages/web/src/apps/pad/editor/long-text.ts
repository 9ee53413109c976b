import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';

/** From so many blocks on the browser leaves out what is far from the window (style/text.css, `is-long`). */
export const LONG_BLOCKS = 300;

/** Says on the text's element that it is long. */
export const LongText = Extension.create({
  name: 'padLongText',
  addProseMirrorPlugins: () => [
    new Plugin({
      view: (view) => {
        const tell = (): void => {
          view.dom.classList.toggle('is-long', view.state.doc.childCount >= LONG_BLOCKS);
        };
        tell();
        return { update: tell };
      },
    }),
  ],
});
