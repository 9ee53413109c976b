import type { Doc } from 'yjs';

/** Keys `from` (included) to `to` (excluded) of a writer, by the numbers the load gave to writers and keys. */
export interface KeyRange {
  writer: number;
  from: number;
  to: number;
}

/** A document by the name that the load gave it. */
export interface Room {
  name: string;
}

/** How a peer says that it has taken an edit. */
export type Acknowledgement = 'none' | 'echo' | 'applied' | 'committed';

export interface MemberEvents {
  /** Keys of others that have just arrived on this connection; a range may come twice. */
  delivered(ranges: readonly KeyRange[]): void;
  /** The first `count` updates that this connection sent are acknowledged (see `Peer.acknowledges`). */
  acknowledged(count: number): void;
}

export interface MemberOptions {
  port: number;
  room: Room;
  /** Number of the writer, or undefined for a connection that only reads. */
  writer?: number;
  events: MemberEvents;
}

/** One person's connection to one document. */
export interface Member {
  /** Sends one Yjs update: key number 0, 1, 2, ... of this writer. */
  send(update: Uint8Array): void;
  /** Waits until everything sent is safe as far as this peer can say it, and leaves. */
  close(): Promise<void>;
}

/** Tells, whenever contents have arrived, whether they are all. */
export type Whole = (document: Doc) => boolean;

export type Open = (port: number, room: Room, whole?: Whole) => Promise<OpenDocument>;

/** A server under test and the smallest client that speaks to it. Every peer meets the same load through this. */
export interface Peer {
  name: string;
  /** Whether documents outlive the connections to them. */
  stores: boolean;
  acknowledges: Acknowledgement;
  /** Arguments of Node for the server process, to which the data folder is added. */
  serverArguments: readonly string[];
  createRoom(port: number, name: string): Promise<Room>;
  join(options: MemberOptions): Promise<Member>;
  /**
   * Opens a document of which there is nothing here yet, with the least that does it. Without `whole`: until the peer
   * says that this is all.
   */
  open: Open;
  /** The same with the peer's own client, as a person opens it; left out where `open` does that. */
  openByClient?: Open;
  /** Milliseconds of the cryptography alone of opening a document with these contents, where the peer has any. */
  cryptography?(plaintext: Uint8Array): Promise<number>;
  /**
   * How many edits go into one update when a recorded session is replayed: 1 where a client sends each keystroke for
   * storing.
   */
  editsPerStoredUpdate: number;
  /** The same at the pace of a person, where that is another number: disk per edit is measured for both. */
  editsPerTypedUpdate?: number;
  /** Replays updates by the peer's own client, one stored update each, where `join` is not enough for it. */
  replay?(port: number, room: Room, updates: readonly Uint8Array[]): Promise<void>;
  /** Erases what is kept of the past beyond the present state, where the peer keeps such a thing. */
  eraseHistory?(port: number, room: Room): Promise<void>;
}

export interface OpenDocument {
  document: Doc;
  close(): Promise<void>;
}

/** Yjs client id of a writer: 32 bits like a random one, so that it weighs as much. */
export function clientIdOf(writer: number): number {
  return 0x9000_0000 + writer;
}

export function writerOf(clientId: number): number {
  return clientId - 0x9000_0000;
}
