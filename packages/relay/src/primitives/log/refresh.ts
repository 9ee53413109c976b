/** Taking from the store what it holds beyond the memory: after a commit whose outcome is not known, or on word of another process. */
import type { RecordPage, StoredRecord } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { CorruptDocumentError } from './document.ts';

const RETRY_MS = 1000;

/** `isUnsure`: the chains in memory may be behind what is on disk, so nothing is appended until this is done. */
export async function refresh(context: LogContext, document: Document, isUnsure: boolean): Promise<void> {
  document.isUnsure ||= isUnsure;
  document.refreshesWanted += 1;
  if (document.refreshesWanted > 1) return;
  document.holds += 1;
  while (document.refreshesWanted > 0 && !context.isStopped) {
    const wanted = document.refreshesWanted;
    if (await readOn(context, document)) document.refreshesWanted -= wanted;
    else await new Promise<void>((resolve) => context.clock.setTimeout(resolve, RETRY_MS));
  }
  document.holds -= 1;
  document.isUnsure = false;
}

async function readOn(context: LogContext, document: Document): Promise<boolean> {
  for (;;) {
    const page = await context.store.read(document.ref, document.readPosition, context.config.limits.pageBytes);
    if (typeof page === 'string') return false;
    const fresh = takeStored(context, document, page);
    if (fresh === undefined) return false;
    for (const { body, position } of fresh) document.outbox.addRecord(body, position, undefined);
    if (page.last) return true;
  }
}

/** Undefined: the store holds what does not decode, so nothing more is taken of this document until it does. */
function takeStored(context: LogContext, document: Document, page: RecordPage): StoredRecord[] | undefined {
  try {
    return document.takeStored(page, context.sha256);
  } catch (error) {
    if (!(error instanceof CorruptDocumentError)) throw error;
    context.log.error({ reason: error.message }, 'a document in the store is not readable');
    return undefined;
  }
}
