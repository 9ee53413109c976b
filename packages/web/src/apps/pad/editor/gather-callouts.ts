import { calloutKind } from '../model/callouts.ts';

/** Callouts as other programs write them (quotes of Markdown that begin with `[!NOTE]`, GitHub's pages, our own files), as the schema knows them. */
export function gatherCallouts(body: Element): void {
  for (const quote of body.querySelectorAll('blockquote')) fromQuote(quote);
  for (const alert of body.querySelectorAll('.markdown-alert')) fromClass(alert);
  for (const name of body.querySelectorAll('[data-callout] > [data-callout-name]')) name.remove();
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
