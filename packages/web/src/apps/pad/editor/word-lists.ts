import { STYLE_KEPT_IN } from '../model/pasted.ts';

const LEVEL = /mso-list\s*:\s*l\d+\s+level(\d+)/i;
const LEVEL_MAX = 9;

interface Item {
  paragraph: Element;
  level: number;
  isOrdered: boolean;
}

/** The lists of Word, which are paragraphs that only look like items, as lists; before the styles are taken away. */
export function makeWordLists(body: Element): void {
  let run: Item[] = [];
  for (const paragraph of [...body.querySelectorAll(`p[${STYLE_KEPT_IN}], h1[${STYLE_KEPT_IN}], h2, h3, table`)]) {
    const item = itemOf(paragraph);
    const follows = item !== undefined && run.at(-1)?.paragraph.nextElementSibling === paragraph;
    if (!follows) {
      build(run);
      run = [];
    }
    if (item !== undefined) run.push(item);
  }
  build(run);
}

function itemOf(paragraph: Element): Item | undefined {
  const level = Number(LEVEL.exec(paragraph.getAttribute(STYLE_KEPT_IN) ?? '')?.[1]);
  if (!(level >= 1)) return undefined;
  const marker = [...paragraph.querySelectorAll(`[${STYLE_KEPT_IN}]`)].find((element) =>
    /mso-list\s*:\s*ignore/i.test(element.getAttribute(STYLE_KEPT_IN) ?? ''),
  );
  const sign = marker?.textContent?.trim() ?? '';
  return { paragraph, level: Math.min(level, LEVEL_MAX), isOrdered: /^(\d+|[a-z]|[ivxlc]+)[.)]/i.test(sign) };
}

function build(run: readonly Item[]): void {
  const [first] = run;
  if (first === undefined) return;
  /** The lists that are open, from the outside to the inside. */
  const open: Element[] = [];
  const place = first.paragraph.ownerDocument.createElement('div');
  first.paragraph.before(place);
  for (const { paragraph, level, isOrdered } of run) {
    while (open.length > level) open.pop();
    while (open.length < level) {
      const list = paragraph.ownerDocument.createElement(isOrdered ? 'ol' : 'ul');
      const outer = open.at(-1);
      (outer === undefined ? place : (outer.lastElementChild ?? outer.appendChild(emptyItem(outer)))).append(list);
      open.push(list);
    }
    const item = paragraph.ownerDocument.createElement('li');
    for (const marker of paragraph.querySelectorAll(`[${STYLE_KEPT_IN}]`)) {
      if (/mso-list\s*:\s*ignore/i.test(marker.getAttribute(STYLE_KEPT_IN) ?? '')) marker.remove();
    }
    open.at(-1)?.append(item);
    item.append(paragraph);
  }
  place.replaceWith(...place.childNodes);
}

function emptyItem(list: Element): Element {
  const item = list.ownerDocument.createElement('li');
  item.append(list.ownerDocument.createElement('p'));
  return item;
}
