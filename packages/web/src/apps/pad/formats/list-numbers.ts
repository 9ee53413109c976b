/** The numbers that the items of lists have, counted as Word counts them; and HTML whose lists begin with them. */

/** Word lets no list begin with more. */
const START_MAX = 32_767;

export interface Level {
  isOrdered: boolean;
  start: number;
  /** Items of the levels above this one begin it anew. */
  restart: number;
}

/** What items of a Word document refer to. Those of one `list` go on counting where the others stopped. */
export interface Numbering {
  list: string;
  levels: ReadonlyMap<number, Level>;
  /** The numbers that it begins with, by level, whatever was counted before. */
  overrides: ReadonlyMap<number, number>;
}

/** A number that a file says a list begins with; `otherwise` for what is none. */
export function readStart(value: string | null | undefined, otherwise: number): number {
  const start = value != null && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return start <= START_MAX ? start : otherwise;
}

export class ListCounters {
  /** By list, then by level. */
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #begun = new Map<Numbering, Set<number>>();

  /** The number of the item that comes next. */
  next(numbering: Numbering, level: number): number {
    const { list, levels, overrides } = numbering;
    const counts = this.#counts.get(list) ?? new Map<number, number>();
    for (const deeper of counts.keys()) {
      if (deeper > level && level < (levels.get(deeper)?.restart ?? deeper)) counts.delete(deeper);
    }
    const begun = this.#begun.get(numbering) ?? new Set<number>();
    const before = overrides.has(level) && !begun.has(level) ? undefined : counts.get(level);
    const number = before === undefined ? (overrides.get(level) ?? levels.get(level)?.start ?? 1) : before + 1;
    this.#counts.set(list, counts.set(level, number));
    this.#begun.set(numbering, begun.add(level));
    return number;
  }
}

const MARK = 'pad-list-number-';
/** The name of the bookmark that carries the number of an item through what reads the document. */
export const numberMark = (number: number): string => `${MARK}${number}`;

/** The same in HTML. */
export const signOf = (number: number): string => `<a id="${numberMark(number)}"></a>`;

const SIGN = `<a id="${MARK}(\\d{1,9})"></a>`;
const EMPTY = new RegExp(`<(p|h[1-6])>${SIGN}</\\1>`, 'g');
const TOKEN = new RegExp(`<ol>(?:<li>${SIGN})?|</ol>|<li>${SIGN}|${SIGN}`, 'g');

/** HTML with such bookmarks as HTML without, in which lists begin with the numbers of their first items, and end before one that does not follow. */
export function withStarts(html: string): string {
  /** The number that would follow, of the lists around a place. */
  const following: number[] = [];
  const beginning = (number: number): string => {
    following.push(number + 1);
    return number === 1 ? '<ol>' : `<ol start="${number}">`;
  };
  // A numbered heading without words is none.
  return html.replace(EMPTY, '').replace(TOKEN, (token: string, first?: string, next?: string) => {
    if (token === '</ol>') {
      following.pop();
      return token;
    }
    if (token.startsWith('<ol>')) return `${beginning(Number(first ?? 1))}${first === undefined ? '' : '<li>'}`;
    if (!token.startsWith('<li>')) return '';
    const number = Number(next);
    const expected = following.pop();
    if (number !== expected) return `</ol>${beginning(number)}<li>`;
    following.push(number + 1);
    return '<li>';
  });
}
