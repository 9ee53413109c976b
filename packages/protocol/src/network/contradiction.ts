/** What two statements of one host prove (STM-3, STM-4, STM-5). */
import { type Bytes, equal, toHex } from '../bytes.ts';
import type { FrontierEntry } from '../checkpoint.ts';
import { STATEMENT_ORDER_SECONDS } from '../limits.ts';
import type { Signed } from './fact.ts';
import type { Statement } from './statement.ts';

/** `forked`: it holds two records in one place. `lost`: it no longer holds, or hides, what it said before that it held. */
export type Contradiction = 'forked' | 'lost';

type Frontier = ReadonlyMap<string, FrontierEntry>;

function frontierOf({ frontier }: Statement): Frontier {
  return new Map(frontier.map((entry) => [toHex(entry.session), entry]));
}

/** STM-3: a hash covers all records of its session before it, so for one `have` there is one hash, whenever it was said. */
function isForked(a: Frontier, b: Frontier): boolean {
  for (const [session, { have, hash }] of a) {
    const other = b.get(session);
    if (other !== undefined && other.have === have && !equal(other.hash, hash)) return true;
  }
  return false;
}

function hasSameCheckpoint(a: Statement, b: Statement): boolean {
  const none: Bytes = new Uint8Array(0);
  return a.checkpointSeq === b.checkpointSeq && equal(a.checkpointHash ?? none, b.checkpointHash ?? none);
}

/** STM-4: whether `later` lacks what `earlier` has. Which sessions are retired is decided by the checkpoint alone. */
function isLost(earlier: Statement, later: Statement): boolean {
  if (later.headerSeq < earlier.headerSeq || later.checkpointSeq < earlier.checkpointSeq) return true;
  const mayLeaveOut = !hasSameCheckpoint(earlier, later);
  const now = frontierOf(later);
  return earlier.frontier.some(({ session, have }) => {
    const entry = now.get(toHex(session));
    return entry === undefined ? !mayLeaveOut : entry.have < have;
  });
}

/** Both checked by `checkStatement`. Undefined when an honest host may have said both: also for two hosts or two documents. */
export function contradictionOf(a: Signed<Statement>, b: Signed<Statement>): Contradiction | undefined {
  if (!equal(a.key, b.key) || !equal(a.fact.docId, b.fact.docId)) return undefined;
  if (isForked(frontierOf(a.fact), frontierOf(b.fact))) return 'forked';
  const [earlier, later] = a.fact.time <= b.fact.time ? [a.fact, b.fact] : [b.fact, a.fact];
  const isOrdered = later.time - earlier.time > STATEMENT_ORDER_SECONDS;
  const isPromised = earlier.expiry === 0 || later.time < earlier.expiry;
  return isOrdered && isPromised && isLost(earlier, later) ? 'lost' : undefined;
}
