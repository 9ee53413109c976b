/** The port between relay processes that serve the same documents. It may lose, repeat and reorder: the store is the truth. */
import type { Bytes } from '@archipel/protocol';

export type BusEvent =
  /** A live message, to be passed on. */
  | { type: 'live'; body: Bytes }
  /** The store has something new of this document: records, a checkpoint, a header, its end. */
  | { type: 'changed' };

export interface Bus {
  /** Never comes back to the process that published it. */
  publish(docId: Bytes, event: BusEvent): void;
  /** Returns how to stop. */
  subscribe(docId: Bytes, receive: (event: BusEvent) => void): () => void;
  close(): Promise<void>;
}
