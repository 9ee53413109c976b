/** What is in an inbox, as its owner sees it: followed live, checked, opened (INBOX-8). */
import {
  type Bytes,
  checkItem,
  decodeInboxPage,
  type ErrorName,
  encodeBase64url,
  equal,
  fail,
  type InboxPage,
  type ItemState,
  itemHash,
  ok,
  type PageItem,
  type Result,
} from '@archipel/protocol';
import { openItem, type Suite } from '@archipel/protocol/secret';
import { again, type RetryDeps } from '../drop/retry.ts';
import type { OwnInbox } from './link.ts';

/** What the content of an item is, for the tool that asks. */
export type ContentOf<T> = (content: Bytes) => Result<T>;

export interface Collected<T> {
  number: number;
  /** Unix seconds, by the relay's clock. */
  time: number;
  state: ItemState;
  /** Undefined: it is gone, or it does not open. */
  content: T | undefined;
  /** X25519: an answer is sealed to it. */
  reply: Bytes | undefined;
  /** Key that was made for this item alone, base64url; a drop that it announces counts under it (ASK-5). Undefined: it is gone. */
  sender: string | undefined;
}

export interface CollectionDeps extends RetryDeps {
  suite: Suite;
}

const WAIT_SECONDS = 25;
/** An answer that comes at once though nothing changed: the relay has too many who wait. */
const PAUSE_MS = 3000;

export class Collection<T> {
  readonly #deps: CollectionDeps;
  readonly #inbox: OwnInbox;
  readonly #contentOf: ContentOf<T>;
  readonly #items = new Map<number, Collected<T>>();
  #after = 0;
  #last = 0;

  constructor(deps: CollectionDeps, inbox: OwnInbox, contentOf: ContentOf<T>) {
    this.#deps = deps;
    this.#inbox = inbox;
    this.#contentOf = contentOf;
  }

  /** In the order in which they came. */
  get items(): Collected<T>[] {
    return [...this.#items.values()].sort((one, other) => one.number - other.number);
  }

  /**
   * All that is new since the last time; whether there was any. `waits`: for something to come. Errors: those of the relay;
   * `relay_forged` for an item that nobody with the link signed; `relay_dropped` for a number that is missing; `relay_stale`.
   */
  async update(waits = false): Promise<Result<boolean>> {
    let isNew = false;
    for (;;) {
      const page = await this.#page(waits && !isNew);
      if (!page.ok) return page;
      const taken = await this.#take(page.value);
      if (taken !== undefined) return fail(taken);
      isNew ||= page.value.items.length > 0;
      if (!page.value.more) break;
    }
    for (let number = 1; number <= this.#last; number++) if (!this.#items.has(number)) return fail('relay_dropped');
    return ok(isNew);
  }

  /** Until `signal` is aborted, or an error that waiting does not mend, which it resolves with. */
  async follow(changed: () => void, trouble: (error: ErrorName | undefined) => void): Promise<ErrorName | undefined> {
    const { signal, wait } = this.#deps;
    while (signal?.aborted !== true) {
      const begun = Date.now();
      const updated = await this.update(true);
      if (signal?.aborted) return undefined;
      if (!updated.ok && updated.error !== 'host_unreachable' && updated.error !== 'unavailable') return updated.error;
      trouble(updated.ok ? undefined : updated.error);
      if (updated.ok && updated.value) changed();
      else if (Date.now() - begun < PAUSE_MS) await wait(PAUSE_MS);
    }
    return undefined;
  }

  async #page(waits: boolean): Promise<Result<InboxPage>> {
    const { line } = this.#inbox;
    const path = `/${line.id}/items?after=${this.#after}&wait=${waits ? WAIT_SECONDS : 0}`;
    const { signal } = this.#deps;
    const got = await again(this.#deps, () => line.ask({ method: 'GET', path, role: 'own', signal }));
    if (!got.ok) return got;
    const bytes = await got.value.arrayBuffer().catch(() => undefined);
    return bytes === undefined ? fail('host_unreachable') : decodeInboxPage(new Uint8Array(bytes));
  }

  async #take({ last, items }: InboxPage): Promise<ErrorName | undefined> {
    if (last < this.#last) return 'relay_stale';
    this.#last = last;
    for (const item of items) {
      if (item.change <= this.#after) return 'relay_stale';
      const collected = await this.#collect(item);
      if (!collected.ok) return collected.error;
      this.#items.set(item.number, collected.value);
      this.#after = item.change;
    }
    return undefined;
  }

  async #collect({ number, time, state, hash, bytes }: PageItem): Promise<Result<Collected<T>>> {
    if (state !== 'here') return ok({ number, time, state, content: undefined, reply: undefined, sender: undefined });
    const { fill, inboxKey } = this.#inbox;
    const { inboxId, postSigner } = fill;
    if (!equal(itemHash(inboxId, bytes), hash)) return fail('relay_forged');
    const checked = await checkItem(inboxId, postSigner.publicKey, bytes, this.#deps.suite.verify);
    if (!checked.ok) return fail('relay_forged');
    // Whoever may add may add what nobody can read; it is shown as that.
    const opened = await openItem(inboxKey, inboxId, bytes);
    const content = opened.ok ? this.#contentOf(opened.value.content) : opened;
    const reply = opened.ok ? opened.value.reply : undefined;
    const sender = encodeBase64url(checked.value.sender);
    return ok({ number, time, state, reply, sender, content: content.ok ? content.value : undefined });
  }
}
