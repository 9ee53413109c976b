/** The two ends of a connection: what the relay asks of a socket, and what the owner of the socket tells the relay. */
import type { RelayFrame } from './frame.ts';

/** A socket as the relay sees it; frames arrive and leave whole. */
export interface RelaySocket {
  send(frame: RelayFrame): void;
  /** What is sent from here on in this turn leaves together. */
  gather?(): void;
  /** Closes with a WebSocket code (RFC 6455 §7.4.1). */
  close(code: number): void;
  /** Bytes given to `send` that the peer's machine has not taken. */
  bufferedBytes(): number;
  /** Asks not to hear anything until `resume`; what was received already may still come. */
  pause(): void;
  resume(): void;
}

/** What the owner of the socket calls. */
export interface RelayConnection {
  receive(frame: Uint8Array): void;
  drained(): void;
  closed(): void;
}

export interface ConnectionInfo {
  /** IP address of the client. */
  address: string;
  /** The `host[:port]` that it dialled. */
  audience: string;
  /** When the relay stops and it is known how soon somebody serves again; else the relay says something. */
  backAfterMs?(): number | undefined;
}
