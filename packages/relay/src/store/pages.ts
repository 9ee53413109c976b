/** The port of what a host keeps of published pages (protocol §22), each as a whole. test/page-store-contract.ts says what every adapter must do. */
import type { Bytes } from '@archipel/protocol';
import type { Ending, StoreFailure } from './store.ts';

/** `open`: it is there; of the others only what is in StoredPage is left. */
export type PageState = 'open' | Ending;

export interface StoredPage {
  seq: number;
  /** Unix seconds, as it says. */
  time: number;
  /** Unix seconds; 0: none. */
  expiry: number;
  state: PageState;
  hash: Bytes;
}

export interface NewPage extends Omit<StoredPage, 'state'> {
  pageId: Bytes;
  /** Undefined: it is taken back. */
  body: Bytes | undefined;
}

export interface PageTotals {
  pages: number;
  /** Room that they take. */
  bytes: number;
}

/** Nothing was written, or what was asked cannot be read. */
export class PageStoreError extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, options?: ErrorOptions) {
    super(failure, options);
    this.failure = failure;
  }
}

/** What is answered is on the disk, and holds after `kill -9` and after a power cut. Rejects with PageStoreError. */
export interface PageStore {
  find(pageId: Bytes): Promise<StoredPage | undefined>;
  /** Undefined: it is not there. */
  read(pageId: Bytes): Promise<Bytes | undefined>;
  /** False: one with a seq as high is known. */
  put(page: NewPage): Promise<boolean>;
  /** Its bytes go. */
  end(pageId: Bytes, ending: Ending, nowSeconds: number): Promise<void>;
  /** Those whose time is over. */
  due(nowSeconds: number, limit: number): Promise<Bytes[]>;
  totals(): Promise<PageTotals>;
  /** What expired before. */
  forget(endedBefore: number): Promise<void>;
  close(): Promise<void>;
}

/** What a row takes besides its bytes, counted high. */
export const PAGE_ROW_BYTES = 256;
