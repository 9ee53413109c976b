/** The highest header, checkpoint and vector seen of a document (§10): a relay that serves less is reported (CHK-4). */
import type { Bytes, Vector } from '@archipel/protocol';
import { fromHex, toHex } from '@archipel/protocol';
import { decodeValue, encodeValue, isRecord } from './values.ts';

const KEY = 'head';

interface Store {
  get(key: string): Promise<Bytes | undefined>;
  put(key: string, value: Bytes): Promise<void>;
}

export class HeadMemory {
  readonly #store: Store;
  /** The header's bytes, as the owner signed them. */
  header: Bytes | undefined;
  headerSeq = 0;
  checkpointSeq = 0;
  /** Checkpoint of the relay when the vector was last compared: sessions may be retired by later ones only. */
  #comparedSeq = 0;
  #vector = new Map<string, number>();
  #replaces = false;

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    const value = decodeValue(await this.#store.get(KEY));
    if (!isRecord(value)) return;
    if (value.header instanceof Uint8Array) this.header = value.header;
    this.headerSeq = Number(value.headerSeq) || 0;
    this.checkpointSeq = Number(value.checkpointSeq) || 0;
    this.#comparedSeq = Number(value.comparedSeq) || 0;
    for (const [session, have] of Object.entries(isRecord(value.vector) ? value.vector : {})) {
      this.#vector.set(session, Number(have) || 0);
    }
  }

  /** What the relay lost since, in words; undefined when it serves at least what was seen. */
  behind(opened: { checkpointSeq: number; vector: Vector }): string | undefined {
    if (opened.checkpointSeq < this.checkpointSeq) {
      return `checkpoint ${opened.checkpointSeq} after ${this.checkpointSeq}`;
    }
    const served = new Map(opened.vector.map(({ session, have }) => [toHex(session), have]));
    for (const [session, have] of this.#vector) {
      const now = served.get(session);
      const mayBeRetired = now === undefined && opened.checkpointSeq > this.#comparedSeq;
      if (!mayBeRetired && (now ?? 0) < have)
        return `session ${session.slice(0, 8)}: ${now ?? 0} records after ${have}`;
    }
    return undefined;
  }

  /** After the comparison: sessions that the relay no longer names were retired. */
  compared(opened: { checkpointSeq: number; vector: Vector }): void {
    const served = new Set(opened.vector.map(({ session }) => toHex(session)));
    for (const session of [...this.#vector.keys()]) if (!served.has(session)) this.#vector.delete(session);
    this.#comparedSeq = Math.max(this.#comparedSeq, opened.checkpointSeq);
  }

  sawHeader(seq: number, bytes: Bytes): void {
    this.headerSeq = seq;
    this.header = bytes.slice();
  }

  sawCheckpoint(seq: number): void {
    this.checkpointSeq = Math.max(this.checkpointSeq, seq);
  }

  sawRecords(vector: Vector): void {
    for (const { session, have } of vector) {
      const key = toHex(session);
      if (have > (this.#vector.get(key) ?? 0)) this.#vector.set(key, have);
    }
  }

  /** The relay lost something and it was dealt with: from now on what it has is the measure. */
  restart(checkpointSeq: number): void {
    this.#vector.clear();
    this.checkpointSeq = checkpointSeq;
    this.#comparedSeq = checkpointSeq;
    this.#replaces = true;
  }

  /** Two tabs write in turn: the higher of both is kept, but after a restart. */
  async save(): Promise<void> {
    if (!this.#replaces) {
      const other = new HeadMemory(this.#store);
      await other.load();
      if (other.headerSeq > this.headerSeq && other.header) this.sawHeader(other.headerSeq, other.header);
      if (other.#comparedSeq <= this.#comparedSeq) {
        this.checkpointSeq = Math.max(this.checkpointSeq, other.checkpointSeq);
        for (const [session, have] of this.#vector)
          this.#vector.set(session, Math.max(have, other.#vector.get(session) ?? 0));
      }
    }
    this.#replaces = false;
    const vector = Object.fromEntries(this.#vector);
    const { headerSeq, checkpointSeq } = this;
    const header = this.header === undefined ? {} : { header: this.header };
    await this.#store.put(
      KEY,
      encodeValue({ ...header, headerSeq, checkpointSeq, comparedSeq: this.#comparedSeq, vector }),
    );
  }

  /** The vector as it would be served. */
  get vector(): Vector {
    return [...this.#vector].map(([session, have]) => ({ session: fromHex(session) ?? new Uint8Array(0), have }));
  }
}
