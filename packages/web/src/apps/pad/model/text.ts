import { calloutOf } from './callouts.ts';
import type { PadNode } from './content.ts';
import { childrenOf, numberAttr, runText, textAttr } from './content.ts';
import { FOOTNOTE, numberNotes } from './footnotes.ts';

/** The pad as plain text: what one pastes into a mail. */
export function toText(doc: PadNode): string {
  const { doc: numbered, notes } = numberNotes(doc);
  const text = blocks(childrenOf(numbered)).trim();
  if (notes.length === 0) return `${text}\n`;
  const words = notes.map((note, index) => `[${index + 1}] ${inline(childrenOf(note))}`);
  return `${text}\n\n----\n\n${words.join('\n')}\n`;
}

function blocks(nodes: readonly PadNode[], between = '\n\n'): string {
  return nodes.map(block).join(between);
}

function block(node: PadNode): string {
  switch (node.type) {
    case 'bulletList':
      return items(node, () => '- ');
    case 'orderedList':
      return items(node, (_item, index) => `${numberAttr(node, 'start', 1) + index}. `);
    case 'taskList':
      return items(node, (item) => (item.attrs?.checked === true ? '[x] ' : '[ ] '));
    case 'blockquote':
      return indent(blocks(childrenOf(node)), '> ', '> ');
    case 'callout':
      return indent(`${calloutOf(node).name}\n${blocks(childrenOf(node))}`, '| ', '| ');
    case 'horizontalRule':
      return '----';
    case 'picture':
      return [`[${textAttr(node.attrs, 'alt')}]`, inline(childrenOf(node))].join(' ').trim();
    case 'table':
      return childrenOf(node)
        .map((row) =>
          childrenOf(row)
            .map((cell) => blocks(childrenOf(cell), ' ').replace(/\s+/g, ' '))
            .join('\t'),
        )
        .join('\n');
    default:
      return inline(childrenOf(node));
  }
}

function items(list: PadNode, sign: (item: PadNode, index: number) => string): string {
  return childrenOf(list)
    .map((item, index) => {
      const first = sign(item, index);
      return indent(blocks(childrenOf(item), '\n'), first, ' '.repeat(first.length));
    })
    .join('\n');
}

function indent(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd())
    .join('\n');
}

function inline(nodes: readonly PadNode[]): string {
  return nodes
    .map((node) => {
      if (node.type === FOOTNOTE) return `[${numberAttr(node, 'number', 1)}]`;
      return node.type === 'hardBreak' ? '\n' : runText(node) + address(node);
    })
    .join('');
}

/** The address of a link after its words, when they do not say it already. */
function address({ text = '', marks }: PadNode): string {
  const href = textAttr(marks?.find(({ type }) => type === 'link')?.attrs, 'href');
  const plain = href.replace(/^(mailto:|tel:|https?:\/\/)/, '').replace(/\/$/, '');
  return href === '' || text.includes(plain) ? '' : ` (${href})`;
}
