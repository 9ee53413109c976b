/** The port to whoever passes documents on to other hosts: what the log tells it, and what it asks. */
import type { Bytes, Header, Replica } from '@archipel/protocol';
import type { Document } from './document.ts';

export interface Mirrors {
  /** Before a document is stored for the first time: on disk when it returns. */
  creating(docId: Bytes, header: Header): void;
  /** The document is in memory from here on. */
  entered(document: Document): void;
  /** It leaves the memory. */
  left(document: Document): void;
  /** Something more of it is on disk. */
  committed(document: Document): void;
  /** It has another header or checkpoint. */
  changed(document: Document): void;
  /** A client of this relay said it. */
  live(document: Document, body: Bytes): void;
  /** Its owner gave an order that was obeyed. */
  ordered(docId: Bytes, order: Bytes): void;
  /** No other host that is there, or was a moment ago, still lacks what lies before this position (PEER-9). */
  haveAll(docId: Bytes, before: number): boolean;
  /** Other hosts that hold it (PEER-12). */
  replicas(document: Document): Replica[];
}
