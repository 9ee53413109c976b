import type { Message } from '../../model/messages.ts';
import type { Identity } from '../../model/people.ts';
import { type Reason, Refusal } from '../refusal.ts';

/** What a file of Etherpad has. */
export interface EtherpadLook {
  authors: readonly Identity[];
  chat: readonly Omit<Message, 'id'>[];
  /** How many moments its history makes. */
  moments: number;
  /** Why its history stays out. */
  noHistory: Reason | undefined;
}

export type EtherpadQuestion =
  | { ask: 'look'; file: Blob }
  | { ask: 'make'; state: Uint8Array; isEmpty: boolean; withHistory: boolean; seed: string };

export type EtherpadAnswer =
  | { share: number }
  | { value: EtherpadLook | Uint8Array[] }
  | { refused: Reason }
  | { error: string };

/** One file, read by a worker. Its questions reject with a `Refusal`. */
export class EtherpadReader {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #progress: (share: number) => void;

  /** `progress`: the share that is done of what was asked last. */
  constructor(progress: (share: number) => void) {
    this.#progress = progress;
  }

  look(file: Blob): Promise<EtherpadLook> {
    return this.#ask({ ask: 'look', file }) as Promise<EtherpadLook>;
  }

  /** Updates of Yjs, in their order. */
  make(wish: Omit<Extract<EtherpadQuestion, { ask: 'make' }>, 'ask'>): Promise<Uint8Array[]> {
    return this.#ask({ ask: 'make', ...wish }) as Promise<Uint8Array[]>;
  }

  close(): void {
    this.#worker.terminate();
  }

  #ask(question: EtherpadQuestion): Promise<EtherpadLook | Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<EtherpadAnswer>) => {
        if ('share' in data) this.#progress(data.share);
        else if ('value' in data) resolve(data.value);
        else reject('refused' in data ? new Refusal(data.refused) : new Error(data.error));
      };
      // It could not even start.
      this.#worker.onerror = () => reject(new Error('worker'));
      this.#worker.postMessage(question);
    });
  }
}
