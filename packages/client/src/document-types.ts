/** What a document says of itself. */
import type { ErrorName, Header } from '@archipel/protocol';
import type { Report } from './errors.ts';
import type { RelayState } from './whereabouts.ts';

/**
 * What the state pill says (CHK-5). `saved`: every change made here is on the relay's disk. `problem`: `error` says why
 * something is not; it is kept on this machine. `readonly`: a link to read, connected. `ended`: expired, deleted, or removed by the host.
 */
export type DocumentState = 'offline' | 'connecting' | 'sending' | 'saved' | 'readonly' | 'problem' | 'ended';

export type DocumentEvents = {
  state: DocumentState;
  /** Something wrong with the relay or with this machine's storage. */
  report: Report;
  error: ErrorName;
  ended: 'expired' | 'deleted' | 'removed';
  /** People connected to the document, this program included. */
  peers: number;
  header: Header;
  /** Where the document lives, or which of its hosts is reached, has changed. */
  relays: readonly RelayState[];
  /** How many hosts have every change made here. */
  savedOn: 0 | 1 | 2;
};
