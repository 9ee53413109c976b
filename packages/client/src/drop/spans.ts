/** Bytes of a blob in order, read in spans from all hosts that have it; when one ends or stands still, the others go on (COPY-5). */
import type { Bytes, ErrorName, Result } from '@archipel/protocol';
import { concat, fail, mayRetry, ok } from '@archipel/protocol';
import { SEALED_CHUNK_BYTES } from '@archipel/protocol/secret';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system-clock.ts';
import type { BlobLine } from './blob-line.ts';

/** Whole chunks, so that a span is opened where it lies. */
const MIN_SPAN_BYTES = 16 * SEALED_CHUNK_BYTES;
const FIRST_SPAN_BYTES = 64 * SEALED_CHUNK_BYTES;
const MAX_SPAN_BYTES = 256 * SEALED_CHUNK_BYTES;
/** Spans grow until one takes about a second. */
const SHORT_MS = 400;
const LONG_MS = 1600;
/** Read ahead of whoever takes them: memory, and what is read twice by who is interrupted. */
const MAX_AHEAD_BYTES = 2 * MAX_SPAN_BYTES;
const PER_LINE = 2;
/** Without a byte for so long a host counts as gone; where there is no other one, for longer. */
const STILL_MS = 2000;
const STILL_ALONE_MS = 30_000;
/** One that was gone is asked again after. */
const REST_MS = 5000;

export interface SpanWish {
  start: number;
  /** The byte after the last. */
  end: number;
  ticket: string;
  signal?: AbortSignal | undefined;
}

interface Span {
  start: number;
  end: number;
  state: 'wanted' | 'asked' | 'here';
  bytes: Bytes;
}

interface Source {
  line: BlobLine;
  busy: number;
  /** Why it gives no more; undefined: it does. */
  error: ErrorName | undefined;
  isResting: boolean;
}

export class Spans {
  readonly #wish: SpanWish;
  readonly #clock: Clock;
  readonly #sources: Source[];
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #spans: Span[] = [];
  #next: number;
  #spanBytes = FIRST_SPAN_BYTES;
  #wake: () => void = () => undefined;
  #isEnded = false;

  constructor(lines: readonly BlobLine[], wish: SpanWish, clock: Clock = systemClock) {
    this.#wish = wish;
    this.#clock = clock;
    this.#sources = lines.map((line) => ({ line, busy: 0, error: undefined, isResting: false }));
    this.#next = wish.start;
    const { signal } = wish;
    this.#signal = signal === undefined ? this.#ending.signal : AbortSignal.any([this.#ending.signal, signal]);
  }

