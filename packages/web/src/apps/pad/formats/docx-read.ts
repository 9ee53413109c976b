import mammoth from 'mammoth';
import { CALLOUT_KINDS } from '../model/callouts.ts';
import { withNumbers } from './docx-numbers.ts';
import { withStarts } from './list-numbers.ts';
import { Refusal } from './refusal.ts';
import { closedAgain, type Parts, xmlText } from './zip.ts';

/** Styles of Word in any language end up as the blocks of a pad. */
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => h2:fresh",
  "p[style-name='Quote'] => blockquote > p:fresh",
  "p[style-name='Intense Quote'] => blockquote > p:fresh",
  "p[style-name='Quotations'] => blockquote > p:fresh",
  "p[style-name='Block Text'] => blockquote > p:fresh",
  "p[style-name='Preformatted Text'] => pre:separator('\n')",
  "p[style-name='HTML Preformatted'] => pre:separator('\n')",
  "p[style-name='Code'] => pre:separator('\n')",
  "r[style-name='Source Text'] => code",
  "r[style-name='HTML Code'] => code",
  ...CALLOUT_KINDS.flatMap((kind) => [
    `p[style-name='Callout ${kind} name'] => aside[data-callout='${kind}']:fresh > p[data-callout-name='']:fresh`,
    `p[style-name='Callout ${kind} title'] => p[data-callout-title='${kind}']:fresh`,
    `p[style-name='Callout ${kind}'] => aside[data-callout='${kind}'] > p:fresh`,
  ]),
  "p[style-name='caption'] => p[data-caption='']:fresh",
  "p[style-name='Caption'] => p[data-caption='']:fresh",
  'u => u',
  'strike => s',
];

/** A Word document as HTML, pictures in it as `data:` addresses. Throws `Refusal`: `broken`, `hostile`. */
export async function readDocx(parts: Parts): Promise<string> {
  for (const name of parts.keys()) if (/\.(xml|rels)$/i.test(name)) xmlText(parts, name);
  const { buffer } = closedAgain(withNumbers(parts)).slice();
  try {
    const { value } = await mammoth.convertToHtml({ arrayBuffer: buffer as ArrayBuffer }, { styleMap: STYLES });
    return withStarts(value);
  } catch (cause) {
    throw new Refusal('broken', { cause });
  }
}
