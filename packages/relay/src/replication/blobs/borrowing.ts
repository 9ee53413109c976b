/** COPY-9: a host that does not count the downloads of a blob has a share of them from the one that does, so that they do not end with that one. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { encodeBase64url, toHex } from '@archipel/protocol';
import { NotWrittenError } from '../../store/admissions.ts';
import type { KeepingDeps, PeerLine } from './context.ts';

const ASK_MAX_MS = 10_000;

export interface ShareWish {
  /** Of the host that counts. */
  origin: string;
  blobId: Bytes;
  /** What is left of what it has lent. */
  have: number;
  pass: Bytes;
  signal: AbortSignal;
}

/** How many it has ever lent, or why none. Never rejects. */
export type FetchShare = (wish: ShareWish) => Promise<number | ErrorName>;

export async function fetchShare({ origin, blobId, have, pass, signal }: ShareWish): Promise<number | ErrorName> {
  try {
    const response = await fetch(`${origin}/blob/${encodeBase64url(blobId)}/share?have=${have}`, {
      method: 'POST',
      headers: { authorization: `Archipel-Pass ${encodeBase64url(pass)}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MAX_MS)]),
    });
    const said: unknown = await response.json();
    const lent = response.ok ? (said as { lent?: unknown } | null)?.lent : undefined;
    return Number.isSafeInteger(lent) && (lent as number) >= 0 ? (lent as number) : 'not_offered';
  } catch {
    return 'host_unreachable'; // Whatever broke on the way: it is asked for again when the two meet.
  }
}

/** From one host, as long as there is a line to it: one blob after the other. */
export class Borrowing {
  readonly #deps: KeepingDeps;
  readonly #line: PeerLine;
  readonly #wanted = new Map<string, Bytes>();
  readonly #ending = new AbortController();
  #isRunning = false;

  constructor(deps: KeepingDeps, line: PeerLine) {
    this.#deps = deps;
    this.#line = line;
  }

  /** If it is to be counted, and not here. */
  want(blobId: Bytes): void {
    // A host that leaves takes nothing back of what it has just given away.
    if (this.#deps.ledger.isDraining || this.#ending.signal.aborted) return;
    const blob = this.#deps.store.find(blobId);
    if (blob?.state !== 'complete' || blob.counts || blob.downloads === 0) return;
    this.#wanted.set(toHex(blobId), blobId);
    if (!this.#isRunning) void this.#run();
  }

  stop(): void {
    this.#ending.abort();
    this.#wanted.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (const [key, blobId] of this.#wanted) {
      this.#wanted.delete(key);
      await this.#ask(blobId);
    }
    this.#isRunning = false;
  }

  async #ask(blobId: Bytes): Promise<void> {
    const { store, fetchShare: fetch, log } = this.#deps;
    const { peer, theirPass: pass } = this.#line;
    if (pass === undefined) return;
    const { share: have } = store.copies.partsOf(blobId);
    const lent = await fetch({ origin: peer.url, blobId, have, pass, signal: this.#ending.signal });
    if (typeof lent !== 'number' || this.#ending.signal.aborted) return;
    try {
      store.copies.borrow(blobId, peer.id, lent);
    } catch (error) {
      if (!(error instanceof NotWrittenError)) throw error;
      log.warn({}, 'the disk did not take a share of downloads; it is asked for again');
    }
  }
}
