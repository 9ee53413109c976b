/** Somebody who types words of their own and remembers which of them were called saved. */
import type { Document } from '@archipel/client';

export class Typist {
  readonly document: Document;
  readonly name: string;
  readonly #everyMs: number;
  typed = 0;
  /** The first so many words were covered by a state `saved`. */
  saved = 0;
  /** The first so many words were on the disks of two hosts. */
  twice = 0;
  /** So many of them were seen at all the others. */
  heard = 0;
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
    document.on('savedOn', () => this.#look());
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

  /** That no loss of one host may take away. */
  wordsSavedTwice(): string[] {
    return this.typedWords().slice(0, this.twice);
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
    if (this.document.savedOn === 2) this.twice = this.typed;
    if (this.document.state !== 'saved') return;
    this.saved = this.typed;
    if (this.#waitingSinceMs !== undefined)
      this.longestMs = Math.max(this.longestMs, Date.now() - this.#waitingSinceMs);
    this.#waitingSinceMs = undefined;
  }
}

const words = new WeakMap<Document, { found: Set<string>; isStale: boolean }>();

/** All words in the document: read again only when it has changed and somebody asks. */
export function wordsOf(document: Document): ReadonlySet<string> {
  const array = document.ydoc.getArray<string>('words');
  const known = words.get(document) ?? { found: new Set<string>(), isStale: true };
  if (!words.has(document)) {
    words.set(document, known);
    array.observe(() => {
      known.isStale = true;
    });
  }
  if (known.isStale) known.found = new Set(array.toArray());
  known.isStale = false;
  return known.found;
}
