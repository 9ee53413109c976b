/** What was sent from this browser for requests: with it the very same is delivered after a closed tab, and taken back later. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Delivered, SentDelivery } from '../inbox/deliver.ts';

export interface KeptDelivery {
  id: string;
  /** Of the inbox, as in its link. */
  inbox: string;
  /** ms since 1970. */
  sentAt: number;
  files: number;
  bytes: number;
  sent: SentDelivery;
  /** Left out: the host has not acknowledged it yet. */
  delivered?: Delivered;
}

interface Schema extends DBSchema {
  deliveries: { key: string; value: KeptDelivery; indexes: { inbox: string } };
}

/** An acknowledgement of the browser alone is not enough: ask for the disk. */
const STRICT = { durability: 'strict' } as const;

/** Rejects with a DOMException where the browser keeps nothing. */
export class SentDeliveries {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name = 'archipel-deliveries') {
    this.#name = name;
  }

  #database(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>(this.#name, 1, {
      upgrade: (db) => {
        db.createObjectStore('deliveries', { keyPath: 'id' }).createIndex('inbox', 'inbox');
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

  /** The newest first. */
  async of(inbox: string): Promise<KeptDelivery[]> {
    const kept = await (await this.#database()).getAllFromIndex('deliveries', 'inbox', inbox);
    return kept.sort((one, other) => other.sentAt - one.sentAt);
  }

  async get(id: string): Promise<KeptDelivery | undefined> {
    return (await this.#database()).get('deliveries', id);
  }

  async put(delivery: KeptDelivery): Promise<void> {
    const transaction = (await this.#database()).transaction('deliveries', 'readwrite', STRICT);
    await Promise.all([transaction.store.put(delivery), transaction.done]);
  }

  async remove(id: string): Promise<void> {
    const transaction = (await this.#database()).transaction('deliveries', 'readwrite', STRICT);
    await Promise.all([transaction.store.delete(id), transaction.done]);
  }
}
