/** Inboxes (protocol §20): who may add what, and what their owners take. It sees sealed bytes, sizes and times. */
import type { Bytes, ErrorName, InboxHeader, ItemState, Result } from '@archipel/protocol';
import {
  checkInboxHeader,
  checkItem,
  checkPermit,
  checkWithdrawal,
  decodeInboxHeader,
  decodeItem,
  decodePermit,
  decodeWithdrawal,
  docIdOf,
  encodeInboxPage,
  equal,
  fail,
  itemHash,
  KIND_INBOX,
  MAX_PAGE_BYTES,
  ok,
  succeedInboxHeader,
} from '@archipel/protocol';
import { BlobStoreError, type StoredBlob } from '../../store/blobs.ts';
import { type InboxStore, InboxStoreError, ROW_BYTES, type StoredInbox } from '../../store/inboxes.ts';
import type { Ending } from '../../store/store.ts';
import { Allowance } from '../blob/allowance.ts';
import type { AskedDrop, AskedDrops } from '../blob/asked.ts';
import type { Refusal } from '../blob/blobs.ts';
import { NONCE_KEY_BYTES } from '../blob/nonces.ts';
import { Turnstile } from '../turnstile.ts';
import type { InboxDeps } from './context.ts';
import { Intake } from './intake.ts';
import { Room } from './room.ts';
import { Watchers } from './watchers.ts';

const SECOND_MS = 1000;
const DAY_SECONDS = 86_400;
const FULL_RETRY_MS = 1000;
/** For clocks that differ. */
const SLACK_SECONDS = 60;

/** One that is there. */
export interface OpenInbox {
  inboxId: Bytes;
  bytes: Bytes;
  header: InboxHeader;
}

export interface Receipt {
  number: number;
  /** Unix seconds. */
  time: number;
}

type Answer<T> = Promise<{ ok: true; value: T } | Refusal>;

export class Inboxes {
  readonly #deps: InboxDeps;
  readonly #intake: Intake;
  readonly #allowance: Allowance;
  readonly #watchers: Watchers;
  readonly #room: Room;
  /** While inboxes go to another place, nobody changes any. */
  readonly #door = new Turnstile();
  /** Undefined: this host keeps no files. */
  drops: AskedDrops | undefined;
  /** By which nonces are known in all processes of this host. */
  nonceKey: Bytes;

