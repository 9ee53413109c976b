import { calloutKind } from '../model/callouts.ts';

/** Callouts as other programs write them (quotes of Markdown that begin with `[!NOTE]`, GitHub's pages, our own files), as the schema knows them. */
export function gatherCallouts(body: Element): void {
  for (const quote of body.querySelectorAll('blockquote')) fromQuote(quote);
  for (const alert of body.querySelectorAll('.markdown-alert')) fromClass(alert);
  for (const title of body.querySelectorAll('[data-callout-title]')) fromTable(title);
  for (const part of body.querySelectorAll('[data-callout-part]')) joinPart(part);
  for (const name of body.querySelectorAll('[data-callout] > [data-callout-name]')) name.remove();
}

/** A paragraph of a callout goes to those before it, unless it begins another one; within a whole callout it is one of its blocks. */
function joinPart(part: Element): void {
  const { parentElement, previousElementSibling: before } = part;
  const kind = part.getAttribute('data-callout');
  if (parentElement?.matches(`aside[data-callout="${kind}"]`)) part.replaceWith(...part.childNodes);
  else if (part.querySelector('[data-callout-name]') === null && before?.matches(`[data-callout="${kind}"]`)) {
    before.append(...part.childNodes);
    part.remove();
  }
}

function fromQuote(quote: Element): void {
  const [first] = quote.children;
  const text = first?.tagName === 'P' ? first.firstChild : null;
  const [sign, word] = /^\s*\[!(\w{3,9})\]\s*/.exec(text?.nodeValue ?? '') ?? [];
  const kind = calloutKind(word);
  if (sign === undefined || kind === undefined || text === null || first === undefined) return;
  text.nodeValue = (text.nodeValue ?? '').slice(sign.length);
  if (first.firstChild === text && text.nodeValue === '') {
    text.remove();
    if (first.firstElementChild?.tagName === 'BR') first.firstElementChild.remove();
  }
  if (first.childNodes.length === 0 && quote.children.length > 1) first.remove();
  become(quote, kind);
}

/** A table of one cell that begins with the title of a callout. */
function fromTable(title: Element): void {
  const kind = calloutKind(title.getAttribute('data-callout-title'));
  const cell = title.parentElement;
  const table = cell?.closest('table');
  const own = [...(table?.querySelectorAll('td, th') ?? [])].filter((other) => other.closest('table') === table);
  const isBox = own.length === 1 && own[0] === cell && cell?.firstElementChild === title;
  if (kind === undefined || !isBox || cell === null || !table) return;
  title.remove();
  if (cell.children.length === 0) cell.append(title.ownerDocument.createElement('p'));
  table.replaceChildren(...cell.childNodes);
  become(table, kind);
}

function fromClass(element: Element): void {
  const kind = calloutKind(/markdown-alert-(\w+)/.exec(element.className)?.[1]);
  if (kind === undefined) return;
  element.querySelector('.markdown-alert-title')?.remove();
  become(element, kind);
}

function become(element: Element, kind: string): void {
  const aside = element.ownerDocument.createElement('aside');
  aside.dataset.callout = kind;
  aside.append(...element.childNodes);
  element.replaceWith(aside);
}
