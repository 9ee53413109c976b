import { type Level, ListCounters, type Numbering, numberMark, readStart } from './list-numbers.ts';
import { type Parts, xmlDocument } from './zip.ts';

const DOCUMENT = 'word/document.xml';
const NUMBERING = 'word/numbering.xml';
const LEVELS_MAX = 9;

/**
 * The same Word document with the number of each numbered item in a bookmark at its beginning: what reads the document then
 * tells which paragraphs are items, and not which numbers they have. Throws `Refusal`: `broken`, `hostile`.
 */
export function withNumbers(parts: Parts): Parts {
  if (!parts.has(NUMBERING)) return parts;
  const numberings = new Numberings(xmlDocument(parts, NUMBERING));
  const document = xmlDocument(parts, DOCUMENT);
  // The same text twice, for older programs too; the other one is what is read.
  for (const choice of [...document.getElementsByTagNameNS('*', 'Choice')]) choice.remove();
  const counters = new ListCounters();
  for (const properties of [...document.getElementsByTagNameNS('*', 'pPr')]) {
    // Beside those of a paragraph stand those that it had before a change.
    const item = properties.parentElement?.localName === 'p' ? numberings.of(properties) : undefined;
    if (item === undefined) continue;
    const number = counters.next(item.numbering, item.level);
    const isOrdered = item.numbering.levels.get(item.level)?.isOrdered;
    if (isOrdered) properties.after(bookmark(properties, numberMark(number)));
  }
  const text = new XMLSerializer().serializeToString(document);
  return new Map([...parts, [DOCUMENT, new TextEncoder().encode(text)]]);
}

interface Item {
  numbering: Numbering;
  level: number;
}

class Numberings {
  readonly #byId = new Map<string, Numbering>();
  /** The levels that belong to a style of paragraphs. */
  readonly #byStyle = new Map<string, Item>();

  constructor(document: Document) {
    const lists = [...document.getElementsByTagNameNS('*', 'abstractNum')];
    /** Where the levels of a list with a style of its own are. */
    const styled = new Map(lists.map((list) => [saidIn(list, 'styleLink'), list]));
    const shared = new Map<string, Numbering>();
    for (const element of lists) {
      const levels = levelsOf(styled.get(saidIn(element, 'numStyleLink') ?? '') ?? element);
      const list = attribute(element, 'abstractNumId') ?? '';
      const numbering = { list, levels, overrides: new Map<number, number>() };
      shared.set(list, numbering);
      this.#readStyles(element, numbering);
    }
    for (const num of document.getElementsByTagNameNS('*', 'num')) {
      const numbering = shared.get(saidIn(num, 'abstractNumId') ?? '');
      if (numbering)
        this.#byId.set(attribute(num, 'numId') ?? '', { ...numbering, ...overridden(num, numbering.levels) });
    }
  }

  /** What a paragraph with these properties counts by; undefined when it is no item. */
  of(properties: Element): Item | undefined {
    const own = childOf(properties, 'numPr');
    const style = this.#byStyle.get(saidIn(properties, 'pStyle') ?? '');
    const id = own && saidIn(own, 'numId');
    const level = readStart(own && saidIn(own, 'ilvl'), style?.level ?? 0);
    const numbering = id === undefined ? style?.numbering : this.#byId.get(id);
    return numbering && level < LEVELS_MAX ? { numbering, level } : undefined;
  }

  #readStyles(list: Element, numbering: Numbering): void {
    for (const level of childrenOf(list, 'lvl')) {
      const style = saidIn(level, 'pStyle');
      if (style !== undefined) this.#byStyle.set(style, { numbering, level: readStart(attribute(level, 'ilvl'), 0) });
    }
  }
}

function levelsOf(parent: Element): Map<number, Level> {
  const levels = childrenOf(parent, 'lvl').slice(0, LEVELS_MAX);
  return new Map(
    levels.map((level) => {
      const at = readStart(attribute(level, 'ilvl'), 0);
      const isOrdered = saidIn(level, 'numFmt') !== 'bullet';
      // Without a number, it is 0 (ECMA-376, 17.9.25).
      const start = readStart(saidIn(level, 'start'), 0);
      return [at, { isOrdered, start, restart: readStart(saidIn(level, 'lvlRestart'), at) }];
    }),
  );
}

/** What one numbering has of its own: other levels, and other numbers to begin with. */
function overridden(num: Element, shared: ReadonlyMap<number, Level>): Pick<Numbering, 'levels' | 'overrides'> {
  const levels = new Map(shared);
  const overrides = new Map<number, number>();
  for (const override of childrenOf(num, 'lvlOverride').slice(0, LEVELS_MAX)) {
    for (const [at, level] of levelsOf(override)) levels.set(at, level);
    const start = saidIn(override, 'startOverride');
    if (start !== undefined) overrides.set(readStart(attribute(override, 'ilvl'), 0), readStart(start, 1));
  }
  return { levels, overrides };
}

function bookmark(beside: Element, name: string): Element {
  const mark = beside.ownerDocument.createElementNS(beside.namespaceURI, 'w:bookmarkStart');
  mark.setAttributeNS(beside.namespaceURI, 'w:name', name);
  return mark;
}

const childrenOf = (parent: Element, name: string): Element[] =>
  [...parent.children].filter(({ localName }) => localName === name);
const childOf = (parent: Element, name: string): Element | undefined => childrenOf(parent, name)[0];
const attribute = (element: Element, name: string): string | undefined =>
  element.getAttributeNS(element.namespaceURI, name) ?? undefined;

/** What Word says of an element in a child of this name. */
function saidIn(parent: Element, name: string): string | undefined {
  const child = childOf(parent, name);
  return child && attribute(child, 'val');
}
