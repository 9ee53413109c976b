import { sanitise, wordsOf } from '@archipel/page';
import {
  encodeUtf8,
  MAX_PUBLISHED_BYTES,
  MAX_PUBLISHED_HTML_BYTES,
  MAX_PUBLISHED_PICTURES,
  type PageContent,
} from '@archipel/protocol';
import temml from 'temml';
import { t } from '../../../i18n/index.ts';
import { nameCallouts } from '../model/callouts.ts';
import type { PadNode } from '../model/content.ts';
import { childrenOf, textAttr } from '../model/content.ts';
import { toHtmlFragment } from '../model/html.ts';
import { PICTURE, type Pictures } from '../model/pictures.ts';
import type { PageWords } from '../model/publication.ts';
import { smaller } from './smaller.ts';

/** What is left for texts, keys and lengths. */
const OTHER_BYTES = 16_384;
const MAX_FORMULA_EXPANSIONS = 100;

/** The page of a pad; `too_large`: it does not fit. `expiry`: Unix seconds, 0 for none. */
export async function pageContent(
  doc: PadNode,
  pictures: () => Promise<Pictures>,
  words: PageWords,
  expiry: number,
): Promise<PageContent | 'too_large'> {
  const taken: Uint8Array[] = [];
  const named = nameCallouts(doc, wordsOf(words.language).callouts);
  const html = pageHtml(await numbered(named, pictures, taken));
  const bytes = taken.reduce((sum, { length }) => sum + length, encodeUtf8(html).length + OTHER_BYTES);
  const fits = bytes <= MAX_PUBLISHED_BYTES && encodeUtf8(html).length <= MAX_PUBLISHED_HTML_BYTES;
  if (!fits || taken.length > MAX_PUBLISHED_PICTURES) return 'too_large';
  return { ...words, expiry, html, pictures: taken };
}

/** Each picture with its number in the place of its address, and its bytes in `taken`. */
async function numbered(node: PadNode, pictures: () => Promise<Pictures>, taken: Uint8Array[]): Promise<PadNode> {
  if (node.type === PICTURE) {
    const ref = { id: textAttr(node.attrs, 'id'), link: textAttr(node.attrs, 'link') };
    const picture = await (await pictures()).take(ref);
    if (picture === undefined) return node;
    taken.push(await smaller(picture));
    return { ...node, attrs: { ...node.attrs, src: `${taken.length - 1}` } };
  }
  if (node.content === undefined) return node;
  const content: PadNode[] = [];
  for (const child of childrenOf(node)) content.push(await numbered(child, pictures, taken));
  return { ...node, content };
}

/** The pad's own HTML as a page that runs nothing has it: its title is the only first heading, tasks are signs, formulas are MathML. */
function pageHtml(doc: PadNode): string {
  const html = toHtmlFragment(doc)
    .replace(/<(\/?)h([1-5])(?=[ >])/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 1}`)
    .replaceAll(' data-type="taskList"', ' class="tasks"')
    .replace(/<input type="checkbox" disabled( checked)?>/g, (_, checked: string | undefined) =>
      task(checked !== undefined),
    )
    .replace(/<span data-formula="([^"]*)">[^<]*<\/span>/g, (_, tex: string) => formula(plain(tex)));
  // Nested deeper than any pad of ours: its words alone are left.
  return sanitise(html, { addressOf: String, tableLabel: '' }) ?? '';
}

function task(isDone: boolean): string {
  return `<span role="img" aria-label="${t(isDone ? 'pad.publish.taskDone' : 'pad.publish.taskOpen')}">${isDone ? '☑' : '☐'}</span>`;
}

function formula(tex: string): string {
  return temml.renderToString(tex, { throwOnError: false, trust: false, maxExpand: MAX_FORMULA_EXPANSIONS });
}

/** What `escapeHtml` made of a text, taken back. */
function plain(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
