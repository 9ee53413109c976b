import type { Document } from '@archipel/client';
import { ClientError } from '@archipel/client';
import { toHex } from '@archipel/protocol';
import * as Y from 'yjs';
import type { Past, PastProblem, PastProgress } from '../model/past.ts';
import type { TimelineStep } from '../model/timeline.ts';
import { DrawingUnpacker, type PackedDrawing } from './past-packing.ts';

export type PastQuestion =
  | { ask: 'add'; steps: TimelineStep[] }
  | { ask: 'finish'; state: Uint8Array; ownClient: number; seen: Uint8Array | undefined }
  | { ask: 'at'; step: number; since: number | undefined }
  | { ask: 'record'; step: number };

export type PastAnswer = { value?: unknown; error?: undefined } | { error: string; value?: undefined };

type Overview = Pick<Past, 'moments' | 'people' | 'versions' | 'seen'>;

/** Reads the history and puts it together. `seen`: a state vector of Yjs. Throws a `PastProblem` as the message of an Error. */
export async function openPast(
  document: Document,
  seen: Uint8Array | undefined,
  progress: (now: PastProgress) => void,
): Promise<Past> {
  const line = new Line();
  try {
    const isCurrent = await readAll(document, line, progress);
    const { ydoc } = document;
    const state = Y.encodeStateAsUpdate(ydoc);
    const overview = (await line.ask({ ask: 'finish', state, ownClient: ydoc.clientID, seen })) as Overview;
    const unpacker = new DrawingUnpacker();
    return {
      ...overview,
      isCurrent,
      at: async (step, since) => unpacker.unpack((await line.ask({ ask: 'at', step, since })) as PackedDrawing),
      recordOf: (step) => line.ask({ ask: 'record', step }) as ReturnType<Past['recordOf']>,
      close: () => line.close(),
    };
  } catch (error) {
    line.close();
    throw new Error(problemOf(error), { cause: error });
  }
}

async function readAll(document: Document, line: Line, progress: (now: PastProgress) => void): Promise<boolean> {
  const pages = document.past();
  let done = 0;
  for (;;) {
    const page = await pages.next();
    if (page.done) return page.value === 'current';
    const { steps, total } = page.value;
    await line.ask({ ask: 'add', steps: steps.map(({ session, ...step }) => ({ ...step, session: toHex(session) })) });
    done += steps.length;
    progress({ done, total: Math.max(done, total) });
  }
}

function problemOf(error: unknown): PastProblem {
  if (error instanceof ClientError) {
    if (error.code === 'unavailable') return 'offline';
    return error.code === 'not_allowed' ? 'closed' : 'trouble';
  }
  return error instanceof Error && error.message === 'too_large' ? 'too_large' : 'trouble';
}

/** Questions to the worker, answered in their order. */
class Line {
  readonly #worker = new Worker(new URL('./past-worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<PastAnswer>) => {
      const asked = this.#waiting.shift();
      if (data.error === undefined) asked?.resolve(data.value);
      else asked?.reject(new Error(data.error));
    };
    // It could not even start.
    this.#worker.onerror = () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('worker'));
    };
  }

  ask(question: PastQuestion): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(question);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
