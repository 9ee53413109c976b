/** The ledger in memory, on a disk that outlives its process. */
import type { Bytes } from '@archipel/protocol';
import { compare, fromHex, toHex } from '@archipel/protocol';
import type { Ledger, PendingOrder, Share } from '../../src/replication/ledger.ts';

interface Row {
  host: string;
  docId: string;
  pushed: number;
  taken: boolean;
  since: number;
}
interface OrderRow {
  host: string;
  docId: string;
  order: Bytes;
}

/** What is on disk. */
export interface LedgerDisk {
  rows: Row[];
  orders: OrderRow[];
  isDraining: boolean;
}

export function ledgerDisk(): LedgerDisk {
  return { rows: [], orders: [], isDraining: false };
}

const bytesOf = (hex: string): Bytes => fromHex(hex) ?? new Uint8Array(0);

export class MemoryLedger implements Ledger {
  readonly #disk: LedgerDisk;

  constructor(disk: LedgerDisk) {
    this.#disk = disk;
  }

  #find(docId: Bytes, host: string): Row | undefined {
    const id = toHex(docId);
    return this.#disk.rows.find((row) => row.host === host && row.docId === id);
  }

  add(docId: Bytes, hosts: readonly string[], taken: boolean, nowSeconds: number): void {
    for (const host of hosts) {
      if (this.#find(docId, host) !== undefined) continue;
      this.#disk.rows.push({ host, docId: toHex(docId), pushed: 0, taken, since: nowSeconds });
    }
  }

  pushed(docId: Bytes, host: string, position: number): void {
    const row = this.#find(docId, host);
    if (row !== undefined) row.pushed = position;
  }

  hostsOf(docId: Bytes): string[] {
    const id = toHex(docId);
    return this.#disk.rows
      .filter((row) => row.docId === id)
      .map(({ host }) => host)
      .sort();
  }

  pushedTo(docId: Bytes, host: string): number | undefined {
    return this.#find(docId, host)?.pushed;
  }

  page(host: string, after: Bytes | undefined, limit: number): Share[] {
    const shares = this.#disk.rows.filter((row) => row.host === host);
    const all = shares.map(({ docId, pushed }) => ({ docId: bytesOf(docId), pushed }));
    const rest = all.filter(({ docId }) => after === undefined || compare(docId, after) > 0);
    return rest.sort((a, b) => compare(a.docId, b.docId)).slice(0, limit);
  }

  takenSince(host: string, seconds: number): number {
    return this.#disk.rows.filter((row) => row.host === host && row.taken && row.since >= seconds).length;
  }

  forget(docId: Bytes): void {
    const id = toHex(docId);
    this.#disk.rows = this.#disk.rows.filter((row) => row.docId !== id);
  }

  addOrder(docId: Bytes, hosts: readonly string[], order: Bytes): void {
    for (const host of hosts) this.#disk.orders.push({ host, docId: toHex(docId), order });
  }

  orders(host: string): PendingOrder[] {
    const orders = this.#disk.orders.filter((row) => row.host === host);
    return orders.map(({ docId, order }) => ({ docId: bytesOf(docId), order }));
  }

  dropOrder(docId: Bytes, host: string): void {
    const id = toHex(docId);
    this.#disk.orders = this.#disk.orders.filter((row) => row.host !== host || row.docId !== id);
  }

  get isDraining(): boolean {
    return this.#disk.isDraining;
  }

  set isDraining(value: boolean) {
    this.#disk.isDraining = value;
  }

  close(): void {}
}
