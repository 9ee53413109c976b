import {
  type Client,
  createClient,
  type Document,
  memoryLocks,
  memoryStorage,
  type Storage,
  type Timing,
} from '@archipel/client';
import type { Suite } from '@archipel/protocol/secret';
import type * as Y from 'yjs';
import type { VirtualClock } from './clock.ts';
import type { Network } from './network.ts';
import type { SeededRandom } from './random.ts';

/** Where the relay of a simulation listens. */
export const RELAY_URL = 'ws://relay.test/relay';

export interface PersonPorts {
  clock: VirtualClock;
  random: SeededRandom;
  network: Network;
  suite: Suite;
  timing?: Partial<Timing>;
}

/**
 * Somebody with a browser: a storage that outlives the tab, and at most one tab. A tab can die at any moment; nothing it still
 * had in mind happens then.
 */
export class Person {
  readonly name: string;
  online = true;
  document: Document | undefined;
  /** Of who made the document. */
  ownLink: string | undefined;
  /** Of who has another link than the one to edit. */
  way: string | undefined;
  readonly #ports: PersonPorts;
  readonly #storage = memoryStorage();
  readonly #locks = memoryLocks();
  #tab: { alive: boolean } = { alive: false };
  #written = 0;
  /** What this person wrote, as far as the state pill said that it is saved. */
  readonly acknowledged = new Set<string>();
  /** What the tabs of this person reported of their relay. */
  readonly reports: string[] = [];

  constructor(name: string, ports: PersonPorts) {
    this.name = name;
    this.#ports = ports;
  }

  async create(): Promise<Document> {
    const document = this.#hold(await this.#openTab().create({ relay: RELAY_URL }));
    this.ownLink = document.links().own;
    return document;
  }

  /** Opens the document with this link, or with their own. */
  async open(link: string): Promise<Document> {
    return this.#hold(await this.#openTab().open(this.way ?? link, { relay: RELAY_URL }));
  }

  /** The tab's process is killed: timers, sockets and promises of it are dead. */
  die(): void {
    this.#tab.alive = false;
    this.document = undefined;
    this.#locks.clear();
    this.#ports.network.cutUnreachable();
  }

  /**
   * Adds a word that nobody else adds, and changes the common text at random. Where remarks can be made, makes one
   * instead at times; who may do nothing else, always.
   */
  write(): void {
    const { document } = this;
    if (!document) return;
    const { random } = this.#ports;
    if (document.cap === 'comment' || (document.canRemark && random.chance(0.3))) {
      // Not before it is known that remarks count: nothing is kept of others.
      if (document.canRemark) this.#remark(document);
      return;
    }
    const text = document.ydoc.getText('text');
    document.ydoc.transact(() => {
      document.ydoc.getArray<string>('words').push([`${this.name}.${this.#written++}`]);
      const at = random.below(text.length + 1);
      if (random.chance(0.3) && text.length > at) text.delete(at, Math.min(1 + random.below(8), text.length - at));
      else text.insert(at, 'abcdefgh'.slice(0, 1 + random.below(8)));
    });
  }

  /** Adds a remark that nobody else makes; who only comments at times tries to write the text in it. */
  #remark({ remarks, cap }: Document): void {
    remarks.transact(() => {
      remarks.getArray<string>('said').push([`${this.name}.${this.#written++}`]);
      if (cap === 'comment' && this.#ports.random.chance(0.3)) forgeIn(remarks);
    });
  }

  /** Looks at the state pill, and remembers what it promises. */
  look(): void {
    const { document } = this;
    if (document?.state !== 'saved') return;
    for (const word of [...words(document), ...said(document)]) {
      if (word.startsWith(`${this.name}.`)) this.acknowledged.add(word);
    }
  }

  #openTab(): Client {
    const { clock, random, network, suite } = this.#ports;
    this.die();
    const tab = { alive: true };
    this.#tab = tab;
    return createClient({
      storage: whileAlive(this.#storage, tab),
      suite,
      clock: {
        now: clock.now,
        setTimeout: (run, delayMs) =>
          clock.setTimeout(() => {
            if (tab.alive) run();
          }, delayMs),
        clearTimeout: clock.clearTimeout,
      },
      random: () => random.next(),
      locks: this.#locks,
      // So short that every run makes several checkpoints and retires sessions.
      timing: { checkpointRecords: 6, checkpointOnCloseRecords: 3, ...this.#ports.timing },
      socket: () => network.connect(() => tab.alive && this.online),
    });
  }

  #hold(document: Document): Document {
    this.document = document;
    document.on('state', () => this.look());
    document.on('report', ({ code, detail }) => this.reports.push(`${code}: ${detail ?? ''}`));
    return document;
  }
}

/** The unique words that everybody has added so far, in the order of the document. */
export function words(document: Document): string[] {
  return document.ydoc.getArray<string>('words').toArray();
}

/** The remarks that everybody has made so far, in the order of their document. */
export function said(document: Document): string[] {
  return document.remarks.getArray<string>('said').toArray();
}

/** What a commenter wants to have in the text. */
export const FORGED = '!forged';

/** Writes it where the text would be if this were the document of the text. */
export function forgeIn(ydoc: Y.Doc): void {
  ydoc.getText('text').insert(0, FORGED);
  ydoc.getArray<string>('words').push([FORGED]);
}

/** A dead tab gets no answer from its storage, and writes nothing more. */
function whileAlive(storage: Storage, tab: { alive: boolean }): Storage {
  const never = new Promise<never>(() => undefined);
  const guard = <T>(work: () => Promise<T>): Promise<T> =>
    tab.alive ? work().then((value) => (tab.alive ? value : never)) : never;
  return {
    get: (docId, key) => guard(() => storage.get(docId, key)),
    put: (docId, key, value) => guard(() => storage.put(docId, key, value)),
    delete: (docId, key) => guard(() => storage.delete(docId, key)),
    list: (docId, prefix) => guard(() => storage.list(docId, prefix)),
    clear: (docId) => guard(() => storage.clear(docId)),
    documents: () => guard(() => storage.documents()),
  };
}
