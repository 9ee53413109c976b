import type * as Y from 'yjs';
import type { Message } from './messages.ts';
import { cleanText, newId, readMessage } from './messages.ts';
import type { Identity } from './people.ts';

/** The chat keeps this many lines: the oldest go when new ones come. */
export const MAX_LINES = 500;

export function chatLines(ydoc: Y.Doc): Y.Array<unknown> {
  return ydoc.getArray('chat');
}

/** The last lines, the oldest first. */
export function readChat(ydoc: Y.Doc): Message[] {
  const lines = chatLines(ydoc);
  return lines.slice(Math.max(0, lines.length - MAX_LINES)).flatMap((value, index) => {
    const { id } = (typeof value === 'object' && value !== null ? value : {}) as { id?: unknown };
    return readMessage(typeof id === 'string' ? id : String(index), value) ?? [];
  });
}

/** False when nothing was said. */
export function say(ydoc: Y.Doc, { text, name, colour, at }: Identity & { text: string; at: number }): boolean {
  const lines = chatLines(ydoc);
  const clean = cleanText(text);
  if (clean === '') return false;
  ydoc.transact(() => {
    lines.push([{ id: newId(), text: clean, name, colour, at }]);
    if (lines.length > MAX_LINES) lines.delete(0, lines.length - MAX_LINES);
  });
  return true;
}

/** Nothing of it is left in the document; the history keeps it until it is erased. */
export function clearChat(ydoc: Y.Doc): void {
  const lines = chatLines(ydoc);
  lines.delete(0, lines.length);
}
