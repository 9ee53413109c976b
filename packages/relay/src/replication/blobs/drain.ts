/** A host that leaves: every blob that it alone has is given to another host, and the right to count downloads with it (COPY-6). */
import type { Bytes } from '@archipel/protocol';
import type { StoredBlob } from '../../store/blobs.ts';
import type { DrainProgress } from '../drain.ts';
import type { KeepingDeps } from './context.ts';

/** What a host that leaves does with its blobs; `BlobKeeping` is it. */
export interface Leaving {
  isLevel(blobId: Bytes): boolean;
  share(blobId: Bytes): string | undefined;
  giveCount(blobId: Bytes): boolean;
  watch(blobId: Bytes, run: () => void): () => void;
}

const PAGE = 100;
const AT_ONCE = 4;
/** A host that takes nothing for this long is given up. */
const STALLED_MS = 60_000;

export async function drainBlobs(
  keeping: Leaving,
  deps: Pick<KeepingDeps, 'store' | 'clock'>,
  report: (progress: DrainProgress) => void,
  signal: AbortSignal,
): Promise<DrainProgress> {
  const progress = { safe: 0, total: 0 };
  for (let after: Bytes | undefined; !signal.aborted; ) {
    const blobs = deps.store.page(after, PAGE);
    progress.total += blobs.length;
    const left = [...blobs];
    const work = async (): Promise<void> => {
      for (let blob = left.shift(); blob !== undefined && !signal.aborted; blob = left.shift()) {
        if (await makeSafe(keeping, deps, blob, signal)) progress.safe += 1;
        report(progress);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    after = blobs.at(-1)?.blobId;
    if (blobs.length < PAGE) break;
  }
  return progress;
}

/** Another host that is reached has all that is here, and counts. */
async function makeSafe(
  keeping: Leaving,
  { store, clock }: Pick<KeepingDeps, 'store' | 'clock'>,
  { blobId }: StoredBlob,
  signal: AbortSignal,
): Promise<boolean> {
  // Each host that refuses is followed by another.
  if (!keeping.isLevel(blobId) && keeping.share(blobId) === undefined && store.copies.of(blobId).length === 0)
    return false;
  await until(keeping, clock, blobId, () => keeping.isLevel(blobId) || store.copies.of(blobId).length === 0, signal);
  if (!keeping.isLevel(blobId)) return false;
  const isCounted = (): boolean => {
    const blob = store.find(blobId);
    const isGiving = store.copies.of(blobId).some(({ counting }) => counting === 'giving');
    return blob === undefined || blob.state !== 'complete' || (!blob.counts && !isGiving);
  };
  if (!isCounted()) {
    if (store.find(blobId)?.counts === true && !keeping.giveCount(blobId)) return false;
    await until(keeping, clock, blobId, isCounted, signal);
  }
  return isCounted();
}

/** Or nothing moved for long. */
function until(
  keeping: Leaving,
  clock: KeepingDeps['clock'],
  blobId: Bytes,
  isDone: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    let timer = clock.setTimeout(end, STALLED_MS);
    const look = (): void => {
      clock.clearTimeout(timer);
      if (isDone() || signal.aborted) return end();
      timer = clock.setTimeout(end, STALLED_MS);
    };
    const unwatch = keeping.watch(blobId, look);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', end);
      unwatch();
      resolve();
    }
    look();
  });
}
