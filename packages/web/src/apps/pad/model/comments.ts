import * as Y from 'yjs';
import type { Message } from './messages.ts';
import { cleanText, newId, readMessage } from './messages.ts';
import type { Identity } from './people.ts';

/** How many passages may have comments at once, and how many answers one may have. */
export const MAX_THREADS = 500;
export const MAX_ANSWERS = 200;
const QUOTE_MAX_LENGTH = 200;

/** Comments on one passage. Its ends are relative positions of Yjs: they stay at their letters whatever is written around them. */
export interface Thread {
  id: string;
  start: Uint8Array;
  end: Uint8Array;
  /** The words as they were. */
  quote: string;
  isResolved: boolean;
  /** The first one, then the answers, by time. */
  messages: Message[];
}

export interface Passage {
  start: Uint8Array;
  end: Uint8Array;
  quote: string;
}

type Comment = Identity & { text: string; at: number };

const ANSWER = 'm:';

export function commentMap(ydoc: Y.Doc): Y.Map<unknown> {
  return ydoc.getMap('comments');
}

/** All threads, the oldest first; what is none is left out. */
export function readThreads(ydoc: Y.Doc): Thread[] {
  const threads: Thread[] = [];
  for (const [id, entry] of commentMap(ydoc)) {
    const thread = entry instanceof Y.Map ? readThread(id, entry) : undefined;
    if (thread !== undefined) threads.push(thread);
    if (threads.length === MAX_THREADS) break;
  }
  return threads.sort((a, b) => (a.messages[0]?.at ?? 0) - (b.messages[0]?.at ?? 0) || (a.id < b.id ? -1 : 1));
}

function readThread(id: string, entry: Y.Map<unknown>): Thread | undefined {
  const [start, end, quote] = [entry.get('start'), entry.get('end'), entry.get('quote')];
  if (!(start instanceof Uint8Array) || !(end instanceof Uint8Array)) return undefined;
  const messages = [...entry].flatMap(([key, value]) => (key.startsWith(ANSWER) && readMessage(key, value)) || []);
  messages.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  if (messages.length === 0) return undefined;
  return {
    id,
    start,
    end,
    quote: typeof quote === 'string' ? cleanText(quote).slice(0, QUOTE_MAX_LENGTH) : '',
    isResolved: entry.get('resolved') === true,
    messages: messages.slice(0, MAX_ANSWERS),
  };
}

/** Its id; undefined when nothing was said, or there are too many. */
export function addThread(ydoc: Y.Doc, { start, end, quote }: Passage, comment: Comment): string | undefined {
  const map = commentMap(ydoc);
  const said = messageOf(comment);
  if (said === undefined || map.size >= MAX_THREADS) return undefined;
  const id = newId();
  const entry = new Y.Map<unknown>();
  ydoc.transact(() => {
    map.set(id, entry);
    entry.set('start', start);
    entry.set('end', end);
    entry.set('quote', quote.slice(0, QUOTE_MAX_LENGTH));
    entry.set(ANSWER + newId(), said);
  });
  return id;
}

/** False when nothing was said, the thread is gone, or it is full. */
export function answer(ydoc: Y.Doc, id: string, comment: Comment): boolean {
  const entry = commentMap(ydoc).get(id);
  const said = messageOf(comment);
  if (!(entry instanceof Y.Map) || said === undefined || entry.size >= MAX_ANSWERS) return false;
  entry.set(ANSWER + newId(), said);
  return true;
}

export function setResolved(ydoc: Y.Doc, id: string, isResolved: boolean): void {
  const entry = commentMap(ydoc).get(id);
  if (entry instanceof Y.Map) entry.set('resolved', isResolved);
}

export function removeThread(ydoc: Y.Doc, id: string): void {
  commentMap(ydoc).delete(id);
}

function messageOf({ text, name, colour, at }: Comment): Comment | undefined {
  const clean = cleanText(text);
  return clean === '' ? undefined : { text: clean, name, colour, at };
}
