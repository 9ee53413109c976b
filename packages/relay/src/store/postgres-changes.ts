/** What the PostgreSQL store is told to change, but for appends. Errors go up to whoever calls. */
import type { Bytes } from '@archipel/protocol';
import type { SessionPool } from './postgres-pool.ts';
import type { Purges } from './postgres-purges.ts';
import {
  CREATE,
  DELETE_DOCUMENT,
  ERASE_HISTORY,
  EVERYTHING,
  EXPIRE_DOCUMENT,
  LOCK_DOCUMENT,
  PUT_CHECKPOINT,
  PUT_HEADER,
  REMOVE_RECORDS,
} from './postgres-statements.ts';
import { binaryArray, INT8, int8, UUID } from './postgres-wire.ts';
import type { CheckpointBasis, Ending, StoredCheckpoint } from './store.ts';

const DAY_SECONDS = 86_400;
/** The version of a document that is not there: none has it, so whatever is judged by it is a conflict. */
const NO_VERSION = -1;

export async function create(
  pool: SessionPool,
  docId: Bytes,
  header: Bytes,
  expiry: number,
): Promise<'created' | 'exists'> {
  const made = await pool.run(CREATE, [docId, header, expiry]);
  return made.length === 1 ? 'created' : 'exists';
}

export async function putHeader(
  pool: SessionPool,
  docId: Bytes,
  current: Bytes,
  next: Bytes,
  expiry: number,
): Promise<number | 'conflict'> {
  const [row] = await pool.run<[number]>(PUT_HEADER, [docId, current, next, expiry]);
  return row?.[0] ?? 'conflict';
}

export function putCheckpoint(
  pool: SessionPool,
  docId: Bytes,
  { seq, tailFrom, historyBytes, body }: StoredCheckpoint,
  purgeAt: number,
  { version, position, retired, maySkip = false }: CheckpointBasis,
): Promise<number | 'conflict'> {
  const judged = [version, position, binaryArray(UUID, retired), maySkip];
  const values = [docId, seq, tailFrom, historyBytes, body, purgeAt, ...judged];
  return pool.use((session) =>
    session.transaction(async () => {
      await session.run(LOCK_DOCUMENT, [docId]);
      const [row] = await session.run<[number]>(PUT_CHECKPOINT, values);
      return row?.[0] ?? 'conflict';
    }),
  );
}

export async function eraseHistory(
  pool: SessionPool,
  purges: Purges,
  docId: Bytes,
  positions: number[],
): Promise<number> {
  const values = [docId, binaryArray(INT8, positions.map(int8))];
  const [row] = await pool.run<[version: number, tailFrom: number | null]>(ERASE_HISTORY, values);
  if (row === undefined) return NO_VERSION;
  const [version, tailFrom] = row;
  if (tailFrom !== null) await purges.finish(docId, tailFrom);
  return version;
}

export async function removeRecords(pool: SessionPool, docId: Bytes, positions: number[]): Promise<number> {
  const [row] = await pool.run<[number]>(REMOVE_RECORDS, [docId, binaryArray(INT8, positions.map(int8))]);
  return row?.[0] ?? NO_VERSION;
}

/** When it was ended before, by this process or another, this too waits until the contents are gone. */
export async function end(
  pool: SessionPool,
  purges: Purges,
  docId: Bytes,
  ending: Ending,
  forgetAt: number,
): Promise<'ended'> {
  if (ending === 'deleted') await pool.run(DELETE_DOCUMENT, [docId, 0]);
  else await pool.run(EXPIRE_DOCUMENT, [docId, 0, forgetAt, 0]);
  await purges.finish(docId, EVERYTHING);
  return 'ended';
}

export function forgetTime(nowSeconds: number, tombstoneDays: number): number {
  return nowSeconds + tombstoneDays * DAY_SECONDS;
}
