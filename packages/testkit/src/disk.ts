import { type Bytes, equal, fromHex, toHex } from '@archipel/protocol';
import type {
  AppendEntry,
  AppendFailure,
  CheckpointBasis,
  DocRef,
  DueHistory,
  Ending,
  Gone,
  RecordPage,
  StoredCheckpoint,
  StoredDocument,
  StoredHead,
  StoreStatus,
} from '@archipel/relay';

interface DiskRecord {
  position: number;
  body: Bytes;
  session: Bytes;
  n: number;
}

interface DiskDocument {
  ref: DocRef;
  state: 'alive' | Ending;
  version: number;
  /** Of the last record that was ever stored. */
  position: number;
  header: Bytes;
  expiry: number;
  records: DiskRecord[];
  checkpoints: { checkpoint: StoredCheckpoint; purgeAt: number }[];
}

/** What an append says when it is written. */
export type Written = Pick<AppendEntry, 'ref' | 'version' | 'session' | 'n' | 'body'>;

/**
 * What survives a crash, and what is done to it, each thing at once. `shared`: several stores may be open on it at the same time, so it
 * tells what was judged by something old; otherwise one after the other.
 */
export class Disk {
  readonly documents = new Map<string, DiskDocument>();
  readonly isShared: boolean;
  nextPosition = 1;
  /** While true, every commit answers `disk_full` and changes nothing. */
  full = false;

  constructor(kind: 'alone' | 'shared' = 'alone') {
    this.isShared = kind === 'shared';
  }

  load(docId: Bytes, pageBytes: number): StoredDocument | Gone {
    const document = this.documents.get(toHex(docId));
    if (!document) return 'not_found';
    if (document.state !== 'alive') return document.state;
    const { ref, version, header } = document;
    const checkpoint = document.checkpoints.at(-1)?.checkpoint;
    const page = pageAfter(document, (checkpoint?.tailFrom ?? 1) - 1, pageBytes);
    return { ref, version, header, checkpoint: checkpoint && { ...checkpoint }, page };
  }

  heads(docIds: readonly Bytes[]): StoredHead[] {
    return docIds.map((docId) => {
      const document = this.#alive({ docId, num: 0 });
      return { docId, version: document?.version, position: document?.position ?? 0 };
    });
  }

  create(docId: Bytes, header: Bytes, expiry: number): 'created' | 'exists' | 'disk_full' {
    const key = toHex(docId);
    if (this.documents.has(key)) return 'exists';
    if (this.full) return 'disk_full';
    this.documents.set(key, {
      ref: { docId: docId.slice(), num: this.documents.size + 1 },
      state: 'alive',
      version: 0,
      position: 0,
      header: header.slice(),
      expiry,
      records: [],
      checkpoints: [],
    });
    return 'created';
  }

  append({ ref, version, session, n, body }: Written): number | AppendFailure {
    const document = this.#alive(ref);
    if (this.full) return 'disk_full';
    if (!document) return this.isShared ? 'conflict' : 'unavailable';
    if (this.isShared && (version !== document.version || isTaken(document, session, n))) return 'conflict';
    // A store of one process counts for all documents together.
    const position = this.isShared ? document.position + 1 : this.nextPosition++;
    document.position = position;
    document.records.push({ position, body, session: session.slice(), n });
    return position;
  }

  read(ref: DocRef, after: number, maxBytes: number, maxRecords?: number): RecordPage {
    const document = this.#alive(ref);
    return document ? pageAfter(document, after, maxBytes, maxRecords) : { records: [], last: true };
  }

  readCheckpoint(ref: DocRef): StoredCheckpoint | undefined {
    const checkpoint = this.#alive(ref)?.checkpoints.at(-1)?.checkpoint;
    return checkpoint && { ...checkpoint };
  }

  putHeader(ref: DocRef, current: Bytes, next: Bytes, expiry: number): number | 'conflict' | 'disk_full' {
    const document = this.#alive(ref);
    if (!document || !equal(document.header, current)) return 'conflict';
    if (this.full) return 'disk_full';
    document.header = next.slice();
    document.expiry = expiry;
    return this.#changed(document);
  }

  putCheckpoint(
    ref: DocRef,
    checkpoint: StoredCheckpoint,
    purgeAt: number,
    basis: CheckpointBasis,
  ): number | 'conflict' | 'disk_full' {
    const document = this.#alive(ref);
    const current = document?.checkpoints.at(-1)?.checkpoint.seq ?? 0;
    if (!document) return 'conflict';
    const { maySkip = false } = basis;
    if (maySkip ? checkpoint.seq <= current : checkpoint.seq !== current + 1) return 'conflict';
    if (this.isShared && !holds(document, basis)) return 'conflict';
    if (this.full) return 'disk_full';
    const kept = { ...checkpoint, body: checkpoint.body.slice() };
    document.checkpoints = [...document.checkpoints.slice(-1), { checkpoint: kept, purgeAt }];
    return this.#changed(document);
  }

