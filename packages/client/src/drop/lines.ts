/** The hosts that have a drop: any of them is asked, another one when that is not there (COPY-1). */
import type { ErrorName, Result } from '@archipel/protocol';
import { fail, isOrigin } from '@archipel/protocol';
import type { Keys } from '@archipel/protocol/secret';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system-clock.ts';
import { type BlobAsk, BlobLine, type Fetch } from './blob-line.ts';

const MAX_HOSTS = 8;
/** A host that has not begun to answer by then has another one asked beside it. */
const BESIDE_MS = 2000;
/** What another host may say better. */
const NOT_LAST: ReadonlySet<ErrorName> = new Set([
  'host_unreachable',
  'unavailable',
  'shutting_down',
  'rate_limited',
  'not_found',
  'not_offered',
  'upload_incomplete',
  'not_allowed',
]);

/** One host, or several. */
export interface DropLine {
  readonly id: string;
  /** An answer that is no refusal. Errors: those that the relay names, `host_unreachable`. */
  ask(ask: BlobAsk): Promise<Result<Response>>;
}

export class DropLines implements DropLine {
  readonly #keys: Keys;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  /** Whoever answered last is the first. */
  #lines: BlobLine[] = [];

  /** `origins`: of hosts, one at least; the first is asked first. */
  constructor(origins: readonly string[], keys: Keys, fetch: Fetch, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#keys = keys;
    this.#fetch = fetch;
    this.learn(origins);
  }

  get id(): string {
    return (this.#lines[0] as BlobLine).id;
  }

  /** Of the host that answered last. */
  get origin(): string {
    return (this.#lines[0] as BlobLine).origin;
  }

  get all(): readonly BlobLine[] {
    return this.#lines;
  }

  /** These have it, too; what is no origin is left out. */
  learn(origins: readonly string[]): void {
    for (const origin of origins) {
      const isNew = isOrigin(origin) && this.#lines.every((line) => line.origin !== origin);
      if (isNew && this.#lines.length < MAX_HOSTS) this.#lines.push(new BlobLine(origin, this.#keys, this.#fetch));
    }
  }

  /** What only reads is asked of two hosts at once when the first is slow. */
  async ask(ask: BlobAsk): Promise<Result<Response>> {
    const isRead = ask.method === 'GET' || ask.method === 'HEAD';
    const answer = isRead && this.#lines.length > 1 ? await this.#askBeside(ask) : await this.#askInTurn(ask);
    if (answer.ok) this.learn((answer.value.headers.get('archipel-hosts') ?? '').split(' '));
    return answer;
  }

  async #askInTurn(ask: BlobAsk): Promise<Result<Response>> {
    const errors: ErrorName[] = [];
    for (const line of [...this.#lines]) {
      const answer = await line.ask(ask);
      if (answer.ok || !NOT_LAST.has(answer.error)) return this.#first(line, answer);
      errors.push(answer.error);
    }
    return fail(tellingOf(errors));
  }

  /** Errors: those of `ask`. Who answers later is cut off. */
  #askBeside(ask: BlobAsk): Promise<Result<Response>> {
    const waiting = [...this.#lines];
    const errors: ErrorName[] = [];
    const cuts = new Set<AbortController>();
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (line: BlobLine, answer: Result<Response>, own: AbortController): void => {
        if (isOver) return;
        isOver = true;
        for (const cut of cuts) if (cut !== own) cut.abort();
        resolve(this.#first(line, answer));
      };
      const next = (): void => {
        const line = waiting.shift();
        if (line === undefined || isOver) return;
        const own = new AbortController();
        cuts.add(own);
        const slow = this.#clock.setTimeout(next, BESIDE_MS);
        const signal = ask.signal == null ? own.signal : AbortSignal.any([own.signal, ask.signal]);
        line
          .ask({ ...ask, signal })
          .finally(() => {
            this.#clock.clearTimeout(slow);
            cuts.delete(own);
          })
          .then((answer) => {
            if (answer.ok || !NOT_LAST.has(answer.error)) return end(line, answer, own);
            errors.push(answer.error);
            if (cuts.size === 0 && waiting.length === 0 && !isOver) resolve(fail(tellingOf(errors)));
            return next();
          })
          .catch((error: unknown) => isOver || reject(error));
      };
      next();
    });
  }

  #first(line: BlobLine, answer: Result<Response>): Result<Response> {
    if (answer.ok) this.#lines = [line, ...this.#lines.filter((other) => other !== line)];
    return answer;
  }
}

/** A host that cannot be reached may be the one that has it. */
function tellingOf(errors: readonly ErrorName[]): ErrorName {
  const away = errors.find((error) => error === 'host_unreachable' || error === 'unavailable');
  const refused = errors.find((error) => error === 'not_allowed' || error === 'upload_incomplete');
  return refused ?? away ?? errors[0] ?? 'host_unreachable';
}