  /** What follows; empty at the end. Errors: those of the relay, `host_unreachable` when no host gives any more. Rejects when `signal` says so. */
  async read(): Promise<Result<Bytes>> {
    for (;;) {
      this.#wish.signal?.throwIfAborted();
      this.#fill();
      const [first] = this.#spans;
      if (first === undefined) return ok(new Uint8Array(0));
      if (first.state === 'here') {
        this.#spans.shift();
        this.#fill();
        return ok(first.bytes);
      }
      const error = this.#hopeless();
      if (error !== undefined) return fail(error);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  cancel(): void {
    this.#isEnded = true;
    this.#ending.abort();
    this.#wake();
  }

  /** Why no host gives any more. */
  #hopeless(): ErrorName | undefined {
    if (this.#sources.some(({ error, busy }) => error === undefined || busy > 0)) return undefined;
    const errors = this.#sources.flatMap(({ error }) => error ?? []);
    return errors.find((error) => mayRetry(error) || error === 'host_unreachable') ?? errors[0] ?? 'host_unreachable';
  }

  #fill(): void {
    for (let isMoving = true; isMoving && !this.#isEnded; ) {
      isMoving = false;
      for (const source of this.#sources) {
        if (source.error !== undefined || source.busy >= PER_LINE) continue;
        const span = this.#wanted();
        if (span === undefined) return;
        void this.#ask(source, span);
        isMoving = true;
      }
    }
  }

  /** The first that nobody is asked for. */
  #wanted(): Span | undefined {
    const left = this.#spans.find(({ state }) => state === 'wanted');
    if (left !== undefined) return left;
    const { end } = this.#wish;
    const ahead = this.#next - (this.#spans[0]?.start ?? this.#next);
    if (this.#next >= end || (ahead > 0 && ahead + this.#spanBytes > MAX_AHEAD_BYTES)) return undefined;
    const span: Span = {
      start: this.#next,
      end: Math.min(end, this.#next + this.#spanBytes),
      state: 'wanted',
      bytes: new Uint8Array(0),
    };
    this.#next = span.end;
    this.#spans.push(span);
    return span;
  }

  async #ask(source: Source, span: Span): Promise<void> {
    source.busy += 1;
    span.state = 'asked';
    const beganMs = this.#clock.now();
    const got = await this.#fetch(source, span);
    source.busy -= 1;
    if (got.ok) {
      span.bytes = got.value;
      span.state = 'here';
      this.#measure(span, this.#clock.now() - beganMs);
    } else {
      span.state = 'wanted';
      source.error = got.error;
      this.#rest(source);
    }
    this.#wake();
    if (!this.#isEnded) this.#fill();
  }

  #measure(span: Span, tookMs: number): void {
    if (span.end - span.start < this.#spanBytes) return;
    if (tookMs < SHORT_MS) this.#spanBytes = Math.min(MAX_SPAN_BYTES, this.#spanBytes * 2);
    if (tookMs > LONG_MS) this.#spanBytes = Math.max(MIN_SPAN_BYTES, this.#spanBytes / 2);
  }

  /** It may be back, as long as others give on. */
  #rest(source: Source): void {
    const { error } = source;
    if (source.isResting || error === undefined || !(mayRetry(error) || error === 'host_unreachable')) return;
    source.isResting = true;
    const timer = this.#clock.setTimeout(() => {
      source.isResting = false;
      source.error = undefined;
      if (!this.#isEnded) this.#fill();
    }, REST_MS);
    this.#ending.signal.addEventListener('abort', () => this.#clock.clearTimeout(timer), { once: true });
  }

  async #fetch({ line }: Source, { start, end }: Span): Promise<Result<Bytes>> {
    const cutting = new AbortController();
    const signal = AbortSignal.any([cutting.signal, this.#signal]);
    const watch = new Stillness(
      this.#clock,
      () => cutting.abort(),
      () => this.#stillMs(line),
    );
    try {
      const headers = { range: `bytes=${start}-${end - 1}`, 'archipel-download': this.#wish.ticket };
      const answer = await line.ask({ method: 'GET', path: `/${line.id}`, role: 'view', headers, signal });
      if (!answer.ok) return answer;
      const chunks: Bytes[] = [];
      let bytes = 0;
      const reader = answer.value.body?.getReader();
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
        watch.moved();
        chunks.push(next.value);
        bytes += next.value.length;
        if (bytes > end - start) return fail('stream_forged');
      }
      return bytes === end - start ? ok(concat(...chunks)) : fail('host_unreachable');
    } catch {
      return fail('host_unreachable'); // Broken, still for too long, or wanted no more: whoever reads knows which.
    } finally {
      watch.end();
      cutting.abort();
    }
  }

  #stillMs(line: BlobLine): number {
    const hasOther = this.#sources.some((source) => source.line !== line && source.error === undefined);
    return hasOther ? STILL_MS : STILL_ALONE_MS;
  }
}

/** Tells when nothing has moved for too long. */
class Stillness {
  readonly #clock: Clock;
  readonly #still: () => void;
  readonly #stillMs: () => number;
  #movedMs: number;
  #timer: unknown;

  constructor(clock: Clock, still: () => void, stillMs: () => number) {
    this.#clock = clock;
    this.#still = still;
    this.#stillMs = stillMs;
    this.#movedMs = clock.now();
    this.#look();
  }

  moved(): void {
    this.#movedMs = this.#clock.now();
  }

  end(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.#clock.now() - this.#movedMs >= this.#stillMs()) return this.#still();
    this.#timer = this.#clock.setTimeout(() => this.#look(), STILL_MS / 4);
  }
}
