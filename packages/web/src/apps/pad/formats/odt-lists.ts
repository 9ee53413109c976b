const TEXT = 'urn:oasis:names:tc:opendocument:xmlns:text:1.0';

const isList = (element: Element | null | undefined): element is Element => element?.localName === 'list';
const itemsOf = (list: Element): Element[] => [...list.children].filter(({ localName }) => localName === 'list-item');

/**
 * Lists that an office program wrote beside each other though they are one: what stands in Word as a list of another kind within a
 * list comes as a list whose items hold nothing but deeper ones, and the first list goes on after it under another id.
 */
export function joinLists(body: Element): void {
  /** The list that has taken in the one of this id. */
  const joined = new Map<string, Element>();
  for (const list of [...body.getElementsByTagNameNS(TEXT, 'list')]) {
    const before = list.previousElementSibling;
    if (!isList(before)) continue;
    const goesOn = list.getAttributeNS(TEXT, 'continue-list') ?? '';
    const isSame = goesOn !== '' && (before.getAttribute('xml:id') === goesOn || joined.get(goesOn) === before);
    if (isSame) {
      before.append(...itemsOf(list));
      joined.set(list.getAttribute('xml:id') ?? '', before);
      list.remove();
    } else hang(list, before);
  }
}

/** Under the last item of the list before it. */
function hang(list: Element, before: Element): void {
  const items = itemsOf(list);
  const last = itemsOf(before).at(-1);
  const deeper = items.flatMap((item) => [...item.children]);
  if (last === undefined || deeper.length === 0 || !deeper.every(isList)) return;
  const style = list.getAttributeNS(TEXT, 'style-name');
  for (const inner of deeper) {
    if (style !== null && !inner.hasAttributeNS(TEXT, 'style-name'))
      inner.setAttributeNS(TEXT, 'text:style-name', style);
    last.append(inner);
  }
  list.remove();
}
