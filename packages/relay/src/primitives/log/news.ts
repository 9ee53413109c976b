/** What this process tells the others of a document: records that it stored, and that something else has changed. */
import type { Bus } from '../../bus/bus.ts';
import type { StoredRecord } from '../../store/store.ts';
import type { Document } from './document.ts';

/** In one event. A bus may carry no more than 1 MiB at once. */
const MAX_EVENT_BYTES = 256 * 1024;

export class News {
  readonly #bus: Bus;
  /** What was committed in this turn, in order of position. */
  readonly #committed = new Map<Document, StoredRecord[]>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  committed(document: Document, record: StoredRecord): void {
    const waiting = this.#committed.get(document);
    if (waiting !== undefined) {
      waiting.push(record);
      return;
    }
    this.#committed.set(document, [record]);
    if (this.#committed.size === 1) queueMicrotask(() => this.#tell());
  }

  changed(document: Document): void {
    if (this.#bus.isShared) this.#bus.publish(document.docId, { type: 'changed' });
  }

  #tell(): void {
    for (const [document, records] of this.#committed) this.#tellOf(document, records);
    this.#committed.clear();
  }

  #tellOf(document: Document, records: StoredRecord[]): void {
    const { docId, version } = document;
    for (let from = 0; from < records.length; ) {
      const end = runEnd(records, from);
      const run = records.slice(from, end);
      const [first] = run as [StoredRecord];
      if (first.body.length > MAX_EVENT_BYTES) this.changed(document);
      else this.#bus.publish(docId, { type: 'records', version, after: first.position - 1, records: run });
      from = end;
    }
  }
}

/** The end of what was stored without another process in between, and fits into one event. */
function runEnd(records: StoredRecord[], from: number): number {
  let bytes = 0;
  let end = from;
  for (let record = records[end]; record !== undefined; record = records[end]) {
    const isNext = end === from || record.position === (records[end - 1] as StoredRecord).position + 1;
    bytes += record.body.length;
    if (end > from && (!isNext || bytes > MAX_EVENT_BYTES)) break;
    end += 1;
  }
  return end;
}
