import type { Bytes } from '@archipel/protocol';
import { encodeBase64url } from '@archipel/protocol';
import type { Report } from './errors.ts';
import type { Storage, StoredEntry } from './storage.ts';

/**
 * The storage of one document. A storage that fails does not stop the work: it is reported once, and what it would have
 * kept lives in memory only until the relay has it.
 */
export class DocumentStore {
  readonly #storage: Storage;
  readonly #docId: string;
  readonly #report: (report: Report) => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, docId: Bytes, report: (report: Report) => void) {
    this.#storage = storage;
    this.#docId = encodeBase64url(docId);
    this.#report = report;
  }

  get name(): string {
    return this.#docId;
  }

  get(key: string): Promise<Bytes | undefined> {
    return this.#inOrder(() => this.#storage.get(this.#docId, key), undefined);
  }

  list(prefix: string): Promise<StoredEntry[]> {
    return this.#inOrder(() => this.#storage.list(this.#docId, prefix), []);
  }

  put(key: string, value: Bytes): Promise<void> {
    return this.#inOrder(() => this.#storage.put(this.#docId, key, value), undefined);
  }

  delete(key: string): Promise<void> {
    return this.#inOrder(() => this.#storage.delete(this.#docId, key), undefined);
  }

  clear(): Promise<void> {
    return this.#inOrder(() => this.#storage.clear(this.#docId), undefined);
  }

  /** One after the other, so that an older value never overtakes a newer one. */
  #inOrder<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    const done = this.#last.then(work).catch((error: unknown) => {
      this.#report({ code: 'storage_blocked', rule: 'CHK-6', detail: String(error) });
      return otherwise;
    });
    this.#last = done;
    return done;
  }
}
