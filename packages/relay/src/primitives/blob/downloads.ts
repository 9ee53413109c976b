/** Downloads of blobs (BLOB-7, COPY-4): each is a ticket, and one host counts those of a blob that may be taken so often only. */
import type { Bytes, ErrorName, Result } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
import { isLocal, type StoredBlob } from '../../store/blobs.ts';
import type { BlobDeps } from './context.ts';
import { diskFailure } from './disk-failure.ts';
import type { BlobMirrors } from './mirrors.ts';

const SECOND_MS = 1000;

export type Taken = { ok: true; ticket: Bytes } | { ok: false; error: ErrorName; retryAfterMs?: number };
/** The host that counts may be back soon. */
const RETRY_MS = 5000;

export class Downloads {
  readonly #deps: BlobDeps;
  readonly #mirrors: () => BlobMirrors;

  constructor(deps: BlobDeps, mirrors: () => BlobMirrors) {
    this.#deps = deps;
    this.#mirrors = mirrors;
  }

  async take(blob: StoredBlob, ticket: Bytes): Promise<Taken> {
    const { blobId, downloads, counts } = blob;
    if (blob.state !== 'complete') return fail('upload_incomplete');
    const isCountedHere = downloads === 0 || counts;
    const taken = isCountedHere ? await this.count(blobId, ticket) : await this.#takeElsewhere(blobId, ticket);
    if (!taken.ok) return taken.error === 'unavailable' ? { ...taken, retryAfterMs: RETRY_MS } : taken;
    this.#deps.metrics.blobDownloads += 1;
    if (isCountedHere) await this.#mirrors().gave(blobId, ticket, taken.value);
    return { ok: true, ticket };
  }

  /** On the disk when it returns: until when the ticket holds. The same ticket again is the same download. */
  async count(blobId: Bytes, ticket: Bytes): Promise<Result<number>> {
    const { store, config, clock, log } = this.#deps;
    const until = Math.ceil((clock.now() + config.limits.blobTicketMs) / SECOND_MS);
    try {
      return (await store.take(blobId, ticket, until)) ? ok(until) : fail('downloads_spent');
    } catch (error) {
      return diskFailure(error, log);
    }
  }

  async #takeElsewhere(blobId: Bytes, ticket: Bytes): Promise<Result<number>> {
    const taken = await this.#mirrors().take(blobId, ticket);
    return taken.ok ? this.keep(blobId, ticket, taken.value) : taken;
  }

  /** Another host has counted it. */
  keep(blobId: Bytes, ticket: Bytes, until: number): Result<number> {
    const { store } = this.#deps;
    try {
      // Hosts that work with others are one process each.
      if (isLocal(store)) store.keepTicket(blobId, ticket, until);
      return ok(until);
    } catch (error) {
      return diskFailure(error, this.#deps.log);
    }
  }

  async holds(blobId: Bytes, ticket: Bytes): Promise<boolean> {
    return this.#deps.store.holds(blobId, ticket, Math.floor(this.#deps.clock.now() / SECOND_MS));
  }
}
