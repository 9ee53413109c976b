/** Reading a document from the store as it is: header, last checkpoint, and the chains of the records that follow it. */
import type { Bytes } from '@archipel/protocol';
import type { Gone, StoredDocument, StoreFailure } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import { CorruptDocumentError, Document } from './document.ts';

export interface LoadedDocument {
  document: Document;
  stored: StoredDocument;
}

/** What it holds badly is `unavailable`: one such document does not take the others along. */
export async function load(
  context: LogContext,
  docId: Bytes,
  channel: () => number,
): Promise<LoadedDocument | Gone | StoreFailure> {
  try {
    for (;;) {
      const loaded = await loadOnce(context, docId, channel);
      if (loaded !== 'changed meanwhile') return loaded;
    }
  } catch (error) {
    return unreadable(context, error);
  }
}

export function unreadable({ log }: LogContext, error: unknown): StoreFailure {
  if (!(error instanceof CorruptDocumentError)) throw error;
  log.error({ reason: error.message }, 'a document in the store is not readable');
  return 'unavailable';
}

async function loadOnce(
  context: LogContext,
  docId: Bytes,
  channel: () => number,
): Promise<LoadedDocument | Gone | StoreFailure | 'changed meanwhile'> {
  const { store, config, sha256, outboxes, bus, heads } = context;
  const { pageBytes } = config.limits;
  const stored = await store.load(docId, pageBytes);
  if (typeof stored === 'string') return stored;
  const document = new Document(stored, channel(), outboxes, sha256);
  document.takeStored(stored.page, sha256);
  for (let { last } = stored.page; !last; ) {
    const page = await store.read(document.ref, document.readPosition, pageBytes);
    if (typeof page === 'string') return page;
    document.takeStored(page, sha256);
    last = page.last;
  }
  if (bus.isShared && !stored.page.last) {
    // What came in several pages is one state only when nobody removed anything in between.
    const head = await heads.of(docId);
    if (typeof head === 'string') return head;
    if (head.version !== stored.version) return 'changed meanwhile';
  }
  document.outbox.flushedPosition = document.position;
  if (document.checkpoint !== undefined) document.coveredBefore = document.position + 1;
  return { document, stored };
}
