/** What every signed format shares: the signature is its last 64 bytes. */
import type { Bytes } from './bytes.ts';
import { SIGNATURE_BYTES } from './limits.ts';

export function unsignedPart(signed: Bytes): Bytes {
  return signed.subarray(0, Math.max(0, signed.length - SIGNATURE_BYTES));
}

export function signatureOf(signed: Bytes): Bytes {
  return signed.subarray(Math.max(0, signed.length - SIGNATURE_BYTES));
}
