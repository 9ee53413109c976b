/**
 * "My documents": the links of the documents opened in this browser, in IndexedDB. The list never leaves it but as a file
 * that the person saves. Where storage is blocked every function answers `storage_blocked` and the page goes on without.
 */
import { indexedDbStorage } from '@archipel/client/storage';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ToolId } from '../apps/registry.ts';
import { plain } from './plain.ts';

/** What the link gives: owner, may write, may comment, may read. Ordered: each contains the next. */
export type Cap = 'own' | 'edit' | 'comment' | 'view';

export interface RememberedDocument {
  /** The id in the link (base64url), the key of the list. */
  docId: string;
  tool: ToolId;
  /** Empty for a document without a title. */
  title: string;
  /** The best link of this person, fragment included. */
  link: string;
  cap: Cap;
  /** ms since 1970. */
  openedAt: number;
  /** ms since 1970, or null when kept without limit. */
  expiresAt: number | null;
  /** This person's own words for it, in alphabetical order; they never leave this browser but in the file of the list. */
  tags?: string[];
  /** The links of the document were changed: this one opens it no more. */
  renewed?: true;
}

export type Stored<T> = { ok: true; value: T } | { ok: false; code: 'storage_blocked' };

interface Schema extends DBSchema {
  documents: { key: string; value: RememberedDocument; indexes: { openedAt: number } };
}

const DATABASE = 'archipel-documents';
const VERSION = 1;
/** Between the tabs of this browser: ids of documents that were taken off it. */
const FORGOTTEN = 'archipel-forgotten';
const TITLE_MAX_LENGTH = 200;
export const TAG_MAX_LENGTH = 40;
export const TAGS_MAX = 20;
const RANK: Record<Cap, number> = { view: 0, comment: 1, edit: 2, own: 3 };

/** Where the pages' client keeps outbox and cache. */
const contents = indexedDbStorage();

let opening: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>(DATABASE, VERSION, {
    upgrade(db) {
      db.createObjectStore('documents', { keyPath: 'docId' }).createIndex('openedAt', 'openedAt');
    },
    // Another tab with a newer version waits for us; the next call opens the list again.
    blocking(_now, _wanted, event) {
      (event.target as IDBDatabase).close();
      opening = null;
    },
  });
  return opening;
}

/** Runs a piece of work on the list; what the browser refuses (a DOMException) is a value, anything else is a bug. */
async function attempt<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<Stored<T>> {
  try {
    return { ok: true, value: await work(await database()) };
  } catch (error) {
    opening = null;
    // Browsers without IndexedDB at all throw a ReferenceError or TypeError when it is touched.
    if (error instanceof DOMException || typeof indexedDB === 'undefined')
      return { ok: false, code: 'storage_blocked' };
    throw error;
  }
}

/** One entry of two about the same document: the newest facts, with the strongest link (and its right) of the two. */
export function merge(known: RememberedDocument | undefined, next: RememberedDocument): RememberedDocument {
  if (known === undefined) return next;
  const [older, newer] = known.openedAt > next.openedAt ? [next, known] : [known, next];
  const isOlderBetter = RANK[older.cap] > RANK[newer.cap] && older.renewed !== true;
  const { link, cap, renewed } = isOlderBetter ? older : newer;
  const { renewed: _, tags: __, ...facts } = newer;
  const tags = newer.tags ?? older.tags;
  return { ...facts, ...(tags && { tags }), title: newer.title || older.title, link, cap, ...(renewed && { renewed }) };
}

/** The same for a line of a file, which anybody may have written: only a stronger link of the same front replaces a known one. */
export function mergeImported(known: RememberedDocument | undefined, next: RememberedDocument): RememberedDocument {
  const both = merge(known, next);
  if (known === undefined) return both;
  const tags = cleanTags([...(known.tags ?? []), ...(next.tags ?? [])]);
  if (tags.length > 0) both.tags = tags;
  const isBetter = RANK[next.cap] > RANK[known.cap] && new URL(next.link).origin === new URL(known.link).origin;
  return isBetter ? both : { ...both, link: known.link, cap: known.cap };
}

/** Each once, whatever its case and accents, without white space around it, in alphabetical order; no more than a line shows. */
export function cleanTags(tags: readonly string[]): string[] {
  const kept = new Map<string, string>();
  for (const tag of tags) {
    const words = tag.trim().replace(/\s+/g, ' ').slice(0, TAG_MAX_LENGTH);
    const name = plain(words);
    if (name !== '' && !kept.has(name)) kept.set(name, words);
  }
  return [...kept.values()].slice(0, TAGS_MAX).sort((a, b) => a.localeCompare(b));
}

/** Adds documents, or brings what is known of them up to date, all or none. */
export function rememberAll(
  documents: readonly RememberedDocument[],
  combine: typeof merge = merge,
): Promise<Stored<void>> {
  return attempt(async (db) => {
    const change = db.transaction('documents', 'readwrite');
    for (const document of documents) {
      const entry = { ...document, title: document.title.trim().slice(0, TITLE_MAX_LENGTH) };
      await change.store.put(combine(await change.store.get(entry.docId), entry));
    }
    await change.done;
  });
}

/** Remembers a document just opened or renamed. A weaker link never replaces a stronger one. */
export function remember(document: RememberedDocument): Promise<Stored<void>> {
  return rememberAll([document]);
}

/** Its tags from now on. */
export function setTags(docId: string, tags: readonly string[]): Promise<Stored<void>> {
  return attempt(async (db) => {
    const change = db.transaction('documents', 'readwrite');
    const known = await change.store.get(docId);
    if (known !== undefined) await change.store.put({ ...known, tags: cleanTags(tags) });
    await change.done;
  });
}

/** The link that is remembered opens it no more, when it is one of this right: from now on a weaker one may take its place. */
export function markRenewed(docId: string, cap: Cap): Promise<Stored<void>> {
  return attempt(async (db) => {
    const change = db.transaction('documents', 'readwrite');
    const known = await change.store.get(docId);
    if (known?.cap === cap) await change.store.put({ ...known, renewed: true });
    await change.done;
  });
}

/**
 * Takes a document off the list, and what the client keeps of it (its text, too) off this browser: close it before. The
 * other tabs are told. The document itself stays where it is.
 */
export async function forget(docId: string): Promise<Stored<void>> {
  const forgotten = await attempt(async (db) => {
    // In this order: as long as contents may be left, the line is there to try again.
    await contents.clear(docId);
    await db.delete('documents', docId);
  });
  if (forgotten.ok) {
    const tabs = new BroadcastChannel(FORGOTTEN);
    tabs.postMessage(docId);
    tabs.close();
  }
  return forgotten;
}

/** Calls back when another tab takes a document off this browser: whoever has it open closes it, and forgets what closing kept. */
export function onForgotten(forgotten: (docId: string) => void): void {
  new BroadcastChannel(FORGOTTEN).onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') forgotten(data);
  };
}

/** The whole list, the last opened first. */
export function list(): Promise<Stored<RememberedDocument[]>> {
  return attempt(async (db) => (await db.getAllFromIndex('documents', 'openedAt')).reverse());
}
