import type { PadNode } from './content.ts';

export const TEMPLATES = ['minutes', 'agenda', 'release'] as const;
export type TemplateName = (typeof TEMPLATES)[number];

const BLOCKS: Readonly<Record<string, (words: string) => PadNode>> = {
  '#': (words) => heading(2, words),
  '##': (words) => heading(3, words),
  '-': (words) => listItem(words),
  '1.': (words) => listItem(words),
  '[]': (words) => ({ type: 'taskItem', attrs: { checked: false }, content: [paragraph(words)] }),
  '>': (words) => ({ type: 'blockquote', content: [paragraph(words)] }),
};
const LISTS: Readonly<Record<string, string>> = { '-': 'bulletList', '1.': 'orderedList', '[]': 'taskList' };

const text = (words: string): PadNode[] => (words === '' ? [] : [{ type: 'text', text: words }]);
const paragraph = (words: string): PadNode => ({ type: 'paragraph', content: text(words) });
const heading = (level: number, words: string): PadNode => ({
  type: 'heading',
  attrs: { level },
  content: text(words),
});
const listItem = (words: string): PadNode => ({ type: 'listItem', content: [paragraph(words)] });

/**
 * The blocks of a template from its words in the person's language: a line each, `# ` a heading, `- `, `1. ` and `[] ` items
 * of lists, `> ` a quote, `a | b` a row of a table (the first one its header).
 */
export function templateBlocks(words: string): PadNode[] {
  const blocks: PadNode[] = [];
  for (const line of words.split('\n')) {
    const [, sign = '', rest = line] = /^(##?|-|1\.|\[\]|>) ?(.*)$/.exec(line) ?? [];
    const last = blocks.at(-1);
    if (line.includes('|')) {
      if (last?.type === 'table') last.content?.push(row(line, 'tableCell'));
      else blocks.push({ type: 'table', content: [row(line, 'tableHeader')] });
      continue;
    }
    const block = BLOCKS[sign]?.(rest) ?? paragraph(line);
    const list = LISTS[sign];
    if (list === undefined) blocks.push(block);
    else if (last?.type === list) last.content?.push(block);
    else blocks.push({ type: list, content: [block] });
  }
  return blocks;
}

function row(line: string, type: 'tableCell' | 'tableHeader'): PadNode {
  return {
    type: 'tableRow',
    content: line.split('|').map((words) => ({ type, content: [paragraph(words.trim())] })),
  };
}
