import * as Y from 'yjs';
import type { Message } from './messages.ts';
import { cleanText, newId, readMessage } from './messages.ts';
import type { Identity } from './people.ts';
import { homeOf, type Talk } from './talk.ts';

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

/** What is answered, in the document of remarks, to a comment that lies in that of the text: a type of its own, so that two who begin it at once have one. */
function answersTo({ remarks }: Talk, id: string): Y.Map<unknown> {
  return remarks.getMap(`comment ${id}`);
}

/** All threads, the oldest first; what is none is left out. */
export function readThreads(talk: Talk): Thread[] {
  const older = commentMap(talk.ydoc);
  const threads: Thread[] = [];
  const read = (id: string, entry: unknown, answers?: Y.Map<unknown>): void => {
    const thread = entry instanceof Y.Map && threads.length < MAX_THREADS ? readThread(id, entry, answers) : undefined;
    if (thread !== undefined) threads.push(thread);
  };
  for (const [id, entry] of older) read(id, entry, answersTo(talk, id));
  for (const [id, entry] of commentMap(talk.remarks)) if (!older.has(id)) read(id, entry);
  return threads.sort((a, b) => (a.messages[0]?.at ?? 0) - (b.messages[0]?.at ?? 0) || (a.id < b.id ? -1 : 1));
}

function readThread(id: string, entry: Y.Map<unknown>, answers?: Y.Map<unknown>): Thread | undefined {
  const [start, end, quote] = [entry.get('start'), entry.get('end'), entry.get('quote')];
  if (!(start instanceof Uint8Array) || !(end instanceof Uint8Array)) return undefined;
  const messages = [...entry, ...(answers ?? [])].flatMap(
    ([key, value]) => (key.startsWith(ANSWER) && readMessage(key, value)) || [],
  );
  messages.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  if (messages.length === 0) return undefined;
  return {
    id,
    start,
    end,
    quote: typeof quote === 'string' ? cleanText(quote).slice(0, QUOTE_MAX_LENGTH) : '',
    isResolved: (answers?.get('resolved') ?? entry.get('resolved')) === true,
    messages: messages.slice(0, MAX_ANSWERS),
  };
}

/** Its id; undefined when nothing was said, or there are too many. */
export function addThread(talk: Talk, { start, end, quote }: Passage, comment: Comment): string | undefined {
  const home = homeOf(talk);
  const map = commentMap(home);
  const said = messageOf(comment);
  if (said === undefined || map.size >= MAX_THREADS) return undefined;
  const id = newId();
  const entry = new Y.Map<unknown>();
  home.transact(() => {
    map.set(id, entry);
    entry.set('start', start);
    entry.set('end', end);
    entry.set('quote', quote.slice(0, QUOTE_MAX_LENGTH));
    entry.set(ANSWER + newId(), said);
  });
  return id;
}

/** False when nothing was said, the thread is gone, or it is full. */
export function answer(talk: Talk, id: string, comment: Comment): boolean {
  const entry = entryFor(talk, id);
  const said = messageOf(comment);
  if (entry === undefined || said === undefined || entry.size >= MAX_ANSWERS) return false;
  entry.set(ANSWER + newId(), said);
  return true;
}

export function setResolved(talk: Talk, id: string, isResolved: boolean): void {
  entryFor(talk, id)?.set('resolved', isResolved);
}

/** Where a thread goes on; undefined when it is gone. */
function entryFor(talk: Talk, id: string): Y.Map<unknown> | undefined {
  const older = commentMap(talk.ydoc).get(id);
  if (older instanceof Y.Map) return talk.mayRemark.peek() ? answersTo(talk, id) : older;
  const entry = commentMap(talk.remarks).get(id);
  return entry instanceof Y.Map && talk.mayRemark.peek() ? entry : undefined;
}

/** One that lies in the document of the text only who may write there can remove. */
export function removeThread(talk: Talk, id: string): void {
  if (!commentMap(talk.ydoc).has(id)) return commentMap(talk.remarks).delete(id);
  commentMap(talk.ydoc).delete(id);
  if (talk.mayRemark.peek()) answersTo(talk, id).clear();
}

function messageOf({ text, name, colour, at }: Comment): Comment | undefined {
  const clean = cleanText(text);
  return clean === '' ? undefined : { text: clean, name, colour, at };
}
