/** Document ids (CAP-3): they commit to the owner's key, so no relay can put another in its place. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import type { Sha256 } from './hash.ts';
import { sha256 as defaultSha256 } from './hash.ts';
import { DOC_ID_BYTES, SUITE_ID } from './limits.ts';

export function docIdOf(kind: number, ownerPublicKey: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  const digest = sha256(concat(label('arc1 doc'), Uint8Array.of(SUITE_ID, kind), ownerPublicKey));
  return digest.slice(0, DOC_ID_BYTES);
}
