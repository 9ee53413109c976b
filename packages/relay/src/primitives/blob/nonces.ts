/** Nonces for proofs over HTTP (BLOB-3): they say themselves when they were given, so that nobody needs to remember them. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Bytes } from '@archipel/protocol';
import { HELLO_NONCE_BYTES } from '@archipel/protocol';

const TIME_BYTES = 8;
export const NONCE_KEY_BYTES = 32;
/** A clock that is set back a little makes no nonce unusable. */
const AHEAD_MS = 60_000;

export class Nonces {
  readonly #key: () => Bytes;
  readonly #now: () => number;
  readonly #validMs: number;

  /** `key`: that all processes of a host have; where they keep blobs, or inboxes, may change with the place of those. */
  constructor(key: () => Bytes, now: () => number, validMs: number) {
    this.#key = key;
    this.#now = now;
    this.#validMs = validMs;
  }

  give(): Bytes {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeBigUInt64BE(BigInt(Math.floor(this.#now())));
    return Buffer.concat([time, this.#seal(time)]);
  }

  isGood(nonce: Bytes): boolean {
    if (nonce.length !== HELLO_NONCE_BYTES) return false;
    const time = Buffer.from(nonce.subarray(0, TIME_BYTES));
    if (!timingSafeEqual(this.#seal(time), nonce.subarray(TIME_BYTES))) return false;
    const ageMs = this.#now() - Number(time.readBigUInt64BE());
    return ageMs >= -AHEAD_MS && ageMs < this.#validMs;
  }

  #seal(time: Bytes): Bytes {
    const seal = createHmac('sha256', this.#key()).update(time).digest();
    return seal.subarray(0, HELLO_NONCE_BYTES - TIME_BYTES);
  }
}
