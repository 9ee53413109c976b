/** A short visit to a relay of a document, on a socket of its own: whether it serves what is held here, and who it is (CHK-11). */
import type { Bytes, RelayMessage, Vector } from '@archipel/protocol';
import { checkHeader, checkStatement, equal, hostIdOf, toHex } from '@archipel/protocol';
import type { Connection } from './connection.ts';
import type { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import { openMessage } from './open-message.ts';
import { lacks } from './statements.ts';
import { MAX_STATEMENT_AGE_SECONDS } from './timing.ts';

/** `wanted`: what must be on its disk. Its host id in hexadecimal; undefined when it does not serve all of it, or signs nothing. */
export async function visit(log: Log, ports: LogPorts, socket: string, wanted: Vector): Promise<string | undefined> {
  const connection = ports.connect(socket);
  const stated = await new Promise<Bytes | undefined>((resolve) => {
    const timer = ports.clock.setTimeout(() => finish(undefined), ports.timing.answerMs);
    const finish = (fact: Bytes | undefined): void => {
      ports.clock.clearTimeout(timer);
      resolve(fact);
    };
    ask(connection, log, ports, finish);
  });
  connection.dispose();
  if (stated === undefined) return undefined;
  const nowSeconds = Math.floor(ports.clock.now() / 1000);
  const wish = { nowSeconds, maxAgeSeconds: MAX_STATEMENT_AGE_SECONDS };
  const checked = await checkStatement(stated, wish, ports.suite.verify);
  if (!checked.ok || !equal(checked.value.fact.docId, log.keys.docId)) return undefined;
  const hasAll = !lacks(checked.value.fact, { headerSeq: 0, checkpointSeq: 0, vector: wanted });
  return hasAll ? toHex(hostIdOf(checked.value.key)) : undefined;
}

function ask(connection: Connection, log: Log, { suite }: LogPorts, finish: (fact: Bytes | undefined) => void): void {
  const { keys } = log;
  const held = {
    checkpoint: log.state.checkpoint,
    vector: () => log.state.heads.map(({ session, have }) => ({ session, have })),
  };
  const receive = (message: RelayMessage | undefined): void => {
    if (message?.type === 'statement') finish(message.fact);
    else if (message === undefined || message.type === 'ended' || message.type === 'refused') finish(undefined);
  };
  const opened = async (answer: RelayMessage | undefined): Promise<void> => {
    if (answer?.type !== 'opened') return finish(undefined);
    const { channel, header } = answer;
    connection.listen(channel, receive);
    const checked = await checkHeader(keys.docId, header, suite.verify);
    if (checked.ok) connection.send(channel, { type: 'askStatement' });
    else finish(undefined);
  };
  connection.attach({
    up: (welcome) =>
      void openMessage(keys, welcome, connection.audience, held).then((message) =>
        connection.request(message, (answer) => void opened(answer)),
      ),
    down: () => finish(undefined),
    stopped: () => finish(undefined),
  });
}
