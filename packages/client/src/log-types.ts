/** What a log is given, what it tells, what a cache keeps of it. */
import type { Bytes, Contents, ErrorName, Header, LiveType, Replica } from '@archipel/protocol';
import type { Suite } from '@archipel/protocol/secret';
import type { Head, KnownCheckpoint, OpenedRecord } from './chains.ts';
import type { Connection } from './connection.ts';
import type { Report } from './errors.ts';
import type { Tail } from './inbound.ts';
import type { Phase } from './line.ts';
import type { Clock, Locks, Random } from './ports.ts';
import type { Timing } from './timing.ts';

export interface LogPorts {
  suite: Suite;
  clock: Clock;
  random: Random;
  timing: Timing;
  locks: Locks;
  /** A socket of its own to a relay. */
  connect(socket: string): Connection;
}

/** A document says two things: its text, and the remarks on it, which are never a part of the text (§23). */
export type Part = 'text' | 'remarks';

export type LogEvents = {
  /** Verified state up to a frontier; to be applied before what follows. */
  checkpoint: Contents;
  /** Verified records of others, of both parts (`partOf`), in the relay's order. */
  records: OpenedRecord[];
  /** Plaintext of a record of ours that is in the outbox now. */
  sealed: { part: Part; plaintext: Bytes };
  /** `session`: of the sender, in hex. */
  live: { type: LiveType; session: string; plaintext: Bytes };
  phase: Phase;
  /** Connections on the document, ours included; 0 when we are not connected. */
  peers: number;
  /** What is unacknowledged, or why, has changed. */
  outbox: undefined;
  /** Nothing that came so far counts as durable any more: the relay lost something, and tells all again. */
  reset: undefined;
  report: Report;
  /** The relay refuses the document, or it cannot be trusted with it. */
  error: ErrorName;
  ended: 'expired' | 'deleted' | 'removed';
  checkpointMade: number;
  header: Header;
  /** The relay has created the document. */
  created: undefined;
  /** What the relay states, as it signed it; or why it does not. */
  statement: Bytes | ErrorName;
  /** The other hosts that hold the document, as the relay says. */
  replicas: Replica[];
};

/** What a cache keeps of a log, to go on from there. */
export interface LogState {
  heads: Head[];
  checkpoint: KnownCheckpoint | undefined;
  tail: Tail;
}
