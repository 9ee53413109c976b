/** Proof of a capability on a connection (CON-2). */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import { encodeUtf8 } from './utf8.ts';
import { encodeVarint } from './varint.ts';

export type Role = 'view' | 'edit' | 'own' | 'comment';
const CODES: Readonly<Record<Role, number>> = { view: 1, edit: 2, own: 3, comment: 5 };
/** What is allowed to each contains what is allowed to the one before (CON-3). */
export const ROLES: readonly Role[] = ['view', 'comment', 'edit', 'own'];

/** What the relay and the proof say. */
export function roleCode(role: Role): number {
  return CODES[role];
}

export function roleOf(code: number): Role | undefined {
  return ROLES.find((role) => CODES[role] === code);
}

/** What the key of the role signs: the relay's nonce, the document, and the `host[:port]` that the client dialled. */
export function proofInput(nonce: Bytes, role: Role, docId: Bytes, audience: string): Bytes {
  const name = encodeUtf8(audience);
  return concat(label('arc1 proof'), nonce, Uint8Array.of(roleCode(role)), docId, encodeVarint(name.length), name);
}

/**
 * What a host signs to another (PEER-2): the nonce that the other sent, then its own, then the id (20 bytes) of the host that it believes
 * to speak with.
 */
export function hostProofInput(theirs: Bytes, own: Bytes, audience: Bytes): Bytes {
  return concat(label('arc1 peer'), theirs, own, audience);
}
