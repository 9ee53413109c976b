/** What this host says that it holds of a document (protocol §16): signed, for whoever reads it. */
import type { ErrorName, FrontierEntry } from '@archipel/protocol';
import { compare, encodeFrame, STATEMENT, signFact } from '@archipel/protocol';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import type { Subscription } from './subscription.ts';

/** Undefined: said. `not_allowed`: this host has no key to sign with. */
export async function sayStatement(context: LogContext, from: Subscription): Promise<ErrorName | undefined> {
  const identity = context.replication?.identity;
  if (identity === undefined) return 'not_allowed';
  const { document } = from;
  const failure = await context.refresher.keepUp(document);
  if (failure !== undefined) return failure;
  await context.verifier.level(document);
  const { checkpoint } = document;
  const fact = await signFact(
    STATEMENT,
    {
      docId: document.docId,
      time: Math.floor(context.clock.now() / 1000),
      headerSeq: document.header.seq,
      expiry: document.header.expiry,
      checkpointSeq: checkpoint?.seq ?? 0,
      ...(checkpoint !== undefined && { checkpointHash: checkpoint.hash }),
      frontier: frontierOf(document),
    },
    identity,
  );
  from.peer.send(encodeFrame(document.channel, [{ type: 'statement', fact }]));
  return undefined;
}

/** Of each session what its own or a later signature has verified: the rest may be removed as forged. */
function frontierOf({ chains }: Document): FrontierEntry[] {
  const verified = [...chains.values()].filter(({ checked }) => checked > 0);
  const entries = verified.map(({ id, checked, checkedHash }) => ({ session: id, have: checked, hash: checkedHash }));
  return entries.sort((a, b) => compare(a.session, b.session));
}
