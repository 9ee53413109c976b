/** What a relay knows of one session: how far its chain of records goes, and its hashes at the places that matter. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { equal, NO_PREVIOUS } from '@archipel/protocol';
import type { PendingAppend } from './append.ts';

/** A key for maps: cheaper than hexadecimal. */
export function keyOf(bytes: Bytes): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}

export class Chain {
  readonly id: Bytes;
  /** Records taken, on disk or on their way there, and the hash of the last one. */
  have = 0;
  hash: Bytes = NO_PREVIOUS;
  /** Records on disk, the hash of the last one, and of the one before (when known). */
  durable = 0;
  durableHash: Bytes = NO_PREVIOUS;
  durablePrevious: Bytes | undefined = NO_PREVIOUS;
  /** What the last checkpoint's frontier says. */
  covered = 0;
  coveredHash: Bytes = NO_PREVIOUS;
  /** Records that are on the disk of another host too. */
  elsewhere = 0;
  /** Records whose signature was verified, by their own or a later one's. */
  checked = 0;
  checkedHash: Bytes = NO_PREVIOUS;
  /** The last record on disk, until it is verified. */
  unchecked: Bytes | undefined;
  /** In the order of the calls, which is that of the answers. */
  inFlight: PendingAppend[] = [];
  /** The first record that was refused with the chance to send it again: what follows it is refused likewise (CON-10). */
  refusal: { n: number; error: ErrorName } | undefined;
  /** Retired by a checkpoint, or forged: takes nothing more. */
  closed: ErrorName | undefined;
  /** Its last records on disk were signed by nobody who may write, and are to be removed. */
  hasForgery = false;
  /** Where the store had the next place taken, though it serves nothing that lies there. */
  contested: { version: number; durable: number } | undefined;

  constructor(id: Bytes) {
    this.id = new Uint8Array(id);
  }

  static covered(id: Bytes, have: number, hash: Bytes): Chain {
    const chain = new Chain(id);
    const own = new Uint8Array(hash);
    chain.have = have;
    chain.durable = have;
    chain.covered = have;
    chain.checked = have;
    chain.hash = own;
    chain.durableHash = own;
    chain.durablePrevious = undefined;
    chain.coveredHash = own;
    chain.checkedHash = own;
    return chain;
  }

  /** Adds a record that the store holds. */
  addDurable(hash: Bytes, body: Bytes): void {
    this.durablePrevious = this.durableHash;
    this.durableHash = hash;
    this.durable += 1;
    this.unchecked = body;
    if (this.refusal !== undefined && this.refusal.n < this.durable) this.refusal = undefined;
    if (this.have < this.durable) {
      this.have = this.durable;
      this.hash = hash;
    }
  }

  /** What lies before is covered by a checkpoint that another host had, and not here. */
  skipTo(have: number, hash: Bytes): void {
    Object.assign(this, Chain.covered(this.id, have, hash), { id: this.id, closed: this.closed });
  }

  /** Forgets what did not reach the disk. */
  rollBack(): void {
    this.have = this.durable;
    this.hash = this.durableHash;
  }

  /** The record on its way to the disk at this place: of several the last, because those before it were rolled back. */
  underWay(n: number): PendingAppend | undefined {
    return this.inFlight.findLast((entry) => entry.n === n);
  }

  /** Takes over what was just read of this session. What is under way was judged by something else, and counts no more. */
  adopt(read: Chain): void {
    const isSame = read.durable === this.durable && equal(read.durableHash, this.durableHash);
    this.covered = read.covered;
    this.coveredHash = read.coveredHash;
    if (!isSame) {
      this.durable = read.durable;
      this.durableHash = read.durableHash;
      this.durablePrevious = read.durablePrevious;
      this.unchecked = read.unchecked;
    }
    if (!isSame || this.checked < read.checked) {
      this.checked = read.checked;
      this.checkedHash = read.checkedHash;
    }
    if (this.refusal !== undefined && this.refusal.n < this.durable) this.refusal = undefined;
    this.rollBack();
  }

  /** The durable part up to `checked` is all that stays. */
  cutToChecked(): void {
    this.durable = this.checked;
    this.durableHash = this.checkedHash;
    this.durablePrevious = this.durable === 0 ? NO_PREVIOUS : undefined;
    this.unchecked = undefined;
    this.rollBack();
  }
}

export function chainOf(chains: Map<string, Chain>, session: Bytes): Chain {
  const key = keyOf(session);
  const known = chains.get(key);
  if (known !== undefined) return known;
  const chain = new Chain(session);
  chains.set(key, chain);
  return chain;
}
