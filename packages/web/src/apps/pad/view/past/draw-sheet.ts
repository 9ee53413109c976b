import { personClass } from '../../../../ui/PeopleList.tsx';
import { LONG_BLOCKS, LONG_CLASS } from '../../editor/long-text.ts';
import { drawPastBlock } from '../../editor/past-schema.ts';
import { whenIdle } from '../../editor/when-idle.ts';
import type { PadNode } from '../../model/content.ts';
import type { PastPerson } from '../../model/past.ts';
import type { PastBlock, PastDrawing } from '../../model/past-text.ts';
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
  readonly #drawn = new Map<PastBlock, Element[]>();
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

  draw({ blocks }: PastDrawing): void {
    this.#stop();
    const atOnce = childrenInWindow(this.#sheet) + AHEAD;
    this.#sheet.classList.toggle(LONG_CLASS, blocks.length >= LONG_BLOCKS);
    this.#removeAllBut(new Set(blocks));
    let next = this.#sheet.firstChild;
    let index = 0;
    /** What is in its place already costs nothing: only what is put there counts. */
    const place = (most: number): void => {
      for (let placed = 0; index < blocks.length && (placed < most || index < atOnce); index += 1) {
        const elements = this.#elementsOf(blocks[index] as PastBlock);
        if (elements[0] !== next) placed += 1;
        for (const element of elements) {
          if (element === next) next = next.nextSibling;
          else this.#sheet.insertBefore(element, next);
        }
      }
      if (index < blocks.length) this.#stop = whenIdle(() => place(BATCH));
    };
    place(BATCH);
  }

  /** Takes away what this moment does not have. */
  #removeAllBut(wanted: ReadonlySet<PastBlock>): void {
    for (const [block, elements] of this.#drawn) {
      if (wanted.has(block)) continue;
      for (const element of elements) element.remove();
      this.#drawn.delete(block);
    }
  }

  #elementsOf(block: PastBlock): Element[] {
    const drawn = this.#drawn.get(block);
    if (drawn !== undefined) return drawn;
    const elements = block.nodes.flatMap((node) => this.#node(node));
    this.#drawn.set(block, elements);
    return elements;
  }

  #node(node: PadNode): Element[] {
    const elements = drawPastBlock(node, document);
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
