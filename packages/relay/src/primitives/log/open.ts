/** Opening a document on a connection (CON-2, CON-4, CON-11), and closing it. */
import type { Bytes, ErrorName, Open, Role, Vector } from '@archipel/protocol';
import { encodeFrame, proofInput } from '@archipel/protocol';
import { retryMsOf } from './append.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import type { OpenDocument } from './documents.ts';
import type { Peer } from './peer.ts';
import { checkpointFrame, Subscription } from './subscription.ts';

/** Who asks: the nonce of its connection and the names by which it may have reached this relay. */
export interface Asker {
  peer: Peer;
  nonce: Bytes;
  audiences: readonly string[];
}

/** The new channel, served already; undefined when it was refused. */
export async function open(context: LogContext, asker: Asker, message: Open): Promise<Subscription | undefined> {
  const { peer } = asker;
  const refuse = (error: ErrorName): undefined => {
    context.metrics.countRefused(error);
    if (peer.open) peer.refuse(0, 'open', error, retryMsOf(error), { request: message.request });
  };
  const loaded = await context.documents.open(message.docId);
  if (typeof loaded === 'string') return refuse(loaded);
  const { document } = loaded;
  document.holds += 1;
  const error = await check(context, asker, document, message);
  document.holds -= 1;
  if (error !== undefined) return refuse(error);
  if (!peer.open) return undefined;
  return join(context, peer, loaded, message);
}

/** CON-11: a document that is gone says so before its keys are looked at. */
async function check(
  context: LogContext,
  asker: Asker,
  document: Document,
  { docId, role, proof }: Open,
): Promise<ErrorName | undefined> {
  const gone = document.goneBy(context.clock.now());
  if (gone !== undefined) return gone;
  const key = keyOfRole(document, role);
  const verify = context.verifyProof ?? context.verify;
  for (const audience of asker.audiences) {
    const isProved = key !== undefined && (await verify(key, proofInput(asker.nonce, role, docId, audience), proof));
    // Its end or a change of keys may have come in between.
    if (isProved && keyOfRole(document, role) === key) return document.goneBy(context.clock.now());
  }
  // CAP-4: a link without a proof is broken, or, once they were renewed, more likely an old one.
  return document.header.gen > 0 && role !== 'own' ? 'wrong_generation' : 'proof_failed';
}

/** Undefined: its header names no such key (HDR-8). */
function keyOfRole({ header }: Document, role: Role): Bytes | undefined {
  const { owner: own, edit, comment, read: view } = header;
  return { own, edit, comment, view }[role];
}

function join(context: LogContext, peer: Peer, { document, stored }: OpenDocument, message: Open): Subscription {
  const reader = new Subscription(peer, document, message.role, context);
  peer.enter(reader);
  document.readers.push(reader);
  context.metrics.channels += 1;
  if (document.readers.length > 1) document.outbox.addPeers();
  context.census.changed(document);
  peer.gather();
  peer.send(
    encodeFrame(0, [
      {
        type: 'opened',
        request: message.request,
        channel: document.channel,
        role: message.role,
        checkpointSeq: document.checkpoint?.seq ?? 0,
        position: document.position,
        connections: document.connections,
        vector: document.vector(),
        header: document.headerBytes,
      },
    ]),
  );
  sayReplicas(context, reader);
  const isCurrent = stored?.version === document.version && stored.checkpoint?.seq === document.checkpoint?.seq;
  const page = isCurrent ? stored.page : undefined;
  const sendCheckpoint = needsCheckpoint(document, message.checkpointSeq, message.vector);
  if (sendCheckpoint && isCurrent && stored.checkpoint !== undefined) {
    document.checkpointFrame ??= checkpointFrame(document.channel, stored.checkpoint.body);
  }
  reader.served = reader.catchUp(message.vector, sendCheckpoint, page);
  return reader;
}

/** PEER-12 */
export function sayReplicas({ mirrors }: LogContext, { document, peer }: Subscription): void {
  const replicas = mirrors?.replicas(document) ?? [];
  if (replicas.length > 0) peer.send(encodeFrame(document.channel, [{ type: 'replicas', replicas }]));
}

/** CON-4: the vector says what the client holds; the seq alone may be that of a checkpoint that this relay has lost. */
function needsCheckpoint(document: Document, heldSeq: number, vector: Vector): boolean {
  if (document.checkpoint === undefined) return false;
  const known = new Map(vector.map(({ session, have }) => [keyOf(session), have]));
  for (const [key, chain] of document.chains) {
    if (chain.covered > 0 && (known.get(key) ?? 0) < chain.covered) return true;
  }
  return heldSeq < document.checkpoint.seq && document.checkpoint.retired > 0;
}

/** The channel is served no more. */
export function leave(context: LogContext, reader: Subscription): void {
  if (!reader.isOpen) return;
  reader.isOpen = false;
  reader.isFlowing = false;
  const { document } = reader;
  const index = document.readers.indexOf(reader);
  if (index >= 0) document.readers.splice(index, 1);
  context.metrics.channels -= 1;
  if (document.readers.length > 0) document.outbox.addPeers();
  else context.verifier.hurry(document);
  context.census.changed(document);
  document.idleSinceMs = context.clock.now();
  if (document.readers.every((other) => other.isFlowing)) document.loosenCheckpointFrame();
}
