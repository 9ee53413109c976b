/** The documents in memory: only those that somebody has open, and shortly after. */
import type { Bytes } from '@archipel/protocol';
import type { BusEvent } from '../../bus/bus.ts';
import type { Gone, StoredDocument, StoreFailure } from '../../store/store.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import { CorruptDocumentError, Document } from './document.ts';
import { refresh } from './refresh.ts';

/** `stored`: what was just read for it, when it was. */
export interface OpenDocument {
  document: Document;
  stored: StoredDocument | undefined;
}
type Loaded = OpenDocument | Gone | StoreFailure;

export class Documents {
  readonly #context: LogContext;
  readonly #open = new Map<string, Document>();
  readonly #loading = new Map<string, Promise<Loaded>>();
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

  /** The document in memory, brought there when needed; several who ask at once share one reading. */
  async open(docId: Bytes): Promise<Loaded> {
    const key = keyOf(docId);
    const creating = this.#creating.get(key);
    if (creating !== undefined) await creating;
    const document = this.#open.get(key);
    if (document !== undefined) return { document, stored: undefined };
    return this.#loading.get(key) ?? this.#load(docId, key);
  }

  /** Whoever opens this document meanwhile waits for its creation. */
  creating<T>(docId: Bytes, work: Promise<T>): Promise<T> {
    const key = keyOf(docId);
    const settled = work.finally(() => this.#creating.delete(key));
    this.#creating.set(key, settled);
    return settled;
  }

  #load(docId: Bytes, key: string): Promise<Loaded> {
    const loading = this.#read(docId, key)
      .catch((error: unknown) => this.#corrupt(error))
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  /** One document that the store holds badly does not take the others along. */
  #corrupt(error: unknown): StoreFailure {
    if (!(error instanceof CorruptDocumentError)) throw error;
    this.#context.log.error({ reason: error.message }, 'a document in the store is not readable');
    return 'unavailable';
  }

  async #read(docId: Bytes, key: string): Promise<Loaded> {
    const { store, config, sha256, outboxes } = this.#context;
    const { pageBytes } = config.limits;
    const stored = await store.load(docId, pageBytes);
    if (typeof stored === 'string') return stored;
    this.#lastChannel += 1;
    const document = new Document(stored, this.#lastChannel, outboxes, sha256);
    let page = stored.page;
    for (;;) {
      document.takeStored(page, sha256);
      if (page.last) break;
      const next = await store.read(document.ref, document.readPosition, pageBytes);
      if (typeof next === 'string') return next;
      page = next;
    }
    document.outbox.flushedPosition = document.position;
    document.idleSinceMs = this.#context.clock.now();
    this.#enter(document, key);
    return { document, stored };
  }

  #enter(document: Document, key: string): void {
    this.#open.set(key, document);
    this.#unsubscribe.set(
      document,
      this.#context.bus.subscribe(document.docId, (event) => this.#hear(document, event)),
    );
    for (const chain of document.chains.values()) {
      if (chain.unchecked !== undefined) this.#context.verifier.add(document, chain);
    }
  }

  #hear(document: Document, event: BusEvent): void {
    if (event.type === 'live') document.outbox.addLive(event.body, undefined);
    else void refresh(this.#context, document, false);
  }

  /** Leaves the memory when nobody has needed it for a while. */
  evictIdle(): void {
    const { clock, config } = this.#context;
    for (const document of this.#open.values()) {
      if (document.isIdle && clock.now() - document.idleSinceMs >= config.limits.documentGraceMs) this.drop(document);
    }
  }

  drop(document: Document): void {
    document.outbox.discard();
    this.#open.delete(keyOf(document.docId));
    this.#unsubscribe.get(document)?.();
    this.#unsubscribe.delete(document);
  }
}
