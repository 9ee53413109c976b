/** What a link to a note may say: a number, a sign, in brackets or not. */
const REFERENCE = /^[[(]?[\p{L}\p{N}*†‡§]{1,6}[\])]?$/u;
/** In UTF-16 units: more is a chapter that links to its table of contents, not a note. */
const NOTE_MAX_LENGTH = 5000;
/** Where Word and LibreOffice put a note of several paragraphs. */
const OFFICE_NOTE = 'div[id^=ftn], div[id^=edn], div[id^=sdfootnote], div[id^=sdendnote]';

/**
 * Notes as every program writes them in HTML (a short link to a text that links back), as the schema knows them: the words
 * at the place that they are about.
 */
export function gatherNotes(body: Element): void {
  const names = new Map<string, Element>();
  for (const element of body.querySelectorAll('[id], a[name]')) {
    for (const name of [element.id, element.getAttribute('name') ?? '']) {
      if (name !== '' && !names.has(name)) names.set(name, element);
    }
  }
  const made = new Map<Element, Element>();
  for (const link of body.querySelectorAll('a[href^="#"]')) {
    const target = targetOf(link, names);
    const note = target && REFERENCE.test(link.textContent?.trim() ?? '') ? noteAround(target) : undefined;
    if (note === undefined || note.contains(link)) continue;
    const known = made.get(note);
    if (known === undefined && !leadsBack(note, link, names)) continue;
    const words = known?.cloneNode(true) ?? wordsOf(note, names);
    if (known === undefined) made.set(note, words as Element);
    const { parentElement } = link;
    const isWrapped = parentElement?.tagName === 'SUP' && parentElement.textContent === link.textContent;
    (isWrapped ? parentElement : link).replaceWith(words);
  }
  const lists = new Set([...made.keys()].map(({ parentElement }) => parentElement));
  for (const note of made.keys()) note.remove();
  for (const list of lists) removeEmpty(list);
}

function targetOf(link: Element, names: ReadonlyMap<string, Element>): Element | undefined {
  const name = (link.getAttribute('href') ?? '').slice(1);
  return names.get(name) ?? names.get(decoded(name));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The element that is the whole note. */
function noteAround(target: Element): Element | undefined {
  const note = target.closest('li') ?? target.closest(OFFICE_NOTE) ?? target.closest('p, dd, div, aside');
  if (note === null || note.querySelector('h1, h2, h3, h4, h5, h6, table') !== null) return undefined;
  return (note.textContent ?? '').length > NOTE_MAX_LENGTH ? undefined : note;
}

function leadsBack(note: Element, link: Element, names: ReadonlyMap<string, Element>): boolean {
  const isAfter = (link.compareDocumentPosition(note) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return isAfter && [...note.querySelectorAll('a[href^="#"]')].some((back) => isAt(targetOf(back, names), link));
}

const isAt = (element: Element | undefined, link: Element): boolean =>
  element !== undefined && (element.contains(link) || link.contains(element));

function wordsOf(note: Element, names: ReadonlyMap<string, Element>): Element {
  for (const back of note.querySelectorAll('a[href^="#"]')) if (targetOf(back, names) !== undefined) back.remove();
  const words = note.ownerDocument.createElement('span');
  words.dataset.footnote = '';
  words.append(...note.childNodes);
  for (const block of words.querySelectorAll('p, div, li, ul, ol, blockquote'))
    block.replaceWith(' ', ...block.childNodes);
  words.normalize();
  trim(words);
  return words;
}

function trim(words: Element): void {
  const texts: Text[] = [];
  const walker = words.ownerDocument.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const [ordered, space] of [[texts, /^[\s\u00a0]+/] as const, [texts.toReversed(), /[\s\u00a0]+$/] as const]) {
    for (const text of ordered) {
      text.data = text.data.replace(space, '');
      if (text.data !== '') break;
    }
  }
}

/** The list of the notes, and the rule above it, go with the last one. */
function removeEmpty(list: Element | null): void {
  if (list?.matches('ol, ul, div, section') !== true || list.textContent?.trim() !== '') return;
  const section = list.closest('section, .footnotes, [role="doc-endnotes"]') ?? list;
  const whole = section.querySelector('li, p') === null ? section : list;
  const before = whole.previousElementSibling;
  if (before?.tagName === 'HR') before.remove();
  whole.remove();
}
