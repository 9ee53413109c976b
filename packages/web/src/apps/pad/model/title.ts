import type * as Y from 'yjs';

/** The longest title, in UTF-16 units: what fits on a line of "My documents" and in a tab. */
export const TITLE_MAX_LENGTH = 200;

/** The shared text of the title; its own type, so that two people who edit it at once both keep their words. */
export function titleText(ydoc: Y.Doc): Y.Text {
  return ydoc.getText('title');
}

/** The title as one clean line; empty when nobody gave one. */
export function readTitle(ydoc: Y.Doc): string {
  return oneLine(titleText(ydoc).toString());
}

/**
 * Makes the shared title equal `wanted`, touching only what differs: what someone else types at the same time in
 * another place of the title stays.
 */
export function writeTitle(ydoc: Y.Doc, wanted: string): void {
  const text = titleText(ydoc);
  const now = text.toString();
  const next = oneLine(wanted, false);
  if (next === now) return;
  const { start, removed, inserted } = difference(now, next);
  ydoc.transact(() => {
    if (removed > 0) text.delete(start, removed);
    if (inserted.length > 0) text.insert(start, inserted);
  });
}

/** Line ends and control characters become spaces; at most TITLE_MAX_LENGTH units, never half a surrogate pair. */
export function oneLine(text: string, trim = true): string {
  const flat = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const cut = flat.length > TITLE_MAX_LENGTH ? flat.slice(0, TITLE_MAX_LENGTH).replace(/[\ud800-\udbff]$/, '') : flat;
  return trim ? cut.trim() : cut;
}

/** One replacement that turns `before` into `after`: `removed` units at `start` give way to `inserted`. */
export function difference(before: string, after: string): { start: number; removed: number; inserted: string } {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { start, removed: before.length - start - end, inserted: after.slice(start, after.length - end) };
}

/**
 * Where a caret at `position` of `before` belongs in `after`, so that a title that others edit does not push the
 * caret of the person who is in it.
 */
export function moveCaret(before: string, after: string, position: number): number {
  const { start, removed, inserted } = difference(before, after);
  if (position <= start) return position;
  if (position >= start + removed) return position + inserted.length - removed;
  return start + inserted.length;
}
