import { personClass } from '../../../../ui/PeopleList.tsx';
import { layOutGradually } from '../../editor/long-text.ts';
import { drawPastBlock } from '../../editor/past-schema.ts';
import { childrenOf } from '../../model/content.ts';
import type { PastPerson } from '../../model/past.ts';
import type { PastDrawing } from '../../model/past-text.ts';
import { calloutNames } from '../callout-names.ts';

/** The text of one moment after another in one element: blocks that both have stay where they are. */
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
    const before = this.#drawn;
    this.#drawn = new Map();
    const wanted = childrenOf(doc).flatMap((block) => {
      const key = JSON.stringify(block);
      const elements = before.get(key)?.shift() ?? this.#block(block);
      this.#drawn.set(key, [...(this.#drawn.get(key) ?? []), elements]);
      return elements;
    });
    for (const gone of before.values()) for (const element of gone.flat()) element.remove();
    let next = this.#sheet.firstChild;
    for (const element of wanted) {
      if (element === next) next = next.nextSibling;
      else this.#sheet.insertBefore(element, next);
    }
    this.#stop();
    this.#stop = layOutGradually(this.#sheet);
  }

  #block(block: Parameters<typeof drawPastBlock>[0]): Element[] {
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
