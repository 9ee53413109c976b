import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import type { Node as PmNode } from '@tiptap/pm/model';

/** A note as it stands in the text. */
export interface Note {
  /** its number */
  dom: HTMLElement;
  /** its words now */
  node: PmNode;
  position: () => number | undefined;
  /** called at once when its words have changed: whoever writes in it must not write at a place that has moved */
  heard?: (() => void) | undefined;
}

export interface NoteWords {
  /** the name of a note for who does not see its number */
  name: (number: number) => string;
  /** said when the number is selected by keyboard */
  selected: (number: number, words: string) => void;
}

/** The longest note shown beside the mouse, in UTF-16 units. */
const TITLE_MAX_LENGTH = 400;

/** The notes of an open text: numbered at most once per frame, and one of them open. */
export class NoteBook {
  /** In the order of the text; a new list whenever one of them has changed. */
  readonly notes: Signal<readonly Note[]> = signal([]);
  /** The one whose words are shown; null: none. */
  readonly opened: Signal<Note | null> = signal(null);
  readonly #words: NoteWords;
  readonly #notes = new Map<HTMLElement, Note>();
  #frame = 0;

  constructor(words: NoteWords) {
    this.#words = words;
  }

  add(note: Note): void {
    this.#notes.set(note.dom, note);
    this.#later();
  }

  changed(note: Note): void {
    note.heard?.();
    this.#later();
  }

  remove(note: Note): void {
    this.#notes.delete(note.dom);
    if (this.opened.peek() === note) this.opened.value = null;
    this.#later();
  }

  open(note: Note): void {
    this.#number();
    this.opened.value = note;
  }

  close(): void {
    this.opened.value = null;
  }

  at(dom: globalThis.Node | null): Note | undefined {
    return this.#notes.get(dom as HTMLElement);
  }

  numberOf(note: Note): number {
    return this.notes.peek().indexOf(note) + 1;
  }

  selected(note: Note): void {
    this.#number();
    this.#words.selected(this.numberOf(note), note.node.textContent);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  #later(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#number());
  }

  #number(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const notes = [...this.#notes.values()].filter(({ dom }) => dom.isConnected);
    notes.sort((a, b) => (a.dom.compareDocumentPosition(b.dom) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    notes.forEach(({ dom, node }, index) => {
      const number = String(index + 1);
      if (dom.textContent !== number) dom.textContent = number;
      dom.setAttribute('aria-label', this.#words.name(index + 1));
      dom.title = node.textContent.slice(0, TITLE_MAX_LENGTH);
    });
    this.notes.value = notes;
  }
}
