/**
 * The port between relay processes that serve the same documents. It may lose, repeat, delay and reorder: the store is the truth, and
 * nothing is ever acknowledged on the word of the bus. test/bus-contract.ts says what every adapter must do.
 */
import type { Bytes } from '@archipel/protocol';
import type { StoredRecord } from '../store/store.ts';

export type BusEvent =
  /** A live message, to be passed on. */
  | { type: 'live'; body: Bytes }
  /** Records that were committed one after the other in this version of the document, the first one next after position `after`. */
  | { type: 'records'; version: number; after: number; records: StoredRecord[] }
  /** The store may have something new of this document: records, a checkpoint, a header, its end. */
  | { type: 'changed' }
  /** So many connections are on the document at another process. `asks`: it does not know yet how many there are elsewhere. */
  | { type: 'peers'; process: Bytes; connections: number; asks: boolean };

export interface Bus {
  /** Whether other processes may serve the same documents. */
  readonly isShared: boolean;
  /**
   * Never comes back to the process that published it. What is too large for the bus, or has no line to go on, is dropped; when it
   * told of something in the store, the others hear `changed` instead, as soon as there is a line.
   */
  publish(docId: Bytes, event: BusEvent): void;
  /**
   * Returns how to stop. On a shared bus a subscriber hears `changed` as soon as it can hear anything, and again as soon as the line
   * is back after each outage: what was read from the store before may be behind.
   */
  subscribe(docId: Bytes, receive: (event: BusEvent) => void): () => void;
  /** To all other processes, whatever documents they serve. The first byte is one of `ANNOUNCEMENTS`. */
  announce(message: Bytes): void;
  /** Returns how to stop. */
  listen(receive: (message: Bytes) => void): () => void;
  /** What was published goes out first, when there is a line. Nothing is heard any more. */
  close(): Promise<void>;
}

/** What an announcement is about. */
export const ANNOUNCEMENTS = { visitors: 1 } as const;
