/** The port of what a host knows of its blobs on other hosts (COPY-1): which has how much, and who counts downloads. Hosts are named by their id in hexadecimal. */
import type { Bytes } from '@archipel/protocol';

/** Of the right to count, between this host and another: `giving` until the other has said that it has it. */
export type Counting = 'none' | 'giving' | 'given' | 'received';

/** Of one blob with one other host. */
export interface BlobCopy {
  blobId: Bytes;
  host: string;
  /** Bytes that are on its disk; -1: it keeps the blob no longer than it said, whatever a later header says. */
  has: number;
  /** Of the header that it has; 0: not known. */
  seq: number;
  counting: Counting;
  /** Downloads that were ever lent between the two, by whichever counts (COPY-9). */
  lent: number;
  /** Whether the other host counts, as far as this one knows. */
  isCounter: boolean;
}

/** Of the downloads of a blob that may be taken so often only (COPY-9, COPY-10). */
export interface CountParts {
  /** What a host that does not count may give alone. */
  share: number;
  /** Of a host that counts: what others may give, and what it holds for used though it never heard of it. */
  lent: number;
  lost: number;
}

export interface HeldTicket {
  blobId: Bytes;
  ticket: Bytes;
  /** Unix seconds. */
  until: number;
}

/** Every call returns when it is on the disk, and holds after `kill -9`. Throws NotWrittenError. */
export interface BlobCopies {
  /** What is known already stays as it is. `isBrought`: the other host brought it here. */
  add(blobId: Bytes, host: string, isBrought: boolean, nowSeconds: number): void;
  put(blobId: Bytes, host: string, has: number, seq: number): void;
  drop(blobId: Bytes, host: string): void;
  find(blobId: Bytes, host: string): BlobCopy | undefined;
  of(blobId: Bytes): BlobCopy[];
  /** Of blobs that are alive: those of which the other lacks something, in the order of the ids. */
  behind(host: string, after: Bytes | undefined, limit: number): Bytes[];
  /** Of blobs that are alive, in the order of the ids. */
  with(host: string, after: Bytes | undefined, limit: number): Bytes[];
  /** Blobs that are alive and of which no other host is known to have anything, in the order of the ids. */
  alone(after: Bytes | undefined, limit: number): Bytes[];
  /** Blobs that a host brought here since, in Unix seconds. */
  broughtSince(host: string, seconds: number): number;
  /** From now on this host does not count any more. False: it did not. */
  giveCount(blobId: Bytes, host: string): boolean;
  /** The other host counts. */
  countGiven(blobId: Bytes, host: string): void;
  /** This host counts from now on, and it was taken so often already; without effect when the other has given it before. */
  receiveCount(blobId: Bytes, host: string, taken: number): void;
  /** All that was ever lent to this host, after half of what is left here and there; `have` is left there. Undefined: this host does not count it, or it has no end. */
  lend(blobId: Bytes, host: string, have: number): number | undefined;
  /** This host, which counts, has lent so many in all. */
  borrow(blobId: Bytes, host: string, lent: number): void;
  /** What is nothing for a blob that is not known. */
  partsOf(blobId: Bytes): CountParts;
  /** Blobs that are whole here and there, may be taken so often only, and are counted here; in the order of the ids. */
  lendable(host: string, after: Bytes | undefined, limit: number): Bytes[];
  /** Blobs whose count is on its way to the other. */
  giving(host: string): Bytes[];
  /** Blobs that were taken for the last time, which the other does not know yet. */
  spent(host: string): Bytes[];
  /** Of blobs that the other has too. */
  tickets(host: string, nowSeconds: number, limit: number): HeldTicket[];
}
