/** The history of a document (§9 History): every record that the relay kept, verified from the beginning of its chain. */
import type { Bytes, HistoryRecord, RelayMessage } from '@archipel/protocol';
import { decodeRecord, MAX_HISTORY_RECORDS, toHex } from '@archipel/protocol';
import type { Head, OpenedRecord } from './chains.ts';
import { Chains } from './chains.ts';
import { ClientError } from './errors.ts';
import type { Log } from './log.ts';
import { partOf } from './part.ts';

export interface HistoryStep {
  position: number;
  session: Bytes;
  n: number;
  /** The Yjs update of the text that this record brought. */
  update: Bytes;
}

type HistoryPage = Extract<RelayMessage, { type: 'historyPage' }>;

const PAGE_RECORDS = 500;

/** Reads pages in order, and verifies them: a chain can be verified from its first record only. */
export class HistoryReader {
  readonly #log: Log;
  readonly #chains = new Chains();
  readonly #bases: Map<string, number>;

  private constructor(log: Log, bases: readonly Head[]) {
    this.#log = log;
    this.#chains.beginAfter(bases);
    this.#bases = new Map(bases.map(({ session, have }) => [toHex(session), have]));
  }

  /** `heads`: where an earlier reading ended. Throws a `ClientError`: `unavailable` without connection. */
  static async begin(log: Log, heads: readonly Head[] = []): Promise<HistoryReader> {
    const state = await log.readDurable();
    if (!state.ok) throw new ClientError(state.error);
    const reader = new HistoryReader(log, state.value.checkpoint?.fields.frontier ?? []);
    for (const head of heads) reader.#chains.set(head);
    return reader;
  }

  /** Where it has come to, to go on from. */
  get heads(): Head[] {
    return this.#chains.heads;
  }

  /** `next`: 0 at the end; `first` and `last`: positions of the records on it, 0 for none. Throws `relay_dropped`, `relay_forged`, `not_allowed` (HDR-6), `unavailable`. */
  async page(from: number): Promise<{ steps: HistoryStep[]; next: number; first: number; last: number }> {
    const { context } = this.#log;
    if (context === undefined) throw new ClientError('unavailable');
    const page = await askPage(this.#log, from, Math.min(PAGE_RECORDS, MAX_HISTORY_RECORDS));
    const served = this.#rooted(page.records);
    const opened: OpenedRecord[] = [];
    const records = served.map(({ record }) => record);
    const reports = await this.#chains.accept(context, records, (accepted) => opened.push(...accepted));
    if (reports[0] !== undefined) throw new ClientError(reports[0].code);
    // Remarks are no part of the text, in the past as little as now.
    const written = opened.filter(({ session }) => partOf(session) === 'text');
    const steps = written.map(({ index, session, n, plaintext }) => {
      return { position: served[index]?.position ?? 0, session, n, update: plaintext };
    });
    const [first, last] = [page.records[0]?.position ?? 0, page.records.at(-1)?.position ?? 0];
    return { steps, next: page.next, first, last };
  }

  /**
   * Without the records of sessions whose beginning was erased, further back than the last checkpoint goes: nothing tells whether what
   * is left of them is genuine. Their text is in the document all the same.
   */
  #rooted(records: HistoryRecord[]): HistoryRecord[] {
    const begun = new Set<string>();
    return records.filter(({ record: bytes }) => {
      const record = decodeRecord(bytes);
      if (!record.ok) return true;
      const key = toHex(record.value.session);
      const isFirst = record.value.n === 0 || this.#bases.get(key) === record.value.n;
      if (isFirst || this.#chains.head(record.value.session) !== undefined) begun.add(key);
      return begun.has(key);
    });
  }
}

/** Throws what the relay answers, or `unavailable`. */
export async function askPage(log: Log, from: number, limit: number): Promise<HistoryPage> {
  const page = await log.requestHistory(from, limit);
  if (page?.type === 'historyPage') return page;
  throw new ClientError(page?.type === 'refused' ? page.error : 'unavailable');
}

/**
 * Steps from a position on, in order. The pages before are read too. A history that its owner erased begins where the last
 * checkpoint ends: the checkpoint itself is not in it. Throws as `HistoryReader.page` does.
 */
export async function* readHistory(log: Log, fromPosition: number): AsyncGenerator<HistoryStep> {
  const reader = await HistoryReader.begin(log);
  for (let from = 1; from > 0; ) {
    const { steps, next } = await reader.page(from);
    for (const step of steps) if (step.position >= fromPosition) yield step;
    from = next;
  }
}
