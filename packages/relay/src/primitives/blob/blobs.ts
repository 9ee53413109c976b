/** Blobs (protocol §19): what is created, taken in, given out and removed. It sees sealed bytes, sizes and times. */
import { rm } from 'node:fs/promises';
import type { BlobHeader, Bytes, ErrorName, Result } from '@archipel/protocol';
import {
  BLOB_TICKET_BYTES,
  checkBlobHeader,
  checkOrder,
  decodeBlobHeader,
  docIdOf,
  equal,
  fail,
  KIND_BLOB,
  keepsBlob,
  ORDER_DELETE,
  ok,
  succeedBlobHeader,
  toHex,
} from '@archipel/protocol';
import { type BlobEnding, type CountShift, isLocal, type StoredBlob } from '../../store/blobs.ts';
import { Turnstile } from '../turnstile.ts';
import { Allowance } from './allowance.ts';
import type { AskedDrop, DropAsking } from './asked.ts';
import { type BlobDeps, type BlobPlace, type BlobWish, folderOf } from './context.ts';
import { diskFailure } from './disk-failure.ts';
import { Downloads, type Taken } from './downloads.ts';
import { type BlobMirrors, NO_MIRRORS } from './mirrors.ts';
import { NONCE_KEY_BYTES } from './nonces.ts';
import { readPieces } from './pieces.ts';
import { BlobRoom } from './room.ts';
import { removeStrays } from './strays.ts';
import { type Source, Uploads } from './uploads.ts';

const SECOND_MS = 1000;
const DAY_SECONDS = 86_400;
const NONE = new Uint8Array(0);
const GONE: Readonly<Record<BlobEnding, ErrorName>> = {
  deleted: 'deleted',
  expired: 'expired',
  spent: 'downloads_spent',
};

export type Refusal = { ok: false; error: ErrorName; retryAfterMs?: number };

export interface NewBlobRequest {
  header: Bytes;
  voucher: Bytes | undefined;
  /** Of a drop that somebody asked for (ASK-3). */
  permit: Bytes | undefined;
  /** Who sends it, by address prefix. */
  prefix: string;
}

export class Blobs {
  readonly #deps: BlobDeps;
  readonly #uploads: Uploads;
  readonly #allowance: Allowance;
  /** While blobs go to another place, nobody changes any. */
  readonly #door = new Turnstile();
  /** One after the other: each must see the room that the one before was promised. */
  #creating: Promise<unknown> = Promise.resolve();
  /** Other hosts. */
  mirrors: BlobMirrors = NO_MIRRORS;
  /** Undefined: this host keeps no inboxes. */
  asking: DropAsking | undefined;
  /** By which nonces are known in all processes of this host. */
  nonceKey: Bytes;
  readonly room: BlobRoom;
  readonly downloads: Downloads;

  private constructor(deps: BlobDeps, uploads: Uploads, nonceKey: Bytes) {
    this.#deps = deps;
    this.nonceKey = nonceKey;
    this.#uploads = uploads;
    const { blobBytesBurstPerPrefix: burst, blobBytesPerHourPerPrefix: perHour } = deps.config.limits;
    this.#allowance = new Allowance({ burst, perHour }, () => deps.clock.now());
    this.room = new BlobRoom(deps);
    this.downloads = new Downloads(deps, () => this.mirrors);
    uploads.whenGrown = (blobId) => this.mirrors.changed(blobId);
  }

  static async open(deps: BlobDeps): Promise<Blobs> {
    const nonceKey = await deps.store.sharedKey(deps.random(NONCE_KEY_BYTES));
    const blobs = new Blobs(deps, await Uploads.open(deps), nonceKey);
    await deps.store.alone(() => removeStrays(deps.folder, deps.store));
    await blobs.#count();
    return blobs;
  }

  get place(): BlobPlace {
    const { folder, store } = this.#deps;
    return { folder, store };
  }

  /** Whoever sends is cut off and comes again, whoever wants to change something waits; resolves when nothing changes any more. */
  async halt(): Promise<void> {
    const shut = this.#door.shut();
    await this.#uploads.stop();
    await shut;
  }

