/**
 * Bringing the memory up to the store: after a commit whose outcome is not known, on word of another process, and before anything is
 * answered that would be wrong if the memory were behind.
 */
import type { RecordPage, StoredHead, StoreFailure } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { passOn, skipTo } from './follow.ts';
import { unreadable } from './load.ts';
import { reload } from './reload.ts';

const RETRY_MS = 1000;

/** Undefined: the memory is as new as the store was, or the document left it. */
export type Refreshed = StoreFailure | undefined;

export class Refresher {
  readonly #context: LogContext;
  readonly #running = new Map<Document, Promise<Refreshed>>();
  readonly #next = new Map<Document, Promise<Refreshed>>();

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** Resolves when the memory is at least as new as the store is now. */
  refresh(document: Document): Promise<Refreshed> {
    const running = this.#running.get(document);
    if (running === undefined) return this.#start(document);
    // It may have read the store before what the caller knows of was there.
    const next = this.#next.get(document) ?? running.then(() => this.#startNext(document));
    this.#next.set(document, next);
    return next;
  }

  isRefreshing(document: Document): boolean {
    return this.#running.has(document);
  }

  /** Before something is judged by the memory: of a store of this process alone it knows all. */
  keepUp(document: Document): Promise<Refreshed> {
    return this.#context.bus.isShared ? this.refresh(document) : Promise.resolve(undefined);
  }

  /** What is on disk is not known: nothing is appended until this is done, and it is tried until it is. */
  async distrust(document: Document): Promise<void> {
    document.doubts += 1;
    if (document.doubts > 1) return;
    document.holds += 1;
    while (document.isUnsure && !document.isDropped && !this.#context.isStopped) {
      if ((await this.refresh(document)) !== undefined) await this.#pause();
    }
    document.holds -= 1;
  }

  #startNext(document: Document): Promise<Refreshed> {
    this.#next.delete(document);
    return this.#start(document);
  }

  #start(document: Document): Promise<Refreshed> {
    const running = this.#run(document);
    this.#running.set(document, running);
    return running;
  }

  async #run(document: Document): Promise<Refreshed> {
    document.holds += 1;
    // What fails together is one doubt.
    await Promise.resolve();
    const { doubts } = document;
    const outcome = document.isDropped ? undefined : await this.#bringUp(document);
    if (outcome === undefined) {
      document.doubts -= doubts;
      this.#context.watch.compared(document);
    }
    document.holds -= 1;
    this.#running.delete(document);
    return outcome;
  }

  async #bringUp(document: Document): Promise<Refreshed> {
    const { bus, heads } = this.#context;
    if (!bus.isShared) return this.#readOn(document, Number.POSITIVE_INFINITY);
    for (;;) {
      const { version, readPosition } = document;
      const head = await heads.of(document.docId);
      if (typeof head === 'string') return head;
      const outcome = await document.exclusively(async () =>
        // An own change came in between: the answer tells nothing.
        document.version === version ? this.#compare(document, head, readPosition) : 'changed meanwhile',
      );
      if (outcome !== 'changed meanwhile') return outcome;
    }
  }

  /** `readBefore`: how far the memory was when the store was asked. */
  async #compare(document: Document, head: StoredHead, readBefore: number): Promise<Refreshed> {
    if (document.isDropped) return undefined;
    // As after its restoration from an old backup.
    const isLost = head.version !== undefined && head.position < readBefore;
    let { position } = head;
    if (head.version !== document.version || isLost) {
      const failure = await reload(this.#context, document, isLost);
      if (failure !== undefined || document.isDropped) return failure;
      position = Math.max(position, document.position);
    }
    const failure = document.readPosition < position ? await this.#readOn(document, position) : undefined;
    if (failure === undefined && position >= document.hearsayPosition) document.hearsayPosition = 0;
    return failure;
  }

  /** Hands out what the store has after `readPosition`, at least up to a position that it named. */
  async #readOn(document: Document, until: number): Promise<Refreshed> {
    const { store, config } = this.#context;
    for (;;) {
      const page = await store.read(document.ref, document.readPosition, config.limits.pageBytes);
      if (typeof page === 'string') return page;
      const failure = this.#take(document, page);
      if (failure !== undefined) return failure;
      if (page.last) break;
    }
    // What lies in between is gone from the store.
    if (until > document.readPosition && until < Number.POSITIVE_INFINITY) skipTo(document, until);
    return undefined;
  }

  /** The store holds what does not decode: nothing more is taken of this document until it does. */
  #take(document: Document, page: RecordPage): Refreshed {
    try {
      for (const record of page.records) {
        if (record.position <= document.readPosition) continue;
        if (this.#context.bus.isShared) skipTo(document, record.position - 1);
        passOn(this.#context, document, record, document.held?.get(record.position)?.from);
      }
      return undefined;
    } catch (error) {
      return unreadable(this.#context, error);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#context.clock.setTimeout(resolve, RETRY_MS));
  }
}
