/** The documents in memory: only those that somebody has open, and shortly after. */
import type { Bytes } from '@archipel/protocol';
import type { Gone, StoredDocument, StoreFailure } from '../../store/store.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { hear } from './follow.ts';
import { load } from './load.ts';

/** `stored`: what was just read for it, when it was. */
export interface OpenDocument {
  document: Document;
  stored: StoredDocument | undefined;
}
type Held = OpenDocument | Gone | StoreFailure;
type Loaded = Held | 'removed';

export class Documents {
  readonly #context: LogContext;
  readonly #open = new Map<string, Document>();
  readonly #loading = new Map<string, Promise<Held>>();
  readonly #creating = new Map<string, Promise<unknown>>();
  readonly #unsubscribe = new Map<Document, () => void>();
  #lastChannel = 0;

  constructor(context: LogContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<Document> {
    return this.#open.values();
  }

  /**
   * The document in memory, brought there when needed; several who ask at once share one reading. What any process acknowledged
   * before this was asked is in it.
   */
  async open(docId: Bytes): Promise<Loaded> {
    return this.#context.removals?.has(docId) === true ? 'removed' : this.held(docId);
  }

  /** The same, also when this host has taken it down (REM-2). */
  async held(docId: Bytes): Promise<Held> {
    const key = keyOf(docId);
    const creating = this.#creating.get(key);
    if (creating !== undefined) await creating;
    const document = this.#open.get(key);
    if (document !== undefined) return this.#refreshed(document);
    const loading = this.#loading.get(key);
    if (loading === undefined) return this.#load(docId, key);
    const loaded = await loading;
    const isOlder = typeof loaded !== 'string' && this.#context.bus.isShared;
    return isOlder ? this.#refreshed(loaded.document) : loaded;
  }

  async #refreshed(document: Document): Promise<Held> {
    const failure = await this.#context.refresher.keepUp(document);
    if (failure !== undefined) return failure;
    return document.isDropped ? this.held(document.docId) : { document, stored: undefined };
  }

  /** Whoever opens this document meanwhile waits for its creation. */
  creating<T>(docId: Bytes, work: Promise<T>): Promise<T> {
    const key = keyOf(docId);
    const settled = work.finally(() => this.#creating.delete(key));
    this.#creating.set(key, settled);
    return settled;
  }

  #load(docId: Bytes, key: string): Promise<Held> {
    const loading = this.#read(docId, key).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #read(docId: Bytes, key: string): Promise<Held> {
    const loaded = await load(this.#context, docId, () => ++this.#lastChannel);
    if (typeof loaded === 'string') return loaded;
    loaded.document.idleSinceMs = this.#context.clock.now();
    this.#enter(loaded.document, key);
    return loaded;
  }

  #enter(document: Document, key: string): void {
    const { bus, watch, verifier } = this.#context;
    this.#open.set(key, document);
    this.#unsubscribe.set(
      document,
      bus.subscribe(document.docId, (event) => hear(this.#context, document, event)),
    );
    watch.add(document);
    this.#context.mirrors?.entered(document);
    for (const chain of document.chains.values()) {
      if (chain.unchecked !== undefined) verifier.add(document, chain);
    }
  }

  /** Leaves the memory when nobody has needed it for a while. */
  evictIdle(): void {
    const { clock, config } = this.#context;
    for (const document of this.#open.values()) {
      if (document.isIdle && clock.now() - document.idleSinceMs >= config.limits.documentGraceMs) this.drop(document);
    }
  }

  drop(document: Document): void {
    if (document.isDropped) return;
    const { watch, census } = this.#context;
    document.isDropped = true;
    document.outbox.discard();
    this.#open.delete(keyOf(document.docId));
    census.drop(document);
    this.#context.mirrors?.left(document);
    watch.drop(document);
    this.#unsubscribe.get(document)?.();
    this.#unsubscribe.delete(document);
  }
}
