/** What the PostgreSQL store hands out. Errors go up to whoever calls. */
import type { Bytes } from '@archipel/protocol';
import type { SessionPool } from './postgres-pool.ts';
import {
  ALIVE,
  CHECKPOINT_ROW,
  DELETED,
  DOCUMENT_ROW,
  HEADS,
  IMPORTING,
  LAST_CHECKPOINT,
  LOAD,
  READ,
  RECORD_ROW,
} from './postgres-statements.ts';
import { BYTEA, binaryArray } from './postgres-wire.ts';
import type { Gone, RecordPage, StoredCheckpoint, StoredDocument, StoredHead } from './store.ts';

/** Records looked at for one page: enough for their bytes, and not much more. */
const MAX_PAGE_RECORDS = 2000;
const MIN_PAGE_RECORDS = 64;
const SMALL_RECORD_BYTES = 256;
/** Documents asked for in one statement. */
const HEADS_BATCH = 500;

type LoadRow = [kind: number, a: number, b: number, c: number, body: Bytes | null];
type ReadRow = [position: number, seen: number, body: Bytes];
type CheckpointRow = [seq: number, tailFrom: number, historyBytes: number, body: Bytes];
type HeadRow = [docId: Bytes, version: number | null, position: number];

function rowsFor(maxBytes: number, maxRecords: number): number {
  const likely = Math.ceil(maxBytes / SMALL_RECORD_BYTES);
  return Math.min(maxRecords, Math.max(MIN_PAGE_RECORDS, Math.min(MAX_PAGE_RECORDS, likely)));
}

/** It is the last page when no row was looked at that is not on it. */
function pageOf(rows: ReadRow[]): RecordPage {
  const records = rows.map(([position, , body]) => ({ position, body }));
  return { records, last: rows.length === (rows[0]?.[1] ?? 0) };
}

function checkpointOf([seq, tailFrom, historyBytes, body]: CheckpointRow): StoredCheckpoint {
  return { seq, body, tailFrom, historyBytes };
}

export async function load(pool: SessionPool, docId: Bytes, pageBytes: number): Promise<StoredDocument | Gone> {
  const rows = await pool.run<LoadRow>(LOAD, [docId, pageBytes, rowsFor(pageBytes, MAX_PAGE_RECORDS)]);
  const document = rows.find(([kind]) => kind === DOCUMENT_ROW);
  if (document === undefined || document[2] === IMPORTING) return 'not_found';
  const [, version, state, , header] = document;
  if (state !== ALIVE || header === null) return state === DELETED ? 'deleted' : 'expired';
  const last = rows.find(([kind]) => kind === CHECKPOINT_ROW);
  const records: ReadRow[] = [];
  for (const [kind, position, seen, , body] of rows) {
    if (kind === RECORD_ROW) records.push([position, seen, body as Bytes]);
  }
  // A union promises no order.
  records.sort(([a], [b]) => a - b);
  return {
    ref: { docId: new Uint8Array(docId), num: 0 },
    version,
    header,
    checkpoint: last && checkpointOf([last[1], last[2], last[3], last[4] as Bytes]),
    page: pageOf(records),
  };
}

export async function read(
  pool: SessionPool,
  docId: Bytes,
  after: number,
  maxBytes: number,
  maxRecords: number,
): Promise<RecordPage> {
  return pageOf(await pool.run<ReadRow>(READ, [docId, after, maxBytes, rowsFor(maxBytes, maxRecords)]));
}

export async function readCheckpoint(pool: SessionPool, docId: Bytes): Promise<StoredCheckpoint | undefined> {
  const [row] = await pool.run<CheckpointRow>(LAST_CHECKPOINT, [docId]);
  return row && checkpointOf(row);
}

export async function heads(pool: SessionPool, docIds: readonly Bytes[]): Promise<StoredHead[]> {
  const found: StoredHead[] = [];
  for (let from = 0; from < docIds.length; from += HEADS_BATCH) {
    const asked = docIds.slice(from, from + HEADS_BATCH);
    const known = new Set<string>();
    for (const [docId, version, position] of await pool.run<HeadRow>(HEADS, [binaryArray(BYTEA, asked)])) {
      known.add(keyOf(docId));
      found.push({ docId, version: version ?? undefined, position });
    }
    for (const docId of asked) if (!known.has(keyOf(docId))) found.push({ docId, version: undefined, position: 0 });
  }
  return found;
}

function keyOf(docId: Bytes): string {
  return Buffer.from(docId).toString('latin1');
}
