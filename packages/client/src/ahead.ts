/**
 * Verifying and opening records, checkpoints and live messages before it is their turn: while the header is being verified, its
 * answer is likely, and what waits in a row need not be looked at one after the other. Nothing of it is believed: an answer counts only when the very same question is asked later.
 */
import type { Bytes, Result } from '@archipel/protocol';
import { equal, signingKeyOf, verifyRecord } from '@archipel/protocol';
import { openCheckpoint, openLive, openRecord } from '@archipel/protocol/secret';
import type { ChainsContext } from './chains.ts';

interface Signed {
  key: Bytes;
  previous: Bytes;
  isSigned: Promise<boolean>;
}

export class Ahead {
  readonly #signed = new WeakMap<Bytes, Signed>();
  readonly #checkpoints = new WeakMap<Bytes, { editPublicKey: Bytes; opened: Promise<Result<Bytes>> }>();
  readonly #live = new WeakMap<Bytes, { editPublicKey: Bytes; opened: Promise<Result<Bytes>> }>();
  readonly #opened = new WeakMap<Bytes, Promise<Result<Bytes>>>();

  /** Whether the key of its type signed this record after the one with that hash (RMK-3). */
  isSigned({ suite, keys, writers }: ChainsContext, previous: Bytes, bytes: Bytes): Promise<boolean> {
    const key = signingKeyOf(writers, bytes);
    if (key === undefined) return Promise.resolve(false);
    const known = this.#signed.get(bytes);
    if (known && equal(known.key, key) && equal(known.previous, previous)) return known.isSigned;
    const isSigned = Promise.resolve(verifyRecord(suite.verify, writers, keys.docId, previous, bytes));
    this.#signed.set(bytes, { key, previous, isSigned });
    return isSigned;
  }

  /** The plaintext of a checkpoint that an editor signed. */
  openCheckpoint(
    { suite, keys, writers: { edit: editPublicKey } }: ChainsContext,
    bytes: Bytes,
  ): Promise<Result<Bytes>> {
    const known = this.#checkpoints.get(bytes);
    if (known && equal(known.editPublicKey, editPublicKey)) return known.opened;
    const opened = openCheckpoint(suite, keys, keys.docId, bytes, editPublicKey);
    this.#checkpoints.set(bytes, { editPublicKey, opened });
    return opened;
  }

  /** The plaintext of a live message (LIVE-2). */
  openLive({ suite, keys, writers: { edit: editPublicKey } }: ChainsContext, bytes: Bytes): Promise<Result<Bytes>> {
    const known = this.#live.get(bytes);
    if (known && equal(known.editPublicKey, editPublicKey)) return known.opened;
    const opened = openLive(suite, keys, keys.docId, bytes, editPublicKey);
    this.#live.set(bytes, { editPublicKey, opened });
    return opened;
  }

  /** The plaintext of a record, which does not depend on the header. */
  open({ suite, keys }: ChainsContext, bytes: Bytes): Promise<Result<Bytes>> {
    const known = this.#opened.get(bytes) ?? openRecord(suite, keys, keys.docId, bytes);
    this.#opened.set(bytes, known);
    return known;
  }
}
