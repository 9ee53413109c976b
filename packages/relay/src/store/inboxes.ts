/** The port of what a host keeps of inboxes (protocol §20): rows of at most some kilobytes. test/inbox-store-contract.ts says what every adapter must do. */
import type { Bytes, InboxPage, ItemState } from '@archipel/protocol';
import type { Ending, StoreFailure } from './store.ts';

/** `open`: it is there, whether it takes items or not; of the others only a tombstone is left. */
export type InboxState = 'open' | Ending;

export interface NewInbox {
  inboxId: Bytes;
  header: Bytes;
  /** As the header says, Unix seconds. */
  expiry: number;
}

export interface StoredInbox extends NewInbox {
  state: InboxState;
  /** Number of the item that came last, 0 for none. */
  last: number;
}

export interface NewItem {
  inboxId: Bytes;
  hash: Bytes;
  body: Bytes;
  /** Unix seconds. */
  time: number;
  /** What the inbox holds at most: items ever, and bytes of those that are there. */
  maxItems: number;
  maxBytes: number;
}

/** `gone`: the inbox is not there any more. */
export type Added = { number: number; time: number } | 'full' | 'gone';

export interface StoredItem {
  number: number;
  body: Bytes;
  state: ItemState;
}

/** An inbox as it is carried to another store, without its items. */
export interface MovedInbox extends StoredInbox {
  /** Unix seconds; 0 while it is open. */
  ended: number;
  /** How often something in it changed. */
  change: number;
  /** Room that it takes. */
  bytes: number;
}

export interface MovedItem extends StoredItem {
  /** Which change of the inbox was the last one of this item. */
  change: number;
  time: number;
  hash: Bytes;
}

export interface InboxTotals {
  inboxes: number;
  /** Room that headers and items take. */
  bytes: number;
}

/** Nothing was written, or what was asked cannot be read. */
export class InboxStoreError extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, options?: ErrorOptions) {
    super(failure, options);
    this.failure = failure;
  }
}

/** What is answered is on the disk, and holds after `kill -9` and after a power cut. Rejects with InboxStoreError. */
export interface InboxStore {
  find(inboxId: Bytes): Promise<StoredInbox | undefined>;
  /** False: the id is known, also as a tombstone. */
  create(inbox: NewInbox): Promise<boolean>;
  /** False: the header is not `current` any more. */
  putHeader(current: Bytes, next: NewInbox): Promise<boolean>;
  /** All that fit, in this order, with one sync; each under the number after the last, and one that is known under the number that it has. */
  add(items: readonly NewItem[]): Promise<Added[]>;
  /** By its hash. */
  findItem(inboxId: Bytes, hash: Bytes): Promise<StoredItem | undefined>;
  /** What changed after `after`, at least one and then so many bytes. Undefined: the inbox is not there. */
  read(inboxId: Bytes, after: number, maxBytes: number): Promise<InboxPage | undefined>;
  /** Its bytes go, its number stays; false: it is not there. */
  remove(inboxId: Bytes, number: number, state: Exclude<ItemState, 'here'>): Promise<boolean>;
  /** All that is in it goes with it. */
  end(inboxId: Bytes, ending: Ending, nowSeconds: number): Promise<void>;
  /** Those whose time is over. */
  due(nowSeconds: number, limit: number): Promise<Bytes[]>;
  totals(): Promise<InboxTotals>;
  /** The first that was ever given by a process that shares this store: `fresh` where none does. */
  sharedKey(fresh: Bytes): Promise<Bytes>;
  /** Tombstones of what expired before. */
  forget(endedBefore: number): Promise<void>;
  /** Tombstones included, in the order of the ids. */
  list(after: Bytes | undefined, limit: number): Promise<MovedInbox[]>;
  /** Items that changed after `after`, in the order of their changes, at least one and then so many bytes. */
  items(inboxId: Bytes, after: number, maxBytes: number): Promise<MovedItem[]>;
  /** The inbox as it is said here, and these items in place of what is there under their numbers; of one that ended no item stays. */
  import(inbox: MovedInbox, items: readonly MovedItem[]): Promise<void>;
  /** As if it had never been here. */
  erase(inboxId: Bytes): Promise<void>;
  close(): Promise<void>;
}

/** What a row takes besides its bytes, counted high. */
export const ROW_BYTES = 256;
