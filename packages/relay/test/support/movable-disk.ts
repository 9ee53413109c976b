/** A disk of the simulation whose documents can be moved, so that a process can die at any call while they do. */
import type { Bytes } from '@archipel/protocol';
import { compare, toHex } from '@archipel/protocol';
import { CrashableStore, Disk } from '@archipel/testkit/host';
import type {
  DescribedDocument,
  DocumentState,
  ImportPiece,
  MovableStore,
  Standing,
  StoreStanding,
} from '../../src/store/moving.ts';

type DiskDocument = Disk['documents'] extends Map<string, infer D> ? D : never;
type Later = (run: () => void) => void;

const NOTHING = new Uint8Array(0);

export class MovableDisk extends Disk {
  /** Those of which the last piece has not come. */
  readonly importing = new Map<string, DiskDocument>();
  standing: StoreStanding;

  constructor(kind: 'alone' | 'shared', name: string) {
    super(kind);
    this.standing = { store: name, changes: 0, kind: 'serving', move: '', place: '', at: 0 };
  }

  setStanding({ kind, move, place, at }: Standing, changes: number): 'set' | 'conflict' {
    const { store } = this.standing;
    if (this.standing.changes !== changes) return 'conflict';
    this.standing = { store, changes: changes + 1, kind, move, place, at };
    return 'set';
  }

  list(after: Bytes | undefined, limit: number): Bytes[] {
    const ids = [...this.documents.values()].map(({ ref }) => ref.docId);
    const following = ids.filter((docId) => after === undefined || compare(docId, after) > 0);
    return following.sort(compare).slice(0, limit);
  }

  describe(docId: Bytes, skip: number): DescribedDocument | 'not_found' {
    const document = this.documents.get(toHex(docId));
    if (document === undefined) return 'not_found';
    const after = skip === 0 ? 0 : document.records[skip - 1]?.position;
    return { ref: document.ref, after, state: stateOf(document) };
  }

  import({ docId, begins, records, state }: ImportPiece): 'taken' | 'unavailable' | 'disk_full' {
    if (this.full) return 'disk_full';
    const key = toHex(docId);
    const begun = begins === 'on' ? this.importing.get(key) : this.documents.get(key);
    const document = begins === 'anew' ? this.#make(docId) : begun;
    if (document === undefined) return 'unavailable';
    this.documents.delete(key);
    for (const { session, n, body } of records) {
      document.position = this.isShared ? document.position + 1 : this.nextPosition++;
      document.records.push({ position: document.position, body: body.slice(), session: session.slice(), n });
    }
    this.importing.set(key, document);
    if (state === undefined) return 'taken';
    finish(document, state);
    this.importing.delete(key);
    this.documents.set(key, document);
    return 'taken';
  }

  clear(): 'cleared' {
    this.documents.clear();
    this.importing.clear();
    return 'cleared';
  }

  #make(docId: Bytes): DiskDocument {
    const ref = { docId: docId.slice(), num: 0 };
    const empty = { version: 0, position: 0, header: NOTHING, expiry: 0, records: [], checkpoints: [] };
    return { ref, state: 'alive', ...empty };
  }
}

function stateOf({ state, header, expiry, records, checkpoints }: DiskDocument): DocumentState {
  const before = (position: number): number => records.filter((record) => record.position < position).length;
  return {
    state,
    header: header.slice(),
    expiry,
    records: records.length,
    checkpoints: checkpoints.map(({ checkpoint: { tailFrom, ...kept } }) => ({ ...kept, before: before(tailFrom) })),
    // Of this disk a purge belongs to a checkpoint.
    purges: checkpoints
      .filter(({ purgeAt }) => purgeAt > 0)
      .map(({ checkpoint, purgeAt }) => ({ before: before(checkpoint.tailFrom), due: purgeAt })),
  };
}

function finish(document: DiskDocument, { state, header, expiry, checkpoints, purges }: DocumentState): void {
  const position = (before: number): number => document.records[before]?.position ?? document.position + 1;
  document.checkpoints = checkpoints.map(({ before, ...kept }) => {
    const purgeAt = purges.find((purge) => purge.before === before)?.due ?? 0;
    return { checkpoint: { ...kept, body: kept.body.slice(), tailFrom: position(before) }, purgeAt };
  });
  Object.assign(document, { state, header: header.slice(), expiry });
}

export class MovableCrashableStore extends CrashableStore implements MovableStore {
  readonly #disk: MovableDisk;
  readonly #later: Later;

  constructor(disk: MovableDisk, later: Later) {
    super(disk, later);
    this.#disk = disk;
    this.#later = later;
  }

  #done<T>(operation: () => T): Promise<T> {
    return new Promise((resolve) => this.#later(() => resolve(operation())));
  }

  list: MovableStore['list'] = (after, limit) => this.#done(() => this.#disk.list(after, limit));
  count: MovableStore['count'] = () => this.#done(() => this.#disk.documents.size);
  describe: MovableStore['describe'] = (docId, skip) => this.#done(() => this.#disk.describe(docId, skip));
  import: MovableStore['import'] = (piece) => this.#done(() => this.#disk.import(piece));
  clear: MovableStore['clear'] = () => this.#done(() => this.#disk.clear());
  standing: MovableStore['standing'] = () => this.#done(() => this.#disk.standing);
  setStanding: MovableStore['setStanding'] = (standing, changes) =>
    this.#done(() => this.#disk.setStanding(standing, changes));

  claim(): Promise<'alone'> {
    return Promise.resolve('alone');
  }

  unclaim(): Promise<void> {
    return Promise.resolve();
  }
}
