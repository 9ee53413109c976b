/**
 * The port of the ledger: which documents this host keeps together with which other hosts, and how far each has them (PEER-11). test/ledger-contract.ts
 * says what every adapter must do. Hosts are named by their id in hexadecimal.
 */
import type { Bytes } from '@archipel/protocol';

/** Of one document with one host. */
export interface Share {
  docId: Bytes;
  /** Every record up to this position is on the other's disk; -1: something else has to be passed on. */
  pushed: number;
}

export interface PendingOrder {
  docId: Bytes;
  order: Bytes;
}

export interface Ledger {
  /** On disk when it returns; what is known already stays as it is. `taken`: the other host brought it here. */
  add(docId: Bytes, hosts: readonly string[], taken: boolean, nowSeconds: number): void;
  /** How far the other has it; may be lost in a crash, as it only saves work. */
  pushed(docId: Bytes, host: string, position: number): void;
  hostsOf(docId: Bytes): string[];
  /** How far this host has it, undefined: it is not shared with it. */
  pushedTo(docId: Bytes, host: string): number | undefined;
  /** In the order of the ids. */
  page(host: string, after: Bytes | undefined, limit: number): Share[];
  /** Documents that a host brought here since, in Unix seconds. */
  takenSince(host: string, seconds: number): number;
  /** The document is no more: its orders stay until they are passed on. */
  forget(docId: Bytes): void;
  /** On disk when it returns. */
  addOrder(docId: Bytes, hosts: readonly string[], order: Bytes): void;
  orders(host: string): PendingOrder[];
  dropOrder(docId: Bytes, host: string): void;
  /** Whether this host is leaving; on disk when it returns. */
  isDraining: boolean;
  close(): void;
}
