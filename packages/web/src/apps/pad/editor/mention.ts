import { mergeAttributes, Node } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { MENTION } from '../model/mention.ts';
import { cleanName } from '../model/people.ts';

const wordsOf = ({ attrs }: PmNode): string => `@${cleanName(attrs.name)}`;

/** Somebody's name in the text, in one piece. `id` tells it apart when it is moved. */
export const MentionNode = Node.create({
  name: MENTION,
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes: () => ({
    name: {
      default: '',
      parseHTML: (element: HTMLElement) => cleanName(element.dataset.mention),
      renderHTML: ({ name }) => ({ 'data-mention': cleanName(name) }),
    },
    id: { default: '', parseHTML: () => '', renderHTML: () => ({}) },
  }),
  parseHTML: () => [{ tag: 'span[data-mention]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    mergeAttributes({ class: 'pad-mention' }, HTMLAttributes),
    wordsOf(node),
  ],
  renderText: ({ node }) => wordsOf(node),
});
