import { randomBytes } from 'node:crypto';
import { DOC_ID_BYTES, SESSION_BYTES } from '@archipel/protocol';
import type { DocRef, RecordPage, Store, StoreFailure } from '@archipel/relay';
import { pool } from '../harness/pool.ts';
import { type Counters, type Engine, ownCounters, type Reading } from './engine.ts';

/** As long as the header of a document with one owner. */
const HEADER_BYTES = 180;
/** A person's visit: then the document goes on with another session. */
const RECORDS_PER_SESSION = 50;
/** The relay's own limit (limits.ts): what it reads of a document at once. */
const PAGE_BYTES = 256 * 1024;
/** As many as the relay asks for at once (primitives/log/heads.ts). */
const HEADS_AT_ONCE = 500;
const CREATED_AT_ONCE = 64;

/** A document, and where its writer is. */
interface Place {
  ref: DocRef;
  version: number;
  session: Uint8Array<ArrayBuffer>;
  n: number;
}

/** Opens the store, and tells of each commit. */
export type OpenStore = (observeCommit: (seconds: number, records: number) => void) => Promise<Store>;

/** A store behind the relay's own port. */
export class PortEngine implements Engine {
  readonly #folder: string;
  readonly #open: OpenStore;
  readonly #restart: () => Promise<void>;
  #store!: Store;
  #places: Place[] = [];
  #commits = 0;
  #records = 0;
  bytesPerDocument = 0;

  private constructor(folder: string, open: OpenStore, restart: () => Promise<void>) {
    this.#folder = folder;
    this.#open = open;
    this.#restart = restart;
  }

  /** `folder`: on the disk that the store writes to. `restart` runs while the store is closed: it restarts what lies behind it. */
  static async make(
    folder: string,
    open: OpenStore,
    restart: () => Promise<void>,
    documents: number,
  ): Promise<PortEngine> {
    const engine = new PortEngine(folder, open, restart);
    await engine.#openStore();
    const before = await engine.bytes();
    engine.#places = await pool(documents, CREATED_AT_ONCE, () => engine.#create());
    engine.bytesPerDocument = ((await engine.bytes()) - before) / documents;
    return engine;
  }

  append(document: number, body: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
    const place = this.#placeOf(document);
    if (place.n === RECORDS_PER_SESSION) {
      place.session = randomBytes(SESSION_BYTES);
      place.n = 0;
    }
    const { ref, version, session } = place;
    const n = place.n++;
    return new Promise((resolve) => {
      const settle = (outcome: number | string) => resolve(typeof outcome === 'string' ? outcome : undefined);
      this.#store.append({ ref, version, session, n, body, settle });
    });
  }

  counters(): Promise<Counters> {
    return Promise.resolve(ownCounters(this.#folder, { commits: this.#commits, records: this.#records }));
  }

  /** An embedded store merges its log when it is closed. */
  async merge(): Promise<void> {
    await this.#store.close();
    await this.#openStore();
  }

  async bytes(): Promise<number> {
    return (await this.#store.status()).bytes;
  }

  readonly reading: Reading = {
    restart: async () => {
      await this.#store.close();
      await this.#restart();
      await this.#openStore();
    },
    load: async (document) => {
      const { ref } = this.#placeOf(document);
      const stored = given(await this.#store.load(ref.docId, PAGE_BYTES));
      return stored.page.records.length;
    },
    pages: async (document, records, timed) => {
      const { ref } = this.#placeOf(document);
      let count = 0;
      for (let after = 0, last = false; !last; ) {
        const started = performance.now();
        const page: RecordPage = given(await this.#store.read(ref, after, PAGE_BYTES, records));
        timed(performance.now() - started);
        count += page.records.length;
        after = page.records.at(-1)?.position ?? after;
        last = page.last;
      }
      return count;
    },
    heads: async (documents) => {
      let count = 0;
      for (let first = 0; first < documents; first += HEADS_AT_ONCE) {
        const asked = this.#places.slice(first, Math.min(first + HEADS_AT_ONCE, documents));
        count += given(await this.#store.heads(asked.map(({ ref }) => ref.docId))).length;
      }
      return count;
    },
  };

  close(): Promise<void> {
    return this.#store.close();
  }

  async #openStore(): Promise<void> {
    this.#store = await this.#open((_seconds, records) => {
      this.#commits += 1;
      this.#records += records;
    });
  }

  async #create(): Promise<Place> {
    const docId = randomBytes(DOC_ID_BYTES);
    const created = await this.#store.create(docId, randomBytes(HEADER_BYTES), 0);
    if (created !== 'created') throw new Error(`a document was not created: ${created}`);
    const { ref, version } = given(await this.#store.load(docId, PAGE_BYTES));
    return { ref, version, session: randomBytes(SESSION_BYTES), n: 0 };
  }

  #placeOf(document: number): Place {
    return this.#places[document] as Place;
  }
}

function given<T>(answer: T | StoreFailure | 'not_found' | 'deleted' | 'expired'): T {
  if (typeof answer === 'string') throw new Error(`the store answered ${answer}`);
  return answer as T;
}
