/** Published pages (protocol §22): who may put what, and what everybody gets. */
import { createHash } from 'node:crypto';
import { pictureName } from '@archipel/page';
import {
  type Bytes,
  checkPage,
  decodePage,
  type ErrorName,
  encodeBase64url,
  fail,
  ok,
  type Page,
  type PageContent,
  type PictureType,
  pageHash,
  pictureTypeOf,
  type Result,
  succeedPage,
  toHex,
} from '@archipel/protocol';
import { sha256 } from '../../crypto.ts';
import type { Removal } from '../../store/moderation.ts';
import { type PageStore, PageStoreError, type StoredPage } from '../../store/pages.ts';
import { Allowance } from '../blob/allowance.ts';
import type { Refusal } from '../blob/blobs.ts';
import { Turnstile } from '../turnstile.ts';
import type { PageDeps } from './context.ts';
import { Renderer } from './renderer.ts';
import { Room } from './room.ts';
import { Shelf, type Shown } from './shelf.ts';

const SECOND_MS = 1000;
const DAY_SECONDS = 86_400;
const BUSY_RETRY_MS = 2000;
/** For clocks that differ. */
const SLACK_SECONDS = 60;
const ETAG_BYTES = 18;

type Answer<T> = Promise<{ ok: true; value: T } | Refusal>;
/** `created`: there was none; `changed`: another one, or none, is there now. */
export type Taken = 'created' | 'changed';

export class Pages {
  readonly #deps: PageDeps;
  readonly #renderer: Renderer;
  readonly #shelf: Shelf;
  readonly #room: Room;
  readonly #counts: Allowance;
  readonly #bytes: Allowance;
  /** While pages go to another place, nobody changes any. */
  readonly #door = new Turnstile();

  private constructor(deps: PageDeps) {
    const { limits } = deps.config;
    const now = (): number => deps.clock.now();
    this.#deps = deps;
    this.#renderer = new Renderer({ maxMs: limits.pageRenderMs, most: limits.pageRendersWaiting });
    this.#shelf = new Shelf(limits.pageCacheBytes);
    this.#room = new Room(deps);
    this.#counts = new Allowance({ burst: limits.pagesBurstPerPrefix, perHour: limits.pagesPerHourPerPrefix }, now);
    const { pageBytesBurstPerPrefix: burst, pageBytesPerHourPerPrefix: perHour } = limits;
    this.#bytes = new Allowance({ burst, perHour }, now);
  }

  static async open(deps: PageDeps): Promise<Pages> {
    const pages = new Pages(deps);
    await pages.#room.count();
    return pages;
  }

  get store(): PageStore {
    return this.#deps.store;
  }

  /** Whoever wants to change something waits; resolves when nothing changes any more. */
  halt(): Promise<void> {
    return this.#door.shut();
  }

