/**
 * Verifying and opening records, checkpoints and live messages before it is their turn: while the header is being verified, its
 * answer is likely, and what waits in a row need not be looked at one after the other. Nothing of it is believed: an answer counts only when the very same question is asked later.
 */
import type { Bytes, Result } from '@archipel/protocol';
import { equal, verifyRecord } from '@archipel/protocol';
import { openCheckpoint, openLive, openRecord } from '@archipel/protocol/secret';
import type { ChainsContext } from './chains.ts';

interface Signed {
  editPublicKey: Bytes;
  previous: Bytes;
  isSigned: Promise<boolean>;
}

export class Ahead {
  readonly #signed = new WeakMap<Bytes, Signed>();
  readonly #checkpoints = new WeakMap<Bytes, { editPublicKey: Bytes; opened: Promise<Result<Bytes>> }>();
  readonly #live = new WeakMap<Bytes, { editPublicKey: Bytes; opened: Promise<Result<Bytes>> }>();
  readonly #opened = new WeakMap<Bytes, Promise<Result<Bytes>>>();

  /** Whether an editor signed this record after the one with that hash. */
  isSigned({ suite, keys, editPublicKey }: ChainsContext, previous: Bytes, bytes: Bytes): Promise<boolean> {
    const known = this.#signed.get(bytes);
    if (known && equal(known.editPublicKey, editPublicKey) && equal(known.previous, previous)) return known.isSigned;
    const isSigned = Promise.resolve(verifyRecord(suite.verify, editPublicKey, keys.docId, previous, bytes));
    this.#signed.set(bytes, { editPublicKey, previous, isSigned });
    return isSigned;
  }

  /** The plaintext of a checkpoint that an editor signed. */
  openCheckpoint({ suite, keys, editPublicKey }: ChainsContext, bytes: Bytes): Promise<Result<Bytes>> {
    const known = this.#checkpoints.get(bytes);
    if (known && equal(known.editPublicKey, editPublicKey)) return known.opened;
    const opened = openCheckpoint(suite, keys, keys.docId, bytes, editPublicKey);
    this.#checkpoints.set(bytes, { editPublicKey, opened });
    return opened;
  }

  /** The plaintext of a live message (LIVE-2). */
  openLive({ suite, keys, editPublicKey }: ChainsContext, bytes: Bytes): Promise<Result<Bytes>> {
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
