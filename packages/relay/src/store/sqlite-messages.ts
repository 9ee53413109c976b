/** What the main thread and the thread of the store say to each other. */

import type { Standing } from './moving.ts';
import type { CheckpointRow, FileOptions } from './sqlite-file.ts';
import type { PackedPiece } from './sqlite-moving.ts';
import type { DueHistory, Ending, StoreFailure } from './store.ts';

export interface WorkerOptions extends FileOptions {
  minFreeBytes: number;
}

export type WorkerCall = StoreCall | MovingCall;

export type StoreCall =
  | { method: 'load'; docId: Uint8Array; pageBytes: number }
  | { method: 'heads'; docIds: Uint8Array[] }
  | { method: 'create'; docId: Uint8Array; header: Uint8Array; expiry: number }
  | { method: 'read'; num: number; after: number; maxBytes: number; maxRecords: number }
  | { method: 'readCheckpoint'; num: number }
  | { method: 'putHeader'; num: number; current: Uint8Array; next: Uint8Array; expiry: number }
  | { method: 'putCheckpoint'; num: number; checkpoint: CheckpointRow; purgeAt: number; maySkip: boolean }
  | { method: 'eraseHistory'; num: number; positions: number[] }
  | { method: 'removeRecords'; num: number; positions: number[] }
  | { method: 'end'; num: number; ending: Ending }
  | { method: 'dueHistory'; nowSeconds: number; skip: number; limit: number }
  | { method: 'deferHistory'; due: DueHistory; untilSeconds: number }
  | { method: 'sweep'; nowSeconds: number; limit: number }
  | { method: 'status' };

export type MovingCall =
  | { method: 'list'; after: Uint8Array; limit: number }
  | { method: 'count' }
  | { method: 'describe'; docId: Uint8Array; skip: number }
  | { method: 'import'; piece: PackedPiece }
  | { method: 'clear' }
  | { method: 'standing' }
  | { method: 'setStanding'; standing: Standing; changes: number };

export type WorkerRequest =
  /** `meta`: row of the document and length of the body, for each of the bodies laid end to end in `data`. */
  | { op: 'commit'; meta: Float64Array; data: Uint8Array }
  | { op: 'call'; id: number; call: WorkerCall }
  | { op: 'close' };

export type WorkerAnswer =
  | { op: 'ready' }
  | { op: 'failed'; code: string; message: string }
  | { op: 'committed'; first: number }
  | { op: 'committed'; error: StoreFailure; message: string }
  | { op: 'result'; id: number; value: unknown }
  | { op: 'result'; id: number; error: StoreFailure; message?: string }
  | { op: 'trouble'; message: string }
  | { op: 'closed' };
