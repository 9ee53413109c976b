/** The messages of a connection (§9), told apart by `type`. Byte fields of decoded messages are views of the frame. */
import type { Bytes } from './bytes.ts';
import type { ErrorName } from './errors.ts';
import type { Role } from './proof.ts';
import type { Vector } from './vector.ts';

export interface Open {
  type: 'open';
  request: number;
  docId: Bytes;
  role: Role;
  proof: Bytes;
  /** Sequence number of the checkpoint held, 0 for none. */
  checkpointSeq: number;
  vector: Vector;
}
export type ClientMessage =
  | Open
  | { type: 'create'; request: number; header: Bytes }
  | { type: 'createWith'; request: number; voucher: Bytes; header: Bytes }
  | { type: 'close' }
  | { type: 'append'; record: Bytes }
  | { type: 'checkpoint'; checkpoint: Bytes }
  | { type: 'live'; live: Bytes }
  | { type: 'history'; request: number; from: number; limit: number }
  | { type: 'header'; header: Bytes }
  | { type: 'order'; order: Bytes }
  | { type: 'ping'; payload: Bytes }
  | { type: 'askStatement' };
export type ClientMessageType = ClientMessage['type'];

export interface Welcome {
  type: 'welcome';
  version: 1;
  nonce: Bytes;
  /** The relay's clock in Unix seconds. */
  time: number;
  software: string;
  maxRecordBytes: number;
  maxCheckpointBytes: number;
  maxDocumentBytes: number;
  /** 0: never expiring is allowed too. */
  maxExpirySeconds: number;
  defaultExpirySeconds: number;
}
export interface Opened {
  type: 'opened';
  request: number;
  channel: number;
  role: Role;
  checkpointSeq: number;
  position: number;
  /** Connections on the document, this one included. */
  connections: number;
  vector: Vector;
  header: Bytes;
}
/** What was refused: `session` and `n` for an append; `request` for open, create, createWith, history; nothing more for the others. */
export interface Refused {
  type: 'refused';
  refused: ClientMessageType;
  error: ErrorName;
  /** 0: do not retry. */
  retryAfterMs: number;
  request?: number;
  session?: Bytes;
  n?: number;
}
export type RelayMessage =
  | Welcome
  | Opened
  | { type: 'created'; request: number }
  | Refused
  | { type: 'ack'; level: 1 | 2; session: Bytes; have: number }
  | { type: 'records'; position: number; records: Bytes[] }
  | { type: 'checkpointData'; checkpoint: Bytes }
  | { type: 'caughtUp'; position: number }
  | { type: 'liveData'; live: Bytes }
  | { type: 'peers'; connections: number }
  | { type: 'historyPage'; request: number; next: number; records: HistoryRecord[] }
  | { type: 'checkpointMade'; seq: number; hash: Bytes }
  | { type: 'headerData'; header: Bytes }
  | { type: 'ended'; reason: 'expired' | 'deleted' | 'removed' }
  | { type: 'pong'; payload: Bytes }
  | { type: 'goodbye'; error: ErrorName; retryAfterMs: number }
  | { type: 'erased' }
  | { type: 'statement'; fact: Bytes }
  | { type: 'replicas'; replicas: Replica[] };
export type RelayMessageType = RelayMessage['type'];

/** Another host that holds the document, as the relay says: `url` is its origin. */
export interface Replica {
  hostId: Bytes;
  url: string;
  /** The two are in touch, or were a moment ago. */
  isReached: boolean;
}

export interface HistoryRecord {
  position: number;
  record: Bytes;
}
