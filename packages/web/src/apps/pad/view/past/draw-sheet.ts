import { personClass } from '../../../../ui/PeopleList.tsx';
import { whenIdle } from '../../editor/when-idle.ts';
import { drawPastBlock } from '../../editor/past-schema.ts';
import { childrenOf, type PadNode } from '../../model/content.ts';
import type { PastPerson } from '../../model/past.ts';
import type { PastDrawing } from '../../model/past-text.ts';
import { calloutNames } from '../callout-names.ts';

/** Blocks that are drawn at once beyond the end of the window. */
const AHEAD = 40;
/** Blocks that are drawn in one go while nothing else is to do: less than a frame's time. */
const BATCH = 100;

/**
 * The text of one moment after another in one element: blocks that both have stay where they are. What is in the window is
 * there at once, what lies after it follows a batch at a time: 500 pages would take longer than a hand moves the slider.
 */
export class SheetDrawing {
  readonly #sheet: HTMLElement;
  readonly #people: readonly PastPerson[];
  readonly #coloured: boolean;
  /** What is drawn, by what was asked for: the same block may stand in a text more than once. */
  #drawn = new Map<string, Element[][]>();
  #stop = (): void => undefined;

  /** `coloured`: each piece in its author's colour. */
  constructor(sheet: HTMLElement, people: readonly PastPerson[], coloured: boolean) {
    this.#sheet = sheet;
    this.#people = people;
    this.#coloured = coloured;
    sheet.replaceChildren();
  }

  /** Its element is drawn by another one now, or is gone. */
  stop(): void {
    this.#stop();
  }

  draw({ doc }: PastDrawing): void {
    this.#stop();
    const wanted = childrenOf(doc).map((block) => ({ block, key: JSON.stringify(block) }));
    const atOnce = childrenInWindow(this.#sheet) + AHEAD;
    this.#remove(wanted);
    const kept = new Map([...this.#drawn].map(([key, all]) => [key, [...all]]));
    let next = this.#sheet.firstChild;
    let index = 0;
    const place = (end: number): void => {
      for (const { block, key } of wanted.slice(index, end)) {
        for (const element of kept.get(key)?.shift() ?? this.#add(key, block)) {
          if (element === next) next = next.nextSibling;
          else this.#sheet.insertBefore(element, next);
        }
      }
      index = end;
      if (index < wanted.length) this.#stop = whenIdle(() => place(index + BATCH));
    };
    place(atOnce);
  }

  /** Takes away what this moment does not have. */
  #remove(wanted: readonly { key: string }[]): void {
    const counts = new Map<string, number>();
    for (const { key } of wanted) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const [key, all] of this.#drawn) {
      const count = counts.get(key) ?? 0;
      for (const element of all.splice(count).flat()) element.remove();
      if (count === 0) this.#drawn.delete(key);
    }
  }

  #add(key: string, block: PadNode): Element[] {
    const elements = this.#block(block);
    this.#drawn.set(key, [...(this.#drawn.get(key) ?? []), elements]);
    return elements;
  }

  #block(block: PadNode): Element[] {
    const elements = drawPastBlock(block, document);
    const all = elements.flatMap((each) => [
      each,
      ...each.querySelectorAll<HTMLElement>('[data-callout], [data-person]'),
    ]);
    const names = calloutNames();
    for (const each of all) {
      if (!(each instanceof HTMLElement)) continue;
      const { callout, person } = each.dataset;
      if (callout !== undefined) each.setAttribute('aria-label', names[callout as keyof typeof names] ?? '');
      if (person !== undefined && this.#coloured)
        each.classList.add(personClass(this.#people[Number(person)]?.colour ?? 0));
    }
    return elements;
  }
}

/** How many of its children begin before the window ends: they follow one another downwards. */
function childrenInWindow({ children }: Element): number {
  let from = 0;
  let to = children.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((children[middle]?.getBoundingClientRect().top ?? 0) < window.innerHeight) from = middle + 1;
    else to = middle;
  }
  return from;
}
