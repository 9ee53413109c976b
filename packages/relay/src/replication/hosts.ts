/** Who this host is among those it works with, and how it reaches them. */
import type { Bytes } from '@archipel/protocol';
import { fromHex, hostIdOf, toHex } from '@archipel/protocol';
import type { Identity } from '../network/identity.ts';
import type { NetworkSettings } from '../network/settings.ts';
import type { RelayFrame } from '../ws/frame.ts';
import type { BlobKeeping } from './blobs/keeping.ts';
import type { Ledger } from './ledger.ts';

/** A host that this one works with, by the settings. */
export interface PeerHost {
  /** In hexadecimal. */
  id: string;
  hostId: Bytes;
  /** Its origin. */
  url: string;
  /** Whether each keeps copies for the other. */
  copies: boolean;
  /** Documents that it may bring here in 24 hours. */
  perDay: number;
}

/** One end of a line to another host. */
export interface PeerSocket {
  send(frame: RelayFrame): void;
  close(): void;
  /** Bytes given to `send` that the other side has not taken. */
  bufferedBytes(): number;
}
export interface PeerEnds {
  opened(): void;
  receive(frame: Bytes): void;
  drained(): void;
  closed(): void;
}
/** Begins to connect to the `/peer` of an origin; `closed` is called once, also when there never was a connection. */
export type DialPeer = (origin: string, ends: PeerEnds) => PeerSocket;

/** What replication depends on. */
export interface ReplicationDeps {
  identity: Identity;
  peers: readonly PeerHost[];
  ledger: Ledger;
  dial: DialPeer;
  /** Undefined: this host keeps no files. */
  blobs?: BlobKeeping | undefined;
  /** Documents that this host created here by voucher today: they count towards what it may bring. */
  sent?: (id: string) => number;
  /** There is a line to this host, which may have been away for long. */
  met?: (id: string) => void;
}

export interface Self {
  id: string;
  hostId: Bytes;
}

export function selfOf({ publicKey }: Identity): Self {
  const hostId = hostIdOf(publicKey);
  return { id: toHex(hostId), hostId };
}

export function peersOf({ peers }: NetworkSettings): PeerHost[] {
  return peers.map(({ id, url, copies, perDay }) => ({
    id,
    url,
    copies,
    perDay,
    hostId: fromHex(id) ?? new Uint8Array(0),
  }));
}
