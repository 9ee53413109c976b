import { lookOf, STYLE_KEPT_IN, withoutActive } from '../model/pasted.ts';
import { gatherCallouts } from './gather-callouts.ts';
import { gatherNotes } from './gather-notes.ts';
import { makeWordLists } from './word-lists.ts';

/** The elements of running text: a style on them is a mark; on a heading or a cell it is only how that page looks. */
const INLINE = new Set(['SPAN', 'FONT', 'A', 'P', 'B', 'STRONG', 'I', 'EM']);

/** Pasted HTML with the marks that were said by style said by elements: what ProseMirror then reads by the schema. */
export function tidyPasted(html: string): string {
  const { body } = new DOMParser().parseFromString(withoutActive(html), 'text/html');
  dropOfficeRemains(body);
  makeWordLists(body);
  gatherNotes(body);
  gatherCallouts(body);
  for (const element of body.querySelectorAll(`[${STYLE_KEPT_IN}]`)) {
    const look = lookOf(element.getAttribute(STYLE_KEPT_IN) ?? '');
    element.removeAttribute(STYLE_KEPT_IN);
    if (!INLINE.has(element.tagName)) continue;
    if (look.bold === true) wrapContents(element, 'strong');
    if (look.italic) wrapContents(element, 'em');
    if (look.underline && element.tagName !== 'A') wrapContents(element, 'u');
    if (look.strike) wrapContents(element, 's');
    // Google Docs puts its whole page in a <b> that is not bold.
    if (look.bold === false && /^(B|STRONG)$/.test(element.tagName)) element.replaceWith(...element.childNodes);
  }
  return body.innerHTML;
}

/** What office programs and Google Docs put between the blocks for themselves: it would be empty paragraphs here. */
function dropOfficeRemains(body: Element): void {
  for (const space of body.getElementsByTagName('o:p')) if (space.textContent?.trim() === '') space.textContent = '';
  for (const line of body.querySelectorAll('br')) {
    const isAlone = line.parentElement?.matches('body, b[id^="docs-internal-guid"]') === true;
    if (isAlone || line.classList.contains('Apple-interchange-newline')) line.remove();
  }
}

function wrapContents(element: Element, tag: string): void {
  const mark = element.ownerDocument.createElement(tag);
  mark.append(...element.childNodes);
  element.append(mark);
}