  /** After `halt`: where they are from now on. */
  async goOn(place: BlobPlace): Promise<void> {
    Object.assign(this.#deps, place);
    this.nonceKey = await place.store.sharedKey(this.nonceKey);
    await this.#uploads.look();
    await this.#count();
    this.#door.open();
  }

  get #seconds(): number {
    return Math.floor(this.#deps.clock.now() / SECOND_MS);
  }

  /** Alive, or why it is not (BLOB-9). Rejects with BlobStoreError. */
  async find(blobId: Bytes): Promise<Result<StoredBlob>> {
    return this.judge(blobId, await this.#deps.store.find(blobId));
  }

  /** Of what the store knows. */
  judge(blobId: Bytes, blob: StoredBlob | undefined): Result<StoredBlob> {
    if (this.#deps.removals?.has(blobId) === true) return fail('removed');
    if (blob === undefined) return fail('not_found');
    if (blob.state !== 'uploading' && blob.state !== 'complete') return fail(GONE[blob.state]);
    return blob.expiry <= this.#seconds ? fail('expired') : ok(blob);
  }

  /** BLOB-4. */
  create(request: NewBlobRequest): Promise<{ ok: true; value: Bytes } | Refusal> {
    return this.#door.pass(() => this.#inTurn(() => this.#create(request)));
  }

  #inTurn<T>(create: () => Promise<T>): Promise<T> {
    const created = this.#creating.then(create);
    this.#creating = created.catch(() => undefined);
    return created;
  }

  async #create(request: NewBlobRequest): Promise<{ ok: true; value: Bytes } | Refusal> {
    const { header: bytes, voucher, permit, prefix } = request;
    const decoded = decodeBlobHeader(bytes);
    if (!decoded.ok) return decoded;
    const blobId = docIdOf(KIND_BLOB, decoded.value.owner);
    const header = await checkBlobHeader(blobId, bytes, this.#deps.verify);
    if (!header.ok) return header;
    if (this.#deps.removals?.has(blobId) === true) return fail('removed');
    const known = await this.#deps.store.find(blobId);
    if (known !== undefined) return this.#again(known, bytes);
    if (header.value.seq !== 1) return fail('stale_header');
    const asked =
      permit && ((await this.asking?.admitDrop(blobId, permit, header.value.length)) ?? fail('not_offered'));
    if (asked?.ok === false) return asked;
    // Room that was promised is there already; all else looks for it.
    const admitted = await this.#deps.admission?.admitBlob(voucher, header.value, asked !== undefined);
    if (admitted?.ok === false) return admitted;
    const giveBack = (): void => admitted?.value.settle(false);
    const error = await this.room.refuses(header.value);
    if (error !== undefined) {
      giveBack();
      return fail(error);
    }
    const { length } = header.value;
    // Beside a permit a voucher was not looked at, and excuses nobody.
    const isCounted = voucher === undefined || asked !== undefined;
    const retryAfterMs = isCounted ? this.#allowance.take(prefix, length) : 0;
    if (retryAfterMs > 0) {
      giveBack();
      return { ok: false, error: 'quota_reached', retryAfterMs };
    }
    const stored = await this.#store(blobId, bytes, header.value, true, asked?.value);
    admitted?.value.settle(stored.ok);
    if (isCounted && !stored.ok) this.#allowance.giveBack(prefix, length);
    return stored;
  }

  #again(known: StoredBlob, header: Bytes): Result<Bytes> {
    const found = this.judge(known.blobId, known);
    if (!found.ok) return found;
    return equal(known.header, header) ? ok(known.blobId) : fail('already_exists');
  }

  async #store(
    blobId: Bytes,
    header: Bytes,
    { length, expiry, downloads, seq }: BlobHeader,
    counts: boolean,
    asked: AskedDrop | undefined,
  ): Promise<Result<Bytes>> {
    const { store, metrics } = this.#deps;
    const { inboxId = NONE, sender = NONE, bounds } = asked ?? {};
    const blob = { blobId, header, length, expiry, downloads, seq, counts, inboxId, sender };
    try {
      const created = await store.create(blob, this.#seconds, await this.room.space(), bounds);
      if (created === 'full') return fail('disk_full');
      if (created === 'over') return fail('document_full');
      // Another process was asked for it a moment ago.
      if (created === 'known') return this.#again((await store.find(blobId)) as StoredBlob, header);
      this.#uploads.add({ blobId, length });
      metrics.blobsCreated += 1;
      await this.#count();
    } catch (error) {
      return this.#failed(error);
    }
    this.mirrors.changed(blobId);
    return ok(blobId);
  }

  /** Keeps room for whoever comes with a voucher of this nonce; `until` in Unix seconds. Why not, else. */
  promise(nonce: Bytes, wish: BlobWish, until: number): Promise<ErrorName | undefined> {
    return this.#inTurn(async () => {
      const error = await this.room.refuses(wish);
      if (error === undefined) this.room.promise(nonce, wish.length, until);
      return error;
    });
  }

