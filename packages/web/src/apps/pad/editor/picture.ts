import type { Editor } from '@tiptap/core';
import { Node } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { NodeSelection } from '@tiptap/pm/state';
import { PICTURE, type PictureRef, pictureWidth } from '../model/pictures.ts';
import { showProposed } from './proposal-marks.ts';

/** Draws a picture in its frame, and keeps it true; returns how to stop. */
export type DrawPicture = (frame: HTMLElement, node: PmNode, tools: PictureTools) => DrawnPicture;

export interface PictureTools {
  editor: Editor;
  /** Where the node is now. */
  position: () => number | undefined;
}

export interface DrawnPicture {
  update: (node: PmNode) => void;
  stop: () => void;
}

/** Links of the pictures that this page knows: a copy in the clipboard has the id alone, which gives nothing to others. */
const known = new Map<string, string>();

/** One that was just put beside the document, for text that names it. */
export function rememberPicture({ id, link }: PictureRef): void {
  known.set(id, link);
}

export function refOf({ attrs }: Pick<PmNode, 'attrs'>): PictureRef {
  return { id: typeof attrs.id === 'string' ? attrs.id : '', link: typeof attrs.link === 'string' ? attrs.link : '' };
}

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * A picture with a caption. The document holds which one it is, a link to take it, a description for who does not see it
 * (`alt`), its width in hundredths of the text's, and its own size in px, so that nothing jumps when it comes.
 */
export function pictureNode(draw?: DrawPicture) {
  return Node.create({
    name: PICTURE,
    group: 'block',
    content: 'inline*',
    draggable: true,
    isolating: true,
    addAttributes() {
      const attribute = (name: string, read: (text: string | null) => unknown = (text) => text ?? '') => ({
        default: null,
        parseHTML: (element: HTMLElement) => read(element.getAttribute(`data-${name}`)),
        renderHTML: () => ({}),
      });
      const number = (text: string | null) => (text === null || text === '' ? null : Number(text));
      return {
        id: attribute('picture'),
        link: {
          default: null,
          parseHTML: (element: HTMLElement) => known.get(element.dataset.picture ?? '') ?? '',
          renderHTML: () => ({}),
        },
        alt: attribute('alt'),
        width: attribute('width', number),
        pixels: attribute('pixels'),
      };
    },
    parseHTML() {
      return [
        {
          tag: 'figure[data-picture]',
          contentElement: (element) => element.querySelector('figcaption') ?? (element as HTMLElement),
          getAttrs: (element) => (known.has(element.dataset.picture ?? '') ? null : false),
        },
      ];
    },
    renderHTML({ node }) {
      const { id } = refOf(node);
      const data = {
        'data-picture': id,
        'data-alt': words(node.attrs.alt),
        'data-width': String(pictureWidth(node.attrs.width)),
        'data-pixels': words(node.attrs.pixels),
      };
      return ['figure', data, ['figcaption', { dir: 'auto' }, 0]];
    },
    addNodeView() {
      return ({ node, editor, getPos }) => view(node, editor, getPos, draw);
    },
    addKeyboardShortcuts() {
      return {
        // The caption is one line: below it the text goes on.
        Enter: ({ editor }) => {
          const { $from, empty } = editor.state.selection;
          if ($from.parent.type.name !== PICTURE || !empty) return false;
          const after = $from.after();
          return editor
            .chain()
            .insertContentAt(after, { type: 'paragraph' })
            .setTextSelection(after + 1)
            .run();
        },
      };
    },
  });
}

function view(node: PmNode, editor: Editor, getPos: () => number | undefined, draw: DrawPicture | undefined) {
  const dom = document.createElement('figure');
  const frame = document.createElement('div');
  const contentDOM = document.createElement('figcaption');
  dom.className = 'pad-picture';
  frame.className = 'pad-picture-frame';
  frame.contentEditable = 'false';
  contentDOM.dir = 'auto';
  dom.append(frame, contentDOM);
  rememberPicture(refOf(node));
  let shown = node;
  const drawn = draw?.(frame, node, { editor, position: getPos });
  const mark = () => contentDOM.classList.toggle('is-empty', shown.content.size === 0);
  mark();
  showProposed(dom, node);
  frame.addEventListener('click', (event) => {
    const position = getPos();
    if (position === undefined || event.target !== frame.querySelector('img')) return;
    editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, position)));
    editor.view.focus();
  });
  return {
    dom,
    contentDOM,
    update: (next: PmNode) => {
      if (next.type !== shown.type || refOf(next).id !== refOf(shown).id) return false;
      shown = next;
      rememberPicture(refOf(next));
      mark();
      showProposed(dom, next);
      drawn?.update(next);
      return true;
    },
    // The handle and the buttons in the frame are their own.
    stopEvent: (event: Event) =>
      event.target instanceof Element && frame.contains(event.target) && !/^drag|drop/.test(event.type),
    ignoreMutation: (mutation: { type: string; target: globalThis.Node }) =>
      mutation.type !== 'selection' && !contentDOM.contains(mutation.target),
    destroy: () => drawn?.stop(),
  };
}
