/** Taking checkpoints (CKP-1 to CKP-3): the next one only, and only when it covers what it must. */
import type { Bytes, Checkpoint, ErrorName, FrontierEntry } from '@archipel/protocol';
import { checkpointHash, decodeCheckpoint, equal, peekRecord, recordHash, verifyCheckpoint } from '@archipel/protocol';
import type { Chain } from './chain.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { changed } from './follow.ts';
import { scan } from './scan.ts';
import type { Subscription } from './subscription.ts';
import { sayCheckpoint } from './tell.ts';

/** `next`: CKP-1. `later`: another host has it, and this one may not have had those in between (PEER-8). */
export type Succession = 'next' | 'later';

/** Undefined: taken, and every reader was told. Otherwise why not. */
export async function takeCheckpoint(
  context: LogContext,
  from: Subscription,
  bytes: Bytes,
  rule: Succession = 'next',
): Promise<ErrorName | undefined> {
  const { document } = from;
  if (!from.mayWrite) return 'not_allowed';
  // It may cover records that came by another process.
  const failure = await context.refresher.keepUp(document);
  if (failure !== undefined) return failure;
  const gone = document.goneBy(context.clock.now());
  if (gone !== undefined) return gone;
  if (bytes.length > context.config.limits.checkpointMaxBytes) return 'too_large';
  const checkpoint = decodeCheckpoint(bytes);
  if (!checkpoint.ok) return checkpoint.error;
  if (checkpoint.value.gen !== document.header.gen) return 'wrong_generation';
  if (document.isCheckpointing || !mayFollow(document, checkpoint.value, rule)) return 'checkpoint_behind';
  document.isCheckpointing = true;
  document.holds += 1;
  const outcome = await checkAndStore(context, document, checkpoint.value, bytes);
  document.holds -= 1;
  document.isCheckpointing = false;
  if (outcome !== 'conflict') return outcome;
  // Another process changed the document meanwhile. Who made this one makes another.
  return (await context.refresher.keepUp(document)) ?? 'checkpoint_behind';
}

/** CKP-1, PEER-8 */
function mayFollow({ checkpoint: last }: Document, { seq, previous }: Checkpoint, rule: Succession): boolean {
  if (rule === 'later') return seq > (last?.seq ?? 0);
  if (last === undefined) return seq === 1;
  return seq === last.seq + 1 && previous !== undefined && equal(previous, last.hash);
}

async function checkAndStore(
  context: LogContext,
  document: Document,
  checkpoint: Checkpoint,
  bytes: Bytes,
): Promise<ErrorName | 'conflict' | undefined> {
  const { header, docId, version } = document;
  if (!(await verifyCheckpoint(context.verify, header.edit, docId, bytes))) return 'bad_signature';
  if (header.retention > 0) await recountHistory(context, document);
  const most = header.maxBytes > 0 ? header.maxBytes : context.config.limits.documentMaxBytes;
  if (document.bytes + bytes.length > Math.min(most, context.config.limits.documentMaxBytes)) return 'document_full';
  const coverage = await examine(context, document, checkpoint.frontier);
  if (typeof coverage === 'string') return coverage;
  return document.exclusively(async () =>
    document.version === version ? store(context, document, checkpoint, bytes, coverage) : 'conflict',
  );
}

async function store(
  context: LogContext,
  document: Document,
  checkpoint: Checkpoint,
  bytes: Bytes,
  coverage: Coverage,
): Promise<ErrorName | 'conflict' | undefined> {
  const { header, ref } = document;
  const isNext = checkpoint.seq === (document.checkpoint?.seq ?? 0) + 1;
  const retired = retiredBy(document, checkpoint, isNext);
  if (retired === undefined) return 'checkpoint_uncovered';
  for (const chain of retired) chain.closed = 'session_closed';
  const { tailFrom, last } = coverage;
  const historyBytes = document.historyBytes + coverage.historyBytes;
  const purgeAt = header.retention > 0 ? Math.floor(context.clock.now() / 1000) + header.retention : 0;
  const version = await context.store.putCheckpoint(
    ref,
    { seq: checkpoint.seq, body: bytes, tailFrom, historyBytes },
    purgeAt,
    // Of a retired session the memory knows no record up to here that is not covered; of what came later the store tells.
    {
      version: document.version,
      position: Math.min(last, document.readPosition),
      retired: retired.map(({ id }) => id),
      maySkip: !isNext,
    },
  );
  if (typeof version === 'string') {
    for (const chain of retired) chain.closed = undefined;
    return version;
  }
  apply(context, document, checkpoint, bytes, coverage);
  for (const chain of retired) document.chains.delete(keyOf(chain.id));
  changed(context, document, version);
  return undefined;
}

