/** Pages as they are served, made in a thread of their own with a bound on time and memory (PAGE-8), one after the other. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RenderAnswer, RenderRequest } from './render-worker.ts';

const THREAD = new URL('./render-thread.mjs', import.meta.url);
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
/** The longest that a thread takes to load. */
const START_MS = 30_000;
/** Without work for this long the thread ends. */
const IDLE_MS = 30_000;

export interface RendererOptions {
  maxMs: number;
  /** Pages that wait at most. */
  most: number;
}

export class Renderer {
  readonly #options: RendererOptions;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: RendererOptions) {
    this.#options = options;
  }

  /** HTML in UTF-8; `unsafe`: it cannot be made so in time; `busy`: too many wait. */
  render(request: RenderRequest): Promise<Buffer | 'unsafe' | 'busy'> {
    if (this.#waiting >= this.#options.most) return Promise.resolve('busy');
    this.#waiting += 1;
    const rendered = this.#last.then(() => this.#render(request));
    this.#last = rendered.finally(() => {
      this.#waiting -= 1;
      this.#rest();
    });
    return rendered;
  }

  async #render(request: RenderRequest): Promise<Buffer | 'unsafe'> {
    clearTimeout(this.#idle);
    if (this.#worker === undefined) await this.#start();
    const answer = this.#worker && (await this.#ask(this.#worker, request));
    return answer === undefined ? 'unsafe' : Buffer.from(answer);
  }

  /** The bound is on a page's own time: how long the thread takes to load says nothing of it. */
  async #start(): Promise<void> {
    const worker = new Worker(THREAD, { name: 'archipel-pages', resourceLimits: MEMORY_LIMITS });
    this.#worker = worker;
    await once(worker, 'message', { signal: AbortSignal.timeout(START_MS) }).catch(() => this.#end());
  }

  /** One that is too slow, or runs out of memory, ends with its thread. */
  #ask(worker: Worker, request: RenderRequest): Promise<RenderAnswer> {
    return new Promise((resolve) => {
      const answered = (answer: RenderAnswer): void => {
        clearTimeout(timer);
        worker.off('error', failed).off('message', answered);
        resolve(answer);
      };
      const failed = (): void => {
        this.#end();
        answered(undefined);
      };
      const timer = setTimeout(failed, this.#options.maxMs);
      worker.once('message', answered).once('error', failed);
      worker.postMessage(request);
    });
  }

  #rest(): void {
    if (this.#waiting === 0) this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
  }

  #end(): void {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    // What it says while it ends is nobody's any more.
    worker?.on('error', () => undefined);
    void worker?.terminate();
  }

  async stop(): Promise<void> {
    await this.#last;
    this.#end();
  }
}
