/** Reading a document's records page by page from any position on, covered ones included. */
import type { ErrorName } from '@archipel/protocol';
import { encodeFrame } from '@archipel/protocol';
import type { LogContext } from './context.ts';
import type { Subscription } from './subscription.ts';

/** Undefined: answered. `not_allowed`: a reader, and its owner keeps the past to those who write (HDR-6). `from`: the first position wanted; `limit`: how many records at most. */
export async function sendHistory(
  context: LogContext,
  to: Subscription,
  request: number,
  from: number,
  limit: number,
): Promise<ErrorName | undefined> {
  const { document, peer } = to;
  if (!to.isOpen) return undefined;
  // Its owner may have given it more time by another process.
  const mayBeGone = document.goneBy(context.clock.now()) !== undefined;
  const failure = mayBeGone ? await context.refresher.keepUp(document) : undefined;
  const gone = failure ?? document.goneBy(context.clock.now());
  if (gone !== undefined) return gone;
  if (!to.mayWrite && !document.header.pastOpen) return 'not_allowed';
  const { pageBytes } = context.config.limits;
  const page = await context.store.read(document.ref, Math.max(0, from - 1), pageBytes, Math.max(1, limit));
  if (typeof page === 'string') return page;
  if (!to.isOpen) return undefined;
  const records = page.records.map(({ position, body }) => ({ position, record: body }));
  const next = page.last ? 0 : (records.at(-1)?.position ?? 0) + 1;
  peer.send(encodeFrame(document.channel, [{ type: 'historyPage', request, next, records }]));
  return undefined;
}
