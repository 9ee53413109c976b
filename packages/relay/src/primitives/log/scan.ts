/** Reading a document's records from the store, page by page. */
import type { StoredRecord, StoreFailure } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';

/** Calls `visit` with every record after a position, until it says false. Returns what the store failed with. */
export async function scan(
  context: LogContext,
  document: Document,
  after: number,
  visit: (record: StoredRecord) => boolean | undefined,
): Promise<StoreFailure | undefined> {
  let cursor = after;
  for (;;) {
    const page = await context.store.read(document.ref, cursor, context.config.limits.pageBytes);
    if (typeof page === 'string') return page;
    for (const record of page.records) if (visit(record) === false) return undefined;
    if (page.last) return undefined;
    cursor = page.records.at(-1)?.position ?? cursor;
  }
}