  private constructor(deps: InboxDeps, nonceKey: Bytes) {
    const { clock, config } = deps;
    const { limits } = config;
    this.#deps = deps;
    this.nonceKey = nonceKey;
    this.#intake = new Intake(() => deps.store, clock, limits.inboxCommitIntervalMs, limits.inboxUncommittedItems);
    const { inboxBytesBurstPerPrefix, inboxBytesPerHourPerPrefix } = limits;
    this.#allowance = new Allowance({ burst: inboxBytesBurstPerPrefix, perHour: inboxBytesPerHourPerPrefix }, () =>
      clock.now(),
    );
    this.#watchers = new Watchers(clock, limits.inboxWaiters);
    this.#room = new Room(deps);
  }

  static async open(deps: InboxDeps): Promise<Inboxes> {
    const inboxes = new Inboxes(deps, await deps.store.sharedKey(deps.random(NONCE_KEY_BYTES)));
    await inboxes.#room.count();
    return inboxes;
  }

  get store(): InboxStore {
    return this.#deps.store;
  }

  /** Whoever wants to change something waits; resolves when nothing changes any more. */
  halt(): Promise<void> {
    return this.#door.shut();
  }

  /** After `halt`: where they are from now on. */
  async goOn(place: Pick<InboxDeps, 'store' | 'freeBytes' | 'isShared'>): Promise<void> {
    Object.assign(this.#deps, place);
    this.nonceKey = await place.store.sharedKey(this.nonceKey);
    await this.#room.count();
    this.#door.open();
  }

  get #seconds(): number {
    return Math.floor(this.#deps.clock.now() / SECOND_MS);
  }

  /** Alive, or why it is not (INBOX-11). */
  find(inboxId: Bytes): Answer<OpenInbox> {
    return this.#attempt(async () => {
      if (this.#deps.removals?.has(inboxId) === true) return fail('removed');
      return this.#alive(await this.#deps.store.find(inboxId));
    });
  }

  #alive(inbox: StoredInbox | undefined): Result<OpenInbox> {
    if (inbox === undefined) return fail('not_found');
    if (inbox.state !== 'open') return fail(inbox.state);
    if (inbox.expiry <= this.#seconds) return fail('expired');
    const header = decodeInboxHeader(inbox.header);
    if (!header.ok) throw new Error('a header that was taken does not decode');
    return ok({ inboxId: inbox.inboxId, bytes: inbox.header, header: header.value });
  }

  /** Its id. Errors: INBOX-1, `already_exists`, `stale_header`, `expiry_too_long`, `too_large`, `disk_full`, those of admission. */
  create(bytes: Bytes, voucher: Bytes | undefined): Answer<Bytes> {
    return this.#changing(async () => {
      const decoded = decodeInboxHeader(bytes);
      if (!decoded.ok) return decoded;
      const inboxId = docIdOf(KIND_INBOX, decoded.value.owner);
      const header = await checkInboxHeader(inboxId, bytes, this.#deps.verify);
      if (!header.ok) return header;
      if (this.#deps.removals?.has(inboxId) === true) return fail('removed');
      const known = await this.#deps.store.find(inboxId);
      if (known !== undefined) {
        const alive = this.#alive(known);
        if (!alive.ok) return alive;
        return equal(known.header, bytes) ? ok(inboxId) : fail('already_exists');
      }
      if (header.value.drops !== undefined && this.drops === undefined) return fail('not_offered');
      const error = header.value.seq === 1 ? this.#refuses(header.value) : 'stale_header';
      if (error !== undefined) return fail(error);
      return this.#admit(inboxId, bytes, header.value, voucher);
    });
  }

  async #admit(inboxId: Bytes, bytes: Bytes, header: InboxHeader, voucher: Bytes | undefined): Promise<Result<Bytes>> {
    const { admission, store } = this.#deps;
    if (!(await this.#room.has(bytes.length))) return fail('disk_full');
    const admitted = await admission?.admitBlob(voucher, { length: this.#mostBytes(header), expiry: header.expiry });
    if (admitted?.ok === false) return admitted;
    let isCreated = false;
    try {
      isCreated = await store.create({ inboxId, header: bytes, expiry: header.expiry });
    } finally {
      admitted?.value.settle(isCreated);
    }
    if (isCreated) this.#room.add(1, bytes.length + ROW_BYTES);
    return isCreated ? ok(inboxId) : fail('already_exists');
  }

  #refuses({ expiry, maxItems, maxBytes }: InboxHeader): ErrorName | undefined {
    const { limits, maxExpirySeconds } = this.#deps.config;
    if (maxItems > limits.inboxMaxItems || maxBytes > limits.inboxMaxBytes) return 'too_large';
    const most = Math.min(limits.inboxMaxDays * DAY_SECONDS, maxExpirySeconds || Number.POSITIVE_INFINITY);
    const isFine = expiry > this.#seconds && expiry <= this.#seconds + most + SLACK_SECONDS;
    return isFine ? undefined : 'expiry_too_long';
  }

  #mostBytes({ maxBytes }: InboxHeader): number {
    return maxBytes === 0 ? this.#deps.config.limits.inboxMaxBytes : maxBytes;
  }

  /** INBOX-2. */
  putHeader(inbox: OpenInbox, next: Bytes): Answer<void> {
    return this.#changing(async () => {
      const header = await checkInboxHeader(inbox.inboxId, next, this.#deps.verify);
      if (!header.ok) return header;
      const succeeded = succeedInboxHeader(inbox.bytes, next);
      if (!succeeded.ok) return succeeded;
      if (succeeded.value === 'same') return ok(undefined);
      const error = this.#refuses(header.value);
      if (error !== undefined) return fail(error);
      const { expiry } = header.value;
      const isPut = await this.#deps.store.putHeader(inbox.bytes, { inboxId: inbox.inboxId, header: next, expiry });
      return isPut ? ok(undefined) : fail('stale_header');
    });
  }

  /** INBOX-3, INBOX-6, INBOX-7. `prefix`: of the address that sends it. */
  add({ inboxId, header }: OpenInbox, body: Bytes, prefix: string): Answer<Receipt> {
    return this.#changing(async () => {
      const decoded = decodeItem(body);
      if (!decoded.ok) return decoded;
      const hash = itemHash(inboxId, body);
      const isKnown = (await this.#deps.store.findItem(inboxId, hash)) !== undefined;
      const refusal = isKnown ? undefined : await this.#refusesItem(inboxId, header, body, prefix);
      if (refusal !== undefined) return refusal;
      const maxItems = Math.min(header.maxItems, this.#deps.config.limits.inboxMaxItems);
      const item = { inboxId, hash, body, time: this.#seconds, maxItems, maxBytes: this.#mostBytes(header) };
      const added = await this.#intake.add(item);
      if (added === 'full') return fail('document_full');
      if (added === 'gone') return this.#gone(inboxId);
      if (!isKnown) this.#count(inboxId, body.length + ROW_BYTES);
      return ok(added);
    });
  }

  async #refusesItem(
    inboxId: Bytes,
    { closes, post, drops }: InboxHeader,
    body: Bytes,
    prefix: string,
  ): Promise<Refusal | undefined> {
    if (closes <= this.#seconds) return fail('closed');
    const checked = await checkItem(inboxId, post, body, this.#deps.verify);
    if (!checked.ok) return checked;
    if (drops !== undefined && (await this.drops?.hasDrop(inboxId, checked.value.sender)) !== true)
      return fail('upload_incomplete');
    const cost = Math.max(body.length, this.#deps.config.limits.inboxItemLeastBytes);
    const waitMs = this.#intake.isFull ? FULL_RETRY_MS : this.#allowance.take(prefix, cost);
    if (waitMs > 0) return { ok: false, error: 'rate_limited', retryAfterMs: waitMs };
    return (await this.#room.has(body.length)) ? undefined : fail('disk_full');
  }

  /** ASK-3, ASK-4. */
  admitDrop(blobId: Bytes, permit: Bytes, length: number): Answer<AskedDrop> {
    return this.#attempt(async () => {
      const decoded = decodePermit(permit);
      if (!decoded.ok) return decoded;
      const { inboxId, sender } = decoded.value;
      if (this.#deps.removals?.has(inboxId) === true) return fail('removed');
      const stored = await this.#deps.store.find(inboxId);
      const alive = this.#alive(stored);
      if (!alive.ok) return alive;
      const { header } = alive.value;
      if (header.closes <= this.#seconds) return fail('closed');
      const checked = await checkPermit(blobId, header.post, permit, this.#deps.verify);
      if (!checked.ok) return checked;
      const { each, all } = header.drops ?? { each: 0, all: 0 };
      if (each > 0 && length > each) return fail('too_large');
      const mostDrops = Math.min(header.maxItems, this.#deps.config.limits.inboxMaxItems);
      const mostUploads = mostDrops - (stored?.last ?? 0);
      const mostBytes = all > 0 ? all : Number.MAX_SAFE_INTEGER;
      return ok({ inboxId, sender, bounds: { mostBytes, mostDrops, mostUploads } });
    });
  }

  /** ASK-8: those that count now. */
  countedDrops({ inboxId }: OpenInbox): Answer<StoredBlob[]> {
    return this.#attempt(async () => ok((await this.drops?.dropsOf(inboxId)) ?? []));
  }

  #count(inboxId: Bytes, bytes: number): void {
    this.#deps.metrics.inboxItems += 1;
    this.#room.add(0, bytes);
    this.#watchers.wake(inboxId);
  }

  async #gone(inboxId: Bytes): Promise<{ ok: false; error: ErrorName }> {
    const alive = this.#alive(await this.#deps.store.find(inboxId));
    return alive.ok ? fail('unavailable') : alive;
  }

  /** INBOX-9. */
  withdraw({ inboxId }: OpenInbox, bytes: Bytes): Answer<void> {
    return this.#changing(async () => {
      const withdrawal = decodeWithdrawal(bytes);
      if (!withdrawal.ok) return withdrawal;
      const item = await this.#deps.store.findItem(inboxId, withdrawal.value.hash);
      if (item === undefined) return fail('not_found');
      // It is gone already, and with it the key by which a withdrawal is told.
      if (item.state !== 'here') return ok(undefined);
      const checked = await checkWithdrawal(inboxId, item.body, bytes, this.#deps.verify);
      if (!checked.ok) return checked;
      await this.#remove(inboxId, item.number, 'withdrawn', item.body.length);
      return ok(undefined);
    });
  }

  /** By its owner. */
  remove({ inboxId }: OpenInbox, number: number): Answer<void> {
    return this.#changing(async () => {
      await this.#remove(inboxId, number, 'deleted', 0);
      return ok(undefined);
    });
  }

  async #remove(inboxId: Bytes, number: number, state: Exclude<ItemState, 'here'>, bytes: number): Promise<void> {
    if (!(await this.#deps.store.remove(inboxId, number, state))) return;
    this.#room.add(0, -bytes);
    this.#watchers.wake(inboxId);
  }

  /** A page, encoded (INBOX-8). `waitMs`: for something to be in it. */
  read({ inboxId }: OpenInbox, after: number, waitMs: number, abort: AbortSignal): Answer<Bytes> {
    return this.#attempt(async () => {
      const { clock, config } = this.#deps;
      const until = clock.now() + Math.min(waitMs, config.limits.inboxWaitMs);
      for (;;) {
        const { store, isShared } = this.#deps;
        const page = await store.read(inboxId, after, MAX_PAGE_BYTES);
        if (page === undefined) return this.#gone(inboxId);
        const leftMs = until - clock.now();
        const isOver = leftMs <= 0 || abort.aborted || this.#watchers.isStopped;
        if (page.items.length > 0 || isOver) return ok(encodeInboxPage(page));
        // What another process wrote nobody tells.
        await this.#watchers.wait(inboxId, isShared ? Math.min(leftMs, config.limits.sharedPollMs) : leftMs, abort);
      }
    });
  }

  /** REM-2: what this host has taken down, if it is here; the error after which it is still here. */
  async takeAway(inboxId: Bytes): Promise<ErrorName | undefined> {
    const ended = await this.#attempt(async () => {
      const state = (await this.#deps.store.find(inboxId))?.state;
      return state === 'open' ? this.end(inboxId, 'deleted') : ok(undefined);
    });
    return ended.ok ? undefined : ended.error;
  }

  /** INBOX-11. */
  end(inboxId: Bytes, ending: Ending): Answer<void> {
    return this.#changing(async () => {
      await this.#deps.store.end(inboxId, ending, this.#seconds);
      await this.#room.count();
      this.#watchers.wake(inboxId);
      return ok(undefined);
    });
  }

  /** Removes what is due. */
  sweep(): Promise<void> {
    return this.#door.passOnce(() => this.#sweep());
  }

  async #sweep(): Promise<void> {
    const { store, config, log } = this.#deps;
    const { sweepBatch, tombstoneDays } = config.limits;
    this.#allowance.sweep();
    const swept = await this.#attempt(async () => {
      for (const inboxId of await store.due(this.#seconds, sweepBatch)) {
        await store.end(inboxId, 'expired', this.#seconds);
      }
      await store.forget(this.#seconds - tombstoneDays * DAY_SECONDS);
      await this.#room.count();
      return ok(undefined);
    });
    if (!swept.ok) log.warn({ failure: swept.error }, 'expired inboxes could not be removed; next time');
  }

  /** Whoever waits is answered, and what came is written. */
  async stop(): Promise<void> {
    this.#watchers.stop();
    await this.halt();
    await this.#deps.store.close();
  }

  #changing<T>(work: () => Promise<{ ok: true; value: T } | Refusal>): Answer<T> {
    return this.#door.pass(() => this.#attempt(work));
  }

  async #attempt<T>(work: () => Promise<{ ok: true; value: T } | Refusal>): Answer<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InboxStoreError || error instanceof BlobStoreError)) throw error;
      this.#deps.log.warn({ failure: error.failure }, 'the store of inboxes did not do what it was asked');
      return fail(error.failure);
    }
  }
}
