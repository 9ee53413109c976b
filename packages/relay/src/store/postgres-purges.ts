/**
 * Removing what is due, in batches that are transactions of their own. Several processes may do this at once, and any may die in the
 * middle: what is still to be removed stands in the table `purge` until nothing is left of it.
 */
import type { Bytes } from '@archipel/protocol';
import type { SessionPool } from './postgres-pool.ts';
import {
  CLAIM_PURGE,
  DEFER_HISTORY,
  DUE_HISTORY,
  DUE_PURGES,
  END_PURGE,
  EVERYTHING,
  EXPIRE_DOCUMENT,
  EXPIRED_DOCUMENTS,
  FORGET_TOMBSTONE,
  OLD_TOMBSTONES,
  PURGE_BATCH,
  PURGE_RECORDS,
} from './postgres-statements.ts';
import type { DueHistory } from './store.ts';

/** Whoever took a purge up and has not finished by then is believed dead. */
const CLAIM_SECONDS = 60;

export class Purges {
  readonly #pool: SessionPool;

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  /** Resolves when no record before the position is left, whoever removed them. */
  async finish(docId: Bytes, before: number): Promise<void> {
    for (;;) {
      const [[removed] = [0]] = await this.#pool.run<[number]>(PURGE_RECORDS, [docId, before]);
      if (removed === PURGE_BATCH) continue;
      const [[isLeft] = [false]] = await this.#pool.run<[boolean]>(END_PURGE, [docId, before]);
      if (!isLeft) return;
    }
  }

  /** Ends documents that expired; `forgetAt`: when their tombstones go. How many this process ended, and how many it met. */
  async expire(now: number, limit: number, forgetAt: number): Promise<{ ended: number; met: number }> {
    const due = await this.#pool.run<[Bytes]>(EXPIRED_DOCUMENTS, [now, limit]);
    let ended = 0;
    for (const [docId] of due) {
      const rows = await this.#pool.run(EXPIRE_DOCUMENT, [docId, now + CLAIM_SECONDS, forgetAt, now]);
      if (rows.length === 0) continue;
      ended += 1;
      await this.finish(docId, EVERYTHING);
    }
    return { ended, met: due.length };
  }

  /** How many tombstones it met whose time is over. */
  async forgetTombstones(now: number, limit: number): Promise<number> {
    const old = await this.#pool.run<[Bytes]>(OLD_TOMBSTONES, [now, limit]);
    for (const [docId] of old) await this.#pool.run(FORGET_TOMBSTONE, [docId, now]);
    return old.length;
  }

  async due(nowSeconds: number, skip: number, limit: number): Promise<DueHistory[]> {
    const rows = await this.#pool.run<[docId: Bytes, before: number]>(DUE_HISTORY, [nowSeconds, skip, limit]);
    return rows.map(([docId, before]) => ({ docId, before }));
  }

  async defer({ docId, before }: DueHistory, untilSeconds: number): Promise<'done'> {
    await this.#pool.run(DEFER_HISTORY, [docId, before, untilSeconds]);
    return 'done';
  }

  /** Finishes what is due and nobody else is at. How many such it met. */
  async purgeDue(now: number, limit: number): Promise<number> {
    const due = await this.#pool.run<[docId: Bytes, before: number]>(DUE_PURGES, [now, limit]);
    for (const [docId, before] of due) {
      const claimed = await this.#pool.run(CLAIM_PURGE, [docId, before, now, now + CLAIM_SECONDS]);
      if (claimed.length === 1) await this.finish(docId, before);
    }
    return due.length;
  }
}
