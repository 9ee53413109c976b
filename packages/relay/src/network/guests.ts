/** What the hosts that this one works with may send here: each voucher once, and no more on one day than was agreed. */
import type { Bytes, Result, Voucher } from '@archipel/protocol';
import { fail, MAX_VOUCHER_VALID_SECONDS, ok, toHex } from '@archipel/protocol';
import type { Admissions } from '../store/admissions.ts';
import type { Room } from './room.ts';
import type { PeerSettings } from './settings.ts';

/** A document that is created here, a copy of one that is created elsewhere, or a drop. */
export type Purpose = 'create' | 'copy' | 'files';

export interface GuestsDeps {
  peers: readonly PeerSettings[];
  admissions: Admissions;
  room: Room;
  /** Copies that this host brought here in the last 24 hours. */
  copied(id: string): number;
}

export class Guests {
  readonly #deps: GuestsDeps;
  readonly #peers: ReadonlyMap<string, PeerSettings>;

  constructor(deps: GuestsDeps) {
    this.#deps = deps;
    this.#peers = new Map(deps.peers.map((peer) => [peer.id, peer]));
  }

  knows(issuer: Bytes): boolean {
    return this.#peers.has(toHex(issuer));
  }

  /** Documents that this host created here by voucher today. */
  sent(id: string): number {
    const { admissions, room } = this.#deps;
    return admissions.count(room.day, kindOf(id));
  }

  /** Counts what this host may send. Gives what takes it back, or `unknown_host`, `not_welcome`, `quota_reached`, `full`, `voucher_used`. */
  take(issuer: Bytes, voucher: Voucher, purpose: Purpose): Result<() => void> {
    const { admissions, room, copied } = this.#deps;
    const { day, seconds } = room;
    const peer = this.#peers.get(toHex(issuer));
    if (peer === undefined) return fail('unknown_host');
    if (purpose === 'copy' && !peer.copies) return fail('not_welcome');
    const kind = kindOf(peer.id);
    if (this.sent(peer.id) + copied(peer.id) >= peer.perDay) return fail('quota_reached');
    // A copy brings nobody as long as the other host is there, and room for files is looked for elsewhere.
    if (purpose !== 'create' ? room.isDraining : !room.holds(voucher.units)) return fail('full');
    const until = Math.max(voucher.expires, seconds) + MAX_VOUCHER_VALID_SECONDS;
    if (!admissions.useNonce(issuer, voucher.nonce, until)) return fail('voucher_used');
    // Whoever asks for copies does so for many documents, and each is counted when it is brought (PEER-3).
    const count = purpose === 'copy' ? 0 : 1;
    if (count > 0) admissions.add(day, kind, count);
    return ok(() => {
      admissions.giveBackNonce(issuer, voucher.nonce);
      if (count > 0) admissions.add(day, kind, -count);
    });
  }
}

function kindOf(id: string): string {
  return `from ${id}`;
}
