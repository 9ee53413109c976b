import { calloutOf } from './callouts.ts';
import type { PadNode } from './content.ts';
import { childrenOf, MARKS, numberAttr, runsOf, runText, textAttr } from './content.ts';
import { FOOTNOTE, numberNotes } from './footnotes.ts';
import { FORMULA } from './formula.ts';
import { safeHref } from './links.ts';

/** The pad as Markdown (CommonMark with the tables, tasks, strikes and notes of GitHub). */
export function toMarkdown(doc: PadNode): string {
  const { doc: numbered, notes } = numberNotes(doc);
  const words = notes.map((note, index) => `[^${index + 1}]: ${inline(childrenOf(note)).replace(/\\?\n/g, ' ')}`);
  return `${[blocks(childrenOf(numbered)).trim(), ...words].join('\n\n')}\n`;
}

function blocks(nodes: readonly PadNode[]): string {
  // Two lists of one kind in a row would run into one: a comment keeps them apart.
  return nodes
    .map(
      (node, index) =>
        (index > 0 && isList(node) && node.type === nodes[index - 1]?.type ? '<!-- -->\n\n' : '') + block(node),
    )
    .join('\n\n');
}

const isList = ({ type }: PadNode): boolean => type === 'bulletList' || type === 'orderedList' || type === 'taskList';

function block(node: PadNode): string {
  switch (node.type) {
    case 'heading':
      return `${'#'.repeat(Math.min(Math.max(numberAttr(node, 'level', 1), 1), 6))} ${inline(childrenOf(node)).replaceAll('\\\n', ' ')}`;
    case 'bulletList':
      return items(node, () => '- ');
    case 'orderedList':
      return items(node, (_item, index) => `${numberAttr(node, 'start', 1) + index}. `);
    case 'taskList':
      return items(
        node,
        () => '- ',
        (item) => (item.attrs?.checked === true ? '[x] ' : '[ ] '),
      );
    case 'blockquote':
      return indent(blocks(childrenOf(node)), '> ', '> ');
    case 'callout':
      return indent(`[!${calloutOf(node).kind.toUpperCase()}]\n${calloutInside(node)}`, '> ', '> ');
    case 'codeBlock':
      return fence(node);
    case 'horizontalRule':
      return '---';
    case 'picture':
      return picture(node);
    case 'table':
      return table(node);
    default:
      return startOfLine(inline(childrenOf(node)));
  }
}

/** Words go on under its sign; what is no paragraph begins after an empty line. */
function calloutInside(node: PadNode): string {
  const isParagraph = childrenOf(node)[0]?.type === 'paragraph';
  return `${isParagraph ? '' : '\n'}${blocks(childrenOf(node))}`;
}

function items(
  list: PadNode,
  sign: (item: PadNode, index: number) => string,
  box: (item: PadNode) => string = () => '',
): string {
  return childrenOf(list)
    .map((item, index) => {
      const first = sign(item, index);
      const children = childrenOf(item);
      // A list right under its item stays tight; anything else needs the empty line.
      const body = children.map((child, at) => (at === 0 ? '' : isList(child) ? '\n' : '\n\n') + block(child)).join('');
      return indent(box(item) + body, first, ' '.repeat(first.length));
    })
    .join('\n');
}

function indent(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd())
    .join('\n');
}

/** A fence longer than any in the code. */
function fence(node: PadNode): string {
  const code = childrenOf(node)
    .map(({ text = '' }) => text)
    .join('');
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${textAttr(node.attrs, 'language').replace(/[^\w+-]/g, '')}\n${code}\n${ticks}`;
}

function table(node: PadNode): string {
  const rows = childrenOf(node).map((row) => childrenOf(row).map(cell));
  const width = Math.max(1, ...rows.map((row) => row.length));
  const headed = childrenOf(childrenOf(node)[0] ?? {}).some(({ type }) => type === 'tableHeader');
  const line = (cells: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, column) => cells[column] ?? '').join(' | ')} |`;
  const head = headed ? (rows.shift() ?? []) : [];
  return [line(head), line(Array.from({ length: width }, () => '---')), ...rows.map(line)].join('\n');
}

function cell(node: PadNode): string {
  const lines = childrenOf(node)
    .map((child) => block(child))
    .join('\n');
  return lines.replace(/\\?\n/g, '<br>').replaceAll('|', '\\|');
}

/** With its bytes in it, its caption below; where the bytes are not to be had, its description. */
function picture(node: PadNode): string {
  const alt = escapeText(textAttr(node.attrs, 'alt').replace(/\s+/g, ' '));
  const src = textAttr(node.attrs, 'src');
  const image = src === '' ? `\\[${alt}\\]` : `![${alt}](${src})`;
  const caption = inline(childrenOf(node));
  return caption === '' ? image : `${image}\n\n${around(caption, '*')}`;
}

const SIGNS = { bold: '**', italic: '*', strike: '~~' } as const;

function inline(nodes: readonly PadNode[], depth = 0): string {
  const type = MARKS[depth];
  if (type === undefined)
    return nodes
      .map((node) => (node.type === 'hardBreak' ? '\\\n' : node.type === FORMULA ? runText(node) : sign(node)))
      .join('');
  return runsOf(nodes, type)
    .map(({ mark, nodes: run }) => {
      if (mark === undefined) return inline(run, depth + 1);
      if (type === 'code') return code(run);
      const inside = inline(run, depth + 1);
      if (type === 'underline') return `<u>${inside}</u>`;
      if (type !== 'link') return around(inside, SIGNS[type]);
      const href = safeHref(textAttr(mark.attrs, 'href'));
      return href === undefined ? inside : `[${inside}](${href.replaceAll('(', '%28').replaceAll(')', '%29')})`;
    })
    .join('');
}

const sign = (node: PadNode): string =>
  node.type === FOOTNOTE ? `[^${numberAttr(node, 'number', 1)}]` : escapeText(runText(node));

/** Markdown's signs must touch the word: spaces at the ends go outside. */
function around(text: string, sign: string): string {
  const [, before = '', words = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return words === '' ? text : `${before}${sign}${words}${sign}${after}`;
}

function code(nodes: readonly PadNode[]): string {
  const text = nodes.map((node) => node.text ?? ' ').join('');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${text}${space}${ticks}`;
}

function escapeText(text: string): string {
  return text.replace(/[\\`*_[\]<>~]/g, '\\$&').replace(/&(?=#?\w+;)/g, '\\&');
}

/** At the start of a line these would make a heading, a list or a rule. */
function startOfLine(text: string): string {
  return text
    .replace(/^(\s*)(#{1,6}(?=\s)|[-+](?=\s|$)|-{3,}|={3,})/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s)/gm, '$1\\$2');
}
