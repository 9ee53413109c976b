/** Lists in what hosts sign (FACT-6): bounded, and in one order. */
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

type Compare<T> = (a: T, b: T) => number;

/** The order of words, tags and other ASCII: that of their bytes. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Strictly: sorted, and none twice. */
export function ascends<T>(items: readonly T[], compare: Compare<T>): boolean {
  return items.every((item, i) => i === 0 || compare(items[i - 1] as T, item) < 0);
}

/** At most `most` items, strictly ascending: so nothing is in it twice. */
export function writeAscending<T>(
  writer: Writer,
  items: readonly T[],
  { most, compare, write }: { most: number; compare: Compare<T>; write: (item: T) => void },
): void {
  if (items.length > most) throw new RangeError('too many items');
  if (!ascends(items, compare)) throw new RangeError('items do not ascend');
  writer.varint(items.length);
  for (const item of items) write(item);
}

export function readAscending<T>(
  reader: Reader,
  { most, compare, read }: { most: number; compare: Compare<T>; read: () => T },
): T[] {
  const items = reader.list(reader.varint(most), read);
  if (!reader.failed) reader.check(ascends(items, compare));
  return items;
}
