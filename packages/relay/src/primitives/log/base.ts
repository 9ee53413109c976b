/** PEER-7: a checkpoint of another host in place of records that are gone there. */
import type { Bytes, Checkpoint, ErrorName, FrontierEntry } from '@archipel/protocol';
import { checkpointHash, decodeCheckpoint, peekRecord, verifyCheckpoint } from '@archipel/protocol';
import { chainOf, keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { changed } from './follow.ts';
import { scan } from './scan.ts';
import { sayCheckpoint } from './tell.ts';

/** Undefined: what it covers counts as known here from now on, and readers get it. `checkpoint_behind`: there is as much here already. */
export async function adoptBase(context: LogContext, document: Document, bytes: Bytes): Promise<ErrorName | undefined> {
  const { config, verify } = context;
  if (bytes.length > config.limits.checkpointMaxBytes) return 'too_large';
  const checkpoint = decodeCheckpoint(bytes);
  if (!checkpoint.ok) return checkpoint.error;
  if (checkpoint.value.gen !== document.header.gen) return 'wrong_generation';
  if (!(await verifyCheckpoint(verify, document.header.edit, document.docId, bytes))) return 'bad_signature';
  const most = document.header.maxBytes > 0 ? document.header.maxBytes : config.limits.documentMaxBytes;
  if (document.bytes + bytes.length > Math.min(most, config.limits.documentMaxBytes)) return 'document_full';
  if (document.isCheckpointing || document.pendingAppends > 0) return 'unavailable';
  document.isCheckpointing = true;
  document.holds += 1;
  const error = await document.exclusively(() => adopt(context, document, checkpoint.value, bytes));
  document.holds -= 1;
  document.isCheckpointing = false;
  return error;
}

async function adopt(
  context: LogContext,
  document: Document,
  checkpoint: Checkpoint,
  bytes: Bytes,
): Promise<ErrorName | undefined> {
  const entries = new Map(checkpoint.frontier.map((entry) => [keyOf(entry.session), entry]));
  if (!goesBeyond(document, checkpoint, entries)) return 'checkpoint_behind';
  const tail = await tailBehind(context, document, entries);
  if (typeof tail === 'string') return tail;
  const { seq } = checkpoint;
  const { header } = document;
  const historyBytes = document.historyBytes + tail.historyBytes;
  const purgeAt = header.retention > 0 ? Math.floor(context.clock.now() / 1000) + header.retention : 0;
  const stored = { seq, body: bytes, tailFrom: tail.from, historyBytes };
  const basis = { version: document.version, position: document.readPosition, retired: [], maySkip: true };
  const version = await context.store.putCheckpoint(document.ref, stored, purgeAt, basis);
  if (version === 'conflict') return 'checkpoint_behind';
  if (typeof version === 'string') return version;
  for (const [key, chain] of document.chains) {
    if (chain.covered > 0 && chain.durable === chain.covered && !entries.has(key)) document.chains.delete(key);
  }
  for (const { session, have, hash } of checkpoint.frontier) cover(document, session, have, hash);
  document.tailFrom = tail.from;
  document.coveredBefore = document.readPosition + 1;
  document.historyBytes = historyBytes;
  document.tailBytes -= tail.historyBytes;
  const hash = checkpointHash(document.docId, bytes, context.sha256);
  document.checkpoint = { seq, hash, retired: checkpoint.retired, bytes: bytes.length };
  document.checkpointFrame = undefined;
  sayCheckpoint(document, document.checkpoint);
  for (const reader of document.readers) reader.needCheckpoint();
  document.outbox.sendBack();
  changed(context, document, version);
  return undefined;
}

function cover(document: Document, session: Bytes, have: number, hash: Bytes): void {
  const chain = chainOf(document.chains, session);
  if (chain.durable < have) return chain.skipTo(have, hash);
  chain.covered = have;
  chain.coveredHash = new Uint8Array(hash);
}

/** It is later, and nowhere behind what the last one here covers. */
function goesBeyond(document: Document, { seq }: Checkpoint, entries: ReadonlyMap<string, FrontierEntry>): boolean {
  if (seq <= (document.checkpoint?.seq ?? 0)) return false;
  for (const [key, { covered }] of document.chains) {
    const entry = entries.get(key);
    if (entry !== undefined && entry.have < covered) return false;
  }
  return true;
}

/** Where what it does not cover begins, and the size of what lies before. */
async function tailBehind(context: LogContext, document: Document, entries: ReadonlyMap<string, FrontierEntry>) {
  let from = 0;
  let historyBytes = 0;
  const failure = await scan(context, document, document.tailFrom - 1, ({ position, body }) => {
    const place = peekRecord(body);
    const key = place.ok ? keyOf(place.value.session) : '';
    if (place.ok && place.value.n >= (entries.get(key)?.have ?? 0)) {
      from = position;
      return false;
    }
    historyBytes += body.length;
    return true;
  });
  return failure ?? { from: from === 0 ? document.readPosition + 1 : from, historyBytes };
}
