/** Proofs of a capability over HTTP (BLOB-3). */
import type { Bytes, Role, Verify } from '@archipel/protocol';
import { decodeBase64url, HELLO_NONCE_BYTES, proofInput, SIGNATURE_BYTES } from '@archipel/protocol';
import type { Nonces } from '../primitives/blob/nonces.ts';
import { audiencesOf } from '../ws/audiences.ts';

export type Proof = 'good' | 'no_nonce' | 'proof_failed' | 'not_allowed';

export interface ProofDeps {
  nonces: Nonces;
  verify: Verify;
  names: readonly string[];
}

const AUTHORIZATION = /^Archipel ([\w-]{43})\.([ov])\.([\w-]{86})$/;
const ROLES: Readonly<Record<string, Role>> = { o: 'own', v: 'view' };

/** What is asked for, and the keys of its roles; the owner's alone when there is no other. */
export interface Proved {
  docId: Bytes;
  own: Bytes;
  view?: Bytes;
}

/** `dialled`: the request's Host. */
export async function checkProof(
  { nonces, verify, names }: ProofDeps,
  { docId, own, view }: Proved,
  { authorization, dialled, needs }: { authorization: string | undefined; dialled: string; needs: Role },
): Promise<Proof> {
  const [, nonceText = '', letter = '', signatureText = ''] = AUTHORIZATION.exec(authorization ?? '') ?? [];
  const nonce = bytesOf(nonceText, HELLO_NONCE_BYTES);
  const signature = bytesOf(signatureText, SIGNATURE_BYTES);
  const role = ROLES[letter];
  if (nonce === undefined || signature === undefined || role === undefined || !nonces.isGood(nonce)) return 'no_nonce';
  const key = role === 'own' ? own : view;
  if (key === undefined) return 'not_allowed';
  for (const audience of audiencesOf(names, dialled.toLowerCase())) {
    if (!(await verify(key, proofInput(nonce, role, docId, audience), signature))) continue;
    return needs === 'own' && role !== 'own' ? 'not_allowed' : 'good';
  }
  return 'proof_failed';
}

function bytesOf(text: string, length: number): Bytes | undefined {
  const bytes = decodeBase64url(text);
  return bytes.ok && bytes.value.length === length ? bytes.value : undefined;
}
