/**
 * The keys of the generations of a document's links (§2): an owner's link gives those of all of them, any other those of its own.
 */
import type { Header } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { keysFromLink, linkFor } from '@archipel/protocol/secret';
import type { ChainsContext } from './chains.ts';

/** What opens and verifies in one generation. */
export interface GenerationKeys {
  keys: Keys;
  editPublicKey: Uint8Array;
}

export class Generations {
  readonly #suite: Suite;
  readonly #former = new Map<number, GenerationKeys>();
  #keys: Keys;

  constructor(suite: Suite, keys: Keys) {
    this.#suite = suite;
    this.#keys = keys;
  }

  /** Of the header that was accepted last, as far as the link goes. */
  get keys(): Keys {
    return this.#keys;
  }

  /** Of a generation before that one; undefined where only an owner could have them. */
  former(gen: number): GenerationKeys | undefined {
    return this.#former.get(gen);
  }

  /** Of generation `gen` when `current` is the header's; undefined when the link does not give them. */
  of(gen: number, current: number): Keys | undefined {
    return gen === current ? this.#keys : this.#former.get(gen)?.keys;
  }

  /** How what is sealed under this header, or was before it, is verified and opened. */
  context({ edit, gen }: Header): Omit<ChainsContext, 'suite'> {
    return { keys: this.#keys, editPublicKey: edit, gen, former: (older) => this.former(older) };
  }

  /** Goes to the generation of an owner's header. False: this link is of another one (CAP-4). */
  async enter(header: Header): Promise<boolean> {
    if (this.#keys.ownerSigner !== undefined) await this.#derive(header.gen);
    return this.fits(header);
  }

  /** CAP-4: another generation has other edit and read keys. */
  fits({ read, edit }: Header): boolean {
    const { readSigner, editSigner } = this.#keys;
    return equal(readSigner.publicKey, read) && (editSigner === undefined || equal(editSigner.publicKey, edit));
  }

  async #derive(gen: number): Promise<void> {
    const own = linkFor(this.#keys, 'own');
    for (let before = 0; before < gen; before++) {
      if (!this.#former.has(before)) this.#remember(await this.#from(own, before), before);
    }
    if (this.#keys.gen !== gen) this.#keys = await this.#from(own, gen);
  }

  #remember(keys: Keys, gen: number): void {
    if (keys.editSigner !== undefined) this.#former.set(gen, { keys, editPublicKey: keys.editSigner.publicKey });
  }

  async #from(own: ReturnType<typeof linkFor>, gen: number): Promise<Keys> {
    const keys = await keysFromLink(this.#suite, own, gen);
    if (!keys.ok) throw new Error(`keys of generation ${gen}: ${keys.error}`);
    return keys.value;
  }
}
