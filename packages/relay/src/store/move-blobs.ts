/** Carries what is known of blobs to another store. What is there already is left alone, so it can be done again and again. */
import type { Bytes } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import type { BlobStore, MovedBlob } from './blobs.ts';
import { inStep } from './in-step.ts';
import { MoveError } from './move-error.ts';

const AT_ONCE = 100;

/** How many there are, tombstones included. Throws what the stores do. */
export async function moveBlobs(source: BlobStore, target: BlobStore, signal: AbortSignal): Promise<number> {
  let count = 0;
  let carried: MovedBlob[] = [];
  let extra: Bytes[] = [];
  for await (const [here, there] of steps(source, target)) {
    if (signal.aborted) return count;
    if (here !== undefined) count += 1;
    if (here !== undefined && (there === undefined || !isSame(here, there))) carried.push(here);
    if (here === undefined && there !== undefined) extra.push(there.blobId);
    if (carried.length >= AT_ONCE) {
      await target.import(carried);
      carried = [];
    }
    if (extra.length >= AT_ONCE) {
      await target.erase(extra);
      extra = [];
    }
  }
  await target.import(carried);
  await target.erase(extra);
  return count;
}

/** Nothing changes the source any more: both have the same. Rejects with MoveError. */
export async function compareBlobs(source: BlobStore, target: BlobStore): Promise<void> {
  for await (const [here, there] of steps(source, target)) {
    if (here === undefined || there === undefined || !isSame(here, there))
      throw new MoveError('What is known of files did not arrive as it was read.');
  }
}

function steps(source: BlobStore, target: BlobStore) {
  const listing = (store: BlobStore) => ({
    page: (after: Bytes | undefined, limit: number) => store.list(after, limit),
    idOf: ({ blobId }: MovedBlob) => blobId,
  });
  return inStep(listing(source), listing(target));
}

function isSame(a: MovedBlob, b: MovedBlob): boolean {
  const { header, tickets, inboxId, sender, blobId: _a, ...fields } = a;
  const { header: otherHeader, tickets: otherTickets, blobId: _b, ...others } = b;
  const names = Object.keys(fields) as (keyof typeof fields)[];
  return (
    equal(header, otherHeader) &&
    equal(inboxId, b.inboxId) &&
    equal(sender, b.sender) &&
    names.every((name) => fields[name] === others[name]) &&
    tickets.length === otherTickets.length &&
    tickets.every(({ ticket, until }, at) => {
      const other = otherTickets[at];
      return other !== undefined && until === other.until && equal(ticket, other.ticket);
    })
  );
}
