/**
 * Head memory of a document (§10): the header that its owner signed last, the highest that this browser has held, and for each
 * relay the highest that this one has served. A relay that is behind another is no liar, one that is behind itself is (CHK-7).
 */
import type { Bytes } from '@archipel/protocol';
import { decodeHeader } from '@archipel/protocol';
import type { HeadStore } from './head-memory.ts';
import { HeadMemory } from './head-memory.ts';

const HEADER = 'head/header';
const HELD = 'head/held';
const OF_RELAY = 'head/of/';

export class Heads {
  readonly #store: HeadStore;
  readonly #retired = new Set<string>();
  #header: Bytes | undefined;
  #relay: string | undefined;
  /** Whoever served it. */
  readonly held: HeadMemory;
  /** Of the relay that serves; of none before. */
  current: HeadMemory;

  constructor(store: HeadStore) {
    this.#store = store;
    this.held = this.#memory(HELD);
    this.current = this.#memory(OF_RELAY);
  }

  async load(): Promise<void> {
    this.#header = await this.#store.get(HEADER);
    await this.held.load();
  }

  /** As the owner signed it. */
  get header(): Bytes | undefined {
    return this.#header;
  }

  sawHeader(header: Bytes): void {
    this.#header = header.slice();
  }

  /** This relay serves now. True when another one did before. */
  async enter(relay: string): Promise<boolean> {
    if (relay === this.#relay) return false;
    const isOther = this.#relay !== undefined;
    if (isOther) await this.current.save();
    const memory = this.#memory(OF_RELAY + relay);
    await memory.load();
    this.#relay = relay;
    this.current = memory;
    return isOther;
  }

  /** CKP-6. */
  isRetired(session: Bytes): boolean {
    return this.current.isRetired(session);
  }

  /** Two tabs write in turn: the higher header is kept. */
  async save(): Promise<void> {
    const kept = await this.#store.get(HEADER);
    if (kept !== undefined && seqOf(kept) >= seqOf(this.#header)) this.#header = kept;
    else if (this.#header !== undefined) await this.#store.put(HEADER, this.#header);
    await this.held.save();
    if (this.#relay !== undefined) await this.current.save();
  }

  #memory(key: string): HeadMemory {
    return new HeadMemory(this.#store, key, this.#retired);
  }
}

function seqOf(header: Bytes | undefined): number {
  const decoded = header === undefined ? undefined : decodeHeader(header);
  return decoded?.ok ? decoded.value.seq : 0;
}
