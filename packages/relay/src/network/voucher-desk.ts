/** Other hosts ask here whether this one takes what their visitors create, or keeps copies. */
import type { Bytes, ErrorName, Result, Verify, Voucher } from '@archipel/protocol';
import {
  checkVoucher,
  decodeFact,
  fail,
  fromHex,
  hostIdOf,
  MAX_VOUCHER_VALID_SECONDS,
  ok,
  signFact,
  VOUCHER,
  VOUCHER_NONCE_BYTES,
} from '@archipel/protocol';
import type { RelayConfig } from '../config.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import { NotWrittenError } from '../store/admissions.ts';
import type { Guests, Purpose } from './guests.ts';
import type { Identity } from './identity.ts';
import type { Room } from './room.ts';

export const DOCUMENTS = 'docs';
/** The service class of blobs; a unit is one of them. */
export const FILES = 'files';

export interface VoucherDeps {
  config: RelayConfig;
  identity: Identity;
  room: Room;
  guests: Guests;
  verify: Verify;
  random: (length: number) => Bytes;
  metrics: RelayMetrics;
  isWritable(): Promise<boolean>;
  /** Undefined: this host keeps no files. */
  files(): Blobs | undefined;
}

type VoucherWish = Pick<Voucher, 'service' | 'units' | 'ttlSeconds' | 'maxBytes'>;

export class VoucherDesk {
  readonly #deps: VoucherDeps;
  readonly #id: Bytes;

  constructor(deps: VoucherDeps) {
    this.#deps = deps;
    this.#id = hostIdOf(deps.identity.publicKey);
  }

  /** A voucher of this host for another, for five minutes. */
  issue(audience: Bytes, wish: VoucherWish): Promise<Bytes> {
    return this.#sign(audience, wish).then(({ bytes }) => bytes);
  }

  /** Whether another host has promised room of its own with these bytes. */
  async isOf(host: string, bytes: Bytes): Promise<boolean> {
    const { verify, room } = this.#deps;
    const id = fromHex(host) as Bytes;
    return (await checkVoucher(bytes, { nowSeconds: room.seconds, audience: id, issuer: id }, verify)).ok;
  }

  /** A voucher of this host for itself, for which room is kept; or why there is none. */
  async exchange(bytes: Bytes, purpose: Purpose): Promise<Result<Bytes>> {
    const { metrics } = this.#deps;
    const answer = await this.#exchange(bytes, purpose).catch((error: unknown) => {
      if (error instanceof NotWrittenError) return fail('disk_full');
      throw error;
    });
    if (answer.ok) metrics.vouchersTaken += 1;
    else metrics.countRefused(answer.error);
    return answer;
  }

  async #exchange(bytes: Bytes, purpose: Purpose): Promise<Result<Bytes>> {
    const { room, guests, verify, isWritable } = this.#deps;
    // Of strangers no signature is looked at.
    const decoded = decodeFact(VOUCHER, bytes);
    if (!decoded.ok) return decoded;
    if (!guests.knows(hostIdOf(decoded.value.key))) return fail('unknown_host');
    const checked = await checkVoucher(bytes, { nowSeconds: room.seconds, audience: this.#id }, verify);
    if (!checked.ok) return checked;
    const { key, fact } = checked.value;
    if (fact.service === FILES) return this.#exchangeForFiles(hostIdOf(key), fact, purpose);
    const error = this.#exceeds(fact);
    if (error !== undefined) return fail(error);
    if (!(await isWritable())) return fail('full');
    const own = await this.#sign(this.#id, fact);
    // From here on at once: who asks meanwhile must see the room that is promised.
    const taken = guests.take(hostIdOf(key), fact, purpose);
    if (!taken.ok) return taken;
    if (purpose === 'create') room.promise({ nonce: own.nonce, units: fact.units, until: own.expires });
    return ok(own.bytes);
  }

  /** For a drop of at most `maxBytes`, for which room is kept. */
  async #exchangeForFiles(issuer: Bytes, fact: Voucher, purpose: Purpose): Promise<Result<Bytes>> {
    const { room, guests, files } = this.#deps;
    const blobs = files();
    if (blobs === undefined) return fail('not_offered');
    if (purpose !== 'create' || fact.maxBytes === 0) return fail('bad_message');
    const own = await this.#sign(this.#id, fact);
    const taken = guests.take(issuer, fact, 'files');
    if (!taken.ok) return taken;
    const wish = { length: fact.maxBytes, expiry: room.seconds + Math.max(1, fact.ttlSeconds) };
    const error = await blobs.promise(own.nonce, wish, own.expires);
    if (error === undefined) return ok(own.bytes);
    taken.value();
    return fail(error);
  }

  /** A voucher of this host for itself, with room for the one person who asked; undefined: there is none. */
  async keepRoom(): Promise<Bytes | undefined> {
    const { room } = this.#deps;
    const units = 1;
    const own = await this.#sign(this.#id, { service: DOCUMENTS, units, ttlSeconds: 0, maxBytes: 0 });
    // At once, as above.
    if (!room.isOpen) return undefined;
    room.promise({ nonce: own.nonce, units, until: own.expires });
    return own.bytes;
  }

  #exceeds({ service, maxBytes, ttlSeconds }: Voucher): ErrorName | undefined {
    const { maxExpirySeconds, limits } = this.#deps.config;
    if (service !== DOCUMENTS) return 'not_welcome';
    if (maxBytes > limits.documentMaxBytes) return 'too_large';
    return maxExpirySeconds > 0 && ttlSeconds > maxExpirySeconds ? 'expiry_too_long' : undefined;
  }

  async #sign(audience: Bytes, { service, units, ttlSeconds, maxBytes }: VoucherWish) {
    const { identity, random, room } = this.#deps;
    const nonce = random(VOUCHER_NONCE_BYTES);
    const issued = room.seconds;
    const expires = issued + MAX_VOUCHER_VALID_SECONDS;
    const voucher = { audience, service, units, maxBytes, ttlSeconds, nonce, issued, expires };
    return { nonce, expires, bytes: await signFact(VOUCHER, voucher, identity) };
  }
}
