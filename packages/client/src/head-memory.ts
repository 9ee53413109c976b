/** The highest header, checkpoint and vector that one relay has served of a document (§10): when it serves less, it is reported (CHK-4, CHK-7). */
import type { Bytes, Vector } from '@archipel/protocol';
import { fromHex, toHex } from '@archipel/protocol';
import { decodeValue, encodeValue, isRecord } from './values.ts';

export interface HeadStore {
  get(key: string): Promise<Bytes | undefined>;
  put(key: string, value: Bytes): Promise<void>;
}

export class HeadMemory {
  readonly #store: HeadStore;
  readonly #key: string;
  headerSeq = 0;
  checkpointSeq = 0;
  /** The verified checkpoint when the vector was last compared: sessions may be retired by later ones only. */
  #comparedSeq = 0;
  /** Sessions that had been retired by then. */
  #comparedRetired = 0;
  /** Checkpoint of the answer that is being compared. */
  #openedSeq = 0;
  /** Sessions that the relay names no more: retired, or so it claims. */
  #missing = new Map<string, number>();
  /** Sessions that were: nobody serves them any more, whoever still knows of them. */
  readonly #retired: Set<string>;
  #vector = new Map<string, number>();
  #replaces = false;

  /** `retired`: shared by the memories of one document. */
  constructor(store: HeadStore, key: string, retired = new Set<string>()) {
    this.#store = store;
    this.#key = key;
    this.#retired = retired;
  }

  async load(): Promise<void> {
    const value = decodeValue(await this.#store.get(this.#key));
    if (!isRecord(value)) return;
    this.headerSeq = Number(value.headerSeq) || 0;
    this.checkpointSeq = Number(value.checkpointSeq) || 0;
    this.#comparedSeq = Number(value.comparedSeq) || 0;
    this.#comparedRetired = Number(value.comparedRetired) || 0;
    for (const [session, have] of Object.entries(isRecord(value.vector) ? value.vector : {})) {
      this.#vector.set(session, Number(have) || 0);
    }
  }

  /**
   * What the relay lost since, in words; undefined when it serves at least what was seen. Sessions that it no longer names
   * are excused by a newer checkpoint, which is only a claim as yet: `proven` asks for it when the relay has told all.
   */
  behind(opened: { checkpointSeq: number; vector: Vector }): string | undefined {
    this.#missing.clear();
    this.#openedSeq = opened.checkpointSeq;
    if (opened.checkpointSeq < this.checkpointSeq) {
      return `checkpoint ${opened.checkpointSeq} after ${this.checkpointSeq}`;
    }
    const served = new Map(opened.vector.map(({ session, have }) => [toHex(session), have]));
    for (const [session, have] of this.#vector) {
      const now = served.get(session);
      const mayBeRetired = now === undefined && opened.checkpointSeq > this.#comparedSeq;
      if (mayBeRetired) this.#missing.set(session, have);
      else if ((now ?? 0) < have) return lost(session, now ?? 0, have);
    }
    return undefined;
  }

  /**
   * Caught up: `checkpoint` is the verified one, which an editor signed. As many sessions as it retired since the last
   * comparison may be gone; they are forgotten. Otherwise what the relay lost, in words.
   */
  proven(checkpoint: { seq: number; retired: number } | undefined): string | undefined {
    const { seq, retired } = checkpoint ?? { seq: 0, retired: 0 };
    const [first] = this.#missing;
    const missing = this.#missing.size;
    if (first !== undefined && missing > Math.max(0, retired - this.#comparedRetired))
      return lost(first[0], 0, first[1]);
    for (const session of this.#missing.keys()) {
      this.#vector.delete(session);
      this.#retired.add(session);
    }
    // A checkpoint that was made after the relay answered may have retired sessions that the answer still named.
    const isLater = seq > this.#openedSeq;
    if (isLater) this.#comparedRetired += missing;
    else if (seq > this.#comparedSeq) this.#comparedRetired = retired;
    this.#comparedSeq = Math.max(this.#comparedSeq, Math.min(seq, this.#openedSeq));
    this.#missing.clear();
    return undefined;
  }

  isRetired(session: Bytes): boolean {
    return this.#retired.has(toHex(session));
  }

  sawHeader(seq: number): void {
    this.headerSeq = Math.max(this.headerSeq, seq);
  }

  sawCheckpoint(seq: number): void {
    this.checkpointSeq = Math.max(this.checkpointSeq, seq);
  }

  sawRecords(vector: Vector): void {
    for (const { session, have } of vector) {
      const key = toHex(session);
      if (this.#retired.has(key)) continue;
      if (have > (this.#vector.get(key) ?? 0)) this.#vector.set(key, have);
    }
  }

  /** The relay lost something and it was dealt with: from now on what it has is the measure. */
  restart(checkpointSeq: number, retired: number): void {
    this.#vector.clear();
    this.#missing.clear();
    this.#retired.clear();
    this.checkpointSeq = checkpointSeq;
    this.#comparedSeq = checkpointSeq;
    this.#comparedRetired = retired;
    this.#replaces = true;
  }

  /** Two tabs write in turn: the higher of both is kept, but after a restart. */
  async save(): Promise<void> {
    if (!this.#replaces) {
      const other = new HeadMemory(this.#store, this.#key);
      await other.load();
      this.sawHeader(other.headerSeq);
      if (other.#comparedSeq <= this.#comparedSeq) {
        this.checkpointSeq = Math.max(this.checkpointSeq, other.checkpointSeq);
        for (const [session, have] of this.#vector)
          this.#vector.set(session, Math.max(have, other.#vector.get(session) ?? 0));
      }
    }
    this.#replaces = false;
    const vector = Object.fromEntries(this.#vector);
    const { headerSeq, checkpointSeq } = this;
    const compared = { comparedSeq: this.#comparedSeq, comparedRetired: this.#comparedRetired };
    await this.#store.put(this.#key, encodeValue({ headerSeq, checkpointSeq, ...compared, vector }));
  }

  /** The vector as it would be served. */
  get vector(): Vector {
    return [...this.#vector].map(([session, have]) => ({ session: fromHex(session) ?? new Uint8Array(0), have }));
  }
}

function lost(session: string, now: number, have: number): string {
  return `session ${session.slice(0, 8)}: ${now} records after ${have}`;
}
