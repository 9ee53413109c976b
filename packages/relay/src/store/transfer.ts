/**
 * Copies one document from a store to another, by the port alone, and compares what arrived with what was read: number and bytes of the
 * records, SHA-256 over their bodies in order, header and checkpoints byte by byte.
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Bytes } from '@archipel/protocol';
import { equal, peekRecord } from '@archipel/protocol';
import type { Change } from './gate.ts';
import type { DescribedDocument, DocumentState, ImportPiece, MovableStore, MovedPurge, MovedRecord } from './moving.ts';
import type { DocRef, StoredRecord, StoreFailure } from './store.ts';

const MAX_TRIES = 3;
const SESSION_BYTES = 16;

export interface CopyOptions {
  /** Records read and written at once. */
  pageBytes: number;
  /** Called between two pages. */
  rest(): Promise<void>;
}
export interface Copied {
  records: number;
  bytes: number;
}
/**
 * `gone`: the source does not have it. `restless`: it lost records or got another header or checkpoint each time that it was read.
 * `differs`: the target does not have what was given to it, which no healthy store does.
 */
export type CopyOutcome = Copied | 'gone' | 'restless' | 'differs' | SourceFailure | TargetFailure;
export class SourceFailure {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure) {
    this.failure = failure;
  }
}
export class TargetFailure {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure) {
    this.failure = failure;
  }
}

/** `change`: since it was copied before; undefined: it was not. */
export async function copyDocument(
  source: MovableStore,
  target: MovableStore,
  docId: Bytes,
  change: Change | undefined,
  options: CopyOptions,
): Promise<CopyOutcome> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const copy = new Copy(source, target, docId, options);
    const extended = change === 'grown' ? await copy.extend() : 'anew';
    const outcome = extended === 'anew' ? await copy.anew() : extended;
    if (outcome !== 'restless') return outcome;
  }
  return 'restless';
}

/** What a reader saw of some records. */
class Sight {
  readonly #hash: Hash = createHash('sha256');
  records = 0;
  bytes = 0;

  see(body: Bytes): void {
    this.records += 1;
    this.bytes += body.length;
    // A length before each, or two bodies could change places with their border.
    this.#hash.update(`${body.length}.`).update(body);
  }

  digest(): Bytes {
    return this.#hash.digest();
  }
}

class Copy {
  readonly #source: MovableStore;
  readonly #target: MovableStore;
  readonly #docId: Bytes;
  readonly #options: CopyOptions;
  readonly #seen = new Sight();

  constructor(source: MovableStore, target: MovableStore, docId: Bytes, options: CopyOptions) {
    this.#source = source;
    this.#target = target;
    this.#docId = docId;
    this.#options = options;
  }

  async anew(): Promise<CopyOutcome> {
    const described = await this.#source.describe(this.#docId, 0);
    if (described === 'not_found') return 'gone';
    if (typeof described === 'string') return new SourceFailure(described);
    return this.#copy(described, 0, 'anew');
  }

  /** Adds what came since; `anew`: what the target has is not the beginning of what the source has. */
  async extend(): Promise<CopyOutcome | 'anew'> {
    const known = await this.#target.describe(this.#docId, 0);
    if (known === 'not_found') return 'anew';
    if (typeof known === 'string') return new TargetFailure(known);
    const { records } = known.state;
    if (records === 0) return 'anew';
    const described = await this.#source.describe(this.#docId, records - 1);
    if (described === 'not_found') return 'gone';
    if (typeof described === 'string') return new SourceFailure(described);
    if (described.after === undefined || described.state.records < records) return 'anew';
    if (!containsAll(described.state.purges, known.state.purges)) return 'anew';
    const anchors = await Promise.all([
      this.#lastKnown(records),
      this.#source.read(described.ref, described.after, 1, 1),
    ]);
    const [there, here] = anchors;
    if (there instanceof TargetFailure) return there;
    if (typeof here === 'string') return new SourceFailure(here);
    const [anchor] = here.records;
    // Nothing was purged, and the last one is the same and has as many before it: so are all.
    if (anchor === undefined || there === undefined || !equal(anchor.body, there.body)) return 'anew';
    return this.#copy({ ...described, after: anchor.position }, records, 'extend');
  }

