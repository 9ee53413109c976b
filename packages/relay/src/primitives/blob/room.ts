/** Whether there is room for a blob (BLOB-4): all that is promised counts as if it were here. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';
import type { RelayConfig } from '../../config.ts';
import type { BlobSpace, BlobStore } from '../../store/blobs.ts';
import type { BlobWish } from './context.ts';

const SECOND_MS = 1000;
const DAY_SECONDS = 86_400;
/** For clocks that differ. */
const SLACK_SECONDS = 60;

export interface BlobRoomDeps {
  readonly store: Pick<BlobStore, 'totals'>;
  readonly folder: string;
  config: RelayConfig;
  capacityBytes: number;
  clock: Pick<Clock, 'now'>;
  freeBytes(folder: string): Promise<number>;
}

interface HeldRoom {
  bytes: number;
  /** Unix seconds. */
  until: number;
}

export class BlobRoom {
  readonly #deps: BlobRoomDeps;
  /** What a voucher of this host says that there is room for; forgotten when the host ends: whoever has it asks again. */
  readonly #promised = new Map<string, HeldRoom>();

  constructor(deps: BlobRoomDeps) {
    this.#deps = deps;
  }

  get maxBytes(): number {
    return Math.min(this.#deps.config.limits.blobMaxBytes, this.#deps.capacityBytes);
  }

  get #seconds(): number {
    return Math.floor(this.#deps.clock.now() / SECOND_MS);
  }

  /** Undefined: it can be taken now. Whoever promises or creates does so at once after this. */
  async refuses({ length, expiry }: BlobWish): Promise<ErrorName | undefined> {
    if (length > this.maxBytes) return 'too_large';
    const late = this.late(expiry);
    if (late !== undefined) return late;
    const { bytes, missing } = await this.#deps.store.totals();
    const { mostBytes, freeBytes } = await this.space();
    return bytes + length <= mostBytes && missing + length <= freeBytes ? undefined : 'disk_full';
  }

  /** What all blobs may take, without what is promised. */
  async space(): Promise<BlobSpace> {
    const { config, capacityBytes, folder } = this.#deps;
    const free = await this.#deps.freeBytes(folder);
    const promised = this.#promisedBytes();
    return { mostBytes: capacityBytes - promised, freeBytes: free - config.limits.blobMinFreeBytes - promised };
  }

  late(expiry: number): ErrorName | undefined {
    const { maxExpirySeconds, limits } = this.#deps.config;
    const most = Math.min(limits.blobMaxDays * DAY_SECONDS, maxExpirySeconds || Number.POSITIVE_INFINITY);
    const isFine = expiry > this.#seconds && expiry <= this.#seconds + most + SLACK_SECONDS;
    return isFine ? undefined : 'expiry_too_long';
  }

  /** `until`: Unix seconds. */
  promise(nonce: Bytes, bytes: number, until: number): void {
    this.#promised.set(toHex(nonce), { bytes, until });
  }

  /** The promise is used, with so many bytes; undefined when there is none (any more). What it returns takes that back. */
  takePromise(nonce: Bytes): { bytes: number; giveBack(): void } | undefined {
    const key = toHex(nonce);
    const promise = this.#promised.get(key);
    if (promise === undefined || promise.until <= this.#seconds) return undefined;
    this.#promised.delete(key);
    return { bytes: promise.bytes, giveBack: () => void this.#promised.set(key, promise) };
  }

  #promisedBytes(): number {
    let sum = 0;
    for (const [key, { bytes, until }] of this.#promised) {
      if (until > this.#seconds) sum += bytes;
      else this.#promised.delete(key);
    }
    return sum;
  }
}
