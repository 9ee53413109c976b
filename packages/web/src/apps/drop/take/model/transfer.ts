/** One taking of files: how far it is, and what the person wants of it. */
import { Pace } from '@archipel/client/drop';
import type { ErrorName } from '@archipel/protocol';
import { signal } from '@preact/signals';

/** Why nothing came of it: said by the host, found while opening, or by this machine; `uncounted`: whoever counts downloads does not answer. */
export type TakeErrorCode = ErrorName | 'uncounted' | 'own_disk_full' | 'not_written' | 'browser_cannot';

export class TakeError extends Error {
  readonly code: TakeErrorCode;

  constructor(code: TakeErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** `waiting`: for the host or the network; it goes on by itself. */
export type TransferState =
  | { at: 'running' | 'paused' | 'waiting' | 'done' | 'stopped' }
  | { at: 'failed'; code: TakeErrorCode };

const TELL_MS = 100;

export interface TransferDeps {
  /** ms since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, earlier when `signal` says so. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export class Transfer {
  readonly state = signal<TransferState>({ at: 'running' });
  /** Verified and handed on, of `total`. */
  readonly bytes = signal(0);
  readonly total: number;
  readonly pace: Pace;
  readonly #deps: TransferDeps;
  readonly #stopping = new AbortController();
  #have = 0;
  #toldMs = 0;
  #going: Promise<void> | undefined;
  #go: () => void = () => undefined;
  #nudge = new AbortController();

  /** `total`: bytes of the files that are taken. */
  constructor(deps: TransferDeps, total: number) {
    this.#deps = deps;
    this.total = total;
    this.pace = new Pace(() => deps.now());
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get isOver(): boolean {
    const { at } = this.state.value;
    return at === 'done' || at === 'failed' || at === 'stopped';
  }

  pause(): void {
    if (this.isOver || this.#going !== undefined) return;
    this.state.value = { at: 'paused' };
    this.#going = new Promise((resolve) => {
      this.#go = resolve;
    });
  }

  /** After a pause; while it waits, it tries at once. */
  resume(): void {
    if (this.isOver) return;
    if (this.#going !== undefined) this.state.value = { at: 'running' };
    this.pace.restart();
    this.#going = undefined;
    this.#go();
    this.#nudge.abort();
  }

  stop(): void {
    if (this.isOver) return;
    this.state.value = { at: 'stopped' };
    this.#stopping.abort(new DOMException('stopped', 'AbortError'));
    this.#go();
  }

  /** Resolves when it is not paused. Rejects when it was stopped. */
  async mayGo(): Promise<void> {
    while (this.#going !== undefined) await this.#going;
    this.signal.throwIfAborted();
  }

  /** Before another try: says that it waits. */
  readonly wait = async (ms: number): Promise<void> => {
    if (this.state.value.at === 'running') this.state.value = { at: 'waiting' };
    this.#nudge = new AbortController();
    await this.#deps.wait(ms, AbortSignal.any([this.#nudge.signal, this.signal]));
    await this.mayGo();
  };

  /** So many bytes are there from another visit. */
  skip(bytes: number): void {
    this.#have += bytes;
    this.bytes.value = this.#have;
  }

  /** So many bytes more, verified. */
  add(bytes: number): void {
    this.#have += bytes;
    this.pace.mark(this.#have);
    if (this.state.value.at === 'waiting') this.state.value = { at: 'running' };
    const now = this.#deps.now();
    if (now - this.#toldMs < TELL_MS && this.#have < this.total) return;
    this.#toldMs = now;
    this.bytes.value = this.#have;
  }

  finish(): void {
    this.bytes.value = this.#have;
    if (!this.isOver) this.state.value = { at: 'done' };
  }

  fail(code: TakeErrorCode): void {
    if (this.isOver) return;
    this.state.value = { at: 'failed', code };
    this.#stopping.abort(new TakeError(code));
    this.#go();
  }
}
