/** Downloads of blobs (BLOB-7, COPY-4, COPY-9): each is a ticket, and one host counts those of a blob that may be taken so often only. */
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
    if (blob.state !== 'complete') return fail('upload_incomplete');
    const isCountedHere = blob.downloads === 0 || blob.counts;
    const taken = isCountedHere ? await this.#here(blob, ticket) : await this.#there(blob, ticket);
    if (!taken.ok) return taken.error === 'unavailable' ? { ...taken, retryAfterMs: RETRY_MS } : taken;
    this.#deps.metrics.blobDownloads += 1;
    return { ok: true, ticket };
  }

  async #here(blob: StoredBlob, ticket: Bytes): Promise<Result<number>> {
    const counted = await this.count(blob.blobId, ticket);
    if (counted.ok) return this.#told(blob, ticket, counted.value);
    // What was lent, whoever has it gives.
    return counted.error === 'downloads_spent' && this.hasLent(blob) ? this.#elsewhere(blob, ticket) : counted;
  }

  async #there(blob: StoredBlob, ticket: Bytes): Promise<Result<number>> {
    const counted = await this.#elsewhere(blob, ticket);
    if (counted.ok || !(counted.error === 'unavailable' || counted.error === 'downloads_spent')) return counted;
    const own = await this.ofShare(blob.blobId, ticket);
    if (own.ok) return this.#told(blob, ticket, own.value);
    return own.error === 'downloads_spent' ? counted : own;
  }

  async #told({ blobId }: StoredBlob, ticket: Bytes, until: number): Promise<Result<number>> {
    await this.#mirrors().gave(blobId, ticket, until);
    return ok(until);
  }

  /** Whether other hosts have a share of what is counted here. */
  hasLent({ blobId }: StoredBlob): boolean {
    const { store } = this.#deps;
    return isLocal(store) && store.copies.partsOf(blobId).lent > 0;
  }

  /** On the disk when it returns: until when the ticket holds. The same ticket again is the same download. */
  count(blobId: Bytes, ticket: Bytes): Promise<Result<number>> {
    return this.#give(blobId, ticket, (until) => this.#deps.store.take(blobId, ticket, until));
  }

  /** Of what another host has lent to this one (COPY-9). */
  ofShare(blobId: Bytes, ticket: Bytes): Promise<Result<number>> {
    const { store } = this.#deps;
    return this.#give(blobId, ticket, (until) => isLocal(store) && store.takeShare(blobId, ticket, until));
  }

  async #give(
    blobId: Bytes,
    ticket: Bytes,
    take: (until: number) => boolean | Promise<boolean>,
  ): Promise<Result<number>> {
    const { config, clock, log } = this.#deps;
    const until = Math.ceil((clock.now() + config.limits.blobTicketMs) / SECOND_MS);
    try {
      if (!(await take(until))) return fail('downloads_spent');
      return (await this.holds(blobId, ticket)) ? ok(until) : fail('not_allowed');
    } catch (error) {
      return diskFailure(error, log);
    }
  }

  async #elsewhere(blob: StoredBlob, ticket: Bytes): Promise<Result<number>> {
    const taken = await this.#mirrors().take(blob, ticket);
    return taken.ok ? this.keep(blob.blobId, ticket, taken.value) : taken;
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
