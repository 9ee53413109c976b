/**
 * REC-3: a record that the relay has had for long comes again, as from a client whose acks were lost. Only the store can tell whether
 * it is the very same. The store has one thread, so a document searches once at a time, for all that wait.
 */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { equal, peekRecord } from '@archipel/protocol';
import type { Chain } from './chain.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { scan } from './scan.ts';

const MAX_WAITING = 512;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface Comparison {
  chain: Chain;
  n: number;
  body: Bytes;
  /** Undefined: it is the same. */
  answer(error: ErrorName | undefined): void;
}

/** False when too many wait already. */
export function compareLater(context: LogContext, document: Document, comparison: Comparison): boolean {
  const waiting = document.comparing;
  if (waiting === undefined) {
    document.comparing = [comparison];
    void compareAll(context, document);
    return true;
  }
  const bytes = waiting.reduce((sum, { body }) => sum + body.length, comparison.body.length);
  if (waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES) return false;
  waiting.push(comparison);
  return true;
}

async function compareAll(context: LogContext, document: Document): Promise<void> {
  document.holds += 1;
  // What comes in the same frame is searched for together.
  await Promise.resolve();
  for (let batch = document.comparing ?? []; batch.length > 0; batch = document.comparing ?? []) {
    document.comparing = [];
    await compareBatch(context, document, batch);
  }
  document.comparing = undefined;
  document.holds -= 1;
}

const placeOf = (session: Bytes, n: number): string => `${n} ${keyOf(session)}`;

async function compareBatch(context: LogContext, document: Document, batch: Comparison[]): Promise<void> {
  const wanted = new Set(batch.map(({ chain, n }) => placeOf(chain.id, n)));
  const found = new Map<string, Bytes>();
  const after = batch.some(({ chain, n }) => n < chain.covered) ? 0 : document.tailFrom - 1;
  const failure = await scan(context, document, after, ({ body }) => {
    const place = peekRecord(body);
    if (!place.ok) return true;
    const key = placeOf(place.value.session, place.value.n);
    if (wanted.has(key)) found.set(key, body);
    return found.size < wanted.size;
  });
  for (const { chain, n, body, answer } of batch) {
    const stored = found.get(placeOf(chain.id, n));
    if (failure !== undefined) answer(failure);
    // When history was erased nobody can tell any more: the client seals its contents again in a new session.
    else if (stored === undefined) answer('session_closed');
    else answer(equal(stored, body) ? undefined : 'session_fork');
  }
}
