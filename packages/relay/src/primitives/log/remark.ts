/** What comes over a link to comment (RMK-4): looked at before it is taken, because many may have that link who may not write. */
import type { Bytes, RecordPlace } from '@archipel/protocol';
import { isRemarkSession, NO_PREVIOUS, peekRecord, verifyRecord } from '@archipel/protocol';
import { append } from './append.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Subscription } from './subscription.ts';

/** As `append`; of a commenter in order, after a look at each signature. */
export function takeRecord(context: LogContext, from: Subscription, body: Bytes, waitMs: number): boolean {
  if (from.role !== 'comment') return append(context, from, body, waitMs);
  const place = peekRecord(body);
  if (!place.ok) return false;
  // Refused whoever signed it.
  if (waitMs > 0 || !isRemarkSession(place.value.session)) return append(context, from, body, waitMs);
  from.judging = from.judging.then(async () => {
    const isGood = await isSigned(context, from, body, place.value);
    if (!from.isOpen) return;
    if (isGood) append(context, from, body, 0);
    else from.peer.goodbye('bad_signature', 0);
  });
  return true;
}

/** True also of what is not the next of its session: that is not stored as it is, whatever its signature. */
async function isSigned(context: LogContext, from: Subscription, body: Bytes, place: RecordPlace) {
  const { document } = from;
  const { bus, refresher, verify, metrics } = context;
  const next = (): number => document.chains.get(keyOf(place.session))?.have ?? 0;
  // Another process may have taken what comes before it.
  if (bus.isShared && place.n > next()) await refresher.refresh(document);
  if (place.n !== next() || !from.mayBring(place)) return true;
  const previous = document.chains.get(keyOf(place.session))?.hash ?? NO_PREVIOUS;
  metrics.recordsVerified += 1;
  return verifyRecord(verify, document.header, document.docId, previous, body);
}
