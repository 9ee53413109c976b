/**
 * The port of a store whose documents can be moved to another one. Positions differ from store to store, so a place in a document is
 * told by how many of its records lie before it. test/moving-contract.ts says what every adapter must do.
 */
import type { Bytes } from '@archipel/protocol';
import type { DocRef, Ending, Store, StoreFailure } from './store.ts';
import { StoreOpenError } from './store-error.ts';

export interface MovedCheckpoint {
  seq: number;
  body: Bytes;
  historyBytes: number;
  /** Records before its tail. */
  before: number;
}
/** The first so many records are removed when it is due, in Unix seconds. */
export interface MovedPurge {
  before: number;
  due: number;
}
/** Everything that a store knows of a document but the bodies of its records: the same in every store. */
export interface DocumentState {
  state: 'alive' | Ending;
  /** Empty for a tombstone, which has no records, checkpoints or purges either. */
  header: Bytes;
  /** Unix seconds, 0 never; of a tombstone: when it is forgotten. */
  expiry: number;
  records: number;
  /** The last one and the one before, older first. */
  checkpoints: MovedCheckpoint[];
  /** In the order of `before`, each of them once. */
  purges: MovedPurge[];
}
export interface DescribedDocument {
  ref: DocRef;
  state: DocumentState;
  /** Position of the last of the records to be skipped, 0 for none; undefined when there are fewer. */
  after: number | undefined;
}

export interface MovedRecord {
  session: Bytes;
  n: number;
  body: Bytes;
}
/** A document comes in pieces, one after the other. */
export interface ImportPiece {
  docId: Bytes;
  /**
   * `anew`: what the store has of the document goes first. `extend`: the records come behind those that it has. `on`: another piece came
   * before this one.
   */
  begins: 'anew' | 'extend' | 'on';
  records: MovedRecord[];
  /** With the last piece. Until it is there the document is not: `load` says `not_found`. */
  state: DocumentState | undefined;
}

/**
 * Whom a store serves. Of two stores between which documents move exactly one may be opened by a host at any instant:
 *
 * `serving`: a host may open it. `filling`: a move fills it. `filled`: it has everything, and the move is about to end. `leaving`: the
 * other one is about to take over, nothing is written here; whoever opens it after a crash makes it `serving` again. `left`: the
 * documents are in the other one. The move is done when the source says `left`.
 */
export interface Standing {
  kind: 'serving' | 'filling' | 'filled' | 'leaving' | 'left';
  /** The move that it tells of: the id of its source, a dot, something by chance. Empty for none. */
  move: string;
  /** Where the documents came from or went to, in words without a password. */
  place: string;
  /** Unix seconds. */
  at: number;
}
export interface StoreStanding extends Standing {
  /** Of this store, by chance when it was made. */
  store: string;
  /** How often it was set. */
  changes: number;
}

export interface MovableStore extends Store {
  /** Ids after one, in the order of their bytes, tombstones included. */
  list(after: Bytes | undefined, limit: number): Promise<Bytes[] | StoreFailure>;
  /** Documents, tombstones and those that are being imported included. */
  count(): Promise<number | StoreFailure>;
  /** `skip`: how many records a reader has already. */
  describe(docId: Bytes, skip: number): Promise<DescribedDocument | 'not_found' | StoreFailure>;
  /** On disk for certain when `setStanding` says `filled` afterwards. The places of `state` are those of the records that came. */
  import(piece: ImportPiece): Promise<'taken' | StoreFailure>;
  /** Removes every document. */
  clear(): Promise<'cleared' | StoreFailure>;
  standing(): Promise<StoreStanding | StoreFailure>;
  /** On disk when it resolves. `conflict`: it was set more often than `changes` since; after a failure it may be set or not. */
  setStanding(standing: Standing, changes: number): Promise<'set' | 'conflict' | StoreFailure>;
  /** `alone`: no other process has the store open, and none can open it until `unclaim` or the end of this process. */
  claim(): Promise<'alone' | 'shared' | StoreFailure>;
  /** `stayAlone`: this process does not tell others of its changes, so the store stays its own. */
  unclaim(stayAlone?: boolean): Promise<void>;
}

/** Whoever opens a store for a host does not get one that serves nobody; whoever moves documents gets it as it is. */
export type OpenedBy = 'host' | 'mover';

/** Several that end at the same place are the one that is due first. */
export function purgesInOrder(purges: readonly MovedPurge[]): MovedPurge[] {
  const dues = new Map<number, number>();
  for (const { before, due } of purges) dues.set(before, Math.min(due, dues.get(before) ?? due));
  return [...dues].map(([before, due]) => ({ before, due })).sort((a, b) => a.before - b.before);
}

/** Why a host must not open a store, as a sentence; undefined: it may. `where`: the store, as in "the data folder /srv/data". */
export function standingError({ kind, place, at }: Standing, where: string): string | undefined {
  const when = `${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  switch (kind) {
    case 'serving':
    case 'leaving':
      return undefined;
    case 'left':
      return `The documents in ${where} were moved to ${place} at ${when}; what is left here is an old copy. Set store in archipel.json to where they are.`;
    case 'filling':
      return `${capital(where)} is the target of a move from ${place} that has not ended: the documents are still there. Set store in archipel.json back, or move them again.`;
    case 'filled':
      return `${capital(where)} holds all documents of ${place}, but the move between them was interrupted in its last moment. Finish it: set store in archipel.json back and type the same "npm run archipel -- migrate" again.`;
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Rejects with StoreOpenError, after closing it, when a host may not have the store. `where`: as in "the data folder /srv/data". */
export async function admit(store: MovableStore, where: string): Promise<void> {
  const standing = await store.standing();
  const error = typeof standing === 'string' ? `There is no answer from ${where}.` : standingError(standing, where);
  if (typeof standing === 'string' || error !== undefined) {
    await store.close();
    throw new StoreOpenError('NotServing', error ?? '');
  }
  // A process that moved its documents ended before they had left.
  if (standing.kind === 'leaving')
    await store.setStanding({ kind: 'serving', move: '', place: '', at: 0 }, standing.changes);
}
