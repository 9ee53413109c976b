/**
 * Records that were not taken because of what the memory says, though the memory may be behind the store: when other processes serve the
 * document too, it is compared first. A document compares once at a time, for all that wait.
 */
import type { Bytes, ErrorName, RecordPlace } from '@archipel/protocol';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import type { Refreshed } from './refresh.ts';
import type { Subscription } from './subscription.ts';

const MAX_WAITING = 512;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_COMPARISONS = 3;

/** A record as it came on a channel. */
export interface Arrival {
  from: Subscription;
  body: Bytes;
  place: RecordPlace;
  /** CON-10: how long its writer has to wait, 0 for not at all. */
  waitMs: number;
  /** The memory was compared with the store since it came, or no other process changes that. */
  isCurrent: boolean;
}

/** `failure`: the store did not answer. */
type Judge = (arrival: Arrival, failure: Refreshed) => void;

/** Refusals that a change by another process may have made wrong. */
const BY_MEMORY: ReadonlySet<ErrorName> = new Set([
  'expired',
  'wrong_generation',
  'document_full',
  'session_gap',
  'session_fork',
  'session_closed',
]);

export function isByMemory(error: ErrorName): boolean {
  return BY_MEMORY.has(error);
}

/** False when too many wait already. */
export function judgeLater(context: LogContext, arrival: Arrival, judge: Judge): boolean {
  const { document } = arrival.from;
  const waiting = document.judging;
  if (waiting === undefined) {
    document.judging = [arrival];
    void judgeAll(context, document, judge);
    return true;
  }
  const bytes = waiting.reduce((sum, { body }) => sum + body.length, arrival.body.length);
  if (waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES) return false;
  waiting.push(arrival);
  return true;
}

async function judgeAll(context: LogContext, document: Document, judge: Judge): Promise<void> {
  document.holds += 1;
  // What comes in the same frame is judged together.
  await Promise.resolve();
  for (let batch = document.judging ?? []; batch.length > 0; batch = document.judging ?? []) {
    document.judging = [];
    const failure = await compare(context, document);
    for (const arrival of batch) judge({ ...arrival, isCurrent: true }, failure);
  }
  document.judging = undefined;
  document.holds -= 1;
}

/** Another commit may have failed meanwhile. */
async function compare(context: LogContext, document: Document): Promise<Refreshed> {
  let failure = await context.refresher.refresh(document);
  for (let i = 1; failure === undefined && document.isUnsure && i < MAX_COMPARISONS; i++) {
    failure = await context.refresher.refresh(document);
  }
  return failure;
}
