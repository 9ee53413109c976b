/** Somebody who types words of their own and remembers which of them were called saved. */
import type { Document } from '@archipel/client';

export class Typist {
  readonly document: Document;
  readonly name: string;
  readonly #everyMs: number;
  typed = 0;
  /** The first so many words were covered by a state `saved`. */
  saved = 0;
  /** The longest time from a word to a state that covers it. */
  longestMs = 0;
  #waitingSinceMs: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A word about every `everyMs`, at random between half and one and a half of it. */
  constructor(document: Document, name: string, { everyMs }: { everyMs: number }) {
    this.document = document;
    this.name = name;
    this.#everyMs = everyMs;
    document.subscribe(() => this.#look());
  }

  word(index: number): string {
    return `${this.name}-${index}`;
  }

  typedWords(): string[] {
    return Array.from({ length: this.typed }, (_, index) => this.word(index));
  }

  savedWords(): string[] {
    return this.typedWords().slice(0, this.saved);
  }

  start(): void {
    this.#timer = setTimeout(
      () => {
        this.document.ydoc.getArray<string>('words').push([this.word(this.typed)]);
        this.typed++;
        this.#waitingSinceMs ??= Date.now();
        this.#look();
        this.start();
      },
      this.#everyMs * (0.5 + Math.random()),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.document.state !== 'saved') return;
    this.saved = this.typed;
    if (this.#waitingSinceMs !== undefined)
      this.longestMs = Math.max(this.longestMs, Date.now() - this.#waitingSinceMs);
    this.#waitingSinceMs = undefined;
  }
}

export const wordsOf = (document: Document): Set<string> => new Set(document.ydoc.getArray<string>('words').toArray());
