/**
 * Another process changed the document: its header, its checkpoint, or what records it has. All of it is read again, and takes the place
 * of what is in memory in one turn, so that nobody sees a part of it.
 */
import { equal } from '@archipel/protocol';
import type { Ending, Gone, StoreFailure } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { load } from './load.ts';
import { replaceHeader, sayCheckpoint, sayEnded } from './tell.ts';

/** Undefined: done, or it is not in memory any more. `isLost`: the store has less than it once said. */
export async function reload(
  context: LogContext,
  document: Document,
  isLost: boolean,
): Promise<StoreFailure | undefined> {
  const before = isLost ? 0 : document.readPosition;
  const loaded = await load(context, document.docId, () => document.channel);
  if (document.isDropped) return undefined;
  if (typeof loaded !== 'string') adopt(context, document, loaded.document, before);
  else if (isGone(loaded)) endHere(context, document, loaded === 'deleted' ? 'deleted' : 'expired');
  else return loaded;
  return undefined;
}

function isGone(answer: Gone | StoreFailure): answer is Gone {
  return answer === 'not_found' || answer === 'deleted' || answer === 'expired';
}

/** Another process ended it, or the store's sweep did. */
function endHere(context: LogContext, document: Document, ending: Ending): void {
  document.ended = ending;
  sayEnded(context, document, ending);
  context.documents.drop(document);
}

/** `before`: up to here everything was known when the store was read. */
function adopt(context: LogContext, document: Document, read: Document, before: number): void {
  document.version = read.version;
  adoptChains(context, document, read);
  adoptCheckpoint(document, read);
  document.tailBytes = read.tailBytes;
  // What came while it was read is not in it, and is taken again.
  document.readPosition = Math.min(document.readPosition, Math.max(before, read.readPosition));
  document.position = Math.max(document.readPosition, read.position);
  document.outbox.flushedPosition = Math.min(document.outbox.flushedPosition, document.readPosition);
  // What other processes told was told of another version.
  for (const [position, { isOwn }] of document.held ?? []) if (!isOwn) document.held?.delete(position);
  if (!equal(document.headerBytes, read.headerBytes)) replaceHeader(context, document, read.header, read.headerBytes);
  // Its owner gave it more time before it was over.
  if (document.ended === 'expired') document.ended = undefined;
}

/** Afterwards every chain is as it would be in a document that was just opened; what is under way fails, or is on disk already. */
function adoptChains({ verifier }: LogContext, document: Document, read: Document): void {
  document.rollBack('unavailable');
  for (const [key, chain] of document.chains) {
    const fresh = read.chains.get(key);
    if (fresh !== undefined) chain.adopt(fresh);
    else if (chain.durable > 0) document.chains.delete(key);
  }
  for (const [key, chain] of read.chains) if (!document.chains.has(key)) document.chains.set(key, chain);
  for (const chain of document.chains.values()) {
    if (chain.unchecked !== undefined && document.readers.length > 0) verifier.add(document, chain);
  }
  for (const reader of document.readers) reader.lastChain = undefined;
}

function adoptCheckpoint(document: Document, read: Document): void {
  const { checkpoint } = read;
  const isNew = checkpoint?.seq !== document.checkpoint?.seq;
  document.tailFrom = read.tailFrom;
  document.historyBytes = read.historyBytes;
  if (isNew) {
    document.checkpoint = checkpoint;
    document.checkpointFrame = undefined;
    document.coveredBefore = read.coveredBefore;
  }
  // Nothing tells whether the change was that its owner erased the history.
  if (checkpoint !== undefined) document.erasedBefore = document.coveredBefore;
  if (isNew && checkpoint !== undefined) sayCheckpoint(document, checkpoint);
}