  /** After `halt`: where they are from now on. */
  async goOn(place: Pick<PageDeps, 'store' | 'freeBytes'>): Promise<void> {
    Object.assign(this.#deps, place);
    await this.#room.count();
    this.#door.open();
  }

  get #seconds(): number {
    return Math.floor(this.#deps.clock.now() / SECOND_MS);
  }

  /** What people of this host took down, and why. */
  removal(pageId: Bytes): Removal | undefined {
    return this.#deps.removals.find(pageId);
  }

  /** PAGE-1 to PAGE-7. `prefix`: of the address that sends it; `isEnd`: it is to take the page back. */
  put(pageId: Bytes, bytes: Bytes, prefix: string, isEnd: boolean): Answer<Taken> {
    return this.#changing(async () => {
      const retryAfterMs = this.#counts.take(prefix, 1) || this.#bytes.take(prefix, bytes.length);
      if (retryAfterMs > 0) return { ok: false, error: 'rate_limited', retryAfterMs };
      if (this.removal(pageId) !== undefined) return fail('removed');
      if (bytes.length > this.#deps.config.limits.pageMaxBytes) return fail('too_large');
      const page = await checkPage(pageId, bytes, this.#deps.verify);
      if (!page.ok) return page;
      if ((page.value.content === undefined) !== isEnd) return fail('bad_message');
      const hash = pageHash(bytes, sha256);
      const held = await this.#deps.store.find(pageId);
      const next = succeedPage(held, page.value, hash, this.#seconds);
      if (!next.ok) return next;
      if (next.value === 'same') return held?.state === 'expired' ? fail('expired') : ok('changed');
      const { content } = page.value;
      return content === undefined
        ? this.#takeBack(pageId, page.value, hash)
        : this.#publish(pageId, page.value, content, { bytes, hash, held });
    });
  }

  async #publish(
    pageId: Bytes,
    { seq, time }: Page,
    { expiry }: PageContent,
    { bytes, hash, held }: { bytes: Bytes; hash: Bytes; held: StoredPage | undefined },
  ): Promise<{ ok: true; value: Taken } | Refusal> {
    if (this.#livesTooLong(expiry)) return fail('expiry_too_long');
    if (!(await this.#room.has(bytes.length))) return fail('disk_full');
    // Only what can be shown is taken.
    const shown = await this.#render(pageId, bytes, time);
    if (!shown.ok) return shown;
    if (!(await this.#deps.store.put({ pageId, seq, time, expiry, hash, body: bytes }))) return fail('stale_header');
    this.#shelf.put(toHex(hash), shown.value);
    await this.#changed();
    return ok(held?.state === 'open' ? 'changed' : 'created');
  }

  async #takeBack(pageId: Bytes, { seq, time }: Page, hash: Bytes): Promise<Result<Taken>> {
    const isPut = await this.#deps.store.put({ pageId, seq, time, expiry: 0, hash, body: undefined });
    if (!isPut) return fail('stale_header');
    await this.#changed();
    return ok('changed');
  }

  async #changed(): Promise<void> {
    this.#deps.metrics.pagesTaken += 1;
    await this.#room.count();
  }

  #livesTooLong(expiry: number): boolean {
    const { maxExpirySeconds } = this.#deps.config;
    if (expiry === 0) return maxExpirySeconds > 0;
    const isPast = expiry <= this.#seconds;
    return isPast || (maxExpirySeconds > 0 && expiry > this.#seconds + maxExpirySeconds + SLACK_SECONDS);
  }

  /** Errors: `removed`, `not_found`, `deleted`, `expired`. */
  async #alive(pageId: Bytes): Promise<Result<StoredPage>> {
    if (this.removal(pageId) !== undefined) return fail('removed');
    const held = await this.#deps.store.find(pageId);
    if (held === undefined) return fail('not_found');
    if (held.state !== 'open') return fail(held.state);
    return held.expiry > 0 && held.expiry <= this.#seconds ? fail('expired') : ok(held);
  }

  /** As everybody gets it. */
  show(pageId: Bytes): Answer<Shown> {
    return this.#attempt(async () => {
      const alive = await this.#alive(pageId);
      if (!alive.ok) return alive;
      const name = toHex(alive.value.hash);
      const known = this.#shelf.get(name);
      this.#deps.metrics.pagesServed += 1;
      if (known !== undefined) return ok(known);
      const bytes = await this.#deps.store.read(pageId);
      if (bytes === undefined) return fail('not_found');
      const shown = await this.#render(pageId, bytes, alive.value.time);
      if (shown.ok) this.#shelf.put(name, shown.value);
      return shown;
    });
  }

  async #render(pageId: Bytes, bytes: Bytes, time: number): Promise<{ ok: true; value: Shown } | Refusal> {
    const { origin, host } = this.#deps;
    const place = { pageId: encodeBase64url(pageId), origin, host };
    const html = await this.#renderer.render({ bytes, place });
    if (html === 'unsafe') return fail('bad_message');
    if (html === 'busy') return { ok: false, error: 'unavailable', retryAfterMs: BUSY_RETRY_MS };
    const digest = createHash('sha256').update(html).digest().subarray(0, ETAG_BYTES).toString('base64url');
    return ok({ html, etag: `"${digest}"`, time });
  }

  /** By its name (PAGE-9). */
  picture(pageId: Bytes, name: string): Answer<{ type: PictureType; bytes: Bytes }> {
    return this.#attempt(async () => {
      const signed = await this.#signed(pageId);
      if (!signed.ok) return signed;
      const page = decodePage(signed.value);
      if (!page.ok) throw new Error('a page that was taken does not decode');
      const bytes = page.value.content?.pictures.find((picture) => pictureName(picture, sha256) === name);
      const type = bytes && pictureTypeOf(bytes);
      return bytes === undefined || type === undefined ? fail('not_found') : ok({ type, bytes });
    });
  }

  /** As it was taken. */
  signed(pageId: Bytes): Answer<Bytes> {
    return this.#attempt(() => this.#signed(pageId));
  }

  async #signed(pageId: Bytes): Promise<Result<Bytes>> {
    const alive = await this.#alive(pageId);
    if (!alive.ok) return alive;
    const bytes = await this.#deps.store.read(pageId);
    return bytes === undefined ? fail('not_found') : ok(bytes);
  }

  /** REM-2: what this host has taken down, if it is here; the error after which it is still here. */
  async takeAway(pageId: Bytes): Promise<ErrorName | undefined> {
    const ended = await this.#changing(async () => {
      await this.#deps.store.end(pageId, 'deleted', this.#seconds);
      await this.#room.count();
      return ok(undefined);
    });
    return ended.ok ? undefined : ended.error;
  }

  /** Removes what is due. */
  sweep(): Promise<void> {
    return this.#door.passOnce(() => this.#sweep());
  }

  async #sweep(): Promise<void> {
    const { store, config, log } = this.#deps;
    const { sweepBatch, tombstoneDays } = config.limits;
    this.#counts.sweep();
    this.#bytes.sweep();
    const swept = await this.#attempt(async () => {
      for (const pageId of await store.due(this.#seconds, sweepBatch)) {
        await store.end(pageId, 'expired', this.#seconds);
      }
      await store.forget(this.#seconds - tombstoneDays * DAY_SECONDS);
      await this.#room.count();
      return ok(undefined);
    });
    if (!swept.ok) log.warn({ failure: swept.error }, 'expired pages could not be removed; next time');
  }

  async stop(): Promise<void> {
    await this.#renderer.stop();
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
      if (!(error instanceof PageStoreError)) throw error;
      this.#deps.log.warn({ failure: error.failure }, 'the store of pages did not do what it was asked');
      return fail(error.failure);
    }
  }
}
