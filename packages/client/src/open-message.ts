import type { Bytes, Vector, Welcome } from '@archipel/protocol';
import type { Keys } from '@archipel/protocol/secret';
import { prove } from '@archipel/protocol/secret';
import type { OpenMessage } from './line.ts';

/** What of a document a relay need not tell. */
export interface Held {
  checkpoint: { seq: number } | undefined;
  vector(): Vector;
}

/** Asks for a document. The proof is for this relay alone: `audience` is the `host[:port]` that was dialled (CON-2). */
export async function openMessage(keys: Keys, welcome: Welcome, audience: string, held: Held): Promise<OpenMessage> {
  const { docId, cap: role } = keys;
  const proof: Bytes = await prove(keys, role, welcome.nonce, docId, audience);
  return { type: 'open', docId, role, proof, checkpointSeq: held.checkpoint?.seq ?? 0, vector: held.vector() };
}
