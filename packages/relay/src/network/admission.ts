/** Who may create a document here: people who come by themselves while there is room, and those who bring a voucher. */
import type { Bytes, ErrorName, Header, Result, Verify, Voucher } from '@archipel/protocol';
import { checkVoucher, equal, fail, hostIdOf, ok } from '@archipel/protocol';
import type { RelayMetrics } from '../metrics.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import type { BlobAdmission, BlobWish } from '../primitives/blob/context.ts';
import type { Admission, Admitted } from '../primitives/log/admission.ts';
import { NotWrittenError } from '../store/admissions.ts';
import type { Guests } from './guests.ts';
import type { Identity } from './identity.ts';
import type { Room } from './room.ts';
import type { NetworkSettings } from './settings.ts';
import { FILES } from './voucher-desk.ts';

/** In `welcome`: who is sent by a host that this one works with, and without `everyone` nobody else. */
const SENT = 'peers';
const EVERYONE = 'everyone';
/** How much farther than promised an expiry may be: the page was open for a while. */
const SLACK_SECONDS = 3600;

export interface AdmissionDeps {
  network: Pick<NetworkSettings, 'welcome'>;
  identity: Identity;
  room: Room;
  guests: Guests;
  verify: Verify;
  metrics: RelayMetrics;
  /** Undefined: this host keeps no files. */
  files(): Blobs | undefined;
}

/** Whether people may create documents without having been sent. */
export function welcomesAnybody({ welcome }: Pick<NetworkSettings, 'welcome'>): boolean {
  return welcome.includes(EVERYONE) || !welcome.includes(SENT);
}

export class NetworkAdmission implements Admission, BlobAdmission {
  readonly #deps: AdmissionDeps;
  readonly #id: Bytes;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#id = hostIdOf(deps.identity.publicKey);
  }

  get admitsPerson(): boolean {
    return this.#deps.room.admitsPerson;
  }

  async admit(voucher: Bytes | undefined, header: Header): Promise<Result<Admitted>> {
    try {
      return await this.#admit(voucher, header);
    } catch (error) {
      if (error instanceof NotWrittenError) return fail('disk_full');
      throw error;
    }
  }

  async #admit(voucher: Bytes | undefined, header: Header): Promise<Result<Admitted>> {
    const { verify, room } = this.#deps;
    if (voucher === undefined) return this.#admitDirectly();
    const checked = await checkVoucher(voucher, { nowSeconds: room.seconds, audience: this.#id }, verify);
    if (!checked.ok) return checked;
    const { key, fact } = checked.value;
    const error = exceeds(fact, header, room.seconds);
    if (error !== undefined) return fail(error);
    const issuer = hostIdOf(key);
    return equal(issuer, this.#id) ? this.#admitPromised(fact) : this.#admitSent(issuer, fact);
  }

  /**
   * Who comes with a voucher brings one of a host that this one works with, or one of its own for which room is kept. `isAwaited`: the
   * inbox for which it is sent was admitted, and that is enough (ASK-6).
   */
  async admitBlob(
    voucher: Bytes | undefined,
    { length, expiry }: BlobWish,
    isAwaited = false,
  ): Promise<Result<Admitted>> {
    const { verify, room, network, guests, metrics } = this.#deps;
    if (room.isDraining) return fail('full');
    if (voucher === undefined || isAwaited)
      return isAwaited || welcomesAnybody(network) ? ok({ settle: () => undefined }) : fail('not_welcome');
    const checked = await checkVoucher(voucher, { nowSeconds: room.seconds, audience: this.#id }, verify);
    if (!checked.ok) return checked;
    const { key, fact } = checked.value;
    if (fact.service !== FILES) return fail('not_welcome');
    if (fact.maxBytes > 0 && length > fact.maxBytes) return fail('quota_reached');
    if (fact.ttlSeconds > 0 && expiry > room.seconds + fact.ttlSeconds + SLACK_SECONDS) return fail('expiry_too_long');
    const issuer = hostIdOf(key);
    const taken = equal(issuer, this.#id) ? this.#takePromised(fact) : guests.take(issuer, fact, 'files');
    if (!taken.ok) return taken;
    const settle = (isCreated: boolean): void => {
      if (isCreated) metrics.documentsSent += 1;
      else taken.value();
    };
    return ok({ settle });
  }

  #takePromised({ nonce }: Voucher): Result<() => void> {
    const promise = this.#deps.files()?.room.takePromise(nonce);
    return promise === undefined ? fail('voucher_used') : ok(() => promise.giveBack());
  }

  #admitDirectly(): Result<Admitted> {
    const { network, room } = this.#deps;
    if (!welcomesAnybody(network)) return fail('not_welcome');
    return room.isOpen ? this.#take(() => undefined) : fail('full');
  }

  /** Room was promised: it is there, however many came meanwhile. */
  #admitPromised({ nonce }: Voucher): Result<Admitted> {
    const { room } = this.#deps;
    const promise = room.takePromise(nonce);
    return promise === undefined ? fail('voucher_used') : this.#take(() => room.promise(promise), 'sent');
  }

  #admitSent(issuer: Bytes, voucher: Voucher): Result<Admitted> {
    const taken = this.#deps.guests.take(issuer, voucher, 'create');
    return taken.ok ? this.#take(taken.value, 'sent') : taken;
  }

  #take(giveBack: () => void, how?: 'sent'): Result<Admitted> {
    const { room, metrics } = this.#deps;
    room.takeDocument();
    const settle = (isCreated: boolean): void => {
      if (isCreated) {
        if (how === 'sent') metrics.documentsSent += 1;
        return;
      }
      room.giveBackDocument();
      giveBack();
    };
    return ok({ settle });
  }
}

/** A voucher may allow less than this host does. */
function exceeds({ maxBytes, ttlSeconds }: Voucher, header: Header, nowSeconds: number): ErrorName | undefined {
  if (maxBytes > 0 && (header.maxBytes === 0 || header.maxBytes > maxBytes)) return 'too_large';
  const isEternal = header.expiry === 0;
  const isLate = isEternal || header.expiry > nowSeconds + ttlSeconds + SLACK_SECONDS;
  return ttlSeconds > 0 && isLate ? 'expiry_too_long' : undefined;
}