  /** The last of so many records that the target has. */
  async #lastKnown(records: number): Promise<StoredRecord | undefined | TargetFailure> {
    const described = await this.#target.describe(this.#docId, records - 1);
    if (described === 'not_found') return undefined;
    if (typeof described === 'string') return new TargetFailure(described);
    const page = await this.#target.read(described.ref, described.after ?? 0, 1, 1);
    return typeof page === 'string' ? new TargetFailure(page) : page.records[0];
  }

  /** As many records as there were when it was described, after the `skip` ones that the target has. */
  async #copy(described: DescribedDocument, skip: number, how: 'anew' | 'extend'): Promise<CopyOutcome> {
    const { state, ref } = described;
    let begins: ImportPiece['begins'] = how;
    let after = described.after ?? 0;
    let left = state.records - skip;
    for (;;) {
      const page = left === 0 ? [] : await this.#page(ref, after, left);
      if (typeof page === 'string') return new SourceFailure(page);
      left -= page.length;
      after = page.at(-1)?.position ?? after;
      // Fewer than there were.
      if (page.length === 0 && left > 0) return 'restless';
      for (const { body } of page) this.#seen.see(body);
      const calm = left > 0 || (await this.#isCalm(state));
      if (typeof calm === 'string') return new SourceFailure(calm);
      if (!calm) return 'restless';
      const records = page.map(toMoved);
      const piece = { docId: this.#docId, begins, records, state: left === 0 ? state : undefined };
      const taken = await this.#target.import(piece);
      if (taken !== 'taken') return new TargetFailure(taken);
      if (left === 0) return this.#compare(state, skip);
      begins = 'on';
      await this.#options.rest();
    }
  }

  async #page(ref: DocRef, after: number, most: number): Promise<StoredRecord[] | StoreFailure> {
    const page = await this.#source.read(ref, after, this.#options.pageBytes, most);
    return typeof page === 'string' ? page : page.records;
  }

  /** Whether all that was read of the source belongs together: nothing was removed meanwhile. */
  async #isCalm(state: DocumentState): Promise<boolean | StoreFailure> {
    const now = await this.#source.describe(this.#docId, 0);
    if (now === 'not_found') return false;
    if (typeof now === 'string') return now;
    return now.state.records >= state.records && sameState({ ...now.state, records: state.records }, state);
  }

  async #compare(state: DocumentState, skip: number): Promise<CopyOutcome> {
    const arrived = await this.#target.describe(this.#docId, skip);
    if (arrived === 'not_found') return 'differs';
    if (typeof arrived === 'string') return new TargetFailure(arrived);
    if (!sameState(arrived.state, state) || arrived.after === undefined) return 'differs';
    const sight = new Sight();
    for (let { after } = arrived; sight.records < this.#seen.records; ) {
      const page = await this.#target.read(arrived.ref, after, this.#options.pageBytes);
      if (typeof page === 'string') return new TargetFailure(page);
      for (const { body } of page.records) sight.see(body);
      after = page.records.at(-1)?.position ?? after;
      if (page.last) break;
      await this.#options.rest();
    }
    const { records, bytes } = this.#seen;
    const isSame = sight.records === records && sight.bytes === bytes && equal(sight.digest(), this.#seen.digest());
    return isSame ? { records, bytes } : 'differs';
  }
}

/** Bytes that are no record are carried along as they are, in a session of their own. */
function toMoved({ body }: StoredRecord): MovedRecord {
  const place = peekRecord(body);
  if (place.ok) return { session: place.value.session, n: place.value.n, body };
  return { session: createHash('sha256').update(body).digest().subarray(0, SESSION_BYTES), n: 0, body };
}

export function sameState(a: DocumentState, b: DocumentState): boolean {
  return (
    a.state === b.state &&
    a.expiry === b.expiry &&
    a.records === b.records &&
    equal(a.header, b.header) &&
    sameAll(a.checkpoints, b.checkpoints, (x, y) => {
      const isSamePlace = x.seq === y.seq && x.before === y.before && x.historyBytes === y.historyBytes;
      return isSamePlace && equal(x.body, y.body);
    }) &&
    sameAll(a.purges, b.purges, (x, y) => x.before === y.before && x.due === y.due)
  );
}

/** A purge that is under way has fewer records before it than it had, and one that is done is gone. */
function containsAll(now: readonly MovedPurge[], before: readonly MovedPurge[]): boolean {
  return before.every((purge) => now.some(({ before: records, due }) => records === purge.before && due === purge.due));
}

function sameAll<T>(a: readonly T[], b: readonly T[], isSame: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x, i) => isSame(x, b[i] as T));
}
