import { readStart } from './list-numbers.ts';

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

/** The style of a list, its own or that of the one around it, and how deep it is: 1 for the outermost. */
export interface Place {
  style: string;
  level: number;
}

export function placeOf(list: Element, around?: Place): Place {
  return { style: list.getAttributeNS(TEXT, 'style-name') ?? around?.style ?? '', level: (around?.level ?? 0) + 1 };
}

/** The items of one list, counted. */
interface Counter {
  next: (item: Element) => number;
}

/** Where lists begin to count, and where those before them stopped. */
export class OdtNumbers {
  /** By style, then by level: the first number of a list with numbers; undefined for one without. */
  readonly #starts = new Map<string, Map<number, number | undefined>>();
  /** The last number, by what a later list may go on from. */
  readonly #last = new Map<string, number>();

  learn(style: string, definition: Element): void {
    const levels = [...definition.children].map((level): [number, number | undefined] => [
      readStart(level.getAttributeNS(TEXT, 'level'), 1),
      level.localName === 'list-level-style-number'
        ? readStart(level.getAttributeNS(TEXT, 'start-value'), 1)
        : undefined,
    ]);
    this.#starts.set(style, new Map(levels));
  }

  /** Undefined for a list without numbers. */
  begin(list: Element, { style, level }: Place): Counter | undefined {
    const levels = this.#starts.get(style);
    const start = levels?.get(levels.has(level) ? level : 1);
    if (start === undefined) return undefined;
    const keys = [`style ${level} ${style}`, `id ${level} ${list.getAttribute('xml:id') ?? ''}`];
    let number = this.#before(list, keys[0] ?? '', level) ?? start - 1;
    return {
      next: (item) => {
        number = readStart(item.getAttributeNS(TEXT, 'start-value'), number + 1);
        for (const key of keys) this.#last.set(key, number);
        return number;
      },
    };
  }

  /** The number after which a list goes on. */
  #before(list: Element, sameStyle: string, level: number): number | undefined {
    const other = list.getAttributeNS(TEXT, 'continue-list');
    if (other) return this.#last.get(`id ${level} ${other}`);
    return list.getAttributeNS(TEXT, 'continue-numbering') === 'true' ? this.#last.get(sameStyle) : undefined;
  }
}
