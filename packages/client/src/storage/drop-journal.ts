/**
 * Drops that are being sent from this browser, so that they go on after a closed tab or a crash: what is sent, handles of the files where the
 * browser gives them, and how far it is (STREAM-4). It holds the secrets of those drops, and the links of the requests that they answer, until
 * they are sent or given up.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { UploadJournal, UploadState } from '../drop/parts.ts';

/** A file that waits to be sent, as it was when it was chosen. */
export interface WaitingFile {
  /** As it was chosen, with its folders. */
  path: string;
  /** As the drop calls it. */
  name: string;
  /** Of the file on the disk, in bytes. */
  size: number;
  /** Of the file on the disk, ms since 1970. */
  modified: number;
  /** Where the browser gives one. */
  handle?: FileSystemFileHandle;
}

/** For whom a drop is: with it the same is announced to whoever asked, after whatever interrupted (ASK-7). */
export interface WaitingAnswer {
  /** Of the inbox, as in its link. */
  inbox: string;
  /** To fill, without `#`. */
  link: string;
  /** What was asked for. */
  title: string;
  /** Of whoever sends, as they say; perhaps empty. */
  name: string;
  /** Secret of the item that will announce it, base64url. */
  seed: string;
}

export interface WaitingDrop {
  id: string;
  /** ms since 1970. */
  begunAt: number;
  origin: string;
  files: WaitingFile[];
  message: string;
  /** Unix seconds. */
  expiry: number;
  downloads: number;
  /** Photos are sent without what their cameras wrote into them. */
  isCleaned: boolean;
  /** Left out: nobody asked for it. */
  answer?: WaitingAnswer;
}

type Parts = UploadState['parts'];

interface Schema extends DBSchema {
  drops: { key: string; value: WaitingDrop };
  /** What stays the same while a drop is sent may be large; it is written once. */
  states: { key: string; value: Omit<UploadState, 'parts'> };
  parts: { key: string; value: Parts };
}

/** An acknowledgement of the browser alone is not enough: ask for the disk. */
const STRICT = { durability: 'strict' } as const;

/** Rejects with a DOMException where the browser keeps nothing. */
export class DropJournal {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name = 'archipel-drops') {
    this.#name = name;
  }

  #database(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>(this.#name, 1, {
      upgrade: (db) => {
        db.createObjectStore('drops', { keyPath: 'id' });
        db.createObjectStore('states');
        db.createObjectStore('parts');
      },
      blocking: (_old, _new, event) => {
        (event.target as IDBDatabase | null)?.close();
        this.#opened = undefined;
      },
      terminated: () => {
        this.#opened = undefined;
      },
    });
    return this.#opened;
  }

  /** Those that wait, the oldest first. */
  async list(): Promise<WaitingDrop[]> {
    if (typeof indexedDB === 'undefined') return [];
    const drops = await (await this.#database()).getAll('drops');
    return drops.sort((one, other) => one.begunAt - other.begunAt);
  }

  async add(drop: WaitingDrop): Promise<void> {
    const transaction = (await this.#database()).transaction('drops', 'readwrite', STRICT);
    await Promise.all([transaction.store.put(drop), transaction.done]);
  }

  /** Undefined: nothing of it was sent. */
  async state(id: string): Promise<UploadState | undefined> {
    const stores = (await this.#database()).transaction(['states', 'parts']);
    const [state, parts] = await Promise.all([
      stores.objectStore('states').get(id),
      stores.objectStore('parts').get(id),
    ]);
    return state && { ...state, parts: parts ?? [] };
  }

  async remove(id: string): Promise<void> {
    await this.#removeFrom(['drops', 'states', 'parts'], id);
  }

  async #removeFrom(names: ('drops' | 'states' | 'parts')[], id: string): Promise<void> {
    const stores = (await this.#database()).transaction(names, 'readwrite', STRICT);
    await Promise.all([...names.map((name) => stores.objectStore(name).delete(id)), stores.done]);
  }

  /** Of one run of one drop. Once `signal` is aborted it writes nothing more: another run may have begun. */
  of(id: string, signal: AbortSignal): UploadJournal {
    let saved: string | undefined;
    const save = async ({ parts, ...state }: UploadState): Promise<void> => {
      const stores = (await this.#database()).transaction(['states', 'parts'], 'readwrite', STRICT);
      if (signal.aborted) return;
      const isNew = saved !== state.link;
      const written = [stores.objectStore('parts').put(parts, id), stores.done];
      if (isNew) written.push(stores.objectStore('states').put(state, id));
      await Promise.all(written);
      saved = state.link;
    };
    return {
      load: async () => {
        const state = await this.state(id);
        saved = state?.link;
        return state;
      },
      save,
      clear: () => this.#removeFrom(['states', 'parts'], id),
    };
  }
}
