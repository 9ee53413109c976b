import type { Bytes } from '@archipel/protocol';
import * as Y from 'yjs';

/**
 * Applies an update, and whatever waited for it. Throws on bytes that are no update.
 *
 * Yjs (13.6.33) forgets some of what waits: when the wait of one item ends at a gap in another client's items, it notes the
 * end of the gap and not what the first item needs (`integrateStructs`, `updateMissingSv(…, clock - 1)`), and does not look
 * again when that comes. Items that then wait for each other's text would wait for ever, though all of it is here. So what
 * still waits after an update is tried again, once: one pass takes in all that can be.
 */
export function applyUpdate(doc: Y.Doc, update: Bytes, origin?: unknown): void {
  const { store } = doc;
  const waiting = store.pendingStructs;
  Y.applyUpdate(doc, update, origin);
  // Another object: Yjs has looked again by itself.
  if (waiting === null || store.pendingStructs !== waiting) return;
  store.pendingStructs = null;
  Y.applyUpdateV2(doc, waiting.update, origin);
}
