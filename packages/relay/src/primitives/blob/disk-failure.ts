/** What the disk did not take, as an error of the protocol. */
import type { ErrorName } from '@archipel/protocol';
import type { Log } from '../../log.ts';
import { NotWrittenError } from '../../store/admissions.ts';
import { BlobStoreError } from '../../store/blobs.ts';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** `disk_full` or `unavailable`; what is no failure of the disk, or of the database, is thrown again. */
export function diskFailure(error: unknown, log: Log): { ok: false; error: ErrorName } {
  if (error instanceof BlobStoreError) return { ok: false, error: error.failure };
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!(error instanceof NotWrittenError) && code === '') throw error;
  const isFull = error instanceof NotWrittenError || NO_ROOM.has(code);
  log.warn({ code: isFull ? code || 'ENOSPC' : code }, 'the disk did not take a blob');
  return { ok: false, error: isFull ? 'disk_full' : 'unavailable' };
}
