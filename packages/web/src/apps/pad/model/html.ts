import { calloutOf } from './callouts.ts';
import type { PadNode } from './content.ts';
import { childrenOf, MARKS, numberAttr, runsOf, runText, textAttr } from './content.ts';
import { FOOTNOTE, numberNotes } from './footnotes.ts';
import { FORMULA } from './formula.ts';
import { safeHref } from './links.ts';
import { PICTURE_WIDTH_MAX, pictureWidth } from './pictures.ts';

/** The pad as a page of its own: no script, no style but the reader's. `language` is a BCP 47 tag. */
export function toHtml(doc: PadNode, title: string, language: string): string {
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    '</head>',
    '<body>',
    toHtmlFragment(doc),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The blocks of the pad as HTML, one per line. */
export function toHtmlFragment(doc: PadNode): string {
  const { doc: numbered, notes } = numberNotes(doc);
  const blocks = childrenOf(numbered).map((node) => byFirstLetter(block(node)));
  return [...blocks, ...(notes.length === 0 ? [] : [notesSection(notes)])].join('\n');
}

/** A block of the page runs in the direction of its first letter, with all that it holds. */
const byFirstLetter = (html: string): string => html.replace(/^<(?!hr)[a-z0-9]+/, '$& dir="auto"');

/** The notes under the text, each with the link back to its place. */
function notesSection(notes: readonly PadNode[]): string {
  const items = notes.map((note, index) => {
    const back = `<a href="#note-${index + 1}-at" role="doc-backlink">↩</a>`;
    return `<li id="note-${index + 1}" dir="auto">${inline(childrenOf(note))} ${back}</li>`;
  });
  return `<section role="doc-endnotes"><hr><ol>${items.join('')}</ol></section>`;
}

function block(node: PadNode): string {
  const inside = () => childrenOf(node).map(block).join('');
  switch (node.type) {
    case 'heading': {
      const level = Math.min(Math.max(numberAttr(node, 'level', 1), 1), 3);
      return `<h${level}>${inline(childrenOf(node))}</h${level}>`;
    }
    case 'bulletList':
      return `<ul>${inside()}</ul>`;
    case 'orderedList': {
      const start = numberAttr(node, 'start', 1);
      return `<ol${start === 1 ? '' : ` start="${start}"`}>${inside()}</ol>`;
    }
    case 'listItem':
      return `<li>${item(node)}</li>`;
    // The data attributes are those the editor reads, so that a pad saved as HTML comes back with its tasks.
    case 'taskList':
      return `<ul data-type="taskList">${inside()}</ul>`;
    case 'taskItem': {
      const checked = node.attrs?.checked === true;
      const box = `<input type="checkbox" disabled${checked ? ' checked' : ''}>`;
      return `<li data-type="taskItem" data-checked="${checked}">${box} <div>${inside()}</div></li>`;
    }
    case 'blockquote':
      return `<blockquote>${inside()}</blockquote>`;
    case 'callout': {
      const { kind, name } = calloutOf(node);
      return `<aside data-callout="${kind}"><p data-callout-name dir="auto"><strong>${escapeHtml(name)}</strong></p>${inside()}</aside>`;
    }
    case 'codeBlock':
      return `<pre><code>${escapeHtml(plain(node))}</code></pre>`;
    case 'horizontalRule':
      return '<hr>';
    case 'picture':
      return picture(node);
    case 'table':
      return `<table>${inside()}</table>`;
    case 'tableRow':
      return `<tr>${inside()}</tr>`;
    case 'tableHeader':
      return `<th${spans(node)}>${item(node)}</th>`;
    case 'tableCell':
      return `<td${spans(node)}>${item(node)}</td>`;
    default:
      return `<p>${inline(childrenOf(node))}</p>`;
  }
}

/** With its bytes in it; where those are not to be had, its description. */
function picture(node: PadNode): string {
  const [src, alt] = [textAttr(node.attrs, 'src'), textAttr(node.attrs, 'alt')];
  const width = pictureWidth(node.attrs?.width);
  const size = width === PICTURE_WIDTH_MAX ? '' : ` width="${width}%"`;
  const image = src === '' ? `[${escapeHtml(alt)}]` : `<img src="${escapeHtml(src)}" alt="${escapeHtml(alt)}"${size}>`;
  const caption = inline(childrenOf(node));
  return `<figure>${image}${caption === '' ? '' : `<figcaption>${caption}</figcaption>`}</figure>`;
}

/** A lone paragraph needs no <p> in a list item or a cell. */
function item(node: PadNode): string {
  const [only, ...more] = childrenOf(node);
  if (only?.type === 'paragraph' && more.length === 0) return inline(childrenOf(only));
  return childrenOf(node).map(block).join('');
}

function spans(node: PadNode): string {
  const [columns, rows] = [numberAttr(node, 'colspan', 1), numberAttr(node, 'rowspan', 1)];
  return `${columns > 1 ? ` colspan="${columns}"` : ''}${rows > 1 ? ` rowspan="${rows}"` : ''}`;
}

function plain(node: PadNode): string {
  return node.type === 'hardBreak' ? '\n' : (node.text ?? childrenOf(node).map(plain).join(''));
}

const TAGS = { bold: 'strong', italic: 'em', underline: 'u', strike: 's', code: 'code' } as const;

function inline(nodes: readonly PadNode[], depth = 0): string {
  const type = MARKS[depth];
  if (type === undefined) return nodes.map((node) => (node.type === 'hardBreak' ? '<br>' : inlineHtml(node))).join('');
  return runsOf(nodes, type)
    .map((run) => {
      const inside = inline(run.nodes, depth + 1);
      if (run.mark === undefined) return inside;
      if (type !== 'link') return `<${TAGS[type]}>${inside}</${TAGS[type]}>`;
      const href = safeHref(textAttr(run.mark.attrs, 'href'));
      return href === undefined ? inside : `<a href="${escapeHtml(href)}">${inside}</a>`;
    })
    .join('');
}

/** A formula, or a note, comes back as one when a pad reads it. */
function inlineHtml(node: PadNode): string {
  if (node.type === FOOTNOTE) {
    const number = numberAttr(node, 'number', 1);
    return `<sup><a href="#note-${number}" id="note-${number}-at" role="doc-noteref">${number}</a></sup>`;
  }
  const text = escapeHtml(runText(node));
  return node.type === FORMULA ? `<span data-formula="${text.slice(2, -2)}">${text}</span>` : text;
}

/** Text as it may stand in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
