import type { Editor } from '@tiptap/core';
import { InputRule, Node } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import type { Transaction } from '@tiptap/pm/state';
import { findWrapping } from '@tiptap/pm/transform';
import { CALLOUT, CALLOUT_KINDS, type CalloutKind, calloutKind } from '../model/callouts.ts';
import { showProposed } from './proposal-marks.ts';

export interface CalloutWords {
  name: (kind: CalloutKind) => string;
  /** of the choice between the kinds */
  choice: () => string;
}

const kindOf = ({ attrs }: PmNode): CalloutKind => calloutKind(attrs.kind) ?? 'note';

/** Blocks that stand out of the text as a note, a tip or a warning: with a name in words, not by colour alone. */
export function calloutNode(words?: CalloutWords) {
  return Node.create({
    name: CALLOUT,
    group: 'block',
    content: 'block+',
    defining: true,
    addAttributes() {
      return {
        kind: {
          default: 'note',
          parseHTML: (element: HTMLElement) => calloutKind(element.dataset.callout) ?? 'note',
          renderHTML: () => ({}),
        },
      };
    },
    parseHTML: () => [{ tag: 'aside[data-callout]' }],
    renderHTML: ({ node, HTMLAttributes }) => [
      'aside',
      { ...HTMLAttributes, 'data-callout': kindOf(node), dir: 'auto' },
      0,
    ],
    addInputRules() {
      return [
        new InputRule({
          find: /^\[!(\w{3,9})\]\s$/,
          handler: ({ state, range, match }) => {
            const kind = calloutKind(match[1]);
            if (kind !== undefined) begin(state.tr, range, kind);
          },
        }),
      ];
    },
    addKeyboardShortcuts() {
      return { 'Mod-Alt-n': ({ editor }) => toggleCallout(editor) };
    },
    addNodeView() {
      return ({ node, editor, getPos }) => view(node, editor, getPos, words);
    },
  });
}

export function toggleCallout(editor: Editor): boolean {
  return editor.isActive(CALLOUT) ? editor.commands.lift(CALLOUT) : editor.commands.wrapIn(CALLOUT);
}

/** What was typed goes; the quote that it began, or else its paragraph, becomes a callout. */
function begin(tr: Transaction, { from, to }: { from: number; to: number }, kind: CalloutKind): void {
  const type = tr.doc.type.schema.nodes[CALLOUT];
  const $from = tr.doc.resolve(from);
  if (type === undefined || $from.parent.type.name !== 'paragraph') return;
  const around = $from.node(-1);
  if (around.type.name === 'blockquote' && around.childCount === 1) {
    tr.delete(from, to).setNodeMarkup($from.before(-1), type, { kind });
    return;
  }
  const range = $from.blockRange();
  const wrapping = range && findWrapping(range, type, { kind });
  if (!range || !wrapping) return;
  tr.wrap(range, wrapping);
  const moved = tr.mapping.map(from);
  tr.delete(moved, moved + to - from);
}

function view(node: PmNode, editor: Editor, getPos: () => number | undefined, words: CalloutWords | undefined) {
  const dom = document.createElement('aside');
  const head = document.createElement('div');
  const contentDOM = document.createElement('div');
  // Its words do not say in which direction those of the callout run.
  const label = document.createElement('bdi');
  head.append(label);
  head.className = 'pad-callout-name';
  head.contentEditable = 'false';
  dom.className = 'pad-callout';
  dom.dir = 'auto';
  dom.append(head, contentDOM);
  const name = (kind: CalloutKind) => words?.name(kind) ?? kind;
  const choice = document.createElement('select');
  choice.setAttribute('aria-label', words?.choice() ?? '');
  choice.append(...CALLOUT_KINDS.map((kind) => new Option(name(kind), kind)));
  choice.addEventListener('change', () => {
    const position = getPos();
    if (position === undefined || !editor.isEditable) return;
    editor.view.dispatch(editor.state.tr.setNodeAttribute(position, 'kind', choice.value));
  });
  const show = (kind: CalloutKind) => {
    dom.dataset.callout = kind;
    dom.setAttribute('role', 'note');
    dom.setAttribute('aria-label', name(kind));
    choice.value = kind;
    label.replaceChildren(editor.isEditable ? choice : name(kind));
  };
  show(kindOf(node));
  showProposed(dom, node);
  return {
    dom,
    contentDOM,
    update: (next: PmNode) => {
      if (next.type !== node.type) return false;
      if (dom.dataset.callout !== kindOf(next)) show(kindOf(next));
      showProposed(dom, next);
      return true;
    },
    stopEvent: (event: Event) => event.target === choice,
    ignoreMutation: (mutation: { type: string; target: globalThis.Node }) =>
      mutation.type !== 'selection' && !contentDOM.contains(mutation.target),
  };
}
