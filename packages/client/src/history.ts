/** The history of a document (§9 History): every record that the relay kept, verified from the beginning of its chain. */
import type { Bytes } from '@archipel/protocol';
import { MAX_HISTORY_RECORDS } from '@archipel/protocol';
import type { OpenedRecord } from './chains.ts';
import { Chains } from './chains.ts';
import { ClientError } from './errors.ts';
import type { Log } from './log.ts';

export interface HistoryStep {
  position: number;
  session: Bytes;
  n: number;
  /** The Yjs update that this record brought. */
  update: Bytes;
}

const PAGE_RECORDS = 500;

/**
 * Steps from a position on, in order. A chain can be verified from its first record only, so the pages before are read too.
 * Throws `relay_dropped` or `relay_forged` when the history does not hold, `unavailable` without connection. A history that its owner
 * erased begins where the last checkpoint ends: the checkpoint itself is not in it.
 */
export async function* readHistory(log: Log, fromPosition: number): AsyncGenerator<HistoryStep> {
  const { context } = log;
  if (context === undefined) throw new ClientError('unavailable');
  const chains = new Chains();
  const state = await log.readDurable();
  if (!state.ok) throw new ClientError(state.error);
  chains.beginAfter(state.value.checkpoint?.fields.frontier ?? []);
  for (let from = 1; from > 0; ) {
    const page = await log.requestHistory(from, Math.min(PAGE_RECORDS, MAX_HISTORY_RECORDS));
    if (page?.type !== 'historyPage') throw new ClientError(page?.type === 'refused' ? page.error : 'unavailable');
    const opened: OpenedRecord[] = [];
    const records = page.records.map(({ record }) => record);
    const reports = await chains.accept(context, records, (accepted) => opened.push(...accepted));
    if (reports[0] !== undefined) throw new ClientError(reports[0].code);
    for (const { index, session, n, plaintext } of opened) {
      const position = page.records[index]?.position ?? 0;
      if (position >= fromPosition) yield { position, session, n, update: plaintext };
    }
    from = page.next;
  }
}
