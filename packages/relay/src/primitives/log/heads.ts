/** How far the store is with documents that are in memory: what is asked while another question is under way goes into one that follows. */
import type { Bytes } from '@archipel/protocol';
import type { Store, StoredHead, StoreFailure } from '../../store/store.ts';
import { keyOf } from './chain.ts';

const MAX_HEADS = 500;

type Answer = StoredHead | StoreFailure;

interface Question {
  docId: Bytes;
  answer: Promise<Answer>;
  resolve: (answer: Answer) => void;
}

export class Heads {
  readonly #store: Store;
  #waiting = new Map<string, Question>();
  #isAsking = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** At least as new as the store is now. A document that is not there has no version. */
  of(docId: Bytes): Promise<Answer> {
    const key = keyOf(docId);
    const question = this.#waiting.get(key) ?? this.#add(key, docId);
    if (!this.#isAsking) {
      this.#isAsking = true;
      queueMicrotask(() => void this.#ask());
    }
    return question.answer;
  }

  #add(key: string, docId: Bytes): Question {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const question = { docId, answer: promise, resolve };
    this.#waiting.set(key, question);
    return question;
  }

  async #ask(): Promise<void> {
    while (this.#waiting.size > 0) {
      const asked = new Map([...this.#waiting].slice(0, MAX_HEADS));
      for (const key of asked.keys()) this.#waiting.delete(key);
      const heads = await this.#store.heads([...asked.values()].map(({ docId }) => docId));
      const known = new Map(typeof heads === 'string' ? [] : heads.map((head) => [keyOf(head.docId), head]));
      for (const [key, { docId, resolve }] of asked) {
        resolve(typeof heads === 'string' ? heads : (known.get(key) ?? { docId, version: undefined, position: 0 }));
      }
    }
    this.#isAsking = false;
  }
}
