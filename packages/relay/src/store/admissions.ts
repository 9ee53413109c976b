/** What a host has taken and promised, so far as others count on it: figures of days, vouchers used, room promised. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';

/** Room promised to somebody who comes with a voucher of this host. */
export interface RoomPromise {
  nonce: Bytes;
  units: number;
  /** Unix seconds; from then on it is no promise. */
  until: number;
}

/** Room that is promised and not used yet. */
export interface Promised {
  documents: number;
  units: number;
}

/** The disk took no more: nothing was counted. */
export class NotWrittenError extends Error {}

/**
 * Small and at once: every call returns when it is written, and holds after `kill -9`. Days are counted from 1970, in UTC.
 * Throws NotWrittenError.
 */
export interface Admissions {
  /** How many of this kind there were on that day. */
  count(day: number, kind: string): number;
  /** `by` may be negative; no count falls under 0. */
  add(day: number, kind: string, by: number): void;
  /** False when this issuer's nonce is used already. It is remembered until `until`, in Unix seconds. */
  useNonce(issuer: Bytes, nonce: Bytes, until: number): boolean;
  /** What it was used for did not happen. */
  giveBackNonce(issuer: Bytes, nonce: Bytes): void;
  promise(room: RoomPromise): void;
  /** The promise is used: no room is held for it any more. Undefined when there is no such promise (any more). */
  takePromise(nonce: Bytes, nowSeconds: number): RoomPromise | undefined;
  promised(nowSeconds: number): Promised;
  /** Forgets what counts no more: days before `day`, and what was until `nowSeconds`. */
  forget(day: number, nowSeconds: number): void;
  close(): void;
}

/** For a relay that is embedded, and for tests: it forgets everything when it ends. */
export class MemoryAdmissions implements Admissions {
  readonly #counts = new Map<string, number>();
  readonly #nonces = new Map<string, number>();
  readonly #promises = new Map<string, RoomPromise>();

  count(day: number, kind: string): number {
    return this.#counts.get(`${day} ${kind}`) ?? 0;
  }

  add(day: number, kind: string, by: number): void {
    this.#counts.set(`${day} ${kind}`, Math.max(0, this.count(day, kind) + by));
  }

  useNonce(issuer: Bytes, nonce: Bytes, until: number): boolean {
    const key = keyOf(issuer, nonce);
    if (this.#nonces.has(key)) return false;
    this.#nonces.set(key, until);
    return true;
  }

  giveBackNonce(issuer: Bytes, nonce: Bytes): void {
    this.#nonces.delete(keyOf(issuer, nonce));
  }

  promise(room: RoomPromise): void {
    this.#promises.set(toHex(room.nonce), room);
  }

  takePromise(nonce: Bytes, nowSeconds: number): RoomPromise | undefined {
    const room = this.#promises.get(toHex(nonce));
    if (room === undefined || room.until <= nowSeconds) return undefined;
    this.#promises.delete(toHex(nonce));
    return room;
  }

  promised(nowSeconds: number): Promised {
    const held = [...this.#promises.values()].filter(({ until }) => until > nowSeconds);
    return { documents: held.length, units: held.reduce((sum, { units }) => sum + units, 0) };
  }

  forget(day: number, nowSeconds: number): void {
    for (const key of this.#counts.keys()) if (Number.parseInt(key, 10) < day) this.#counts.delete(key);
    for (const [key, until] of this.#nonces) if (until <= nowSeconds) this.#nonces.delete(key);
    for (const [key, { until }] of this.#promises) if (until <= nowSeconds) this.#promises.delete(key);
  }

  close(): void {}
}

function keyOf(issuer: Bytes, nonce: Bytes): string {
  return `${toHex(issuer)} ${toHex(nonce)}`;
}
