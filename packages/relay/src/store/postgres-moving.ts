/** Moving documents out of PostgreSQL and into it. Errors go up to whoever calls. */
import type { Bytes } from '@archipel/protocol';
import type { DescribedDocument, DocumentState, ImportPiece, MovedCheckpoint, MovedPurge } from './moving.ts';
import { purgesInOrder } from './moving.ts';
import {
  CHECKPOINT_STATE_ROW,
  CLEAR,
  COUNT_ON,
  COUNT_REST,
  COUNT_STEP,
  DESCRIBE,
  DROP_DOCUMENT,
  HIDE_DOCUMENT,
  IMPORT_CHECKPOINT,
  IMPORT_DOCUMENT,
  IMPORT_PURGE,
  IMPORT_RECORDS,
  IMPORT_STATE,
  LIST,
  PURGE_ROW,
  SKIPPED_ROW,
  STATE_ROW,
} from './postgres-moving-statements.ts';
import type { SessionPool } from './postgres-pool.ts';
import type { Session } from './postgres-session.ts';
import { ALIVE, DELETED, EXPIRED } from './postgres-statements.ts';
import { BYTEA, binaryArray, INT8, int8, UUID } from './postgres-wire.ts';

/** Nobody is told that it is there until the move ends with a commit that waits for the disk, and for all before it. */
const BEGIN_LAZY = 'begin; set local synchronous_commit = off';

type DescribeRow = [kind: number, a: number, b: number, c: number, body: Bytes | null];

const NOTHING: Bytes = new Uint8Array(0);

export async function list(pool: SessionPool, after: Bytes | undefined, limit: number): Promise<Bytes[]> {
  return (await pool.run<[Bytes]>(LIST, [after ?? NOTHING, limit])).map(([docId]) => docId);
}

export async function count(pool: SessionPool): Promise<number> {
  let documents = 0;
  let after = NOTHING;
  for (;;) {
    const [next] = await pool.run<[Bytes]>(COUNT_ON, [after]);
    if (next === undefined) break;
    documents += COUNT_STEP;
    [after] = next;
  }
  const [[rest] = [0]] = await pool.run<[number]>(COUNT_REST, [after]);
  return documents + rest;
}

export async function clear(pool: SessionPool): Promise<'cleared'> {
  await pool.use((session) => session.execute(CLEAR));
  return 'cleared';
}

export async function describe(
  pool: SessionPool,
  docId: Bytes,
  skip: number,
): Promise<DescribedDocument | 'not_found'> {
  const rows = await pool.run<DescribeRow>(DESCRIBE, [docId, skip]);
  const row = rows.find(([kind]) => kind === STATE_ROW);
  if (row === undefined) return 'not_found';
  const skipped = skip === 0 ? 0 : rows.find(([kind]) => kind === SKIPPED_ROW)?.[1];
  const ref = { docId: new Uint8Array(docId), num: 0 };
  return { ref, after: skipped, state: stateOf(row, rows) };
}

function stateOf([, state, expiry, records, header]: DescribeRow, rows: DescribeRow[]): DocumentState {
  if (state !== ALIVE || header === null) {
    const ending = state === DELETED ? 'deleted' : 'expired';
    return { state: ending, header: NOTHING, expiry, records: 0, checkpoints: [], purges: [] };
  }
  const checkpoints: MovedCheckpoint[] = [];
  const purges: MovedPurge[] = [];
  for (const [kind, a, b, c, body] of rows) {
    if (kind === CHECKPOINT_STATE_ROW) checkpoints.push({ seq: a, before: b, historyBytes: c, body: body as Bytes });
    if (kind === PURGE_ROW) purges.push({ before: a, due: b });
  }
  checkpoints.sort((a, b) => a.seq - b.seq);
  return { state: 'alive', header, expiry, records, checkpoints, purges: purgesInOrder(purges) };
}

/** `unavailable`: there is nothing to add to. */
export function importPiece(pool: SessionPool, piece: ImportPiece): Promise<'taken' | 'unavailable'> {
  return pool.use((session) =>
    session.transaction(async () => {
      if (!(await begin(session, piece))) return 'unavailable';
      if (!(await addRecords(session, piece))) return 'unavailable';
      if (piece.state !== undefined) await finish(session, piece.docId, piece.state);
      return 'taken';
    }, BEGIN_LAZY),
  );
}

async function begin(session: Session, { docId, begins }: ImportPiece): Promise<boolean> {
  if (begins === 'on') return true;
  if (begins === 'extend') return (await session.run(HIDE_DOCUMENT, [docId])).length === 1;
  if ((await session.run(IMPORT_DOCUMENT, [docId])).length === 1) return true;
  await session.run(DROP_DOCUMENT, [docId]);
  return (await session.run(IMPORT_DOCUMENT, [docId])).length === 1;
}

async function addRecords(session: Session, { docId, records }: ImportPiece): Promise<boolean> {
  if (records.length === 0) return true;
  const sessions = records.map((record) => record.session);
  const places = records.map(({ n }) => int8(n));
  const bodies = records.map(({ body }) => body);
  const arrays = [binaryArray(UUID, sessions), binaryArray(INT8, places), binaryArray(BYTEA, bodies)];
  return (await session.run(IMPORT_RECORDS, [docId, ...arrays])).length === 1;
}

const NUMBERS = { alive: ALIVE, deleted: DELETED, expired: EXPIRED };

async function finish(session: Session, docId: Bytes, state: DocumentState): Promise<void> {
  for (const { seq, before, historyBytes, body } of state.checkpoints) {
    await session.run(IMPORT_CHECKPOINT, [docId, seq, before, historyBytes, body]);
  }
  for (const { before, due } of state.purges) await session.run(IMPORT_PURGE, [docId, before, due]);
  const header = state.state === 'alive' ? state.header : null;
  await session.run(IMPORT_STATE, [docId, header, state.expiry, NUMBERS[state.state]]);
}
