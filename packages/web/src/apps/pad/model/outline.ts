import type { PadNode } from './content.ts';
import { childrenOf, numberAttr } from './content.ts';
import { FOOTNOTE } from './footnotes.ts';

export interface OutlineEntry {
  /** 1 to 3. */
  level: number;
  words: string;
  /** Which of all headings in the text, from 0. */
  index: number;
}

/** The headings with words in them, in order. */
export function outlineOf(doc: PadNode): OutlineEntry[] {
  return headings(doc)
    .map((node, index) => ({ level: numberAttr(node, 'level', 1), words: wordsOf(node).trim(), index }))
    .filter(({ words }) => words !== '');
}

function headings(node: PadNode): PadNode[] {
  return node.type === 'heading' ? [node] : childrenOf(node).flatMap(headings);
}

/** Without its notes, which are lines of their own. */
function wordsOf(node: PadNode): string {
  if (node.type === FOOTNOTE) return '';
  return node.type === 'hardBreak' ? ' ' : (node.text ?? childrenOf(node).map(wordsOf).join(''));
}

/** The blocks with words of their own, a line each. */
function linesOf(node: PadNode): string[] {
  const children = childrenOf(node);
  const isLine = children.some(({ type }) => type === 'text' || type === 'hardBreak');
  if (!isLine) return children.flatMap(linesOf);
  const notes = children.filter(({ type }) => type === FOOTNOTE).map((note) => childrenOf(note).map(wordsOf).join(''));
  return [wordsOf(node), ...notes];
}

export interface Size {
  words: number;
  /** What a reader sees as one sign counts once: an accent, an emoji. */
  signs: number;
  /** Without spaces. */
  letters: number;
}

/** How long the text is, words told apart as `language` (BCP 47) does. */
export function sizeOf(doc: PadNode, language: string): Size {
  const text = linesOf(doc).join('\n');
  let words = 0;
  for (const { isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(text)) {
    if (isWordLike) words += 1;
  }
  let signs = 0;
  let letters = 0;
  for (const { segment } of new Intl.Segmenter(language, { granularity: 'grapheme' }).segment(text)) {
    if (segment === '\n') continue;
    signs += 1;
    if (segment.trim() !== '') letters += 1;
  }
  return { words, signs, letters };
}
