/** Reads what a relay has of a document, from nothing, on a channel of its own: as somebody would who opens it now. */
import type { Checkpoint, RelayMessage, Result } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
import type { ChainsContext, Head, OpenedRecord } from './chains.ts';
import { Chains } from './chains.ts';
import type { Connection, Unnumbered } from './connection.ts';

export interface DurableState {
  checkpoint: { fields: Checkpoint; hash: Uint8Array; plaintext: Uint8Array } | undefined;
  records: OpenedRecord[];
  heads: Head[];
}

type OpenMessage = Extract<Unnumbered, { type: 'open' }>;

/** `open` asks for everything: checkpoint 0 and no vector. Any report on the way is a failure. */
export async function readDurable(
  connection: Connection,
  open: OpenMessage,
  context: ChainsContext,
): Promise<Result<DurableState>> {
  const messages = await collect(connection, open);
  if (!messages.ok) return messages;
  const chains = new Chains();
  const state: DurableState = { checkpoint: undefined, records: [], heads: [] };
  for (const message of messages.value) {
    if (message.type === 'checkpointData') {
      const opened = await chains.openCheckpoint(context, message.checkpoint);
      if (!opened.ok) return opened;
      const reports = chains.adoptCheckpoint(context, opened.value.checkpoint, message.checkpoint);
      if (reports[0]) return fail(reports[0].code);
      const hash = chains.checkpoint?.hash ?? new Uint8Array(0);
      state.checkpoint = { fields: opened.value.checkpoint, hash, plaintext: opened.value.plaintext };
    } else if (message.type === 'records') {
      const reports = await chains.accept(context, message.records, (opened) => state.records.push(...opened));
      if (reports[0]) return fail(reports[0].code);
    }
  }
  const missing = chains.missingDeps();
  state.heads = chains.heads;
  return missing[0] ? fail(missing[0].code) : ok(state);
}

function collect(connection: Connection, open: OpenMessage): Promise<Result<RelayMessage[]>> {
  return new Promise((resolve) => {
    const messages: RelayMessage[] = [];
    connection.request(open, (answer) => {
      if (answer?.type !== 'opened') {
        resolve(fail(answer?.type === 'refused' ? answer.error : 'unavailable'));
        return;
      }
      const { channel } = answer;
      connection.listen(channel, (message) => {
        if (message === undefined || message.type === 'ended') resolve(fail('unavailable'));
        else if (message.type === 'checkpointData' || message.type === 'records') messages.push(message);
        if (message?.type !== 'caughtUp') return;
        connection.leave(channel);
        resolve(ok(messages));
      });
    });
  });
}
