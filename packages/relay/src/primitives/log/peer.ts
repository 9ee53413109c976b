/** What the log needs of a connection. */
import type { ClientMessageType, ErrorName } from '@archipel/protocol';
import type { RelayFrame } from '../../ws/frame.ts';
import type { Subscription } from './subscription.ts';

export interface RefusedReference {
  request?: number;
  session?: Uint8Array;
  n?: number;
}

export interface Peer {
  readonly open: boolean;
  /** More unsent bytes than a reader may have (CON-9). */
  readonly congested: boolean;
  send(frame: RelayFrame): void;
  /** What is sent from here on in this turn leaves together. */
  gather(): void;
  /** Tells the peer that it lags: it is dropped unless it takes something soon. */
  watchDraining(): void;
  refuse(channel: number, refused: ClientMessageType, error: ErrorName, retryMs: number, to?: RefusedReference): void;
  goodbye(error: ErrorName, retryMs: number): void;
  /** The channel is served on this connection from here on, and ends with it; one that the document had here ends now. */
  enter(channel: Subscription): void;
  /** The channel of a document is no longer served on this connection. */
  dropChannel(channel: number): void;
}
