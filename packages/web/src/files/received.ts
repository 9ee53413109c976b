/**
 * What this browser knows of drops that it takes: the ticket, so that a download is counted once, and how far a folder is filled, so that it
 * goes on after the page was closed. Where storage is blocked both last as long as the page.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export interface HeldTicket {
  docId: string;
  ticket: string;
  /** ms since 1970. */
  until: number;
}

/** A folder that is being filled. */
export interface FilledFolder {
  docId: string;
  folder: FileSystemDirectoryHandle;
  /** Files that are there under their names. */
  done: number;
  /** Bytes of the next one that lie beside them. */
  have: number;
  /** ms since 1970: the drop is gone then. */
  until: number;
}

interface Schema extends DBSchema {
  tickets: { key: string; value: HeldTicket };
  folders: { key: string; value: FilledFolder };
}

/** As long as a host honours it (BLOB-7), with an hour to spare for clocks that differ. */
const TICKET_MS = 23 * 3_600_000;
const DATABASE = 'archipel-received';

type Kind = 'tickets' | 'folders';

let opening: Promise<IDBPDatabase<Schema>> | undefined;
/** Of this page, where the browser keeps nothing. */
const kept = { tickets: new Map<string, HeldTicket>(), folders: new Map<string, FilledFolder>() };

function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>(DATABASE, 1, {
    upgrade(db) {
      db.createObjectStore('tickets', { keyPath: 'docId' });
      db.createObjectStore('folders', { keyPath: 'docId' });
    },
    blocking(_now, _wanted, event) {
      (event.target as IDBDatabase).close();
      opening = undefined;
    },
  });
  return opening;
}

/** Undefined where the browser refuses; anything else is a bug. */
async function attempt<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
  try {
    return await work(await database());
  } catch (error) {
    opening = undefined;
    if (error instanceof DOMException || typeof indexedDB === 'undefined') return undefined;
    throw error;
  }
}

async function get<K extends Kind>(kind: K, docId: string, now: number): Promise<Schema[K]['value'] | undefined> {
  const mine = kept[kind].get(docId) as Schema[K]['value'] | undefined;
  const found = mine ?? (await attempt((db) => db.get(kind, docId)));
  if (found === undefined || found.until > now) return found;
  await drop(kind, docId);
  return undefined;
}

async function put<K extends Kind>(kind: K, value: Schema[K]['value']): Promise<void> {
  (kept[kind] as Map<string, Schema[K]['value']>).set(value.docId, value);
  await attempt((db) => db.put(kind, value));
}

async function drop(kind: Kind, docId: string): Promise<void> {
  kept[kind].delete(docId);
  await attempt((db) => db.delete(kind, docId));
}

export async function heldTicket(docId: string, now: number): Promise<string | undefined> {
  return (await get('tickets', docId, now))?.ticket;
}

export async function holdTicket(docId: string, ticket: string, now: number): Promise<void> {
  await put('tickets', { docId, ticket, until: now + TICKET_MS });
}

/** Under which a ticket is kept of which no answer has said yet that it is counted. */
const askedName = (docId: string): string => `${docId} asked`;

/** The ticket that was asked for without an answer, else `fresh`, kept from now on. */
export async function askedTicket(docId: string, fresh: string, now: number): Promise<string> {
  const asked = await heldTicket(askedName(docId), now);
  if (asked === undefined) await holdTicket(askedName(docId), fresh, now);
  return asked ?? fresh;
}

export async function dropTicket(docId: string): Promise<void> {
  await drop('tickets', docId);
  await drop('tickets', askedName(docId));
}

export const filledFolder = (docId: string, now: number): Promise<FilledFolder | undefined> =>
  get('folders', docId, now);

export const keepFolder = (folder: FilledFolder): Promise<void> => put('folders', folder);

export const dropFolder = (docId: string): Promise<void> => drop('folders', docId);

/** One tab at a time asks for a ticket: two would count twice. */
export function alone<T>(docId: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks === undefined ? work() : navigator.locks.request(`archipel-ticket-${docId}`, work);
}
