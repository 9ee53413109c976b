/** What the parts that keep blobs with other hosts share. */
import type { Bytes, ErrorName, PeerMessage, Verify } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';
import type { Limits } from '../../limits.ts';
import type { Log } from '../../log.ts';
import type { RelayMetrics } from '../../metrics.ts';
import type { Blobs } from '../../primitives/blob/blobs.ts';
import type { LocalBlobStore } from '../../store/blobs.ts';
import type { PeerHost } from '../hosts.ts';
import type { Ledger } from '../ledger.ts';
import type { FetchShare } from './borrowing.ts';

/** Reads a piece of a blob from another host. */
export type FetchPiece = (wish: PieceWish) => Promise<Bytes | ErrorName>;

export interface PieceWish {
  /** Of the other host. */
  origin: string;
  blobId: Bytes;
  piece: number;
  /** Bytes that it must have. */
  length: number;
  pass: Bytes;
  signal: AbortSignal;
}

export interface KeepingDeps {
  /** Of this host. */
  hostId: Bytes;
  blobs: Blobs;
  store: LocalBlobStore;
  peers: readonly PeerHost[];
  ledger: Pick<Ledger, 'isDraining' | 'takenSince' | 'addOrder'>;
  /** What a host created here by voucher today: it counts towards what it may bring. */
  sent(id: string): number;
  clock: Clock;
  limits: Limits;
  random: (length: number) => Bytes;
  verify: Verify;
  fetchPiece: FetchPiece;
  fetchShare: FetchShare;
  metrics: Pick<RelayMetrics, 'countRefused'>;
  log: Log;
}

/** A host that is reached. */
export interface PeerLine {
  peer: PeerHost;
  say(message: PeerMessage): void;
  /** With which it reads pieces here. */
  pass: Bytes;
  /** With which this host reads pieces there; undefined: it has not offered anything yet. */
  theirPass: Bytes | undefined;
}

export type Lines = ReadonlyMap<string, PeerLine>;
