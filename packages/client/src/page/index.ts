/** The published page of a document (protocol §22), for its owner: what it says now, another in its place, or none. */
import type { ErrorName, Page, PageContent, Result } from '@archipel/protocol';
import { type Bytes, checkPage, encodeBase64url, fail, ok } from '@archipel/protocol';
import { type PageKeys, type Suite, signPage } from '@archipel/protocol/secret';
import { BlobLine, type Fetch } from '../drop/blob-line.ts';
import { webFetch } from '../drop/link.ts';
import { again, type RetryDeps } from '../drop/retry.ts';
import { BYTES_TYPE } from '../inbox/link.ts';

const SECOND_MS = 1000;

export interface OwnPageDeps extends RetryDeps {
  suite: Suite;
  /** Of the host that keeps it, or shall. */
  origin: string;
  /** Unix ms. */
  now(): number;
  /** Browsers' own when left out. */
  fetch?: Fetch;
}

/** What was published, or taken back: `time` in Unix seconds. */
export interface Published {
  seq: number;
  time: number;
}

const NOWHERE: ReadonlySet<ErrorName> = new Set(['not_found', 'deleted', 'expired']);
/** Answers of a host that shows none, whatever it is sent. */
const NONE: ReadonlySet<ErrorName> = new Set([...NOWHERE, 'not_offered', 'removed']);

export class OwnPage {
  readonly #deps: OwnPageDeps;
  readonly #keys: PageKeys;
  readonly #line: BlobLine;

  constructor(deps: OwnPageDeps, keys: PageKeys) {
    this.#deps = deps;
    this.#keys = keys;
    this.#line = new BlobLine(deps.origin, { docId: keys.pageId }, deps.fetch ?? webFetch, 'p');
  }

  /** Where everybody reads it. */
  get address(): string {
    return `${this.#deps.origin}/p/${encodeBase64url(this.#keys.pageId)}`;
  }

  /** In the place of what is there. `after`: the seq that was published last, 0 for none. Errors: those of the relay, `host_unreachable`. */
  publish(content: PageContent, after: number): Promise<Result<Published>> {
    return this.#send('PUT', after, content);
  }

  takeBack(after: number): Promise<Result<Published>> {
    return this.#send('DELETE', after);
  }

  /** Until none is there, also when another browser of the owner published meanwhile. What the host had taken down counts as gone (PAGE-13). */
  async end(after: number): Promise<Result<Published>> {
    const sent = await this.takeBack(after);
    if (sent.ok || sent.error !== 'stale_header') return this.#gone(sent, after);
    const shown = await this.read(after);
    if (!shown.ok || shown.value === undefined) return shown.ok ? this.#none(after) : this.#gone(shown, after);
    return this.#gone(await this.takeBack(shown.value.seq), after);
  }

  #gone(answer: Result<Published> | { ok: false; error: ErrorName }, after: number): Result<Published> {
    return !answer.ok && NONE.has(answer.error) ? this.#none(after) : answer;
  }

  #none(after: number): Result<Published> {
    return ok({ seq: after, time: Math.floor(this.#deps.now() / SECOND_MS) });
  }

  /** The same page for another time; undefined: there is none. `expiry`: Unix seconds, 0 for none (PAGE-13). */
  async keepUntil(expiry: number, after: number): Promise<Result<Published | undefined>> {
    const shown = await this.read(after);
    if (!shown.ok) return NONE.has(shown.error) ? ok(undefined) : shown;
    if (shown.value?.content === undefined) return ok(undefined);
    const { seq, time, content } = shown.value;
    return content.expiry === expiry ? ok({ seq, time }) : this.publish({ ...content, expiry }, seq);
  }

  async #send(method: 'PUT' | 'DELETE', after: number, content?: PageContent): Promise<Result<Published>> {
    const time = Math.floor(this.#deps.now() / SECOND_MS);
    // The clock in place of a count: an owner with several browsers is never behind what another one published.
    const seq = Math.max(after + 1, time);
    const body: Bytes = await signPage(this.#keys, seq, time, content);
    const ask = { method, path: `/${this.#line.id}`, headers: BYTES_TYPE, body, signal: this.#deps.signal };
    const sent = await again(this.#deps, () => this.#line.ask(ask));
    return sent.ok ? ok({ seq, time }) : sent;
  }

  /** What the host shows; undefined: nothing. Errors: those of the relay, `relay_forged` and `relay_stale` (PAGE-12). */
  async read(after: number): Promise<Result<Page | undefined>> {
    const ask = { method: 'GET', path: `/${this.#line.id}/signed`, signal: this.#deps.signal };
    const got = await again(this.#deps, () => this.#line.ask(ask));
    if (!got.ok) return NOWHERE.has(got.error) ? ok(undefined) : got;
    const bytes = new Uint8Array(await got.value.arrayBuffer());
    const page = await checkPage(this.#keys.pageId, bytes, this.#deps.suite.verify);
    if (!page.ok) return fail('relay_forged');
    return page.value.seq < after ? fail('relay_stale') : page;
  }
}
