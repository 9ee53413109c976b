/**
 * Reads what a relay has of a document, from nothing, on a socket of its own (a document has one channel per connection):
 * as somebody would who opens it now.
 */
import type { Bytes, Checkpoint, Contents, RelayMessage, Result, Welcome } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
import type { ChainsContext, Head, OpenedRecord } from './chains.ts';
import { Chains } from './chains.ts';
import type { Connection, ConnectionUser } from './connection.ts';
import type { OpenMessage } from './line.ts';
import { openMessage } from './open-message.ts';

export interface DurableState {
  checkpoint: { fields: Checkpoint; hash: Bytes; contents: Contents } | undefined;
  records: OpenedRecord[];
  heads: Head[];
  /** Whether records of a session are missing, because this link does not open their generation (GEN-2). */
  passedOver?(session: Bytes): boolean;
}

/** Everything, from nothing. Any report on the way is a failure. */
export async function readDurable(connection: Connection, context: ChainsContext): Promise<Result<DurableState>> {
  const { audience } = connection;
  const messages = await collect(connection, (welcome) => openMessage(context.keys, welcome, audience, new Chains()));
  connection.dispose();
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
      state.checkpoint = { fields: opened.value.checkpoint, hash, contents: opened.value.contents };
    } else if (message.type === 'records') {
      const reports = await chains.accept(context, message.records, (opened) => state.records.push(...opened));
      if (reports[0]) return fail(reports[0].code);
    }
  }
  const missing = chains.missingDeps();
  state.heads = chains.heads;
  state.passedOver = (session) => chains.hasPassedOver(session);
  return missing[0] ? fail(missing[0].code) : ok(state);
}

function collect(
  connection: Connection,
  open: (welcome: Welcome) => Promise<OpenMessage>,
): Promise<Result<RelayMessage[]>> {
  return new Promise((resolve) => {
    const unavailable = (): void => resolve(fail('unavailable'));
    const messages: RelayMessage[] = [];
    const receive = (message: RelayMessage | undefined): void => {
      if (message === undefined || message.type === 'ended') unavailable();
      else if (message.type === 'checkpointData' || message.type === 'records') messages.push(message);
      else if (message.type === 'caughtUp') resolve(ok(messages));
    };
    const user: ConnectionUser = {
      up: (welcome) => {
        void open(welcome).then((message) =>
          connection.request(message, (answer) => {
            if (answer?.type === 'opened') connection.listen(answer.channel, receive);
            else resolve(fail(answer?.type === 'refused' ? answer.error : 'unavailable'));
          }),
        );
      },
      down: unavailable,
      stopped: unavailable,
    };
    connection.attach(user);
  });
}
