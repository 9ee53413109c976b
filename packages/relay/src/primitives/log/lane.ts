/** What waits to be sent to a document's readers, of one kind, and who wrote it. */
import type { Bytes } from '@archipel/protocol';
import type { Subscription } from './subscription.ts';

/** Several wrote, or one on another process: it goes to everybody. */
export const EVERYBODY = 'everybody';
/** The one channel that need not get a frame; undefined when there is nothing in it. */
export type Author = Subscription | typeof EVERYBODY | undefined;

export interface Item {
  body: Bytes;
  from: Subscription | undefined;
  /** Of a record; 0 for live messages. */
  position: number;
}

const NOTHING: readonly Item[] = [];

export class Lane {
  #items: Item[] = [];
  bytes = 0;

  add(body: Bytes, from: Subscription | undefined, position = 0): void {
    this.#items.push({ body, from, position });
    this.bytes += body.length;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Position of the record that has waited longest, 0 when none does. */
  get firstPosition(): number {
    return this.#items[0]?.position ?? 0;
  }

  takeAll(): readonly Item[] {
    if (this.#items.length === 0) return NOTHING;
    const items = this.#items;
    this.#items = [];
    this.bytes = 0;
    return items;
  }

  isAllOf(authors: readonly Subscription[]): boolean {
    return this.#items.every(({ from }) => from !== undefined && authors.includes(from));
  }

  takeOf(author: Subscription): readonly Item[] {
    const items = this.takeAll();
    const isAll = items.every(({ from }) => from === author);
    if (isAll) return items;
    for (const { body, from, position } of items) if (from !== author) this.add(body, from, position);
    return items.filter(({ from }) => from === author);
  }
}

export function authorOf(items: readonly Item[]): Author {
  const first = items[0];
  if (first === undefined) return undefined;
  return first.from !== undefined && items.every(({ from }) => from === first.from) ? first.from : EVERYBODY;
}

/** Whom a frame may leave out that carries what both wrote. */
export function both(a: Author, b: Author): Author {
  if (a === undefined || a === b) return b;
  return b === undefined ? a : EVERYBODY;
}