  eraseHistory(ref: DocRef, positions: readonly number[]): number {
    const document = this.#alive(ref);
    if (!document) return 0;
    document.checkpoints = document.checkpoints.slice(-1);
    const tailFrom = document.checkpoints[0]?.checkpoint.tailFrom ?? 1;
    document.records = document.records.filter(({ position }) => position >= tailFrom && !positions.includes(position));
    const [last] = document.checkpoints;
    if (last) last.checkpoint.historyBytes = 0;
    return this.#changed(document);
  }

  removeRecords(ref: DocRef, positions: readonly number[]): number {
    const document = this.#alive(ref);
    if (!document) return 0;
    document.records = document.records.filter(({ position }) => !positions.includes(position));
    return this.#changed(document);
  }

  end(ref: DocRef, ending: Ending): 'ended' {
    const document = this.documents.get(toHex(ref.docId));
    if (document && document.state !== 'deleted') bury(document, ending);
    return 'ended';
  }

  dueHistory(nowSeconds: number, skip: number, limit: number): DueHistory[] {
    const alive = [...this.documents].filter(([, { state }]) => state === 'alive');
    const due = alive.flatMap(([key, { checkpoints }]) =>
      checkpoints
        .filter(({ purgeAt }) => purgeAt > 0 && purgeAt <= nowSeconds)
        .map(({ purgeAt, checkpoint }) => ({ purgeAt, docId: fromHex(key) as Bytes, before: checkpoint.tailFrom })),
    );
    const ordered = due.sort((one, other) => one.purgeAt - other.purgeAt).slice(skip, skip + limit);
    return ordered.map(({ docId, before }) => ({ docId, before }));
  }

  deferHistory({ docId, before }: DueHistory, untilSeconds: number): 'done' {
    for (const kept of this.documents.get(toHex(docId))?.checkpoints ?? []) {
      if (kept.checkpoint.tailFrom === before && kept.purgeAt > 0) kept.purgeAt = untilSeconds;
    }
    return 'done';
  }

  sweep(nowSeconds: number, limit: number): { expired: number; more: boolean } {
    const due = [...this.documents.values()].filter(
      ({ state, expiry }) => state === 'alive' && expiry > 0 && expiry <= nowSeconds,
    );
    for (const document of due.slice(0, limit)) bury(document, 'expired');
    for (const document of this.documents.values()) purge(document, nowSeconds);
    return { expired: Math.min(due.length, limit), more: due.length > limit };
  }

  status(): StoreStatus {
    return { writable: !this.full, bytes: 0, freeBytes: this.full ? 0 : 2 ** 40 };
  }

  #alive(ref: DocRef): DiskDocument | undefined {
    const document = this.documents.get(toHex(ref.docId));
    return document?.state === 'alive' ? document : undefined;
  }

  #changed(document: DiskDocument): number {
    if (this.isShared) document.version += 1;
    return document.version;
  }
}

function isTaken({ records }: DiskDocument, session: Bytes, n: number): boolean {
  return records.some((record) => record.n === n && equal(record.session, session));
}

/** The checkpoint was judged by what is there: also of the sessions that it retires. */
function holds(document: DiskDocument, { version, position, retired }: CheckpointBasis): boolean {
  if (version !== document.version) return false;
  const later = document.records.filter((record) => record.position > position);
  return !later.some(({ session }) => retired.some((id) => equal(id, session)));
}

function pageAfter(
  document: DiskDocument,
  after: number,
  maxBytes: number,
  maxRecords = Number.POSITIVE_INFINITY,
): RecordPage {
  const following = document.records.filter(({ position }) => position > after);
  let bytes = 0;
  let count = 0;
  for (const { body } of following) {
    bytes += body.length;
    if (count > 0 && (bytes > maxBytes || count >= maxRecords)) break;
    count++;
  }
  const records = following.slice(0, count).map(({ position, body }) => ({ position, body }));
  return { records, last: count === following.length };
}

function bury(document: DiskDocument, ending: Ending): void {
  Object.assign(document, { state: ending, header: new Uint8Array(0), records: [], checkpoints: [] });
}

function purge(document: DiskDocument, nowSeconds: number): void {
  for (const kept of document.checkpoints) {
    if (kept.purgeAt === 0 || kept.purgeAt > nowSeconds) continue;
    document.records = document.records.filter(({ position }) => position >= kept.checkpoint.tailFrom);
    kept.purgeAt = 0;
  }
}