  /** A copy of one that another host has (COPY-2); `before` is called when nothing of it is here yet, and all is well. */
  takeCopy(blobId: Bytes, header: Bytes, fields: BlobHeader, before: () => void): Promise<Result<Bytes>> {
    return this.#door.pass(() =>
      this.#inTurn(async () => {
        const error = await this.room.refuses(fields);
        if (error !== undefined) return fail(error);
        try {
          before();
        } catch (failure) {
          return this.#failed(failure);
        }
        return this.#store(blobId, header, fields, false, undefined);
      }),
    );
  }

  /** Bytes that are on the disk here. */
  reached({ blobId, length, state }: StoredBlob): number {
    return state === 'complete' ? length : (this.#uploads.reached(blobId) ?? length);
  }

  isWriting({ blobId }: StoredBlob): boolean {
    return this.#uploads.isWriting(blobId);
  }

  /** How far the upload is; whoever wrote until now is cut off. */
  async offset(blob: StoredBlob): Promise<number> {
    return blob.state === 'complete' ? blob.length : ((await this.#uploads.offset(blob)) ?? blob.length);
  }

  /** BLOB-5: the new offset, all of it on the disk. Errors: `wrong_offset`, `disk_full`, `unavailable`, and those of `find`. */
  append(blob: StoredBlob, offset: number, source: Source): Promise<Result<number>> {
    return this.#door.pass(() => this.#append(blob, offset, source));
  }

  async #append(blob: StoredBlob, offset: number, source: Source): Promise<Result<number>> {
    const { blobId, length, state } = blob;
    if (state === 'complete') return offset === length ? ok(length) : fail('wrong_offset');
    let failed: Result<number> = fail('wrong_offset');
    try {
      const reached = await this.#uploads.append(blob, offset, source);
      if (reached === 'wrong_offset') return fail('wrong_offset');
      if (reached !== undefined) return ok(reached);
    } catch (error) {
      failed = this.#failed(error);
    }
    const found = await this.find(blobId);
    // It ended meanwhile, perhaps in another process.
    if (!found.ok) await rm(folderOf(this.#deps.folder, blobId), { recursive: true, force: true });
    return found.ok ? failed : found;
  }

  /** BLOB-2. */
  async putHeader(blob: StoredBlob, next: Bytes): Promise<Result<void>> {
    const header = await checkBlobHeader(blob.blobId, next, this.#deps.verify);
    if (!header.ok) return header;
    const succeeded = succeedBlobHeader(blob.header, next);
    if (!succeeded.ok) return succeeded;
    if (succeeded.value === 'same') return ok(undefined);
    const error = this.room.late(header.value.expiry);
    return error === undefined ? this.#replaceHeader(blob, next, header.value) : fail(error);
  }

  #replaceHeader(blob: StoredBlob, header: Bytes, fields: BlobHeader): Promise<Result<void>> {
    const { blobId, header: current } = blob;
    const { expiry, downloads, length, seq } = fields;
    const next = { ...blob, header, length, expiry, downloads, seq };
    const shift = this.#shiftOf(fieldsOf(current), fields);
    return this.#door.pass(async () => {
      try {
        if (!(await this.#deps.store.putHeader(current, next, shift))) return fail('stale_header');
      } catch (failure) {
        return this.#failed(failure);
      }
      this.mirrors.changed(blobId);
      return ok(undefined);
    });
  }

  /** COPY-10: only a header that names another host than the one before changes who counts. */
  #shiftOf(before: BlobHeader, { counter }: BlobHeader): CountShift | undefined {
    const { hostId } = this.mirrors;
    if (counter === undefined || hostId === undefined) return undefined;
    if (before.counter !== undefined && equal(before.counter.hostId, counter.hostId)) return undefined;
    return { counts: equal(counter.hostId, hostId), more: counter.more };
  }

  /** COPY-2: of two headers the one with the higher seq counts; a step may be missing. */
  async adoptHeader(blob: StoredBlob, header: Bytes): Promise<Result<void>> {
    const checked = await checkBlobHeader(blob.blobId, header, this.#deps.verify);
    if (!checked.ok) return checked;
    if (checked.value.seq <= blob.seq) return ok(undefined);
    if (!keepsBlob(fieldsOf(blob.header), checked.value)) return fail('bad_header');
    const error = this.room.late(checked.value.expiry);
    return error === undefined ? this.#replaceHeader(blob, header, checked.value) : fail(error);
  }

  /** BLOB-7, BLOB-11. */
  take(blob: StoredBlob, ticket: Bytes = this.#deps.random(BLOB_TICKET_BYTES)): Promise<Taken> {
    return this.#door.pass(() => this.downloads.take(blob, ticket));
  }

  /** Bytes from `start` up to `end`, which is not among them. */
  async *read({ blobId }: StoredBlob, start: number, end: number): AsyncGenerator<Uint8Array> {
    for await (const chunk of readPieces(folderOf(this.#deps.folder, blobId), start, end)) {
      this.#deps.metrics.blobBytesSent += chunk.length;
      yield chunk;
    }
  }

  /** By the owner, whose order is passed on to other hosts (COPY-6). Errors: `bad_message` without one where there are any, and those of `checkOrder`. */
  async remove({ blobId, header }: StoredBlob, order: Bytes | undefined): Promise<Result<void>> {
    if (order !== undefined) {
      const { owner } = fieldsOf(header);
      const checked = await checkOrder(blobId, owner, order, this.#seconds, this.#deps.verify);
      if (!checked.ok) return checked;
      if (checked.value.action !== ORDER_DELETE) return fail('bad_message');
    } else if (this.mirrors.replicas(blobId).length > 0) return fail('bad_message');
    try {
      if (order !== undefined) this.mirrors.ordered(blobId, order);
    } catch (error) {
      return this.#failed(error);
    }
    return this.end(blobId, 'deleted');
  }

  /** BLOB-8. */
  end(blobId: Bytes, ending: BlobEnding): Promise<Result<void>> {
    return this.#door.pass(() => this.#end(blobId, ending));
  }

  async #end(blobId: Bytes, ending: BlobEnding): Promise<Result<void>> {
    try {
      if (await this.#deps.store.end(blobId, ending, this.#seconds)) this.#deps.metrics.blobsEnded += 1;
      await this.#remove(blobId);
      await this.#count();
    } catch (error) {
      return this.#failed(error);
    }
    if (ending === 'spent') this.mirrors.spent(blobId);
    return ok(undefined);
  }

  /** REM-2: what this host has taken down, if it is here; the error after which it is still here. */
  async takeAway(blobId: Bytes): Promise<ErrorName | undefined> {
    try {
      const state = (await this.#deps.store.find(blobId))?.state;
      if (state !== 'uploading' && state !== 'complete') return undefined;
    } catch (error) {
      return this.#failed(error).error;
    }
    const ended = await this.end(blobId, 'deleted');
    return ended.ok ? undefined : ended.error;
  }

  async #remove(blobId: Bytes): Promise<void> {
    await this.#uploads.drop(blobId);
    await rm(folderOf(this.#deps.folder, blobId), { recursive: true, force: true });
  }

  /** A copy of which nothing comes any more can be brought again. */
  async #abandon(blobId: Bytes): Promise<void> {
    await this.#remove(blobId);
    if (isLocal(this.#deps.store)) this.#deps.store.abandon(blobId);
    await this.#count();
  }

  /** Removes what is due. */
  sweep(): Promise<void> {
    return this.#door.passOnce(() => this.#sweep());
  }

  async #sweep(): Promise<void> {
    this.#allowance.sweep();
    try {
      await this.#deps.store.alone(() => this.#removeDue());
      await this.#count();
    } catch (error) {
      const { error: failure } = this.#failed(error);
      this.#deps.log.warn({ failure }, 'blobs that are over could not all be removed; next time');
    }
  }

  async #removeDue(): Promise<void> {
    const { store, config, clock, log } = this.#deps;
    const { blobUnfinishedMs, sweepBatch, tombstoneDays } = config.limits;
    const idleSince = Math.floor((clock.now() - blobUnfinishedMs) / SECOND_MS);
    for (const { blobId, ending } of await store.due(this.#seconds, idleSince, sweepBatch)) {
      const ended = await this.#end(blobId, ending);
      if (!ended.ok) log.warn({ failure: ended.error }, 'a blob could not be removed; next time');
    }
    if (isLocal(store)) for (const blobId of store.idleCopies(idleSince, sweepBatch)) await this.#abandon(blobId);
    await store.forget(this.#seconds - tombstoneDays * DAY_SECONDS);
  }

  /** Nothing is changed any more. */
  async stop(): Promise<void> {
    await this.halt();
    await this.#deps.store.close();
  }

  async #count(): Promise<void> {
    const { blobs, bytes } = await this.#deps.store.totals();
    this.#deps.metrics.blobs = blobs;
    this.#deps.metrics.blobBytes = bytes;
  }

  #failed(error: unknown): { ok: false; error: ErrorName } {
    return diskFailure(error, this.#deps.log);
  }
}

/** Of a header that was taken. */
export function fieldsOf(header: Bytes): BlobHeader {
  const decoded = decodeBlobHeader(header);
  if (!decoded.ok) throw new Error('a header that was taken does not decode');
  return decoded.value;
}

/** The name of a blob in a path and a validator. */
export function tagOf(blobId: Bytes): string {
  return `"${toHex(blobId)}"`;
}
