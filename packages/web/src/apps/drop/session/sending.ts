/** One drop on its way: pausing, going on, waiting for the network, giving up. */
import { Pace, type SourceFile, type Uploaded, type UploadJournal } from '@archipel/client/drop';
import type { ErrorName, Result } from '@archipel/protocol';
import { mayRetry } from '@archipel/protocol';
import { type Signal, signal } from '@preact/signals';

/** `waiting`: for the host or the network; it goes on by itself. `failed`: `isKept` when it can be gone on with later. */
export type SendState =
  | { at: 'running' | 'waiting' | 'paused' | 'ended' }
  | { at: 'done'; uploaded: Uploaded }
  | { at: 'failed'; code: ErrorName; isKept: boolean };

const TELL_MS = 100;
const AGAIN_MS = [5000, 10_000, 20_000, 30_000];
/** What passes by itself; room and quotas are for the person to decide about. */
const PASSING: ReadonlySet<ErrorName> = new Set([
  'host_unreachable',
  'unavailable',
  'shutting_down',
  'rate_limited',
  'too_slow',
  'wrong_offset',
]);

/** What one run of the upload is given. */
export interface Run {
  journal: UploadJournal;
  signal: AbortSignal;
  wait(ms: number): Promise<void>;
  onProgress(bytes: number, total: number): void;
}

export interface SendingDeps {
  files: readonly SourceFile[];
  /** Of one run: writes nothing any more once the signal is aborted. */
  journal(signal: AbortSignal): UploadJournal;
  upload(run: Run): Promise<Result<Uploaded>>;
  /** Removes what was sent. */
  abandon(): Promise<void>;
  /** ms since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, earlier when `signal` says so. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export class Sending {
  readonly state = signal<SendState>({ at: 'running' });
  /** Of the sealed drop. */
  readonly bytes = signal(0);
  readonly total: Signal<number>;
  readonly pace: Pace;
  readonly #deps: SendingDeps;
  #stopping = new AbortController();
  #nudge = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #toldMs = 0;

  constructor(deps: SendingDeps) {
    this.#deps = deps;
    // Until it is sealed, and a little more.
    this.total = signal(deps.files.reduce((sum, { size }) => sum + size, 0));
    this.pace = new Pace(() => deps.now());
    this.#go();
  }

  get files(): readonly SourceFile[] {
    return this.#deps.files;
  }

  /** It moves, or will by itself. */
  get isUnderWay(): boolean {
    const { at } = this.state.value;
    return at === 'running' || at === 'waiting';
  }

  pause(): void {
    if (!this.isUnderWay) return;
    this.state.value = { at: 'paused' };
    this.#stopping.abort(new DOMException('paused', 'AbortError'));
  }

  /** After a pause or a failure that can be mended; while it waits, it tries at once. */
  resume(): void {
    const { value } = this.state;
    if (value.at === 'waiting') this.#nudge.abort();
    if (value.at !== 'paused' && !(value.at === 'failed' && value.isKept)) return;
    this.state.value = { at: 'running' };
    const before = this.#running;
    void before.then(() => this.#go());
  }

  /** Nothing of it is to remain at the host. */
  async giveUp(): Promise<void> {
    this.state.value = { at: 'ended' };
    this.#stopping.abort(new DOMException('given up', 'AbortError'));
    await this.#running;
    await this.#deps.abandon();
  }

  #go(): void {
    if (this.state.value.at !== 'running') return;
    this.#stopping = new AbortController();
    this.pace.restart();
    this.#running = this.#run(this.#stopping.signal);
  }

  async #run(stop: AbortSignal): Promise<void> {
    const run: Run = {
      journal: this.#deps.journal(stop),
      signal: stop,
      wait: (ms) => this.#wait(ms, stop),
      onProgress: (bytes, total) => this.#tell(bytes, total, stop),
    };
    try {
      for (let tries = 0; ; tries++) {
        const reached = this.bytes.value;
        const sent = await this.#deps.upload(run);
        if (stop.aborted) return;
        if (sent.ok) return this.#end({ at: 'done', uploaded: sent.value });
        if (!PASSING.has(sent.error))
          return this.#end({ at: 'failed', code: sent.error, isKept: mayRetry(sent.error) });
        if (this.bytes.value !== reached) tries = 0;
        await run.wait(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 0);
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  }

  #end(state: SendState): void {
    this.bytes.value = state.at === 'done' ? this.total.value : this.bytes.value;
    this.state.value = state;
  }

  async #wait(ms: number, stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    this.state.value = { at: 'waiting' };
    this.pace.restart();
    this.#nudge = new AbortController();
    await this.#deps.wait(ms, AbortSignal.any([this.#nudge.signal, stop]));
    stop.throwIfAborted();
  }

  #tell(bytes: number, total: number, stop: AbortSignal): void {
    if (stop.aborted) return;
    this.pace.mark(bytes);
    if (this.total.value !== total) this.total.value = total;
    if (this.state.value.at === 'waiting' && bytes > this.bytes.value) this.state.value = { at: 'running' };
    const now = this.#deps.now();
    if (now - this.#toldMs < TELL_MS && bytes < total) return;
    this.#toldMs = now;
    this.bytes.value = bytes;
  }
}
