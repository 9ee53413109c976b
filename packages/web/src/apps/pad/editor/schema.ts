import type { Extensions } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Code } from '@tiptap/extension-code';
import { CodeBlock } from '@tiptap/extension-code-block';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading } from '@tiptap/extension-heading';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Italic } from '@tiptap/extension-italic';
import { Link } from '@tiptap/extension-link';
import { BulletList, ListItem, ListKeymap, OrderedList, TaskList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { TableRow } from '@tiptap/extension-table';
import { Text } from '@tiptap/extension-text';
import { Underline } from '@tiptap/extension-underline';
import { safeHref } from '../model/links.ts';
import { type CalloutWords, calloutNode } from './callout.ts';
import { footnoteNode } from './footnote.ts';
import type { FormulaHooks } from './formula.ts';
import { formulaNode } from './formula.ts';
import { localOnly } from './local-only.ts';
import { MentionNode } from './mention.ts';
import type { NoteBook } from './note-book.ts';
import type { DrawPicture } from './picture.ts';
import { pictureNode } from './picture.ts';
import { ProposalMarks, Proposals } from './proposal-marks.ts';
import { PadTable, PadTableCell, PadTableHeader } from './table.ts';
import type { TaskLabel } from './task-item.ts';
import { taskItem } from './task-item.ts';

/** What every link of a pad says of itself: the other site learns nothing of the page it was opened from. */
const LINK_REL = 'noopener noreferrer nofollow';

/**
 * A link is its address and nothing else: `class`, `style` or `target` that a paste or another program brings is
 * dropped, and an address that is not http, https, mailto or tel makes no link at all.
 */
const PadLink = Link.extend({
  // What is typed right after a link is not part of it.
  inclusive: () => false,
  addAttributes() {
    return {
      href: { default: null, parseHTML: (element: HTMLElement) => safeHref(element.getAttribute('href')) ?? null },
    };
  },
  renderHTML({ HTMLAttributes }) {
    const href = safeHref(HTMLAttributes.href);
    return href === undefined ? ['span', 0] : ['a', { href, rel: LINK_REL, target: '_blank' }, 0];
  },
  addProseMirrorPlugins() {
    return (this.parent?.() ?? []).map(localOnly);
  },
}).configure({
  autolink: true,
  openOnClick: false,
  linkOnPaste: true,
  markdownLinks: true,
  defaultProtocol: 'https',
  isAllowedUri: (url, { defaultProtocol }) =>
    safeHref(url) !== undefined || safeHref(`${defaultProtocol}://${url}`) !== undefined,
});

/** Code may be proposed like other words. */
const PadCode = Code.extend({ excludes: 'bold italic underline strike link' });
const PadCodeBlock = CodeBlock.extend({ marks: 'insertion deletion' });

/**
 * What holds other blocks runs in the direction of its first letter, marks and bars included. Paragraphs and headings do
 * so by style (`unicode-bidi: plaintext`): an attribute on them would hide their letters from the list they are in.
 */
const BY_FIRST_LETTER = { HTMLAttributes: { dir: 'auto' } };

/** How what is more than text is drawn, in the person's language. */
export interface Drawing {
  label?: TaskLabel;
  picture?: DrawPicture;
  formulas?: FormulaHooks;
  notes?: NoteBook;
  callouts?: CalloutWords;
}

/** Everything a pad can hold. Without `Drawing` (export, tests) nothing is drawn, so no language is needed. */
export function padSchema({ label, picture, formulas, notes, callouts }: Drawing = {}): Extensions {
  return [
    Document,
    Paragraph,
    Text,
    Heading.configure({ levels: [1, 2, 3] }),
    Bold,
    Italic,
    Underline,
    Strike,
    PadCode,
    PadLink,
    Blockquote.configure(BY_FIRST_LETTER),
    calloutNode(callouts),
    PadCodeBlock,
    HardBreak,
    HorizontalRule,
    BulletList.configure(BY_FIRST_LETTER),
    OrderedList.configure(BY_FIRST_LETTER),
    ListItem,
    TaskList.configure(BY_FIRST_LETTER),
    taskItem(label),
    ListKeymap,
    PadTable,
    TableRow,
    PadTableHeader,
    PadTableCell,
    pictureNode(picture),
    formulaNode(formulas),
    footnoteNode(notes),
    MentionNode,
    ...ProposalMarks,
    Proposals,
  ];
}
