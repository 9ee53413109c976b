/** What can go wrong with a move, in sentences for the host. */
import type { StoreFailure } from './store.ts';

/** Why a move did not come to its end. */
export class MoveError extends Error {
  /** Who serves afterwards. `nobody`: neither may be opened until the move is finished. */
  readonly serves: 'source' | 'nobody';

  constructor(sentence: string, serves: 'source' | 'nobody' = 'source') {
    super(sentence);
    this.serves = serves;
  }
}

export class MoveCancelled extends MoveError {
  constructor() {
    super('Cancelled: the documents stay where they are.');
  }
}

/** What the store answered, when it did. */
export function answered<T>(answer: T, place: string): Exclude<T, StoreFailure> {
  if (answer === 'disk_full') throw new MoveError(`There is no room left in ${place}.`);
  if (answer === 'unavailable') throw new MoveError(`There is no answer from ${place}.`);
  return answer as Exclude<T, StoreFailure>;
}
