import type * as Y from 'yjs';
import type { Message } from './messages.ts';
import { cleanText, newId, readMessage } from './messages.ts';
import type { Identity } from './people.ts';
import { homeOf, type Talk } from './talk.ts';

/** The chat keeps this many lines: the oldest go when new ones come. */
export const MAX_LINES = 500;

export function chatLines(ydoc: Y.Doc): Y.Array<unknown> {
  return ydoc.getArray('chat');
}

/** The last lines, the oldest first. */
export function readChat({ ydoc, remarks }: Talk): Message[] {
  const lines = [...chatLines(ydoc), ...chatLines(remarks)];
  return lines.slice(-MAX_LINES).flatMap((value, index) => {
    const { id } = (typeof value === 'object' && value !== null ? value : {}) as { id?: unknown };
    return readMessage(typeof id === 'string' ? id : String(index), value) ?? [];
  });
}

/** False when nothing was said. */
export function say(talk: Talk, { text, name, colour, at }: Identity & { text: string; at: number }): boolean {
  const home = homeOf(talk);
  const lines = chatLines(home);
  const clean = cleanText(text);
  if (clean === '') return false;
  home.transact(() => {
    lines.push([{ id: newId(), text: clean, name, colour, at }]);
    if (lines.length > MAX_LINES) lines.delete(0, lines.length - MAX_LINES);
  });
  return true;
}

/** Puts what a file says was said before what is said here, as much as there is room for. */
export function bringChat({ ydoc, remarks }: Talk, brought: readonly Omit<Message, 'id'>[]): void {
  const lines = chatLines(ydoc);
  const room = Math.max(0, MAX_LINES - lines.length - chatLines(remarks).length);
  const last = room === 0 ? [] : brought.slice(-room);
  ydoc.transact(() =>
    lines.insert(
      0,
      last.map((message) => ({ id: newId(), ...message })),
    ),
  );
}

/** Nothing of it is left; the history keeps it until it is erased. For who may write in the text. */
export function clearChat(talk: Talk): void {
  for (const lines of new Set([chatLines(talk.ydoc), chatLines(homeOf(talk))])) lines.delete(0, lines.length);
}
