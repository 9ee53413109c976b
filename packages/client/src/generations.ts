/**
 * The keys of the generations of a document's links (§2): an owner's link gives those of all of them, any other those of its own.
 */
import type { Bytes, Header, WriterKeys } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import type { Keys, Signer, Suite } from '@archipel/protocol/secret';
import { keysFromLink, linkFor } from '@archipel/protocol/secret';
import type { ChainsContext } from './chains.ts';

/** What opens and verifies in one generation. */
export interface GenerationKeys {
  keys: Keys;
  writers: WriterKeys;
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
  context(header: Header): Omit<ChainsContext, 'suite'> {
    return { keys: this.#keys, writers: header, gen: header.gen, former: (older) => this.former(older) };
  }

  /** Goes to the generation of an owner's header. False: this link is of another one (CAP-4). */
  async enter(header: Header): Promise<boolean> {
    if (this.#keys.ownerSigner !== undefined) await this.#derive(header.gen);
    return this.fits(header);
  }

  /** CAP-4: another generation has other edit, comment and read keys. */
  fits({ read, edit, comment }: Header): boolean {
    const { cap, readSigner, editSigner, commentSigner } = this.#keys;
    // Whoever may write needs no key of comments to be named.
    const commenter = cap === 'comment' ? commentSigner : undefined;
    return isOf(readSigner, read) && isOf(editSigner, edit) && isOf(commenter, comment);
  }

  async #derive(gen: number): Promise<void> {
    const own = linkFor(this.#keys, 'own');
    for (let before = 0; before < gen; before++) {
      if (!this.#former.has(before)) this.#remember(await this.#from(own, before), before);
    }
    if (this.#keys.gen !== gen) this.#keys = await this.#from(own, gen);
  }

  #remember(keys: Keys, gen: number): void {
    const { editSigner, commentSigner } = keys;
    if (editSigner === undefined) return;
    const comment = commentSigner && { comment: commentSigner.publicKey };
    this.#former.set(gen, { keys, writers: { edit: editSigner.publicKey, ...comment } });
  }

  async #from(own: ReturnType<typeof linkFor>, gen: number): Promise<Keys> {
    const keys = await keysFromLink(this.#suite, own, gen);
    if (!keys.ok) throw new Error(`keys of generation ${gen}: ${keys.error}`);
    return keys.value;
  }
}

/** Whether this is the key that the header names; a link without a signer asks for none. */
function isOf(signer: Signer | undefined, key: Bytes | undefined): boolean {
  return signer === undefined || (key !== undefined && equal(signer.publicKey, key));
}
