/** COPY-3: takes what another host has more of a blob, piece by piece, from where the disk here ends. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { BLOB_PIECE_BYTES, toHex } from '@archipel/protocol';
import type { StoredBlob } from '../../store/blobs.ts';
import type { KeepingDeps, PeerLine } from './context.ts';

/** Blobs that are taken from one host at once; the others wait. */
const AT_ONCE = 2;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 30_000;

export interface PullPorts {
  deps: KeepingDeps;
  /** More is here, or as much as there is for now. */
  reached(blobId: Bytes): void;
  /** The disk takes no more. */
  refused(blobId: Bytes, line: PeerLine, error: ErrorName, retryAfterMs: number): void;
}

interface Wanted {
  blobId: Bytes;
  /** Bytes that the other has. */
  target: number;
  retryMs: number;
}

/** From one host, as long as there is a line to it. */
export class Pull {
  readonly #ports: PullPorts;
  readonly #line: PeerLine;
  readonly #wanted = new Map<string, Wanted>();
  readonly #running = new Set<string>();
  readonly #resting = new Set<string>();
  readonly #ending = new AbortController();

  constructor(ports: PullPorts, line: PeerLine) {
    this.#ports = ports;
    this.#line = line;
  }

  /** The other has so many bytes of it. */
  want(blobId: Bytes, target: number): void {
    const key = toHex(blobId);
    const known = this.#wanted.get(key);
    if (known === undefined) this.#wanted.set(key, { blobId, target, retryMs: RETRY_MIN_MS });
    else known.target = Math.max(known.target, target);
    this.#next();
  }

  stop(): void {
    this.#ending.abort();
    this.#wanted.clear();
  }

  #next(): void {
    for (const [key, wanted] of this.#wanted) {
      if (this.#running.size >= AT_ONCE) return;
      if (this.#running.has(key) || this.#resting.has(key)) continue;
      this.#running.add(key);
      void this.#run(key, wanted);
    }
  }

  async #run(key: string, wanted: Wanted): Promise<void> {
    const restMs = await this.#take(wanted);
    this.#running.delete(key);
    if (this.#ending.signal.aborted) return;
    if (restMs === 0) this.#wanted.delete(key);
    else {
      this.#resting.add(key);
      this.#ports.deps.clock.setTimeout(() => {
        this.#resting.delete(key);
        this.#next();
      }, restMs);
    }
    this.#next();
  }

  /** How long to rest before it is tried again; 0: there is nothing more to take for now. */
  async #take(wanted: Wanted): Promise<number> {
    const { blobs } = this.#ports.deps;
    for (;;) {
      const found = await blobs.find(wanted.blobId);
      // Whoever sends it here is nearer.
      if (!found.ok || found.value.state === 'complete' || blobs.isWriting(found.value)) return 0;
      const blob = found.value;
      const before = blobs.reached(blob);
      if (endOf(blob, before, wanted.target) === undefined) return 0;
      const error = await this.#append(blob, before, wanted);
      this.#ports.reached(wanted.blobId);
      if (this.#ending.signal.aborted) return 0;
      if (error === 'disk_full') {
        // Nothing is to be gained by asking again soon.
        const { blobCopyRetryMs } = this.#ports.deps.limits;
        this.#ports.refused(wanted.blobId, this.#line, error, blobCopyRetryMs);
        return blobCopyRetryMs;
      }
      if (error === 'not_found' || error === 'not_allowed') return 0;
      const after = await this.#reachedOf(wanted.blobId);
      if (after > before) wanted.retryMs = RETRY_MIN_MS;
      if (error === undefined) continue;
      wanted.retryMs = Math.min(RETRY_MAX_MS, 2 * wanted.retryMs);
      return wanted.retryMs;
    }
  }

  async #reachedOf(blobId: Bytes): Promise<number> {
    const found = await this.#ports.deps.blobs.find(blobId);
    return found.ok ? this.#ports.deps.blobs.reached(found.value) : 0;
  }

  /** As many pieces as there are, in one go. Why it ended before. */
  async #append(blob: StoredBlob, offset: number, wanted: Wanted): Promise<ErrorName | undefined> {
    const cutting = new AbortController();
    const signal = AbortSignal.any([cutting.signal, this.#ending.signal]);
    let failure: ErrorName | undefined;
    const pieces = this.#pieces(blob, offset, wanted, signal, (error) => {
      failure = error;
    });
    const appended = await this.#ports.deps.blobs.append(blob, offset, {
      chunks: pieces,
      isCopy: true,
      cut: () => cutting.abort(),
    });
    return appended.ok ? failure : appended.error;
  }

  async *#pieces(
    blob: StoredBlob,
    offset: number,
    wanted: Wanted,
    signal: AbortSignal,
    failed: (error: ErrorName) => void,
  ): AsyncGenerator<Bytes> {
    const { fetchPiece } = this.#ports.deps;
    const { peer, theirPass: pass } = this.#line;
    if (pass === undefined) return failed('unavailable');
    for (let at = offset; !signal.aborted; ) {
      const end = endOf(blob, at, wanted.target);
      if (end === undefined) return;
      const piece = Math.floor(at / BLOB_PIECE_BYTES);
      const start = piece * BLOB_PIECE_BYTES;
      const wish = { origin: peer.url, blobId: blob.blobId, piece, length: end - start, pass, signal };
      const bytes = await fetchPiece(wish);
      if (typeof bytes === 'string') return failed(bytes);
      yield bytes.subarray(at - start);
      at = end;
    }
  }
}

/** Where the piece ends that has the byte at `at`, when the other has all of it. */
function endOf({ length }: StoredBlob, at: number, target: number): number | undefined {
  const end = Math.min(length, (Math.floor(at / BLOB_PIECE_BYTES) + 1) * BLOB_PIECE_BYTES);
  return at < length && end <= target ? end : undefined;
}
