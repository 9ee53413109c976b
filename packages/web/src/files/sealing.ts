/** Reads, seals and opens files beside the page, which stays smooth: `sealing.worker.ts` does it, and the page where a browser starts no such worker. */
import { OwnThread, type Sealer } from '@archipel/client/drop';
import { type Bytes, CHUNK_BYTES, type ErrorName, fail, ok, type Result } from '@archipel/protocol';
import type { StreamParts } from '@archipel/protocol/secret';

interface Message {
  stream: StreamParts;
  /** Number of the first chunk. */
  first: number;
  isLast: boolean;
}

export type SealingQuestion = Message & ({ ask: 'seal'; plain: Blob } | { ask: 'open'; sealed: Bytes });
/** `unread`: the file does not give its bytes any more. */
export type SealingAnswer = { bytes: Bytes } | { error: ErrorName | 'unread' };

/** Whoever asks waits before asking again, and few ask at once: what lies here is bounded by them. */
class Line {
  readonly #worker = new Worker(new URL('./sealing.worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting: ((answer: SealingAnswer | undefined) => void)[] = [];
  #isBroken = false;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<SealingAnswer>) => this.#waiting.shift()?.(data);
    this.#worker.onerror = () => {
      this.#isBroken = true;
      for (const answer of this.#waiting.splice(0)) answer(undefined);
    };
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Undefined: the worker cannot. What is handed over travels without a copy. */
  ask(question: SealingQuestion, handOver: Transferable[] = []): Promise<SealingAnswer | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(question, handOver);
    });
  }
}

let line: Line | undefined;
const page = new OwnThread();

export const besideThePage: Sealer = {
  async seal(stream, body, range, memory) {
    line ??= new Line();
    const { from, end, isLast } = range;
    const plain = line.isBroken ? undefined : body.blob(from, end);
    if (plain === undefined) return page.seal(stream, body, range, memory);
    const first = from / CHUNK_BYTES;
    const answer = await line.ask({ ask: 'seal', stream: stream.parts, first, isLast, plain });
    if (answer !== undefined && 'bytes' in answer) return ok(answer.bytes);
    // The page finds out which of the files it is.
    return page.seal(stream, body, range, memory);
  },

  async open(stream, first, sealed, isLast): Promise<Result<Bytes>> {
    line ??= new Line();
    if (line.isBroken) return page.open(stream, first, sealed, isLast);
    const own = sealed.length === sealed.buffer.byteLength ? sealed : sealed.slice();
    const question = { ask: 'open', stream: stream.parts, first, isLast, sealed: own } as const;
    const answer = await line.ask(question, [own.buffer as ArrayBuffer]);
    // It is fetched again, and opened here.
    if (answer === undefined) return fail('unavailable');
    if ('bytes' in answer) return ok(answer.bytes);
    return fail(answer.error === 'unread' ? 'unavailable' : answer.error);
  },
};