/** CKP-3: what the store removed of the history, because its retention ended, does not count any more. */
export async function recountHistory({ store }: LogContext, document: Document): Promise<void> {
  const { checkpoint } = document;
  const stored = await store.readCheckpoint(document.ref);
  if (stored === undefined || typeof stored === 'string' || document.checkpoint !== checkpoint) return;
  if (stored.seq !== checkpoint?.seq) return;
  document.historyBytes = Math.min(document.historyBytes, stored.historyBytes);
}

function apply(
  context: LogContext,
  document: Document,
  checkpoint: Checkpoint,
  bytes: Bytes,
  coverage: Coverage,
): void {
  for (const { session, have, hash } of checkpoint.frontier) {
    const chain = document.chains.get(keyOf(session));
    if (chain === undefined) continue;
    chain.covered = have;
    chain.coveredHash = new Uint8Array(hash);
    // The editor who signed the checkpoint vouches for the hash, and so for the chain up to it.
    if (chain.checked < have) {
      chain.checked = have;
      chain.checkedHash = chain.coveredHash;
    }
  }
  document.tailFrom = coverage.tailFrom;
  document.coveredBefore = coverage.last + 1;
  document.historyBytes += coverage.historyBytes;
  document.tailBytes -= coverage.historyBytes;
  const hash = checkpointHash(document.docId, bytes, context.sha256);
  document.checkpoint = { seq: checkpoint.seq, hash, retired: checkpoint.retired, bytes: bytes.length };
  document.checkpointFrame = undefined;
  context.metrics.checkpointsMade += 1;
  sayCheckpoint(document, document.checkpoint);
}

interface Coverage {
  /** The first record that is not covered, or the place of the next one. */
  tailFrom: number;
  /** Of the records of the old tail before it. */
  historyBytes: number;
  /** Position of the last record that was looked at. */
  last: number;
}

/** Walks the tail as it is on disk, computing each chain's hashes; every entry of the frontier must be met on the way. */
async function examine(
  context: LogContext,
  document: Document,
  frontier: FrontierEntry[],
): Promise<Coverage | ErrorName> {
  const entries = new Map(frontier.map((entry) => [keyOf(entry.session), entry]));
  const heads = new Map<string, { have: number; hash: Bytes }>();
  for (const [key, { covered, coveredHash }] of document.chains) heads.set(key, { have: covered, hash: coveredHash });
  const met = new Set<string>();
  for (const [key, entry] of entries) {
    const head = heads.get(key);
    if (head !== undefined && head.have > 0 && head.have === entry.have && equal(head.hash, entry.hash)) met.add(key);
  }
  let tailFrom = 0;
  let historyBytes = 0;
  let strands = false;
  const last = document.position;
  const failure = await scan(context, document, document.tailFrom - 1, ({ position, body }) => {
    const place = peekRecord(body);
    if (!place.ok || position > last) return false;
    const key = keyOf(place.value.session);
    const head = heads.get(key);
    const entry = entries.get(key);
    if (head !== undefined && place.value.n === head.have) {
      head.hash = recordHash(document.docId, head.hash, body, context.sha256);
      head.have += 1;
      if (entry !== undefined && head.have === entry.have && equal(head.hash, entry.hash)) met.add(key);
    }
    const wasCovered = place.value.n < (document.chains.get(key)?.covered ?? 0);
    const isCovered = wasCovered || (entry !== undefined && place.value.n < entry.have);
    if (!isCovered && tailFrom === 0) tailFrom = position;
    // A retired session's record must not stay in the tail, where nobody could tell any more that it is covered.
    if (wasCovered && entry === undefined && tailFrom > 0) strands = true;
    if (tailFrom === 0) historyBytes += body.length;
    return true;
  });
  if (failure !== undefined) return failure;
  if (met.size !== entries.size || strands) return 'checkpoint_uncovered';
  return { tailFrom: tailFrom === 0 ? last + 1 : tailFrom, historyBytes, last };
}

/** CKP-2: the chains that it leaves out; undefined when it must not, or counts them wrongly, or goes back behind the last frontier. */
function retiredBy(document: Document, { frontier, retired }: Checkpoint, isNext: boolean): Chain[] | undefined {
  const entries = new Map(frontier.map((entry) => [keyOf(entry.session), entry]));
  const left: Chain[] = [];
  for (const [key, chain] of document.chains) {
    const entry = entries.get(key);
    if (chain.covered === 0 || (entry !== undefined && entry.have >= chain.covered)) continue;
    if (entry !== undefined || chain.have !== chain.covered) return undefined;
    left.push(chain);
  }
  const least = (document.checkpoint?.retired ?? 0) + left.length;
  // Those in between may have retired sessions that are not known here.
  return (isNext ? retired === least : retired >= least) ? left : undefined;
}
