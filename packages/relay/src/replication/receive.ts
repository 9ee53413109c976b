/** PEER-3: whether a document that another host brings is taken, and taking it. */
import type { ErrorName, Header, PeerMessage } from '@archipel/protocol';
import { checkHeader, equal } from '@archipel/protocol';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import type { PeerHost, ReplicationDeps, Self } from './hosts.ts';

const DAY_SECONDS = 86_400;

export interface Receiver {
  context: LogContext;
  deps: ReplicationDeps;
  self: Self;
  link: { peer: PeerHost };
}
type PeerOpen = Extract<PeerMessage, { type: 'peerOpen' }>;

/** The document in memory, or why not. */
export async function receiveDocument(receiver: Receiver, message: PeerOpen): Promise<Document | ErrorName> {
  const { context, deps, self, link } = receiver;
  const header = await checkHeader(message.docId, message.header, context.verify);
  if (!header.ok) return header.error;
  const loaded = await context.documents.open(message.docId);
  if (typeof loaded !== 'string') {
    const { document } = loaded;
    if (mayShare(receiver, document.docId, [document.header, header.value])) {
      deps.ledger.add(document.docId, [link.peer.id], false, now(context));
      return document.goneBy(context.clock.now()) ?? document;
    }
    return 'not_allowed';
  }
  if (loaded !== 'not_found') return loaded;
  if (!isNamed(self, header.value) && !link.peer.copies) return 'not_allowed';
  return take(receiver, message, header.value);
}

async function take({ context, deps, self, link }: Receiver, message: PeerOpen, header: Header) {
  const { peer } = link;
  if (header.expiry > 0 && context.clock.now() >= header.expiry * 1000) return 'expired';
  if (deps.ledger.isDraining) return 'full';
  const brought = deps.ledger.takenSince(peer.id, now(context) - DAY_SECONDS);
  if (brought + (deps.sent?.(peer.id) ?? 0) >= peer.perDay) return 'quota_reached';
  const others = deps.peers.filter(({ hostId }) => header.relays.some((relay) => equal(relay.hostId, hostId)));
  const hosts = new Set([peer.id, ...others.map(({ id }) => id)]);
  hosts.delete(self.id);
  deps.ledger.add(message.docId, [...hosts], true, now(context));
  const created = context.store.create(message.docId, message.header.slice(), header.expiry);
  const outcome = await context.documents.creating(message.docId, created);
  if (outcome !== 'created' && outcome !== 'exists') return outcome;
  if (outcome === 'created') context.metrics.documentsCreated += 1;
  const loaded = await context.documents.open(message.docId);
  return typeof loaded === 'string' ? loaded : loaded.document;
}

/** By its header, or because this host agreed to keep a copy for the other before. */
function mayShare({ deps, self, link }: Receiver, docId: Uint8Array, headers: readonly Header[]): boolean {
  if (deps.ledger.pushedTo(docId, link.peer.id) !== undefined) return true;
  return headers.some((header) => isNamed(self, header) && isNamed(link.peer, header));
}

function isNamed({ hostId }: Pick<PeerHost, 'hostId'>, { relays }: Header): boolean {
  return relays.some((relay) => equal(relay.hostId, hostId));
}

function now({ clock }: LogContext): number {
  return Math.floor(clock.now() / 1000);
}
