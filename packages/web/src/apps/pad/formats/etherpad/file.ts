/** What Etherpad exports, checked: nothing of it is trusted, and no name of it becomes a property of anything. */
import { cleanText } from '../../model/messages.ts';
import { cleanName } from '../../model/people.ts';
import { oneLine } from '../../model/title.ts';
import { Refusal } from '../refusal.ts';
import { AttributePool } from './attributes.ts';
import { colourFor } from './colours.ts';

const POOL_MAX = 100_000;
const REVISIONS_MAX = 200_000;
const CHAT_MAX = 500;
const SAVED_MAX = 50;
const AUTHORS_MAX = 1000;
/** The last moment that JavaScript can name. */
const TIME_MAX_MS = 8.64e15;

export interface EtherpadAuthor {
  id: string;
  name: string;
  colour: number;
}

export interface EtherpadRevision {
  changeset: string;
  author: string;
  /** ms since 1970; 0: the file does not say */
  at: number;
}

export interface EtherpadFile {
  text: string;
  attribs: string;
  pool: AttributePool;
  authors: readonly EtherpadAuthor[];
  /** All of them, in their order. Throws `Refusal`: `broken` when one is missing, `tooLarge`. */
  revisions(): EtherpadRevision[];
  /** Names of moments by the revision that they follow. */
  saved: ReadonlyMap<number, string>;
  chat: readonly { text: string; author: string; at: number }[];
}

type Entries = ReadonlyMap<string, unknown>;

/** Throws `Refusal`: `broken`. */
export function readEtherpadFile(source: string): EtherpadFile {
  const entries: Entries = new Map(Object.entries(fieldsOf(parsed(source))));
  const key = [...entries.keys()].find((name) => /^pad:[^:]+$/.test(name)) ?? '';
  const pad = fieldsOf(entries.get(key));
  const { text, attribs } = fieldsOf(pad.atext);
  if (typeof text !== 'string' || typeof attribs !== 'string' || !text.endsWith('\n')) throw new Refusal('broken');
  const pairs = pairsOf(pad.pool);
  return {
    text,
    attribs,
    pool: new AttributePool(pairs),
    authors: authorsOf(pairs, entries),
    revisions: () => revisionsOf(pad.head, key, entries),
    saved: savedOf(pad.savedRevisions),
    chat: chatOf(pad.chatHead, key, entries),
  };
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new Refusal('broken', { cause });
  }
}

/** Its own fields alone: `__proto__` in a file is a name like any other. */
function fieldsOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null;
  return Object.assign(Object.create(null), isObject ? Object.fromEntries(Object.entries(value)) : {});
}

const timeOf = (value: unknown): number =>
  typeof value === 'number' && value > 0 && value <= TIME_MAX_MS ? Math.floor(value) : 0;

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function pairsOf(pool: unknown): Map<number, readonly [string, string]> {
  const named = Object.entries(fieldsOf(fieldsOf(pool).numToAttrib));
  if (named.length > POOL_MAX) throw new Refusal('tooLarge');
  return new Map(
    named.flatMap(([number, pair]) => {
      const [name, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
      return typeof name === 'string' ? [[Number(number), [name, String(value ?? '')] as const] as const] : [];
    }),
  );
}

function authorsOf(pairs: ReadonlyMap<number, readonly [string, string]>, entries: Entries): EtherpadAuthor[] {
  const ids = new Set(
    [...pairs.values()].flatMap(([name, value]) => (name === 'author' && value !== '' ? [value] : [])),
  );
  if (ids.size > AUTHORS_MAX) throw new Refusal('tooLarge');
  const taken = new Set<number>();
  return [...ids].map((id) => {
    const { name, colorId } = fieldsOf(entries.get(`globalAuthor:${id}`));
    const colour = colourFor(colorId, taken);
    taken.add(colour);
    return { id, name: cleanName(name), colour };
  });
}

function countOf(head: unknown): number {
  return typeof head === 'number' && Number.isSafeInteger(head) && head >= 0 ? head + 1 : 0;
}

function revisionsOf(head: unknown, key: string, entries: Entries): EtherpadRevision[] {
  const count = countOf(head);
  // What a file says of itself is not counted up to: a billion revisions are missing after the few that it has.
  if (count > entries.size) throw new Refusal('broken');
  if (count > REVISIONS_MAX) throw new Refusal('tooLarge');
  return Array.from({ length: count }, (_, number) => {
    const { changeset, meta } = fieldsOf(entries.get(`${key}:revs:${number}`));
    if (typeof changeset !== 'string') throw new Refusal('broken');
    const { author, timestamp } = fieldsOf(meta);
    return { changeset, author: wordsOf(author), at: timeOf(timestamp) };
  });
}

function savedOf(saved: unknown): Map<number, string> {
  const all = Array.isArray(saved) ? (saved as unknown[]).slice(0, SAVED_MAX) : [];
  return new Map(
    all.flatMap((one) => {
      const { revNum, label } = fieldsOf(one);
      const name = oneLine(wordsOf(label));
      return typeof revNum === 'number' && name !== '' ? [[revNum, name] as const] : [];
    }),
  );
}

/** The last lines. */
function chatOf(head: unknown, key: string, entries: Entries): EtherpadFile['chat'] {
  const count = Math.min(countOf(head), entries.size);
  const first = Math.max(0, count - CHAT_MAX);
  return Array.from({ length: count - first }, (_, index) => {
    const { text, userId, time } = fieldsOf(entries.get(`${key}:chat:${first + index}`));
    return { text: cleanText(wordsOf(text)), author: wordsOf(userId), at: timeOf(time) };
  }).filter(({ text }) => text !== '');
}
