/**
 * Compares documents in memory with the store: soon after word of a change, and every one now and then, because the word may get lost.
 * The heads of those that are refreshed in one turn are asked for together (heads.ts).
 */
import type { Timer } from '../../clock.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';

/** What is told within this time is looked up together. */
const SOON_MS = 20;
/** What is missing may be on its way on the bus. */
const GAP_MS = 50;
/** Of the time between two comparisons, by which they are spread. */
const SPREAD = 0.3;
const GOLDEN_RATIO = 0.618;

export class Watch {
  readonly #context: LogContext;
  /** When each is compared at the latest, in about that order. */
  readonly #due = new Map<Document, number>();
  readonly #soon = new Set<Document>();
  /** Where something is known whose turn has not come. */
  readonly #gaps = new Map<Document, number>();
  #timer: Timer | undefined;
  #timerMs = 0;
  #spread = 0;

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** It is in memory from now on. */
  add(document: Document): void {
    if (this.#context.bus.isShared) this.#plan(document);
  }

  drop(document: Document): void {
    this.#due.delete(document);
    this.#soon.delete(document);
  }

  soon(document: Document): void {
    if (document.isDropped) return;
    this.#soon.add(document);
    this.#arm();
  }

  /** A record at this position is known, and not all before it: what the bus does not bring soon is looked up. */
  hasGap(document: Document, position: number): void {
    const known = this.#gaps.get(document);
    this.#gaps.set(document, Math.max(position, known ?? 0));
    if (known === undefined) this.#context.clock.setTimeout(() => this.#closeGap(document), GAP_MS);
  }

  #closeGap(document: Document): void {
    const position = this.#gaps.get(document) ?? 0;
    this.#gaps.delete(document);
    if (document.readPosition < position && !document.isDropped) void this.#context.refresher.refresh(document);
  }

  /** It was just compared. */
  compared(document: Document): void {
    if (this.#due.has(document)) this.#plan(document);
  }

  stop(): void {
    this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due.clear();
    this.#soon.clear();
  }

  #plan(document: Document): void {
    const { clock, config } = this.#context;
    this.#spread = (this.#spread + GOLDEN_RATIO) % 1;
    this.#due.delete(document);
    this.#due.set(document, clock.now() + config.limits.sharedPollMs * (1 - SPREAD * this.#spread));
    this.#arm();
  }

  #arm(): void {
    const { clock, isStopped } = this.#context;
    if (isStopped) return;
    const now = clock.now();
    const [first] = this.#due.values();
    const atMs = this.#soon.size > 0 ? now + SOON_MS : Math.max(now + SOON_MS, first ?? Number.POSITIVE_INFINITY);
    if (atMs === Number.POSITIVE_INFINITY || (this.#timer !== undefined && this.#timerMs <= atMs)) return;
    clock.clearTimeout(this.#timer);
    this.#timerMs = atMs;
    this.#timer = clock.setTimeout(() => this.#compare(), atMs - now);
  }

  #compare(): void {
    this.#timer = undefined;
    const { refresher, clock } = this.#context;
    const told = [...this.#soon];
    this.#soon.clear();
    for (const document of told) void refresher.refresh(document);
    const now = clock.now();
    for (const [document, dueMs] of this.#due) {
      if (dueMs > now) break;
      // One that is under way is late because the store is.
      if (!refresher.isRefreshing(document)) void refresher.refresh(document);
      this.#plan(document);
    }
    this.#arm();
  }
}
