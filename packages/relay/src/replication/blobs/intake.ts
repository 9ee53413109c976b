/** COPY-2: whether a blob that another host offers is taken, and what follows from its header. */
import type { BlobHeader, Bytes, ErrorName, PeerBlobMessage } from '@archipel/protocol';
import { checkBlobHeader, toHex } from '@archipel/protocol';
import type { PeerHost } from '../hosts.ts';
import type { KeepingDeps } from './context.ts';

const DAY_SECONDS = 86_400;

export interface Offered {
  error?: ErrorName | undefined;
  /** Of the header that was offered. */
  seq: number;
}

export class Intake {
  readonly #deps: KeepingDeps;
  /** One offer after the other of each blob. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(deps: KeepingDeps) {
    this.#deps = deps;
  }

  offered(peer: PeerHost, offer: Extract<PeerBlobMessage, { type: 'blobOffer' }>): Promise<Offered> {
    const key = toHex(offer.docId);
    const own = { docId: offer.docId.slice(), header: offer.header.slice() };
    const done = (this.#turns.get(key) ?? Promise.resolve()).then(() => this.#offered(peer, own));
    const turn = done
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return done;
  }

  async #offered(peer: PeerHost, { docId, header }: { docId: Bytes; header: Bytes }): Promise<Offered> {
    const { blobs, store, verify } = this.#deps;
    const checked = await checkBlobHeader(docId, header, verify);
    if (!checked.ok) return { error: checked.error, seq: 0 };
    const { seq } = checked.value;
    const known = await blobs.find(docId);
    if (!known.ok && known.error !== 'not_found') return { error: known.error, seq };
    const isShared = store.copies.find(docId, peer.id) !== undefined;
    if (!isShared && !peer.copies) return { error: 'not_allowed', seq };
    if (!known.ok) return { error: await this.#take(peer, docId, header, checked.value), seq };
    if (!isShared) store.copies.add(docId, peer.id, false, this.#nowSeconds);
    const adopted = await blobs.adoptHeader(known.value, header);
    return { error: adopted.ok ? undefined : adopted.error, seq };
  }

  async #take(peer: PeerHost, docId: Bytes, header: Bytes, fields: BlobHeader): Promise<ErrorName | undefined> {
    const { blobs, store, ledger, sent } = this.#deps;
    if (ledger.isDraining) return 'full';
    const since = this.#nowSeconds - DAY_SECONDS;
    const brought = ledger.takenSince(peer.id, since) + store.copies.broughtSince(peer.id, since);
    if (brought + sent(peer.id) >= peer.perDay) return 'quota_reached';
    const taken = await blobs.takeCopy(docId, header, fields, () => {
      store.copies.add(docId, peer.id, true, this.#nowSeconds);
    });
    return taken.ok ? undefined : taken.error;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#deps.clock.now() / 1000);
  }
}
